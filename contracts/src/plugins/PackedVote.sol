// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title How a vote lies in the call data of `ISnapshotVoting.submitVotes`
/// @dev It begins with one word:
///
///     bits   255…96   95…56    55…16   15…8     7…0
///            voter    casing   time    choice   flags
library PackedVote {
    /// @dev Bit 0 reason, bit 1 app, bit 2 metadata, bit 3 wallet; the others are reserved.
    uint256 private constant FLAGS = 0xf;

    /// @param position Where a vote begins in the call data.
    function voterAt(uint256 position) internal pure returns (address voter) {
        assembly ("memory-safe") {
            voter := shr(96, calldataload(position))
        }
    }

    /// @notice What a vote has beyond its first word and a signature by EIP-2098.
    /// @param position Behind the vote's first word.
    /// @param texts Three words of memory that take the hashes of reason, app and metadata, where the vote has them.
    /// @return signature Where it begins, and `next`, where it ends: beyond all call data when a flag is unknown.
    function readOptions(uint256 flags, uint256 position, uint256 texts)
        internal
        pure
        returns (uint256 signature, uint256 next)
    {
        if (flags > FLAGS) return (position, type(uint256).max);
        assembly ("memory-safe") {
            signature := position
            if and(flags, 1) {
                mstore(texts, calldataload(signature))
                signature := add(signature, 32)
            }
            if and(flags, 2) {
                mstore(add(texts, 32), calldataload(signature))
                signature := add(signature, 32)
            }
            if and(flags, 4) {
                mstore(add(texts, 64), calldataload(signature))
                signature := add(signature, 32)
            }
            let length := 64
            if and(flags, 8) {
                length := shr(240, calldataload(signature))
                signature := add(signature, 2)
            }
            next := add(signature, length)
        }
    }
}
