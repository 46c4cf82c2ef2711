// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Allocations, NodeAllocations} from "../../src/stake/Allocations.sol";
import {Role} from "../../src/types/Types.sol";

/// @dev One node's allocations, and the library's functions to call.
contract AllocationsHarness {
    using Allocations for NodeAllocations;

    NodeAllocations private node;

    function allocate(uint256 taskId, Role role, uint256 ratio) external {
        node.allocate(taskId, role, ratio);
    }

    function bind(uint256 taskId, Role role, uint256 asOf) external returns (uint64 ratio, uint32 readers) {
        return node.bind(taskId, role, asOf);
    }

    function unbind(uint256 taskId) external returns (uint32 readers) {
        return node.unbind(taskId);
    }

    function joinable(uint256 taskId, Role role, uint256 asOf) external view returns (uint256) {
        return node.joinable(taskId, role, asOf);
    }

    function allocatedAt(uint256 taskId, uint256 time) external view returns (Role role, uint256 ratio) {
        return node.allocatedAt(taskId, time);
    }

    function free() external view returns (uint256) {
        return node.free();
    }

    function committed() external view returns (uint256) {
        return node.committed;
    }

    function ratioIn(uint256 taskId) external view returns (uint256) {
        return node.tasks[taskId].ratio;
    }

    function boundIn(uint256 taskId) external view returns (uint256) {
        return node.tasks[taskId].bound;
    }

    function readersIn(uint256 taskId) external view returns (uint256) {
        return node.tasks[taskId].readers;
    }

    function securing() external view returns (uint256) {
        return node.securing;
    }
}
