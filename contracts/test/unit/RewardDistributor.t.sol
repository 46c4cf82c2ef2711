// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {
    IRewardDistributor,
    Payout,
    RoundKey,
    RoundRewards,
    TrainerClaim,
    TrainerLeaf,
    Vesting
} from "../../src/interfaces/IRewardDistributor.sol";
import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {RETURN_BUDGET_PERMISSION} from "../../src/permission/Permissions.sol";
import {RewardDistributor} from "../../src/reward/RewardDistributor.sol";
import {TaskReturns} from "../../src/reward/TaskReturns.sol";
import {ResultSummary} from "../../src/types/Types.sol";
import {Vm} from "forge-std/Vm.sol";
import {Merkle} from "../builders/Merkle.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract RewardDistributorTest is RoundTest {
    ResultSummary private result;

    function test_ClaimsOpenOnceForAClaimableRoundWithItsResult() public {
        _roundOf(2, 2);
        _scorable();
        result = _summary();
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.RoundNotClaimable.selector, taskId, round));
        distributor.openClaims(taskId, round, result);
        _results(result, result, 0);
        _finalized(result);
        bytes32 accepted = keccak256(abi.encode(result));
        ResultSummary memory other = _lie();
        vm.expectRevert(
            abi.encodeWithSelector(IRoundManager.SummaryMismatch.selector, accepted, keccak256(abi.encode(other)))
        );
        distributor.openClaims(taskId, round, other);
        assertEq(distributor.claimsEnd(taskId, round), 0);

        // T = 3000, V = 11000: trainers get 3/14 of the pool.
        uint256 forTrainers = uint256(100_000e18) * 3 / 14;
        vm.expectEmit();
        emit IRewardDistributor.ClaimsOpened(taskId, round, 100_000e18, forTrainers, 100_000e18 - forTrainers, 4);
        distributor.openClaims(taskId, round, result);
        RoundRewards memory r = distributor.rewards(taskId, round);
        assertTrue(r.opened);
        assertEq(r.trainersPool, forTrainers);
        assertEq(r.claimsLeft, 4);
        assertEq(token.balanceOf(address(distributor)), 100_000e18);
        (bytes32 claimsRoot, uint32 claimants, uint256 sumOwnWeights) = distributor.claimBasis(taskId, round);
        assertEq(claimsRoot, result.claimsRoot);
        assertEq(claimants, 2);
        assertEq(sumOwnWeights, result.sumOwnWeights);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.ClaimsAlreadyOpen.selector, taskId, round));
        distributor.openClaims(taskId, round, result);
    }

    function test_NobodyClaimsBeforeClaimsOpen() public {
        _roundOf(1, 1);
        _honestRound();
        TrainerLeaf[] memory leaves = _leaves();
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.ClaimsNotOpen.selector, taskId, round));
        distributor.claimTrainer(taskId, round, leaves[0], new bytes32[](0));
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.ClaimsNotOpen.selector, taskId, round));
        distributor.claimValidator(taskId, round, validators[0]);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.ClaimsNotOpen.selector, taskId, round));
        distributor.closeClaims(taskId, round);
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
        assertEq(distributor.vesting(taskId, round, trainers[0]).released, v.total);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NothingToRelease.selector, stranger));
        distributor.release(taskId, round, stranger);
    }

    function test_WithoutAVestingTimeTheVestedPartCanBeReleasedAtOnce() public {
        _setPolicy(Param.VestingDuration, 0);
        _open(1, 1);
        _claimTrainer(0);
        uint256 rest = distributor.vesting(taskId, round, trainers[0]).total;
        assertGt(rest, 0);
        assertEq(distributor.releasable(taskId, round, trainers[0]), rest);
    }

    function test_OnlyValidatorsOnTheAcceptedResultArePaid() public {
        _roundOf(1, 4);
        _scorable();
        ResultSummary memory truth = _summary();
        _results(truth, _lie(), 1);
        // 18 of 26 agree.
        _finalized(truth);
        _openClaims(truth);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotAgreed.selector, validators[3]));
        distributor.claimValidator(taskId, round, validators[3]);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotAgreed.selector, stranger));
        distributor.claimValidator(taskId, round, stranger);
        uint256 part = distributor.rewards(taskId, round).validatorsPool * 6 / 18;
        vm.expectEmit();
        emit IRewardDistributor.ValidatorClaimed(taskId, round, validators[1], Payout(part, part, 0, part, 0));
        distributor.claimValidator(taskId, round, validators[1]);
        assertEq(token.balanceOf(validators[1]), part);
        assertTrue(distributor.claimed(taskId, round, validators[1], true));
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.AlreadyClaimed.selector, validators[1]));
        distributor.claimValidator(taskId, round, validators[1]);
    }

    function test_TheLastClaimCarriesWhatRoundingLeft() public {
        _taskWithRound(2, 200_000e18 + 2, 3, 3);
        result = _honestRound();
        _openClaims(result);
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
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.AlreadyClaimed.selector, validators[2]));
        distributor.claimValidator(taskId, round, validators[2]);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.ClaimsNotOpen.selector, taskId, round));
        distributor.claimValidator(taskId, round, stranger);
    }

    function test_ATrainersRoleNeverPaysMoreThanItsPoolEvenWhenItsSumsLie() public {
        _roundOf(2, 2);
        _scorable();
        ResultSummary memory bad = _summary();
        bad.sumWeights /= 2;
        bad.sumOwnWeights /= 2;
        _acceptedByAll(bad);
        _claimTrainer(0);
        TrainerLeaf[] memory leaves = _leaves();
        bytes32[] memory proof = Merkle.proof(leaves, 1);
        uint256 pool = distributor.rewards(taskId, round).trainersPool;
        uint256 total = pool * leaves[1].weight / bad.sumWeights;
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.PoolExhausted.selector, pool, total));
        distributor.claimTrainer(taskId, round, leaves[1], proof);
        // The validators' part is out of its reach.
        uint256 before = token.balanceOf(validators[0]) + token.balanceOf(validators[1]);
        distributor.claimValidator(taskId, round, validators[0]);
        distributor.claimValidator(taskId, round, validators[1]);
        uint256 got = token.balanceOf(validators[0]) + token.balanceOf(validators[1]) - before;
        assertApproxEqAbs(got, distributor.rewards(taskId, round).validatorsPool, 2);
    }

    function test_MoreLeavesThanClaimantsTakeNoValidatorsClaim() public {
        _roundOf(3, 2);
        _scorable();
        ResultSummary memory bad = _summary();
        bad.claimants = 1;
        _acceptedByAll(bad);
        _claimTrainer(0);
        TrainerLeaf[] memory leaves = _leaves();
        bytes32[] memory proof = Merkle.proof(leaves, 1);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.ClaimsNotOpen.selector, taskId, round));
        distributor.claimTrainer(taskId, round, leaves[1], proof);
        distributor.claimValidator(taskId, round, validators[0]);
        distributor.claimValidator(taskId, round, validators[1]);
        assertGt(token.balanceOf(validators[1]), 0);
        assertEq(distributor.rewards(taskId, round).claimsLeft, 0);
    }

    function test_ALeafForANodeThatSubmittedNothingIsRefused() public {
        _roundOf(2, 1);
        _scorable();
        TrainerLeaf[] memory leaves = _leaves();
        leaves[0].node = stranger;
        ResultSummary memory bad = _summary();
        bad.claimsRoot = Merkle.root(leaves);
        _acceptedByAll(bad);
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
        _results(said, said, 0);
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
        _openClaims(ruled);
        assertEq(taskManager.task(taskId).budget, 100_000e18);
        assertEq(token.balanceOf(address(distributor)), 0);
    }

    function test_DelegatorsGetTheirPartAndTheNodeNoLessThanAlone() public {
        address delegator = makeAddr("delegator");
        taskId = _approvedTask(1, 100_000e18);
        _staked(2, 1);
        vm.prank(trainers[0]);
        stakeManager.setCommission(0.2e18);
        vm.warp(block.timestamp + policy.latest(Param.CommissionNotice));
        _delegateStake(trainers[0], delegator, 4000e18);
        _delegateStake(validators[0], delegator, 1000e18);
        _openRound();
        // What is done during the round changes nothing of it.
        vm.prank(trainers[0]);
        stakeManager.setCommission(0.1e18);
        _delegateStake(trainers[1], delegator, 9000e18);
        result = _honestRound();
        _openClaims(result);

        RoundRewards memory r = distributor.rewards(taskId, round);
        TrainerLeaf[] memory leaves = _leaves();
        assertEq(leaves[0].weight, 3 * leaves[0].ownWeight, "1000 own, 4000 delegated at half weight");
        assertEq(leaves[1].weight, leaves[1].ownWeight);
        uint256 total = r.trainersPool * leaves[0].weight / result.sumWeights;
        uint256 alone = r.trainersPool * leaves[0].ownWeight / result.sumOwnWeights;
        uint256 delegators = (total - alone) * 0.8e18 / 1e18;
        uint256 unlocked = (total - delegators) * 0.4e18 / 1e18;
        bytes32[] memory proof = Merkle.proof(leaves, 0);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.TrainerClaimed(
            taskId,
            round,
            trainers[0],
            Payout(total, total - delegators, delegators, unlocked, total - delegators - unlocked)
        );
        distributor.claimTrainer(taskId, round, leaves[0], proof);
        assertEq(stakeManager.rewardsHeld(), delegators);
        assertEq(token.balanceOf(trainers[0]), unlocked);
        _claimTrainer(1);
        // The only validator gets the whole part of its role with or without delegation, so nothing goes to delegators.
        distributor.claimValidator(taskId, round, validators[0]);
        assertEq(token.balanceOf(validators[0]), r.validatorsPool);
        assertEq(stakeManager.rewardsHeld(), delegators);

        vm.warp(block.timestamp + 7 days);
        assertApproxEqAbs(stakeManager.claimRewards(trainers[0], delegator), delegators, 7 days);
    }

    function test_ABatchPaysEverythingWithOneTransfer() public {
        _twoRoundsOpen();
        (TrainerClaim[] memory claims, RoundKey[] memory keys) = _batchOf(0);
        vm.prank(stranger);
        vm.recordLogs();
        distributor.claimMany(trainers[0], claims, new RoundKey[](0), keys);
        assertEq(_transfersTo(trainers[0]), 1);
        uint256 expected;
        for (uint32 r; r < 2; ++r) {
            assertTrue(distributor.claimed(taskId, r, trainers[0], false));
            uint256 total = distributor.rewards(taskId, r).paid;
            Vesting memory v = distributor.vesting(taskId, r, trainers[0]);
            expected += total - v.total + v.released;
        }
        assertEq(token.balanceOf(trainers[0]), expected);

        distributor.claimMany(validators[1], new TrainerClaim[](0), keys, new RoundKey[](0));
        assertTrue(distributor.claimed(taskId, 0, validators[1], true));
        assertTrue(distributor.claimed(taskId, 1, validators[1], true));
    }

    function test_ABatchSkipsWhatWasClaimedOrHasNothingToGive() public {
        _twoRoundsOpen();
        (TrainerClaim[] memory claims, RoundKey[] memory keys) = _batchOf(0);
        round = 1;
        distributor.claimTrainer(taskId, 1, claims[1].leaf, claims[1].proof);
        distributor.claimValidator(taskId, 0, validators[0]);
        uint256 had = token.balanceOf(trainers[0]);
        distributor.claimMany(trainers[0], claims, new RoundKey[](0), new RoundKey[](0));
        assertGt(token.balanceOf(trainers[0]), had);
        had = token.balanceOf(validators[0]);
        distributor.claimMany(validators[0], new TrainerClaim[](0), keys, keys);
        assertGt(token.balanceOf(validators[0]), had);
        // The same once more pays nothing and reverts nowhere.
        vm.recordLogs();
        distributor.claimMany(validators[0], new TrainerClaim[](0), keys, keys);
        assertEq(vm.getRecordedLogs().length, 0);
        // Claims that are not open are skipped too.
        RoundKey[] memory none = new RoundKey[](1);
        none[0] = RoundKey(taskId, 7);
        distributor.claimMany(validators[0], new TrainerClaim[](0), none, none);
    }

    function test_ABatchStillRefusesAWrongProofAndAnotherNodesLeaf() public {
        _twoRoundsOpen();
        (TrainerClaim[] memory claims,) = _batchOf(0);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.InvalidProof.selector, trainers[0]));
        distributor.claimMany(trainers[1], claims, new RoundKey[](0), new RoundKey[](0));
        claims[1].leaf.weight += 1;
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.InvalidProof.selector, trainers[0]));
        distributor.claimMany(trainers[0], claims, new RoundKey[](0), new RoundKey[](0));
        RoundKey[] memory keys = new RoundKey[](1);
        keys[0] = RoundKey(taskId, 0);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotAgreed.selector, stranger));
        distributor.claimMany(stranger, new TrainerClaim[](0), keys, new RoundKey[](0));
    }

    function test_ABatchSkipsAnExhaustedPool() public {
        _roundOf(2, 1);
        _scorable();
        ResultSummary memory bad = _summary();
        bad.sumWeights /= 2;
        bad.sumOwnWeights /= 2;
        _acceptedByAll(bad);
        _claimTrainer(0);
        TrainerLeaf[] memory leaves = _leaves();
        TrainerClaim[] memory claims = new TrainerClaim[](1);
        claims[0] = TrainerClaim(taskId, round, leaves[1], Merkle.proof(leaves, 1));
        distributor.claimMany(trainers[1], claims, new RoundKey[](0), new RoundKey[](0));
        assertEq(token.balanceOf(trainers[1]), 0);
        assertFalse(distributor.claimed(taskId, round, trainers[1], false));
    }

    function test_ADistributorThatLostItsPermissionStillPaysAndCarriesToTheTreasury() public {
        _open(1, 1);
        dao.revoke(address(taskManager), address(distributor), RETURN_BUDGET_PERMISSION);
        distributor.claimValidator(taskId, round, validators[0]);
        uint256 rest = 100_000e18 - distributor.rewards(taskId, round).validatorsPool;
        vm.warp(distributor.claimsEnd(taskId, round));
        distributor.closeClaims(taskId, round);
        assertEq(token.balanceOf(address(dao)), rest);
        assertEq(token.balanceOf(address(distributor)), 0);
    }

    function test_OnlyTheContractItselfSendsToTasks() public {
        vm.expectRevert(abi.encodeWithSelector(TaskReturns.OnlySelf.selector, stranger));
        vm.prank(stranger);
        distributor.sendToTask(1, 1);
    }

    function test_EveryAddressIsNeeded() public {
        address[6] memory given;
        for (uint256 missing; missing < 6; ++missing) {
            for (uint256 i; i < 6; ++i) {
                given[i] = i == missing ? address(0) : address(token);
            }
            vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
            new RewardDistributor(given[0], given[1], given[2], given[3], given[4], given[5]);
        }
    }

    /// @dev Whatever the order of claims, everybody gets the same, and what is carried is the same.
    function testFuzz_TheOrderOfClaimsChangesNobodysAmount(uint256 seed) public {
        taskId = _approvedTask(1, 100_000e18 + 7);
        _staked(3, 3);
        _delegateStake(trainers[1], makeAddr("delegator"), 1234e18 + 5);
        _delegateStake(validators[2], makeAddr("delegator"), 777e18 + 1);
        _openRound();
        result = _honestRound();
        _openClaims(result);
        uint256 snapshot = vm.snapshotState();
        _claimInOrder(0);
        bytes32 expected = _everybodysBalances();
        vm.revertToState(snapshot);
        _claimInOrder(seed);
        assertEq(_everybodysBalances(), expected);
    }

    function _claimInOrder(uint256 seed) private {
        uint256[6] memory order = [uint256(0), 1, 2, 3, 4, 5];
        for (uint256 i = 5; i > 0; --i) {
            uint256 j = seed == 0 ? i : uint256(keccak256(abi.encode(seed, i))) % (i + 1);
            (order[i], order[j]) = (order[j], order[i]);
        }
        for (uint256 i; i < 6; ++i) {
            if (order[i] < 3) _claimTrainer(order[i]);
            else distributor.claimValidator(taskId, round, validators[order[i] - 3]);
        }
    }

    function _everybodysBalances() private view returns (bytes32) {
        uint256[11] memory balances;
        for (uint256 i; i < 3; ++i) {
            balances[i] = token.balanceOf(trainers[i]);
            balances[3 + i] = token.balanceOf(validators[i]);
            balances[6 + i] = distributor.vesting(taskId, round, trainers[i]).total;
        }
        balances[9] = stakeManager.rewardsHeld();
        balances[10] = taskManager.task(taskId).budget;
        return keccak256(abi.encode(balances));
    }

    function _open(uint256 trainerCount, uint256 validatorCount) private {
        _roundOf(trainerCount, validatorCount);
        result = _honestRound();
        _openClaims(result);
    }

    /// @dev All validators reveal `summary`, true or not, and nobody challenges it.
    function _acceptedByAll(ResultSummary memory summary) private {
        _results(summary, summary, 0);
        _finalized(summary);
        _openClaims(summary);
    }

    function _twoRoundsOpen() private {
        _taskWithRound(2, 200_000e18, 2, 2);
        result = _honestRound();
        _openClaims(result);
        _openRound();
        result = _honestRound();
        _openClaims(result);
    }

    /// @dev Training node `i`'s claims of both rounds.
    function _batchOf(uint256 i) private returns (TrainerClaim[] memory claims, RoundKey[] memory keys) {
        claims = new TrainerClaim[](2);
        keys = new RoundKey[](2);
        for (uint32 r; r < 2; ++r) {
            round = r;
            TrainerLeaf[] memory leaves = _leaves();
            claims[r] = TrainerClaim(taskId, r, leaves[i], Merkle.proof(leaves, i));
            keys[r] = RoundKey(taskId, r);
        }
    }

    function _transfersTo(address to) private returns (uint256 count) {
        bytes32 transfer = keccak256("Transfer(address,address,uint256)");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] == transfer && address(uint160(uint256(logs[i].topics[2]))) == to) ++count;
        }
    }
}
