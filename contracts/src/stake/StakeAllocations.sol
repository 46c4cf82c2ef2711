// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Allocation, IStakeManager} from "../interfaces/IStakeManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {BIND_PERMISSION, UNBIND_PERMISSION} from "../permission/Permissions.sol";
import {TaskId} from "../types/Ids.sol";
import {Role, StakeSnapshot} from "../types/Types.sol";
import {Allocations, NodeAllocations, TaskAllocation} from "./Allocations.sol";
import {AllocatedTotal, INVERSE_SCALE, InverseIntegral} from "./InverseIntegral.sol";
import {OperatorKeys, Operators} from "./OperatorKeys.sol";
import {Head, PoolHead} from "./PoolHead.sol";
import {StakeViews} from "./StakeViews.sol";

/// @title What a pool secures, and who acts for its node
/// @dev Nothing here calls another contract but the DAO for its permissions, so nothing here needs a guard.
abstract contract StakeAllocations is StakeViews, DaoAuthorized {
    using Allocations for NodeAllocations;
    using InverseIntegral for AllocatedTotal;
    using OperatorKeys for Operators;
    using PoolHead for uint256;
    using PoolHead for Head;

    /// @inheritdoc IStakeManager
    uint256 public constant INTEGRAL_SCALE = INVERSE_SCALE;

    Operators private _operators;

    /// @inheritdoc IStakeManager
    function allocate(TaskId taskId, Role role, uint64 ratio) external {
        _allocations[msg.sender].allocate(TaskId.unwrap(taskId), role, ratio);
        emit Allocated(msg.sender, taskId, role, ratio);
        if (role != Role.Host) _recount(msg.sender);
    }

    /// @inheritdoc IStakeManager
    function offerOperator(address operator) external {
        _operators.offer(msg.sender, operator);
        emit OperatorOffered(msg.sender, operator);
    }

    /// @inheritdoc IStakeManager
    function acceptOperator(address node) external {
        _operators.accept(msg.sender, node);
        _nameOperator(node, msg.sender);
    }

    /// @inheritdoc IStakeManager
    function dismissOperator() external {
        _operators.dismiss(msg.sender);
        _nameOperator(msg.sender, address(0));
    }

    /// @inheritdoc IStakeManager
    function resignOperator() external {
        _nameOperator(_operators.resign(msg.sender), address(0));
    }

    /// @inheritdoc IStakeManager
    function bind(address caller, TaskId taskId, Role role, uint48 asOf)
        external
        auth(BIND_PERMISSION)
        returns (address node, uint64 ratio, StakeSnapshot memory allocated)
    {
        node = _operators.acting(caller);
        uint32 readers;
        (ratio, readers) = _allocations[node].bind(TaskId.unwrap(taskId), role, asOf);
        emit StakeBound(node, taskId, ratio, readers);
        allocated = stakeAt(node, asOf);
        // Safe narrowings: a part of each.
        allocated.own = uint128(_part(allocated.own, ratio));
        allocated.delegated = uint128(_part(allocated.delegated, ratio));
    }

    /// @inheritdoc IStakeManager
    function unbind(address node, TaskId taskId) external auth(UNBIND_PERMISSION) {
        uint32 readers = _allocations[node].unbind(TaskId.unwrap(taskId));
        emit StakeUnbound(node, taskId, readers);
        if (readers == 0) _recount(node);
    }

    /// @inheritdoc IStakeManager
    function actingFor(address caller) external view returns (address node) {
        return _operators.acting(caller);
    }

    /// @inheritdoc IStakeManager
    function operatorOf(address node) external view returns (address) {
        return _operators.operatorOf(node);
    }

    /// @inheritdoc IStakeManager
    function allocation(address node, TaskId taskId) external view returns (Allocation memory) {
        TaskAllocation storage t = _allocations[node].tasks[TaskId.unwrap(taskId)];
        return Allocation({role: t.role, ratio: t.ratio, bound: t.bound, readers: t.readers});
    }

    /// @inheritdoc IStakeManager
    function allocatedAt(address node, TaskId taskId, uint48 timestamp)
        external
        view
        returns (Role role, uint64 ratio)
    {
        _checkPast(timestamp);
        return _allocations[node].allocatedAt(TaskId.unwrap(taskId), timestamp);
    }

    /// @inheritdoc IStakeManager
    function freeRatio(address node) external view returns (uint64) {
        return _allocations[node].free();
    }

    /// @inheritdoc IStakeManager
    function totalAllocated() external view returns (uint256) {
        return _allocated.total();
    }

    /// @inheritdoc IStakeManager
    function inverseIntegral() external view returns (uint256) {
        return _allocated.until(block.timestamp);
    }

    /// @inheritdoc IStakeManager
    function inverseIntegralAt(uint256 day) external view returns (uint256) {
        uint256 today = block.timestamp / 1 days;
        if (day > today) revert DayNotBegun(day, today);
        return _allocated.until(day * 1 days);
    }

    /// @dev After a change of what the node's tasks commit.
    function _recount(address node) private {
        NodeAllocations storage a = _allocations[node];
        (Pool storage p, Head memory h) = _open(node);
        bool allocated = a.securing != 0;
        if (h.allocated != allocated) {
            h.allocated = allocated;
            p.head = h.pack();
        }
        (uint256 own, uint256 delegated) = _active(h, _price(p, h));
        _count(a, own + delegated);
    }

    function _nameOperator(address node, address operator) private {
        emit OperatorChanged(node, operator);
    }
}
