// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @notice Active stake from a second on, in one slot.
/// @param time Unix seconds.
/// @param commission In millionths.
/// @param own Wei, like `delegated`.
struct Checkpoint {
    uint40 time;
    uint24 commission;
    uint96 own;
    uint96 delegated;
}

/// @title Checkpoints ordered by time
/// @dev The number of checkpoints is kept by the caller, in a slot that it writes anyway. Several of one second are kept
/// all: looking for the last one that is not after a moment finds what held at the end of its second, and the write
/// saves reading the one before.
library StakeHistory {
    /// @dev Zeros when there was nothing at that moment yet.
    function find(mapping(uint256 index => Checkpoint) storage self, uint256 count, uint256 time)
        internal
        view
        returns (Checkpoint memory found)
    {
        if (count == 0) return found;
        // Rounds ask for a moment just past: most of the time the newest checkpoint is the answer.
        found = self[count - 1];
        if (found.time <= time) return found;

        // Moments near the present are asked for more often than old ones: step back 1, 2, 4, … first.
        uint256 high = count - 1;
        uint256 step = 1;
        uint256 low;
        while (step <= high) {
            if (self[high - step].time <= time) {
                low = high - step;
                break;
            }
            high -= step;
            step *= 2;
        }
        // The last one not after `time` is below `high`; everything below `low` is not after it.
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (self[middle].time <= time) low = middle + 1;
            else high = middle;
        }
        if (high == 0) return Checkpoint(0, 0, 0, 0);
        return self[high - 1];
    }
}
