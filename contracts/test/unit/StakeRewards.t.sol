// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {IStakeManager, PoolInfo} from "../../src/interfaces/IStakeManager.sol";
import {StakeTest} from "../builders/StakeTest.sol";

contract StakeRewardsTest is StakeTest {
    uint256 private period;

    function setUp() public override {
        super.setUp();
        period = policy.latest(Param.RewardStream);
        _stake(node, 100e18);
    }

    function test_RewardsFlowToDelegatorsByStakeAndTime() public {
        _delegate(alice, 300e18);
        _delegate(bob, 100e18);
        vm.expectEmit();
        emit IStakeManager.RewardAdded(node, 400e18, 400e18 / period, uint40(block.timestamp + period));
        _reward(400e18);
        assertEq(stakeManager.rewardsHeld(), 400e18);
        PoolInfo memory pool = stakeManager.pool(node);
        assertEq(pool.rewardRate, 400e18 / period);
        assertEq(pool.rewardEnd, block.timestamp + period);
        assertEq(_claimable(alice), 0);
        skip(period / 2);
        assertApproxEqAbs(_claimable(alice), 150e18, 1);
        assertApproxEqAbs(_claimable(bob), 50e18, 1);
        // Bob stops earning as he asks for his stake back, not as he gets it.
        _request(bob, 100e18);
        skip(period);
        assertApproxEqAbs(_claimable(alice), 350e18, 2);
        assertApproxEqAbs(_claimable(bob), 50e18, 1);
        assertEq(_claimable(node), 0);
        assertEq(stakeManager.pool(node).rewardRate, 0);

        uint256 due = _claimable(alice);
        vm.expectEmit();
        emit IStakeManager.RewardClaimed(node, alice, due);
        vm.prank(stranger);
        assertEq(stakeManager.claimRewards(node, alice), due);
        assertEq(token.balanceOf(alice), due);
        assertEq(stakeManager.rewardsHeld(), 400e18 - due);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.NothingToClaim.selector, node, alice));
        stakeManager.claimRewards(node, alice);
    }

    function test_WithoutDelegationARewardIsTheNodesOwn() public {
        vm.expectEmit();
        emit IStakeManager.RewardAdded(node, 5e18, 0, 0);
        _reward(5e18);
        assertEq(_claimable(node), 5e18);
        stakeManager.claimRewards(node, node);
        assertEq(token.balanceOf(node), 5e18);
    }

    function test_TheNodeStillClaimsItsOwnOnceOthersDelegate() public {
        _reward(5e18);
        _delegate(alice, 100e18);
        _reward(7e18);
        skip(period);
        _request(node, 40e18);
        assertEq(_claimable(node), 5e18);
        assertApproxEqAbs(_claimable(alice), 7e18, 1);
        stakeManager.claimRewards(node, node);
        assertEq(token.balanceOf(node), 5e18);
    }

    function test_WhenEverybodyHasLeftTheStreamWaitsForTheNextDelegator() public {
        _delegate(alice, 100e18);
        _reward(700e18);
        skip(period / 7);
        _request(alice, 100e18);
        skip(100 days);
        assertApproxEqAbs(_claimable(alice), 100e18, 1);
        _delegate(bob, 100e18);
        assertEq(_claimable(bob), 0);
        assertEq(stakeManager.pool(node).rewardEnd, block.timestamp + period - period / 7);
        skip(period);
        assertApproxEqAbs(_claimable(bob), 600e18, 2);
        assertApproxEqAbs(_claimable(alice), 100e18, 1);
    }

    function test_DelegatingMoreKeepsWhatWasEarned() public {
        _delegate(alice, 100e18);
        _reward(700e18);
        skip(period);
        uint256 earned = _claimable(alice);
        _delegate(alice, 1_000_000e18);
        assertApproxEqAbs(_claimable(alice), earned, 2);
        assertLe(_claimable(alice), earned);
    }

    function test_WhatWasEarnedStaysEarnedWhenEverythingIsSlashed() public {
        _delegate(alice, 100e18);
        _reward(700e18);
        skip(period);
        slasher.slash(node, type(uint256).max);
        assertEq(_worth(alice), 0);
        stakeManager.claimRewards(node, alice);
        assertApproxEqAbs(token.balanceOf(alice), 700e18, 1);
    }

    /// @dev Σ paid ≤ added, whoever comes and goes, and but for dust all of it is paid.
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_AllRewardsArePaidAndNeverMore(
        uint96[3] memory stakes,
        uint96[4] memory rewards,
        uint32[4] memory waits
    ) public {
        _setPolicy(Param.MinDelegation, 1);
        address[3] memory owners = [alice, bob, makeAddr("carol")];
        _ready(owners[2]);
        uint256 added;
        for (uint256 i; i < 4; ++i) {
            if (i < 3) _delegate(owners[i], bound(stakes[i], 1, 1_000_000e18));
            uint256 reward = bound(rewards[i], 1, 1_000_000e18);
            _reward(reward);
            added += reward;
            skip(bound(waits[i], 0, 20 days));
        }
        skip(period);
        uint256 paid;
        for (uint256 i; i < 3; ++i) {
            if (_claimable(owners[i]) != 0) paid += stakeManager.claimRewards(node, owners[i]);
        }
        assertLe(paid, added);
        assertGe(paid + 40, added);
        assertEq(stakeManager.rewardsHeld(), added - paid);
    }
}
