// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @notice Active stake from a second on, in one slot.
/// @param time Unix seconds, 40 bits.
/// @param commission In millionths, 20 bits.
/// @param own Wei, 96 bits like `delegated`.
struct Checkpoint {
    uint256 time;
    uint256 commission;
    uint256 own;
    uint256 delegated;
}

/// @title Checkpoints ordered by time
/// @dev The number of checkpoints is kept by the caller, in a slot that it writes anyway. Several of one second are all
/// kept: looking for the last one that is not after a moment finds what held at the end of its second, and the write
/// saves reading the one before. Layout: own (96 bits) | delegated (96) | commission (20) | time (40), from the lowest.
library StakeHistory {
    uint256 private constant MASK_96 = (1 << 96) - 1;

    function write(mapping(uint256 index => uint256) storage self, uint256 index, Checkpoint memory c) internal {
        self[index] = c.own | (c.delegated << 96) | (c.commission << 192) | (c.time << 212);
    }

    function read(mapping(uint256 index => uint256) storage self, uint256 index)
        internal
        view
        returns (Checkpoint memory)
    {
        return _unpack(self[index]);
    }

    /// @dev What held at the end of the second `time`: zeros when there was nothing yet.
    function find(mapping(uint256 index => uint256) storage self, uint256 count, uint256 time)
        internal
        view
        returns (Checkpoint memory)
    {
        if (count == 0) return _unpack(0);
        // Rounds ask for a moment just past: most of the time the newest checkpoint is the answer.
        uint256 high = count - 1;
        uint256 newest = self[high];
        if (_time(newest) <= time) return _unpack(newest);

        // Moments near the present are asked for more often than old ones: step back 1, 2, 4, … first.
        uint256 low;
        uint256 step = 1;
        while (step <= high) {
            if (_time(self[high - step]) <= time) {
                low = high - step + 1;
                break;
            }
            high -= step;
            step *= 2;
        }
        // Everything below `low` is not after `time`; what is at `high` is.
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (_time(self[middle]) <= time) low = middle + 1;
            else high = middle;
        }
        return _unpack(high == 0 ? 0 : self[high - 1]);
    }

    function _time(uint256 slot) private pure returns (uint256) {
        return slot >> 212;
    }

    function _unpack(uint256 slot) private pure returns (Checkpoint memory) {
        return Checkpoint({
            time: _time(slot),
            commission: (slot >> 192) & 0xfffff,
            own: slot & MASK_96,
            delegated: (slot >> 96) & MASK_96
        });
    }
}
