// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ContentProof, KeyProof} from "../../src/interfaces/IKeyEscrow.sol";
import {SealedFile} from "../../src/interfaces/IModelMarket.sol";
import {ChaCha20} from "../../src/market/ChaCha20.sol";
import {KeyWrap} from "../../src/market/KeyWrap.sol";
import {SealedPieces} from "../../src/market/SealedPieces.sol";

/// @dev The libraries of sealed sales, callable at whatever address a vector is made for.
contract SealedHarness {
    function unwrapped(uint256 orderId, bytes32 wrapped, bytes memory shared) external view returns (bytes32) {
        return KeyWrap.unwrapped(orderId, wrapped, shared);
    }

    function proves(uint256 orderId, KeyProof calldata proof) external view returns (bool) {
        return KeyWrap.proves(orderId, proof);
    }

    function differs(SealedFile memory file, ContentProof calldata proof) external pure returns (bool) {
        return SealedPieces.differs(file, proof);
    }

    function xored(bytes32 key, bytes12 nonce, uint32 counter, bytes memory data) external pure returns (bytes memory) {
        return ChaCha20.xored(key, nonce, counter, data);
    }
}
