// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IStakeManager} from "../../src/interfaces/IStakeManager.sol";
import {StakeTest} from "../builders/StakeTest.sol";

/// @dev A node wants delegators at 0 % and rewards at 50 %.
contract Commission_Games is StakeTest {
    function setUp() public override {
        super.setUp();
        _stake(node, 1000e18);
    }

    function test_ARaiseInsideARoundChangesNothingOfIt() public {
        _delegate(alice, 1000e18);
        skip(1);
        // A round counts with the second before it opens.
        uint48 counted = uint48(block.timestamp - 1);
        vm.prank(node);
        stakeManager.setCommission(0.5e18);
        skip(30 days);
        _stake(node, 1e18);
        assertEq(stakeManager.stakeAt(node, counted).commission, 0);
        assertEq(stakeManager.stakeOf(node).commission, 0.5e18);
    }

    function test_LoweringToAttractAndRaisingAgainLeavesTimeToGo() public {
        vm.prank(node);
        stakeManager.setCommission(0.5e18);
        skip(7 days);
        vm.prank(node);
        stakeManager.setCommission(0);
        _delegate(alice, 1000e18);
        vm.prank(node);
        stakeManager.setCommission(0.5e18);
        uint40 effectiveAt = stakeManager.pool(node).nextCommissionAt;
        assertEq(effectiveAt, block.timestamp + 7 days);
        // Alice has a week, sees it coming, and is out of every round from the moment that she asks.
        vm.warp(effectiveAt - 1);
        _request(alice, 1000e18);
        assertEq(stakeManager.stakeOf(node).delegated, 0);
        assertEq(stakeManager.stakeOf(node).commission, 0);
        skip(1);
        assertEq(stakeManager.stakeOf(node).commission, 0.5e18);
        assertEq(stakeManager.stakeAt(node, effectiveAt - 1).commission, 0);
        assertEq(stakeManager.stakeAt(node, effectiveAt - 1).delegated, 0);
    }

    function test_NoStringOfSmallAnnouncementsIsFasterThanOne() public {
        vm.startPrank(node);
        stakeManager.setCommission(0.1e18);
        uint40 first = stakeManager.pool(node).nextCommissionAt;
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.CommissionPending.selector, node, first));
        stakeManager.setCommission(0.2e18);
        vm.warp(first);
        stakeManager.setCommission(0.2e18);
        assertEq(stakeManager.pool(node).nextCommissionAt, first + 7 days);
        vm.stopPrank();
    }
}
