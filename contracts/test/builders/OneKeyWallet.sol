// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title A wallet that is a contract: it signs by ERC-1271 with the key of its one owner
/// @dev Needs no import, so that tests in TypeScript can compile this file alone.
contract OneKeyWallet {
    address private immutable OWNER;

    constructor(address owner) {
        OWNER = owner;
    }

    function call(address to, bytes calldata data) external {
        require(msg.sender == OWNER, "not the owner");
        (bool ok,) = to.call(data);
        require(ok, "failed");
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        bytes32 r = bytes32(signature[0:32]);
        bytes32 s = bytes32(signature[32:64]);
        bool valid = signature.length == 65 && ecrecover(hash, uint8(signature[64]), r, s) == OWNER;
        return valid ? this.isValidSignature.selector : bytes4(0xffffffff);
    }
}
