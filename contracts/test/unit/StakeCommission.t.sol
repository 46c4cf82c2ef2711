// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {IStakeManager, PoolInfo} from "../../src/interfaces/IStakeManager.sol";
import {StakeTest} from "../builders/StakeTest.sol";

contract StakeCommissionTest is StakeTest {
    uint256 private notice;

    function setUp() public override {
        super.setUp();
        notice = policy.latest(Param.CommissionNotice);
    }

    function _set(uint64 commission) private {
        vm.prank(node);
        stakeManager.setCommission(commission);
    }

    function test_TheFirstOneOfANewNodeHoldsAtOnce() public {
        vm.expectEmit();
        emit IStakeManager.CommissionAnnounced(node, 0.1e18, uint40(block.timestamp));
        vm.expectEmit();
        emit IStakeManager.StakeChanged(node, 0, 0, 0.1e18);
        _set(0.1e18);
        assertEq(stakeManager.stakeOf(node).commission, 0.1e18);
        // But only the first.
        _set(0.2e18);
        assertEq(stakeManager.stakeOf(node).commission, 0.1e18);
        _stake(node, 1e18);
        assertEq(stakeManager.stakeOf(node).commission, 0.1e18);
    }

    function test_AHigherOneWaitsForItsNotice() public {
        _stake(node, 100e18);
        uint40 effectiveAt = uint40(block.timestamp + notice);
        vm.expectEmit();
        emit IStakeManager.CommissionAnnounced(node, 0.2e18, effectiveAt);
        _set(0.2e18);
        PoolInfo memory pool = stakeManager.pool(node);
        assertEq(pool.commission, 0);
        assertEq(pool.nextCommission, 0.2e18);
        assertEq(pool.nextCommissionAt, effectiveAt);
        vm.warp(effectiveAt - 1);
        assertEq(stakeManager.stakeOf(node).commission, 0);
        vm.warp(effectiveAt);
        assertEq(stakeManager.stakeOf(node).commission, 0.2e18);
        assertEq(stakeManager.stakeAt(node, effectiveAt - 1).commission, 0);
        pool = stakeManager.pool(node);
        assertEq(pool.commission, 0.2e18);
        assertEq(pool.nextCommission, 0);
        assertEq(pool.nextCommissionAt, 0);
        skip(1);
        // Nobody has touched the pool since: still it is known from when it held.
        assertEq(stakeManager.stakeAt(node, effectiveAt).commission, 0.2e18);
        assertEq(stakeManager.stakeAt(node, effectiveAt - 1).commission, 0);
        assertEq(stakeManager.stakeAt(node, effectiveAt).own, 100e18);
    }

    function test_ARaiseIsRememberedAtItsOwnTimeWhenThePoolIsTouchedLater() public {
        _stake(node, 100e18);
        _set(0.2e18);
        uint48 effectiveAt = uint48(block.timestamp + notice);
        skip(1 days);
        _stake(node, 50e18);
        vm.warp(effectiveAt + 3 days);
        _give(node, 1e18);
        vm.expectEmit();
        emit IStakeManager.StakeChanged(node, 151e18, 0, 0.2e18);
        vm.prank(node);
        stakeManager.stake(1e18);
        skip(1);
        assertEq(stakeManager.stakeAt(node, effectiveAt - 1).commission, 0);
        assertEq(stakeManager.stakeAt(node, effectiveAt).commission, 0.2e18);
        assertEq(stakeManager.stakeAt(node, effectiveAt).own, 150e18);
        assertEq(stakeManager.stakeAt(node, effectiveAt + 3 days).own, 151e18);
        assertEq(stakeManager.stakeAt(node, effectiveAt + 3 days).commission, 0.2e18);
    }

    function test_ATouchInTheVerySecondOfARaiseShowsIt() public {
        _stake(node, 100e18);
        _set(0.2e18);
        skip(notice);
        _stake(node, 1e18);
        skip(1);
        assertEq(stakeManager.stakeAt(node, uint48(block.timestamp - 1)).commission, 0.2e18);
        assertEq(stakeManager.stakeAt(node, uint48(block.timestamp - 1)).own, 101e18);
        assertEq(stakeManager.stakeAt(node, uint48(block.timestamp - 2)).commission, 0);
    }

    function test_ALowerOneHoldsAtOnce() public {
        _set(0.3e18);
        _stake(node, 100e18);
        vm.expectEmit();
        emit IStakeManager.CommissionAnnounced(node, 0.1e18, uint40(block.timestamp));
        vm.expectEmit();
        emit IStakeManager.StakeChanged(node, 100e18, 0, 0.1e18);
        _set(0.1e18);
        assertEq(stakeManager.stakeOf(node).commission, 0.1e18);
        _set(0.1e18);
        _set(0);
        assertEq(stakeManager.stakeOf(node).commission, 0);
    }

    function test_NothingIsAnnouncedWhileARaiseIsPending() public {
        _stake(node, 100e18);
        _set(0.2e18);
        bytes memory refusal =
            abi.encodeWithSelector(IStakeManager.CommissionPending.selector, node, uint40(block.timestamp + notice));
        vm.expectRevert(refusal);
        _set(0.3e18);
        vm.expectRevert(refusal);
        _set(0);
        skip(notice);
        _set(0.3e18);
        assertEq(stakeManager.stakeOf(node).commission, 0.2e18);
        assertEq(stakeManager.pool(node).nextCommission, 0.3e18);
        skip(notice);
        _set(0);
        assertEq(stakeManager.stakeOf(node).commission, 0);
        skip(1);
        assertEq(stakeManager.stakeAt(node, uint48(block.timestamp - 2)).commission, 0.2e18);
        assertEq(stakeManager.stakeAt(node, uint48(block.timestamp - 1)).commission, 0);
    }

    function test_WithoutANoticeARaiseHoldsAtOnce() public {
        _stake(node, 100e18);
        _setPolicy(Param.CommissionNotice, 0);
        _set(0.2e18);
        assertEq(stakeManager.stakeOf(node).commission, 0.2e18);
    }

    function test_BoundsAndSteps() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.CommissionTooHigh.selector, 0.500001e18, 0.5e18));
        _set(0.500001e18);
        _set(0.5e18);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.CommissionGranularity.selector, 0.1e18 + 1, 1e12));
        _set(0.1e18 + 1);
        _setPolicy(Param.MaxCommission, 1e18);
        _set(1e18);
        skip(notice);
        assertEq(stakeManager.stakeOf(node).commission, 1e18);
    }

    /// @dev A bound that falls later takes nothing back: the DAO can only bound what is announced from then on.
    function test_ALowerBoundLeavesWhatHolds() public {
        _set(0.5e18);
        _stake(node, 1e18);
        _setPolicy(Param.MaxCommission, 0.1e18);
        assertEq(stakeManager.stakeOf(node).commission, 0.5e18);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.CommissionTooHigh.selector, 0.2e18, 0.1e18));
        _set(0.2e18);
    }

    function test_FreezingAndThawingForgetsNoPendingRaise() public {
        _stake(node, 100e18);
        _set(0.2e18);
        slasher.freeze(node);
        slasher.unfreeze(node);
        skip(notice);
        assertEq(stakeManager.stakeOf(node).commission, 0.2e18);
        slasher.freeze(node);
        slasher.unfreeze(node);
        _stake(node, 1e18);
        assertEq(stakeManager.stakeOf(node).commission, 0.2e18);
    }
}
