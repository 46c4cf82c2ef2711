// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @notice What every change of stake needs of a pool, in one slot.
/// @param own Active shares of the node itself, below 2^96; `delegated` those of its delegators, the same.
/// @param commission In force at the newest checkpoint, in millionths.
/// @param checkpoints How many there are.
/// @param marked Whether the pool's second slot says anything: it was slashed, or is frozen, or a raise of the commission
/// is pending. Most pools spare every deposit and every look at their stake that slot.
/// @param allocated Whether a part of the pool is allocated to tasks, or bound by them, so that its stake counts in the
/// total of all.
struct Head {
    uint256 own;
    uint256 delegated;
    uint256 commission;
    uint256 checkpoints;
    bool marked;
    bool allocated;
}

/// @dev own (96 bits) | delegated (96) | commission (20) | marked (1) | allocated (1) | checkpoints (42), from the lowest
/// bit. By hand, because the compiler reads and writes the slot anew for each member.
library PoolHead {
    uint256 private constant MASK_96 = (1 << 96) - 1;
    uint256 private constant MARK = 1 << 212;
    uint256 private constant ALLOCATED = 1 << 213;

    function unpack(uint256 slot) internal pure returns (Head memory head) {
        head.own = slot & MASK_96;
        head.delegated = (slot >> 96) & MASK_96;
        head.commission = (slot >> 192) & 0xfffff;
        head.marked = slot & MARK != 0;
        head.allocated = slot & ALLOCATED != 0;
        head.checkpoints = slot >> 214;
    }

    /// @dev Shares are checked where they are added. 2^42 checkpoints of one pool would cost 1e17 gas.
    function pack(Head memory head) internal pure returns (uint256) {
        return head.own | (head.delegated << 96) | (head.commission << 192) | (head.marked ? MARK : 0)
            | (head.allocated ? ALLOCATED : 0) | (head.checkpoints << 214);
    }
}
