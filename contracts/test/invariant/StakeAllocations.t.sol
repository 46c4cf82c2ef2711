// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {Allocation} from "../../src/interfaces/IStakeManager.sol";
import {BIND_PERMISSION, UNBIND_PERMISSION} from "../../src/permission/Permissions.sol";
import {TaskId} from "../../src/types/Ids.sol";
import {IntegralReference} from "../builders/IntegralReference.sol";
import {StakeTest} from "../builders/StakeTest.sol";
import {StakeAllocationsHandler} from "./StakeAllocationsHandler.sol";

/// @dev Whatever nodes, delegators, the court, rounds and the clock do: a token secures one thing at a time, and the total
/// and its integral are what their definitions say, to the wei and for every beginning of a day.
contract StakeAllocationsInvariant is StakeTest {
    StakeAllocationsHandler private handler;
    IntegralReference private exact;
    uint256 private begun;
    uint256 private base;

    function setUp() public override {
        super.setUp();
        _setPolicy(Param.MinDelegation, 1);
        exact = new IntegralReference();
        handler = new StakeAllocationsHandler(stakeManager, slasher, exact);
        dao.grant(address(stakeManager), address(handler), BIND_PERMISSION);
        dao.grant(address(stakeManager), address(handler), UNBIND_PERMISSION);
        address[] memory all = handler.everybody();
        for (uint256 i; i < all.length; ++i) {
            _give(all[i], 10_000_000e18);
            _ready(all[i]);
        }
        begun = block.timestamp;
        base = stakeManager.inverseIntegral();
        exact.push(0);
        targetContract(address(handler));
    }

    /// forge-config: default.invariant.runs = 256
    /// forge-config: default.invariant.depth = 100
    /// forge-config: default.invariant.fail-on-revert = true
    /// forge-config: default.invariant.check-interval = 5
    function invariant_ATokenSecuresOneThingAndTheIntegralIsExact() public view {
        for (uint256 i; i < handler.NODES(); ++i) {
            _assertNode(handler.nodes(i));
        }
        assertEq(stakeManager.totalAllocated(), handler.expectedTotal());
        assertLe(stakeManager.totalAllocated(), stakeManager.totalStaked());
        assertEq(stakeManager.inverseIntegral(), base + exact.until(block.timestamp));
        assertGe(stakeManager.inverseIntegral(), handler.lastIntegral());
    }

    function afterInvariant() public view {
        uint256 before;
        for (uint256 i; i < handler.daysSeenCount(); ++i) {
            uint256 day = handler.daysSeen(i);
            uint256 integral = stakeManager.inverseIntegralAt(day);
            assertEq(integral, handler.seenAt(day));
            assertEq(integral, base + exact.until(day * 1 days));
            assertGe(integral, before);
            before = integral;
        }
    }

    function _assertNode(address of_) private view {
        uint256 committed;
        for (uint256 taskId; taskId < handler.TASKS(); ++taskId) {
            Allocation memory a = stakeManager.allocation(of_, TaskId.wrap(taskId));
            assertEq(a.ratio, handler.ratioOf(of_, taskId));
            assertEq(a.bound, handler.largest(of_, taskId));
            assertEq(a.readers, handler.readers(of_, taskId));
            assertEq(uint8(a.role), uint8(handler.roleOf(of_, taskId)));
            committed += a.ratio > a.bound ? a.ratio : a.bound;
        }
        assertLe(committed, 1e18);
        assertEq(stakeManager.freeRatio(of_), 1e18 - committed);
    }
}
