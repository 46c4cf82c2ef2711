// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @notice What a node's stake is allocated to in a task. Task 0 is no task: hosts of models allocate under it.
enum AllocatedRole {
    None,
    Trainer,
    Validator,
    Host
}

/// @notice A node in one task; ratios of its pool, 1e18 = all.
/// @param current Allocated now.
/// @param bound The largest of what `bindings` hold.
struct TaskAllocation {
    uint64 current;
    uint64 bound;
    AllocatedRole role;
    uint32 checkpoints;
    Binding[] bindings;
    mapping(uint256 index => uint256) history;
}

/// @notice What one reader (a round, a host's vouchers) holds until it lets go.
struct Binding {
    uint64 reader;
    uint64 ratio;
}

struct NodeAllocations {
    /// @dev Σ over tasks of the larger of `current` and `bound`: at most 1e18.
    uint256 committed;
    mapping(uint256 taskId => TaskAllocation) tasks;
}

/// @title What a node's stake secures, one thing at a time
/// @notice A node divides its pool among tasks by ratios that sum to at most 1. A round reads what was allocated at the end of
/// the second before it opened, and binds it from joining until it is closed and its cases are over: until then the ratio is
/// free for no other task, whatever the node allocates meanwhile. So offences in different tasks, each slashed by its
/// ratio of what its round read, never exceed the stake, and no stake stands behind two verdicts at once.
/// @dev Invariants, for each node: committed = Σ max(current, bound) ≤ 1e18; bound = max over the task's bindings; current of
/// one task is bound nowhere else, since Σ over the other tasks of what is bound there is at most 1e18 − current.
/// Rounds of one task share what is bound there: their cases slash in turn what is left of one pool.
///
/// Trust: `bind` and `release` believe their caller, the contract that wires this, that readers are distinct within a task,
/// that one is released once nothing can be slashed for it any more, and not before.
library Allocations {
    uint256 internal constant ONE = 1e18;

    /// @notice Bounds the loop of a release: readers of one task that hold at the same time.
    uint256 internal constant MAX_BINDINGS = 64;

    /// @notice A ratio is at most 1e18.
    error RatioTooHigh(uint256 ratio);
    /// @notice The ratios of all tasks, what is bound included, would be more than 1; `free` is what this task may have.
    error NotFree(uint256 ratio, uint256 free);
    /// @notice Task 0 is for hosts, and no other is.
    error WrongRole(uint256 taskId, AllocatedRole role);
    /// @notice In one task a node has one role; it can change once nothing is bound there.
    error RoleBound(uint256 taskId, AllocatedRole role);
    /// @notice Nothing that this reader could bind is allocated in this role, then and now.
    error NothingAllocated(uint256 taskId, AllocatedRole role);
    /// @notice This reader holds a part of the node's stake already.
    error AlreadyBound(uint256 taskId, uint64 reader);
    /// @notice This reader holds nothing of the node's stake.
    error NotBound(uint256 taskId, uint64 reader);
    /// @notice So many readers of one task hold the node's stake that one has to let go first.
    error TooManyBindings(uint256 taskId);

    /// @notice Allocates a ratio of the pool to a task from now on; 0 ends it. Rounds that are open keep what they bound.
    /// @param ratio 1e18 = all.
    function allocate(NodeAllocations storage self, uint256 taskId, AllocatedRole role, uint256 ratio) internal {
        if (ratio > ONE) revert RatioTooHigh(ratio);
        if (role == AllocatedRole.None || (taskId == 0) != (role == AllocatedRole.Host)) {
            revert WrongRole(taskId, role);
        }
        TaskAllocation storage t = self.tasks[taskId];
        if (t.role != role) {
            if (t.bindings.length != 0) revert RoleBound(taskId, t.role);
            t.role = role;
        }
        uint256 others = self.committed - _committed(t);
        if (ratio + others > ONE) revert NotFree(ratio, ONE - others);
        // Safe narrowing: at most 1e18 < 2^64.
        t.current = uint64(ratio);
        self.committed = others + _committed(t);
        _write(t, role, ratio);
    }

    /// @notice Binds for a reader the smaller of what was allocated in the second `asOf` and what is allocated now, both in
    /// this role.
    /// @param asOf The second before the reader opened; in the past, else what it reads could still change.
    /// @return ratio Above 0.
    /// @dev What is bound is at most `current`, so `committed` stays as it is: allocating has made room for it.
    function bind(NodeAllocations storage self, uint256 taskId, AllocatedRole role, uint64 reader, uint256 asOf)
        internal
        returns (uint256 ratio)
    {
        TaskAllocation storage t = self.tasks[taskId];
        uint256 count = t.bindings.length;
        for (uint256 i; i < count; ++i) {
            if (t.bindings[i].reader == reader) revert AlreadyBound(taskId, reader);
        }
        if (count == MAX_BINDINGS) revert TooManyBindings(taskId);
        ratio = joinable(self, taskId, role, asOf);
        if (ratio == 0) revert NothingAllocated(taskId, role);
        t.bindings.push(Binding(reader, uint64(ratio)));
        if (ratio > t.bound) t.bound = uint64(ratio);
    }

    /// @notice Lets go of what a reader holds. What no other reader of the task holds and is not allocated there is free.
    function release(NodeAllocations storage self, uint256 taskId, uint64 reader) internal {
        TaskAllocation storage t = self.tasks[taskId];
        uint256 count = t.bindings.length;
        uint256 found = count;
        uint256 rest;
        for (uint256 i; i < count; ++i) {
            Binding storage b = t.bindings[i];
            if (b.reader == reader) found = i;
            else if (b.ratio > rest) rest = b.ratio;
        }
        if (found == count) revert NotBound(taskId, reader);
        t.bindings[found] = t.bindings[count - 1];
        t.bindings.pop();
        uint256 others = self.committed - _committed(t);
        t.bound = uint64(rest);
        self.committed = others + _committed(t);
    }

    /// @notice What a reader that opened in the second after `asOf` would bind now.
    function joinable(NodeAllocations storage self, uint256 taskId, AllocatedRole role, uint256 asOf)
        internal
        view
        returns (uint256)
    {
        TaskAllocation storage t = self.tasks[taskId];
        if (t.role != role || asOf >= block.timestamp) return 0;
        (AllocatedRole then, uint256 ratio) = allocatedAt(self, taskId, asOf);
        if (then != role) return 0;
        return ratio < t.current ? ratio : t.current;
    }

    /// @notice What was allocated at the end of the second `time`.
    function allocatedAt(NodeAllocations storage self, uint256 taskId, uint256 time)
        internal
        view
        returns (AllocatedRole role, uint256 ratio)
    {
        TaskAllocation storage t = self.tasks[taskId];
        // The first checkpoint after `time`, by halves: everything below `low` is not after it, what is at `high` is.
        uint256 low;
        uint256 high = t.checkpoints;
        while (low < high) {
            uint256 middle = (low + high) / 2;
            if (t.history[middle] >> 72 <= time) low = middle + 1;
            else high = middle;
        }
        if (high == 0) return (AllocatedRole.None, 0);
        uint256 slot = t.history[high - 1];
        return (AllocatedRole(uint8(slot >> 64)), uint64(slot));
    }

    /// @notice What could be allocated to a task that has nothing yet.
    function free(NodeAllocations storage self) internal view returns (uint256) {
        return ONE - self.committed;
    }

    function _committed(TaskAllocation storage t) private view returns (uint256) {
        return t.current > t.bound ? t.current : t.bound;
    }

    /// @dev One checkpoint a second, the last of it: layout ratio (64 bits) | role (8) | time, from the lowest.
    function _write(TaskAllocation storage t, AllocatedRole role, uint256 ratio) private {
        uint256 count = t.checkpoints;
        if (count != 0 && t.history[count - 1] >> 72 == block.timestamp) --count;
        t.history[count] = ratio | (uint256(role) << 64) | (block.timestamp << 72);
        t.checkpoints = uint32(count + 1);
    }
}
