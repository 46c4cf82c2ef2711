// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Timeline} from "./Timeline.sol";

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

/// @title Checkpoints of a pool's stake
/// @dev Layout: own (96 bits) | delegated (96) | commission (20) | time (see Timeline), from the lowest.
library StakeHistory {
    uint256 private constant MASK_96 = (1 << 96) - 1;

    function write(mapping(uint256 index => uint256) storage self, uint256 index, Checkpoint memory c) internal {
        self[index] = c.own | (c.delegated << 96) | (c.commission << 192) | (c.time << Timeline.TIME_SHIFT);
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
        return _unpack(Timeline.find(self, count, time));
    }

    function _unpack(uint256 slot) private pure returns (Checkpoint memory) {
        return Checkpoint({
            time: Timeline.timeOf(slot),
            commission: (slot >> 192) & 0xfffff,
            own: slot & MASK_96,
            delegated: (slot >> 96) & MASK_96
        });
    }
}
