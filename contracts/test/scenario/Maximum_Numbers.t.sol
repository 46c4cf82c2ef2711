// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Change, Param} from "../../src/interfaces/IPolicy.sol";
import {Agreement} from "../../src/interfaces/IRoundManager.sol";
import {ResultSummary, TaskTerms, Windows} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Every number as great as it can get: the whole cap minted and staked or funded, windows of 60 days, 255 seats.
contract MaximumNumbersTest is RoundTest {
    function test_ARoundOfTheLargestStakesPoolsAndWindowsIsPaidToTheWei() public {
        uint256 cap = token.cap();
        uint256 unminted = cap - token.totalSupply();
        vm.prank(address(emission));
        token.mint(treasury, unminted);
        Change[] memory changes = new Change[](5);
        changes[0] = Change(Param.MaxWindow, 60 days);
        changes[1] = Change(Param.UnstakeCooldown, 1460 days);
        changes[2] = Change(Param.ValidatorSeats, 255);
        changes[3] = Change(Param.MaxTrainers, 1024);
        changes[4] = Change(Param.DelegationWeight, 1e18);
        vm.prank(address(dao));
        policy.set(changes);
        vm.warp(policy.effectiveAt(policy.announcedVersion()));

        taskId = _longestTask();
        // What the genesis vesting wallets hold stays there; the rest is in the round.
        uint256 quarter = (token.balanceOf(treasury) - 1e18) / 4;
        _fund(taskId, funder, quarter);
        _approve(taskId);
        trainers.push(makeAddr("greatest trainer"));
        _stake(trainers[0], quarter);
        validators.push(makeAddr("greatest validator"));
        _stake(validators[0], quarter / 2);
        _delegateStake(validators[0], stranger, quarter / 2);
        validators.push(makeAddr("second greatest"));
        _stake(validators[1], quarter - 1e18);
        assertGt(quarter, cap / 10);

        _openRound();
        assertEq(_info().deadlines.resultReveal, block.timestamp + 360 days);
        ResultSummary memory truth = _honestRound();
        Agreement memory agreed = roundManager.agreement(taskId, round, _hash(truth));
        assertEq(agreed.seats, 255);
        assertEq(agreed.ownStake, quarter / 2 + quarter - 1e18);
        assertEq(agreed.sumWeights, quarter / 2 * 2 + quarter - 1e18);
        assertEq(roundManager.stakeBehind(taskId), quarter + agreed.ownStake);
        _openClaims(truth);
        _claimTrainer(0);
        distributor.claimValidator(taskId, round, validators[0]);
        distributor.claimValidator(taskId, round, validators[1]);
        assertEq(distributor.rewards(taskId, round).claimsLeft, 0);
        assertEq(distributor.rewards(taskId, round).paid + taskManager.task(taskId).budget, quarter);
    }

    function _longestTask() private returns (uint256 id) {
        uint256 stake = policy.latest(Param.CreationStake);
        _give(creator, stake);
        TaskTerms memory terms = _terms(1);
        terms.windows = Windows(60 days, 60 days, 60 days, 60 days, 60 days, 60 days);
        vm.startPrank(creator);
        token.approve(address(taskManager), stake);
        id = taskManager.propose(_document(), terms);
        vm.stopPrank();
    }

    /// @dev The creation of 128 rounds fits into a block, and each opens with what is left divided by what is left.
    function test_ATaskHas128Rounds() public {
        taskId = _approvedTask(128, 128e18);
        for (uint256 i; i < 128; ++i) {
            round = roundManager.open(taskId);
            assertEq(_info().pool, uint256(128e18) / (128 - i));
            vm.warp(_info().deadlines.commit);
            roundManager.voidRound(taskId, round);
        }
        assertEq(taskManager.task(taskId).roundsClosed, 128);
        vm.prank(creator);
        taskManager.complete(taskId, _key(128));
    }
}
