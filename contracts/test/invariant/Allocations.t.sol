// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {AllocatedRole} from "../../src/stake/Allocations.sol";
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
        for (uint256 taskId; taskId < handler.TASKS(); ++taskId) {
            uint256 most = handler.allocated(taskId);
            assertEq(node.current(taskId), most);
            uint256 largest;
            for (uint256 i; i < handler.heldCount(); ++i) {
                (uint256 of_,, uint256 ratio,) = handler.held(i);
                if (of_ == taskId && ratio > largest) largest = ratio;
            }
            assertEq(node.bound(taskId), largest);
            committed += most > largest ? most : largest;
        }
        assertEq(node.committed(), committed);
        assertLe(committed, 1e18);
        assertEq(node.free(), 1e18 - committed);
    }

    /// @dev Offences in different tasks, each slashing all of what its round read, take at most the stake.
    function invariant_WhatDifferentTasksHoldIsAtMostTheStake() public view {
        uint256 sum;
        for (uint256 taskId; taskId < handler.TASKS(); ++taskId) {
            uint256 largest;
            for (uint256 i; i < handler.heldCount(); ++i) {
                (uint256 of_,, uint256 ratio,) = handler.held(i);
                if (of_ == taskId && ratio > largest) largest = ratio;
            }
            sum += largest;
        }
        assertLe(sum, 1e18);
    }

    function invariant_InOneTaskANodeIsBoundInOneRole() public view {
        for (uint256 i; i < handler.heldCount(); ++i) {
            (uint256 taskId,,, AllocatedRole role) = handler.held(i);
            for (uint256 j; j < i; ++j) {
                (uint256 other,,, AllocatedRole otherRole) = handler.held(j);
                if (other == taskId) assertEq(uint8(role), uint8(otherRole));
            }
        }
    }
}
