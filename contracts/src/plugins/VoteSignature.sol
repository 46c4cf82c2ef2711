// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ISnapshotVoting} from "./ISnapshotVoting.sol";

/// @title Signatures of ERC-1271 wallets
/// @notice A wallet's code may be hostile: it can change nothing (static call), burn no more than `WALLET_GAS`, and only one
/// word of what it returns is copied. And nobody can make an honest wallet's vote fail by sending along too little gas.
library VoteSignature {
    /// @dev Enough for ten owners' signatures or a P-256 check written in Solidity; little enough that a batch bears some
    /// wallets that waste it. Whoever submits leaves such wallets out.
    uint256 internal constant WALLET_GAS = 500_000;
    /// @dev EIP-150 lets a call have 63 of 64 parts of what is left; 2,600 are for an account not looked at before.
    uint256 internal constant NEEDED_GAS = 512_000;

    /// @param position Where the signature begins in the call data.
    function byWallet(address wallet, bytes32 digest, uint256 position, uint256 length)
        internal
        view
        returns (bool ok)
    {
        uint256 call_;
        uint256 size;
        assembly ("memory-safe") {
            call_ := mload(0x40)
            let padded := and(add(length, 31), not(31))
            // isValidSignature(bytes32,bytes); its selector is the magic answer too.
            mstore(call_, hex"1626ba7e")
            mstore(add(call_, 0x04), digest)
            mstore(add(call_, 0x24), 0x40)
            // Zeros behind the signature, up to a whole word.
            mstore(add(call_, add(0x44, padded)), 0)
            mstore(add(call_, 0x44), length)
            calldatacopy(add(call_, 0x64), position, length)
            mstore(0, 0)
            size := add(0x64, padded)
        }
        if (gasleft() < NEEDED_GAS) revert ISnapshotVoting.NotEnoughGas(NEEDED_GAS);
        assembly ("memory-safe") {
            ok := staticcall(WALLET_GAS, wallet, call_, size, 0, 0x20)
            ok := and(and(ok, gt(returndatasize(), 0x1f)), eq(mload(0), hex"1626ba7e"))
        }
    }
}
