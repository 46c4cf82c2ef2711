// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Role} from "../../src/types/Types.sol";
import {AllocationsHarness} from "../builders/AllocationsHarness.sol";
import {AllocationsHandler} from "./AllocationsHandler.sol";

contract AllocationsInvariant is Test {
    AllocationsHarness private node;
    AllocationsHandler private handler;

    function setUp() public {
        vm.warp(1_000_000);
        node = new AllocationsHarness();
        handler = new AllocationsHandler(node);
        targetContract(address(handler));
    }

    function invariant_AllocationsSumToAtMostOneAndWhatIsBoundIsNeverFree() public view {
        uint256 committed;
        uint256 securing;
        for (uint256 taskId; taskId < handler.TASKS(); ++taskId) {
            uint256 ratio = handler.allocated(taskId);
            uint256 bound = handler.largest(taskId);
            assertEq(node.ratioIn(taskId), ratio);
            assertEq(node.boundIn(taskId), bound);
            assertEq(node.readersIn(taskId), handler.readers(taskId));
            committed += ratio > bound ? ratio : bound;
            if (taskId != 0) securing += ratio > bound ? ratio : bound;
        }
        assertEq(node.committed(), committed);
        assertEq(node.securing(), securing);
        assertLe(committed, 1e18);
        assertEq(node.free(), 1e18 - committed);
    }

    /// @dev Offences in different tasks, each slashing all of what its round read, take at most the stake.
    function invariant_WhatDifferentTasksHoldIsAtMostTheStake() public view {
        uint256 sum;
        for (uint256 taskId; taskId < handler.TASKS(); ++taskId) {
            uint256 most;
            for (uint256 i; i < handler.heldCount(); ++i) {
                (uint256 of_, uint256 ratio,) = handler.held(i);
                if (of_ == taskId && ratio > most) most = ratio;
            }
            assertLe(most, node.boundIn(taskId));
            sum += most;
        }
        assertLe(sum, 1e18);
    }

    function invariant_InOneTaskANodeIsBoundInOneRole() public view {
        for (uint256 i; i < handler.heldCount(); ++i) {
            (uint256 taskId,, Role role) = handler.held(i);
            for (uint256 j; j < i; ++j) {
                (uint256 other,, Role otherRole) = handler.held(j);
                if (other == taskId) assertEq(uint8(role), uint8(otherRole));
            }
        }
    }
}
