// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Role} from "../types/Types.sol";
import {Timeline} from "./Timeline.sol";

/// @notice A node in one task; ratios of its pool, 1e18 = all. One slot, which allocating writes and readers then change.
/// @param ratio Allocated now.
/// @param bound The largest ratio that a reader has bound since there was none.
/// @param readers How many hold it.
/// @param checkpoints How many there are of `ratio` and `role`.
struct TaskAllocation {
    uint64 ratio;
    uint64 bound;
    uint32 readers;
    Role role;
    uint40 checkpoints;
}

/// @param committed Σ over tasks of the larger of `ratio` and `bound`: at most 1e18.
/// @param securing The same over tasks as trainer or validator.
/// @param counted Wei with which the node is in the total of allocated stake.
struct NodeAllocations {
    uint64 committed;
    uint64 securing;
    uint96 counted;
    mapping(uint256 taskId => TaskAllocation) tasks;
    mapping(uint256 taskId => mapping(uint256 index => uint256)) history;
}

/// @title What a node's stake secures, one thing at a time
/// @notice A node divides its pool among tasks by ratios that sum to at most 1. A round reads what was allocated at the end of
/// the second before it opened, and binds it from joining until it is closed and its cases are over: until then the ratio is
/// free for no other task, whatever the node allocates meanwhile. So offences in different tasks, each slashed by its
/// ratio of what its round read, never exceed the stake, and no stake stands behind two verdicts at once.
/// @dev Invariants, for each node: committed = Σ max(ratio, bound) ≤ 1e18; bound is at least what any reader holds, and 0
/// without readers. What a reader binds is at most `ratio`, for which allocating has made room: binding changes no sum.
/// Rounds of one task share what is bound there: their cases slash in turn what is left of one pool.
///
/// The bound falls only when the last reader lets go. Keeping each reader's own would cost a slot a round and a loop; what
/// is lost is that a node which lowers its ratio in a task without a pause between its rounds waits for such a pause.
///
/// Trust: `bind` and `unbind` believe their callers that a reader binds once, and lets go once, when nothing can be slashed
/// for it any more.
library Allocations {
    uint256 internal constant ONE = 1e18;

    /// @notice A ratio is at most 1e18.
    error RatioTooHigh(uint256 ratio);
    /// @notice The ratios of all tasks, what rounds hold included, would be more than 1; `free` is what this task may have.
    /// @custom:action Allocate less to other tasks first; what their rounds hold is free when those and their cases are over.
    error RatioNotFree(uint256 taskId, uint256 ratio, uint256 free);
    /// @notice Task 0 is for hosts, and no other is; nothing is allocated without a role.
    error WrongRole(uint256 taskId, Role role);
    /// @notice In one task a node has one role, and rounds hold a part of its stake in this one.
    /// @custom:action Wait until those rounds and their cases are over.
    error RoleBound(uint256 taskId, Role role);
    /// @notice Nothing that the round could bind is allocated to the task in this role, both before it opened and now.
    /// @custom:action Allocate stake to the task; it counts from the next round that opens.
    error NothingAllocated(uint256 taskId, Role role);
    /// @notice No round holds a part of the node's stake in this task.
    error NotBound(uint256 taskId);

    /// @notice Allocates a ratio of the pool to a task from now on; 0 ends it. Rounds that are open keep what they bound.
    /// @param ratio 1e18 = all.
    function allocate(NodeAllocations storage self, uint256 taskId, Role role, uint256 ratio) internal {
        if (ratio > ONE) revert RatioTooHigh(ratio);
        if (role == Role.None || (taskId == 0) != (role == Role.Host)) revert WrongRole(taskId, role);
        TaskAllocation storage t = self.tasks[taskId];
        if (t.role != role) {
            if (t.readers != 0) revert RoleBound(taskId, t.role);
            t.role = role;
        }
        uint256 bound = t.bound;
        uint256 before = _larger(t.ratio, bound);
        uint256 others = self.committed - before;
        if (ratio + others > ONE) revert RatioNotFree(taskId, ratio, ONE - others);
        uint256 index = t.checkpoints;
        // Both are at most 1 − others.
        _commit(self, taskId, before, _larger(ratio, bound));
        // Safe narrowings: a ratio is at most 1e18 < 2^64; 2^40 checkpoints would cost 2e16 gas.
        t.ratio = uint64(ratio);
        t.checkpoints = uint40(index + 1);
        self.history[taskId][index] = ratio | (uint256(role) << 64) | (block.timestamp << Timeline.TIME_SHIFT);
    }

    /// @notice Binds for a reader the smaller of what was allocated in the second `asOf` and what is allocated now, both in
    /// this role.
    /// @param asOf The second before the reader opened; in the past, else what it reads could still change.
    /// @return ratio Above 0.
    /// @return readers With this one.
    function bind(NodeAllocations storage self, uint256 taskId, Role role, uint256 asOf)
        internal
        returns (uint64 ratio, uint32 readers)
    {
        ratio = joinable(self, taskId, role, asOf);
        if (ratio == 0) revert NothingAllocated(taskId, role);
        TaskAllocation storage t = self.tasks[taskId];
        readers = t.readers + 1;
        t.readers = readers;
        if (ratio > t.bound) t.bound = ratio;
    }

    /// @notice A reader lets go. With the last one all is free that is not allocated to the task.
    /// @return readers That are left.
    function unbind(NodeAllocations storage self, uint256 taskId) internal returns (uint32 readers) {
        TaskAllocation storage t = self.tasks[taskId];
        readers = t.readers;
        if (readers == 0) revert NotBound(taskId);
        --readers;
        t.readers = readers;
        if (readers != 0) return readers;
        (uint256 ratio, uint256 bound) = (t.ratio, t.bound);
        t.bound = 0;
        if (bound > ratio) _commit(self, taskId, bound, ratio);
    }

    /// @notice What a reader that opened in the second after `asOf` would bind now.
    function joinable(NodeAllocations storage self, uint256 taskId, Role role, uint256 asOf)
        internal
        view
        returns (uint64)
    {
        TaskAllocation storage t = self.tasks[taskId];
        if (t.role != role || asOf >= block.timestamp) return 0;
        (Role then, uint64 before) = allocatedAt(self, taskId, asOf);
        if (then != role) return 0;
        uint64 ratio = t.ratio;
        return before < ratio ? before : ratio;
    }

    /// @notice What was allocated at the end of the second `time`.
    function allocatedAt(NodeAllocations storage self, uint256 taskId, uint256 time)
        internal
        view
        returns (Role role, uint64 ratio)
    {
        uint256 slot = Timeline.find(self.history[taskId], self.tasks[taskId].checkpoints, time);
        return (Role(uint8(slot >> 64)), uint64(slot));
    }

    /// @notice What could be allocated to a task that has nothing yet.
    function free(NodeAllocations storage self) internal view returns (uint64) {
        // Safe narrowing: at most 1e18.
        return uint64(ONE - self.committed);
    }

    /// @dev One task commits `now_` of the pool instead of `before`. Safe narrowings: sums are at most 1e18 < 2^64, which the
    /// callers vouch for.
    function _commit(NodeAllocations storage self, uint256 taskId, uint256 before, uint256 now_) private {
        self.committed = uint64(self.committed - before + now_);
        if (taskId != 0) self.securing = uint64(self.securing - before + now_);
    }

    function _larger(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a : b;
    }
}
