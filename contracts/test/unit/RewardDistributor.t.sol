// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {
    IRewardDistributor,
    Payout,
    RoundRewards,
    TrainerLeaf,
    Vesting
} from "../../src/interfaces/IRewardDistributor.sol";
import {ResultSummary} from "../../src/types/Types.sol";
import {Merkle} from "../builders/Merkle.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract RewardDistributorTest is RoundTest {
    function test_ClaimsOpenOnceForAClaimableRound() public {
        _roundOf(2, 2);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.RoundNotClaimable.selector, taskId, round));
        distributor.openClaims(taskId, round);
        _honestRound();
        // T = 3000, V = 11000: trainers get 3/14 of the pool.
        uint256 forTrainers = uint256(100_000e18) * 3 / 14;
        vm.expectEmit();
        emit IRewardDistributor.ClaimsOpened(taskId, round, 100_000e18, forTrainers, 100_000e18 - forTrainers, 4);
        distributor.openClaims(taskId, round);
        RoundRewards memory r = distributor.rewards(taskId, round);
        assertTrue(r.opened);
        assertEq(r.trainersPool, forTrainers);
        assertEq(r.claimsLeft, 4);
        assertEq(token.balanceOf(address(distributor)), 100_000e18);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.ClaimsAlreadyOpen.selector, taskId, round));
        distributor.openClaims(taskId, round);
    }

    function test_NobodyClaimsBeforeClaimsOpen() public {
        _roundOf(1, 1);
        _honestRound();
        TrainerLeaf[] memory leaves = _leaves();
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.ClaimsNotOpen.selector, taskId, round));
        distributor.claimTrainer(taskId, round, leaves[0], new bytes32[](0));
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.ClaimsNotOpen.selector, taskId, round));
        distributor.claimValidator(taskId, round, validators[0]);
    }

    function test_ATrainerIsPaidItsShareByWhoeverBringsTheProof() public {
        _open(2, 1);
        RoundRewards memory r = distributor.rewards(taskId, round);
        TrainerLeaf[] memory leaves = _leaves();
        uint256 total = r.trainersPool * leaves[1].weight / (leaves[0].weight + leaves[1].weight);
        uint256 unlocked = total * 0.4e18 / 1e18;
        vm.expectEmit();
        emit IRewardDistributor.TrainerClaimed(
            taskId, round, trainers[1], Payout(total, total, 0, unlocked, total - unlocked)
        );
        vm.prank(stranger);
        distributor.claimTrainer(taskId, round, leaves[1], Merkle.proof(leaves, 1));
        assertEq(token.balanceOf(trainers[1]), unlocked);
        assertTrue(distributor.claimed(taskId, round, trainers[1], false));
        assertFalse(distributor.claimed(taskId, round, trainers[1], true));
        bytes32[] memory proof = Merkle.proof(leaves, 1);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.AlreadyClaimed.selector, trainers[1]));
        distributor.claimTrainer(taskId, round, leaves[1], proof);
    }

    function test_AProofForOtherNumbersIsRefused() public {
        _open(2, 1);
        TrainerLeaf[] memory leaves = _leaves();
        bytes32[] memory proof = Merkle.proof(leaves, 0);
        leaves[0].weight += 1;
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.InvalidProof.selector, trainers[0]));
        distributor.claimTrainer(taskId, round, leaves[0], proof);
    }

    function test_VestingUnlocksLinearlyFromWhenClaimsOpened() public {
        _open(1, 1);
        uint40 start = uint40(block.timestamp);
        // Claiming late does not delay it.
        vm.warp(start + 3 days);
        _claimTrainer(0);
        Vesting memory v = distributor.vesting(taskId, round, trainers[0]);
        assertEq(v.start, start);
        assertEq(v.end, start + 30 days);
        assertEq(distributor.releasable(taskId, round, trainers[0]), uint256(v.total) / 10);
        uint256 before = token.balanceOf(trainers[0]);
        vm.expectEmit();
        emit IRewardDistributor.Released(taskId, round, trainers[0], uint256(v.total) / 10);
        distributor.release(taskId, round, trainers[0]);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NothingToRelease.selector, trainers[0]));
        distributor.release(taskId, round, trainers[0]);
        vm.warp(start + 100 days);
        distributor.release(taskId, round, trainers[0]);
        assertEq(token.balanceOf(trainers[0]) - before, v.total);
    }

    function test_OnlyValidatorsOnTheAcceptedResultArePaid() public {
        _roundOf(1, 4);
        _scorable();
        ResultSummary memory truth = _summary();
        _results(truth, _lie(), 1);
        // 18 of 26 agree.
        _finalized(truth);
        distributor.openClaims(taskId, round);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotAgreed.selector, validators[3]));
        distributor.claimValidator(taskId, round, validators[3]);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotAgreed.selector, stranger));
        distributor.claimValidator(taskId, round, stranger);
        uint256 part = distributor.rewards(taskId, round).validatorsPool * 6 / 18;
        vm.expectEmit();
        emit IRewardDistributor.ValidatorClaimed(taskId, round, validators[1], Payout(part, part, 0, part, 0));
        distributor.claimValidator(taskId, round, validators[1]);
        assertEq(token.balanceOf(validators[1]), part);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.AlreadyClaimed.selector, validators[1]));
        distributor.claimValidator(taskId, round, validators[1]);
    }

    function test_TheLastClaimCarriesWhatRoundingLeft() public {
        _taskWithRound(2, 200_000e18 + 2, 3, 3);
        _honestRound();
        distributor.openClaims(taskId, round);
        uint256 pool = distributor.rewards(taskId, round).pool;
        uint256 budget = taskManager.task(taskId).budget;
        for (uint256 i; i < 3; ++i) {
            _claimTrainer(i);
            if (i < 2) distributor.claimValidator(taskId, round, validators[i]);
        }
        distributor.claimValidator(taskId, round, validators[2]);
        RoundRewards memory r = distributor.rewards(taskId, round);
        assertEq(r.claimsLeft, 0);
        assertLt(pool - r.paid, 6);
        assertEq(taskManager.task(taskId).budget, budget + pool - r.paid);
        uint256 vesting;
        for (uint256 i; i < 3; ++i) {
            vesting += distributor.vesting(taskId, round, trainers[i]).total;
        }
        assertEq(token.balanceOf(address(distributor)), vesting);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.ClaimsNotOpen.selector, taskId, round));
        distributor.claimValidator(taskId, round, validators[2]);
    }

    function test_ARoundNeverPaysMoreThanItsPoolEvenWhenItsSumsLie() public {
        _roundOf(2, 1);
        _scorable();
        ResultSummary memory bad = _summary();
        bad.sumWeights /= 2;
        bad.sumOwnWeights /= 2;
        _results(bad, bad, 0);
        _finalized(bad);
        distributor.openClaims(taskId, round);
        _claimTrainer(0);
        TrainerLeaf[] memory leaves = _leaves();
        bytes32[] memory proof = Merkle.proof(leaves, 1);
        vm.expectPartialRevert(IRewardDistributor.PoolExhausted.selector);
        distributor.claimTrainer(taskId, round, leaves[1], proof);
    }

    function test_ALeafThatNamesAnothersSubmissionIsRefused() public {
        _roundOf(2, 1);
        _scorable();
        TrainerLeaf[] memory leaves = _leaves();
        leaves[0].node = stranger;
        ResultSummary memory bad = _summary();
        bad.claimsRoot = Merkle.root(leaves);
        _results(bad, bad, 0);
        _finalized(bad);
        distributor.openClaims(taskId, round);
        bytes32[] memory proof = Merkle.proof(leaves, 0);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.InvalidProof.selector, stranger));
        distributor.claimTrainer(taskId, round, leaves[0], proof);
    }

    function test_WhatNobodyClaimsInAYearReturnsToTheTask() public {
        _open(2, 1);
        distributor.claimValidator(taskId, round, validators[0]);
        uint256 end = block.timestamp + 365 days;
        assertEq(distributor.claimsEnd(taskId, round), end);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.ClaimPeriodRunning.selector, end));
        distributor.closeClaims(taskId, round);
        vm.warp(end);
        uint256 rest = 100_000e18 - distributor.rewards(taskId, round).paid;
        vm.expectEmit();
        emit IRewardDistributor.CarriedOver(taskId, round, rest);
        distributor.closeClaims(taskId, round);
        assertEq(taskManager.task(taskId).budget, rest);
        TrainerLeaf[] memory leaves = _leaves();
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.ClaimsNotOpen.selector, taskId, round));
        distributor.claimTrainer(taskId, round, leaves[0], new bytes32[](0));
    }

    function test_ARoundThatNobodyEarnedCarriesItsWholePoolAtOnce() public {
        _roundOf(1, 1);
        _scorable();
        ResultSummary memory said = _summary();
        _commitResult(0, said);
        _toResultReveal();
        _revealResult(0, said);
        _toAcceptance();
        _accepted(said);
        _challenge(stranger, bytes32(uint256(1)));
        // The DAO rules that nothing was valid, which no validator had said.
        ResultSummary memory ruled = said;
        ruled.claimants = 0;
        ruled.sumWeights = 0;
        ruled.sumOwnWeights = 0;
        ruled.qualifyingOwnStake = 0;
        ruled.documentDigest = bytes32(uint256(1));
        vm.prank(address(dao));
        roundManager.rule(taskId, round, ruled);
        distributor.openClaims(taskId, round);
        assertEq(taskManager.task(taskId).budget, 100_000e18);
        assertEq(token.balanceOf(address(distributor)), 0);
    }

    function _open(uint256 trainerCount, uint256 validatorCount) private {
        _roundOf(trainerCount, validatorCount);
        _honestRound();
        distributor.openClaims(taskId, round);
    }
}
