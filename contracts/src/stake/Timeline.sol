// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Checkpoints ordered by time, a slot each
/// @dev The number of checkpoints is kept by the caller, in a slot that it writes anyway. Several of one second may be
/// kept: looking for the last one that is not after a moment finds what held at the end of its second, and the write saves
/// reading the one before. The time, unix seconds, is in the highest 44 bits of a slot.
library Timeline {
    uint256 internal constant TIME_SHIFT = 212;

    /// @dev What held at the end of the second `time`: 0 when there was nothing yet.
    function find(mapping(uint256 index => uint256) storage self, uint256 count, uint256 time)
        internal
        view
        returns (uint256)
    {
        if (count == 0) return 0;
        // Rounds ask for a moment just past: most of the time the newest checkpoint is the answer.
        uint256 high = count - 1;
        uint256 newest = self[high];
        if (timeOf(newest) <= time) return newest;

        uint256 low;
        // Safe: steps stay below `high`, and all numbers below the count of checkpoints, twice.
        unchecked {
            // Moments near the present are asked for more often than old ones: step back 1, 2, 4, … first.
            uint256 step = 1;
            while (step <= high) {
                if (timeOf(self[high - step]) <= time) {
                    low = high - step + 1;
                    break;
                }
                high -= step;
                step *= 2;
            }
            // Everything below `low` is not after `time`; what is at `high` is.
            while (low < high) {
                uint256 middle = (low + high) / 2;
                if (timeOf(self[middle]) <= time) low = middle + 1;
                else high = middle;
            }
        }
        return high == 0 ? 0 : self[high - 1];
    }

    function timeOf(uint256 slot) internal pure returns (uint256) {
        return slot >> TIME_SHIFT;
    }
}
