// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title One account's vote on one proposal, in one word of storage
/// @dev Writing a word that is zero costs 22,100 gas, one that is not 5,000. So proposals that do not overlap in time
/// share a lane of words, one proposal after the other: whoever has voted in it before pays little. A word names the
/// proposal that wrote it, and counts for no other.
///
///     bits   255…224           223…184   183…8                        7…0
///            proposal number   time      digest (its first 176 bits)  choice
///
/// Read as numbers, the larger of two words is the one that counts: the newer proposal's, then the later vote, then, in the
/// same second, the larger digest as on Snapshot's hubs. Which of two votes counts depends on nothing else, so neither
/// the order nor the splitting of batches matters. Two different votes of a second that agree in 176 bits of digest
/// would take 2^88 tries by the voter itself, and gain it nothing.
library VoteSlot {
    /// @dev Lanes that proposals take in turn. A fifth at a time has one of its own, and its votes cost the full price.
    uint256 internal constant LANES = 4;
    uint256 internal constant NO_LANE = type(uint8).max;

    /// @return The number of a proposal at its place in a word.
    function numbered(uint256 number) internal pure returns (uint256) {
        return number << 224;
    }

    /// @param number At its place.
    /// @return Whether a vote on that proposal wrote the word.
    function isOf(uint256 word, uint256 number) internal pure returns (bool) {
        return (word ^ number) >> 224 == 0;
    }

    function choiceOf(uint256 word) internal pure returns (uint8) {
        return uint8(word);
    }

    function timestampOf(uint256 word) internal pure returns (uint40) {
        return uint40(word >> 184);
    }

    function digestOf(uint256 word) internal pure returns (bytes32) {
        return bytes32((word >> 8) << 80);
    }

    /// @notice Takes the first lane whose last proposal cannot be voted on any more.
    /// @param lanes Four moments of 40 bits, until when each lane is in use.
    /// @param until When this proposal's last votes can come.
    /// @return lane `NO_LANE` when all are in use.
    function take(uint256 lanes, uint256 until) internal view returns (uint256 lane, uint256 taken) {
        for (lane = 0; lane < LANES; ++lane) {
            uint256 shift = lane * 40;
            if (uint40(lanes >> shift) < block.timestamp) {
                return (lane, (lanes & ~(uint256(type(uint40).max) << shift)) | (until << shift));
            }
        }
        return (NO_LANE, lanes);
    }
}
