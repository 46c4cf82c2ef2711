// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Agreement} from "../../src/interfaces/IResults.sol";
import {Change, Param} from "../../src/interfaces/IPolicy.sol";
import {RoundRewards} from "../../src/interfaces/IRewardDistributor.sol";
import {RoundNumber} from "../../src/types/Ids.sol";
import {ResultSummary, Role, TaskTerms, Windows} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Every number as great as it can get: the whole cap minted and staked or funded, windows of 60 days, all seats.
contract MaximumNumbersTest is RoundTest {
    bool private longest;

    function _terms(uint16 rounds) internal pure override returns (TaskTerms memory terms) {
        terms = super._terms(rounds);
        uint32 most = 60 days;
        if (rounds == 1) terms.windows = Windows(most, most, most, most, most, most, most, most);
    }

    function test_ARoundOfTheLargestStakesPoolsAndWindowsIsPaidToTheWei() public {
        uint256 cap = token.cap();
        uint256 unminted = cap - token.totalSupply();
        vm.prank(address(emission));
        token.mint(treasury, unminted);
        Change[] memory changes = new Change[](5);
        changes[0] = Change(Param.MaxWindow, 60 days);
        changes[1] = Change(Param.UnstakeCooldown, 1460 days);
        changes[2] = Change(Param.ValidatorSeats, 255);
        changes[3] = Change(Param.TrainerSeats, 1024);
        changes[4] = Change(Param.DelegationWeight, 1e18);
        vm.prank(address(dao));
        policy.set(changes);
        vm.warp(policy.effectiveAt(policy.announcedVersion()));

        // What the genesis vesting wallets hold stays there; the rest is in the round.
        uint256 part = (token.balanceOf(treasury) - 20_000e18) / 5;
        assertGt(part, cap / 10);
        taskId = _propose(1);
        _fund(taskId, funder, part);
        _give(stranger, part);
        vm.startPrank(stranger);
        token.approve(address(taskManager), part);
        taskManager.raiseCreationStake(taskId, part);
        vm.stopPrank();
        _approve(taskId);
        trainers.push(makeAddr("greatest trainer"));
        _stake(trainers[0], part);
        _allocate(trainers[0], taskId, Role.Trainer, 1e18);
        validators.push(makeAddr("greatest validator"));
        _stake(validators[0], part / 2);
        _delegateStake(validators[0], funder, part / 2);
        _allocate(validators[0], taskId, Role.Validator, 1e18);
        validators.push(makeAddr("second greatest"));
        _stake(validators[1], part);
        _allocate(validators[1], taskId, Role.Validator, 1e18);

        uint256 opened = block.timestamp + 1;
        _openRound();
        ResultSummary memory truth = _honestRound();
        assertGe(block.timestamp, opened + 480 days);
        Agreement memory agreed = results.agreement(taskId, round, _hash(truth));
        assertEq(agreed.seats, 255);
        assertEq(agreed.stake, part / 2 * 2 + part);
        _openClaims(truth);
        _claimTrainer(0);
        distributor.claimValidator(taskId, round, validators[0]);
        distributor.claimValidator(taskId, round, validators[1]);
        RoundRewards memory r = distributor.rewards(taskId, round);
        assertEq(r.claimsLeft, 0);
        assertEq(r.secured, agreed.stake * 4 / 10);
        assertEq(r.fee + r.paid + r.carried, part);
        assertEq(taskManager.task(taskId).value, r.carried);
    }

    /// @dev The creation of 128 rounds fits into a block, and each opens with what is left divided by what is left.
    function test_ATaskHas128Rounds() public {
        uint256 budget = 128 * 101e18 + 127;
        taskId = _approvedTask(128, budget);
        for (uint256 i; i < 128; ++i) {
            vm.prank(creator);
            round = roundManager.open(taskId);
            assertEq(RoundNumber.unwrap(round), i);
            assertEq(taskManager.fundsOf(taskId, round).units, budget / (128 - i));
            vm.warp(_info().deadlines.join);
            results.voidRound(taskId, round);
        }
        assertEq(taskManager.task(taskId).roundsClosed, 128);
        vm.prank(creator);
        taskManager.complete(taskId, _key(128));
        taskManager.redeem(taskId, funder);
        assertEq(token.balanceOf(funder), budget);
    }
}
