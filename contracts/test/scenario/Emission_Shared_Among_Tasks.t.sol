// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Settlement} from "../../src/reward/Settlement.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Two tasks that have paid a round each, with other stakes behind them, in the real contracts.
contract EmissionSharedAmongTasksTest is RoundTest {
    uint256 private constant E = 1_500_000e18;

    uint256 private small;
    uint256 private large;

    function setUp() public override {
        super.setUp();
        // The second task's round has the first one's validators and two more training nodes.
        _staked(1, 3);
        small = _playedTask();
        trainers.push(makeAddr("strong trainer"));
        _stake(trainers[1], 30_000e18);
        large = _playedTask();
        vm.prank(address(dao));
        taskManager.setMultiplier(large, 2e18);
    }

    function test_ATaskEarnsNothingBeforeItsFirstPaidRound() public {
        uint256 young = _approvedTask(2, 1000e18);
        emission.sync(young);
        assertEq(emission.weightOf(young), 0);
        emission.sync(small);
        emission.mint();
        assertEq(emission.pending(young), 0);
    }

    function test_TwoTasksShareByMultiplierTimesTheRootOfTheStakeThatEarned() public {
        // T + V of each: one training node of 1000 and validators of 5000, 6000, 7000; then 30,000 more.
        assertEq(roundManager.stakeBehind(small), 19_000e18);
        assertEq(roundManager.stakeBehind(large), 49_000e18);
        emission.sync(small);
        emission.sync(large);
        uint256 weightSmall = 1e18 * Settlement.stakePower(19_000e18, 2);
        uint256 weightLarge = 2e18 * Settlement.stakePower(49_000e18, 2);
        assertEq(emission.weightOf(small), weightSmall);
        assertEq(emission.weightOf(large), weightLarge);
        assertEq(emission.mint(), E);

        uint256 budget = taskManager.task(small).budget;
        uint256 paid = emission.sync(small);
        assertApproxEqAbs(paid, E * weightSmall / (weightSmall + weightLarge), 1);
        assertEq(taskManager.task(small).budget, budget + paid);
        assertApproxEqAbs(emission.sync(large), E * weightLarge / (weightSmall + weightLarge), 1);
        // The next round's pool has it.
        taskId = small;
        _openRound();
        assertEq(taskManager.poolOf(small, 1), (budget + paid) / 2);
    }

    function test_AStoppedTaskStopsEarningAfterASyncAndItsFundersGetNoMoreThanTheyPutIn() public {
        emission.sync(small);
        emission.sync(large);
        emission.mint();
        vm.prank(address(dao));
        taskManager.stop(large);
        uint256 earned = emission.sync(large);
        assertGt(earned, 0);
        assertEq(emission.weightOf(large), 0);
        skip(1 days);
        emission.mint();
        assertEq(emission.pending(large), 0);
        assertApproxEqAbs(emission.sync(small), 2 * E - earned, 3);
        // Funders get back at most what they put in (another task has theirs still); the rest is the treasury's.
        uint256 budget = taskManager.task(large).budget;
        taskManager.refund(large, funder);
        taskManager.sweep(large);
        assertEq(token.balanceOf(funder), 30_000e18);
        assertEq(token.balanceOf(address(dao)), budget - 30_000e18);
        assertEq(taskManager.task(large).budget, 0);
    }

    function test_ATaskWhoseLastRoundIsOpenEarnsNoMore() public {
        emission.sync(small);
        taskId = small;
        _openRound();
        emission.sync(small);
        assertGt(emission.weightOf(small), 0);
        _honestRound();
        _openRound();
        emission.sync(small);
        assertEq(emission.weightOf(small), 0);
    }

    /// @dev A task of three rounds whose first has been paid.
    function _playedTask() private returns (uint256) {
        taskId = _approvedTask(3, 30_000e18);
        _openRound();
        _honestRound();
        return taskId;
    }
}
