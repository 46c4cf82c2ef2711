// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ISnapshotVoting} from "./ISnapshotVoting.sol";
import {Ballot} from "./PackedVotes.sol";

/// @title Whether a vote's signature is its voter's
/// @notice The submitter says how to check: by key or by asking the voter's code. So an account that got code by EIP-7702
/// may sign with its key as before, and either way only the voter can have made what is accepted.
library VoteSignature {
    /// @dev Gas that a wallet gets for its answer: enough for ten owners' signatures or a P-256 check written in Solidity,
    /// little enough that a batch bears some wallets that waste it. Whoever submits leaves such wallets out.
    uint256 internal constant WALLET_GAS = 500_000;
    /// @dev 64 of 63 parts, 2,600 for an account not looked at before, and some for what happens until then.
    uint256 private constant NEEDED_GAS = 512_000;

    function valid(Ballot memory ballot, bytes32 digest) internal view returns (bool) {
        return ballot.wallet ? _byWallet(ballot, digest) : _byKey(ballot, digest);
    }

    /// @dev Whether s lies in the upper half of the curve's order does not matter here: the message, not the signature,
    /// tells votes apart.
    function _byKey(Ballot memory ballot, bytes32 digest) private view returns (bool ok) {
        assembly ("memory-safe") {
            let at := mload(0x40)
            let signature := mload(add(ballot, 0x1c0))
            // EIP-2098: the highest bit of the second word is the parity of the curve point.
            let vs := calldataload(add(signature, 32))
            mstore(at, digest)
            mstore(add(at, 0x20), add(shr(255, vs), 27))
            mstore(add(at, 0x40), calldataload(signature))
            mstore(add(at, 0x60), shr(1, shl(1, vs)))
            // Answers nothing at all when there is no such point.
            pop(staticcall(gas(), 1, at, 0x80, 0, 0x20))
            ok := and(eq(returndatasize(), 0x20), eq(mload(0), mload(add(ballot, 0x180))))
        }
    }

    /// @dev A wallet's code may be hostile: it can change nothing (static call), burn no more than `WALLET_GAS`, and only one
    /// word of what it returns is copied. And nobody can make an honest wallet fail by sending along too little gas.
    function _byWallet(Ballot memory ballot, bytes32 digest) private view returns (bool ok) {
        uint256 call_;
        uint256 size;
        assembly ("memory-safe") {
            let at := mload(0x40)
            call_ := at
            let length := mload(add(ballot, 0x1e0))
            let padded := and(add(length, 31), not(31))
            // isValidSignature(bytes32,bytes); its selector is the magic answer too.
            mstore(at, hex"1626ba7e")
            mstore(add(at, 0x04), digest)
            mstore(add(at, 0x24), 0x40)
            // Zeros behind the signature, up to a whole word.
            mstore(add(at, add(0x44, padded)), 0)
            mstore(add(at, 0x44), length)
            calldatacopy(add(at, 0x64), mload(add(ballot, 0x1c0)), length)
            mstore(0, 0)
            size := add(0x64, padded)
        }
        // EIP-150 lets a call have 63 of 64 parts of what is left.
        if (gasleft() < NEEDED_GAS) revert ISnapshotVoting.NotEnoughGas(NEEDED_GAS);
        assembly ("memory-safe") {
            ok := staticcall(WALLET_GAS, mload(add(ballot, 0x180)), call_, size, 0, 0x20)
            ok := and(and(ok, gt(returndatasize(), 0x1f)), eq(mload(0), hex"1626ba7e"))
        }
    }
}
