// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {AllocatedRole, Allocations, NodeAllocations} from "../../src/stake/Allocations.sol";

/// @dev One node's allocations, and the library's functions to call.
contract AllocationsHarness {
    using Allocations for NodeAllocations;

    NodeAllocations private node;

    function allocate(uint256 taskId, AllocatedRole role, uint256 ratio) external {
        node.allocate(taskId, role, ratio);
    }

    function bind(uint256 taskId, AllocatedRole role, uint64 reader, uint256 asOf) external returns (uint256) {
        return node.bind(taskId, role, reader, asOf);
    }

    function release(uint256 taskId, uint64 reader) external {
        node.release(taskId, reader);
    }

    function joinable(uint256 taskId, AllocatedRole role, uint256 asOf) external view returns (uint256) {
        return node.joinable(taskId, role, asOf);
    }

    function allocatedAt(uint256 taskId, uint256 time) external view returns (AllocatedRole role, uint256 ratio) {
        return node.allocatedAt(taskId, time);
    }

    function free() external view returns (uint256) {
        return node.free();
    }

    function committed() external view returns (uint256) {
        return node.committed;
    }

    function current(uint256 taskId) external view returns (uint256) {
        return node.tasks[taskId].current;
    }

    function bound(uint256 taskId) external view returns (uint256) {
        return node.tasks[taskId].bound;
    }
}
