// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {IResults} from "../../src/interfaces/IResults.sol";
import {
    IRewardDistributor,
    Payout,
    RoundKey,
    RoundRewards,
    TrainerClaim,
    TrainerLeaf,
    Vesting
} from "../../src/interfaces/IRewardDistributor.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {RETURN_BUDGET_PERMISSION} from "../../src/permission/Permissions.sol";
import {RewardDistributor} from "../../src/reward/RewardDistributor.sol";
import {RoundSettlement} from "../../src/reward/RoundSettlement.sol";
import {TaskReturns} from "../../src/reward/TaskReturns.sol";
import {RoundNumber, TaskId} from "../../src/types/Ids.sol";
import {ResultSummary, Role, StakeSnapshot} from "../../src/types/Types.sol";
import {Merkle} from "../builders/Merkle.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Four validators have 5, 6, 7 and 8 of 26 seats, three trainers 1, 2 and 3 of 6. Their stake, 26,000 tokens, secures
/// 10,400, and the creation stake 10,000.
contract RewardDistributorTest is RoundTest {
    uint256 private constant POOL = 100_000e18;
    uint256 private constant FEE = 100e18;
    uint256 private constant TRAINERS = 5940e18;
    uint256 private constant VALIDATORS = 3960e18;

    ResultSummary private result;

    function setUp() public override {
        super.setUp();
        _aSeatPerThousand(4);
        _aTrainerSeatPerThousand(3);
    }

    function test_ClaimsOpenOnceForAClaimableRoundWithItsResult() public {
        _roundOf(3, 4);
        _scorable();
        result = _summary();
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.RoundNotClaimable.selector, taskId, round));
        distributor.openClaims(taskId, round, result);
        _results(result, result, 0);
        _finalized(result);
        ResultSummary memory lie = _lie();
        vm.expectRevert(abi.encodeWithSelector(IResults.SummaryMismatch.selector, _hash(result), _hash(lie)));
        distributor.openClaims(taskId, round, lie);
        assertEq(distributor.claimsEnd(taskId, round), 0);
        assertFalse(distributor.rewards(taskId, round).opened);

        RoundRewards memory expected = RoundRewards({
            opened: true,
            units: POOL,
            common: 0,
            creationStake: 10_000e18,
            stakeBehind: 26_000e18,
            secured: 10_000e18,
            fee: FEE,
            trainersPart: TRAINERS,
            validatorsPart: VALIDATORS,
            paid: 0,
            carried: POOL - 10_000e18,
            paidSeats: 6,
            claimsLeft: 7
        });
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.ClaimsOpened(taskId, round, expected);
        vm.prank(stranger);
        distributor.openClaims(taskId, round, result);
        assertEq(keccak256(abi.encode(distributor.rewards(taskId, round))), keccak256(abi.encode(expected)));
        assertEq(token.balanceOf(address(distributor)), 9900e18);
        assertEq(token.balanceOf(address(dao)), FEE);
        assertEq(taskManager.task(taskId).value, POOL - 10_000e18);
        (bytes32 claimsRoot, uint32 claimants, uint256 sumWeights) = distributor.claimBasis(taskId, round);
        assertEq(claimsRoot, result.claimsRoot);
        assertEq(claimants, 3);
        assertEq(sumWeights, result.sumWeights);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.ClaimsAlreadyOpen.selector, taskId, round));
        distributor.openClaims(taskId, round, result);
    }

    function test_NobodyClaimsBeforeClaimsOpen() public {
        _roundOf(3, 4);
        _honestRound();
        TrainerLeaf[] memory leaves = _leaves();
        bytes memory notOpen = abi.encodeWithSelector(IRewardDistributor.ClaimsNotOpen.selector, taskId, round);
        vm.expectRevert(notOpen);
        distributor.claimTrainer(taskId, round, leaves[0], new bytes32[](0));
        vm.expectRevert(notOpen);
        distributor.claimValidator(taskId, round, validators[0]);
        vm.expectRevert(notOpen);
        distributor.closeClaims(taskId, round);
    }

    function test_ATrainerIsPaidForItsRanksByWhoeverBringsTheProof() public {
        _open(3, 4);
        TrainerLeaf[] memory leaves = _leaves();
        // The second submission has two seats: ranks 1 and 2 of 6.
        assertEq(leaves[1].weight, 0.9e18 + 0.81e18);
        uint256 all = 1e18 + 0.9e18 + 0.81e18 + 0.729e18 + 0.6561e18 + 0.59049e18;
        uint256 total = TRAINERS * leaves[1].weight / all;
        uint256 unlocked = total * 0.4e18 / 1e18;
        bytes32[] memory proof = Merkle.proof(leaves, 1);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.TrainerClaimed(
            taskId, round, trainers[1], Payout(total, total, 0, unlocked, total - unlocked)
        );
        vm.prank(stranger);
        distributor.claimTrainer(taskId, round, leaves[1], proof);
        assertEq(token.balanceOf(trainers[1]), unlocked);
        assertTrue(distributor.claimed(taskId, round, trainers[1], false));
        assertFalse(distributor.claimed(taskId, round, trainers[1], true));
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.AlreadyClaimed.selector, trainers[1]));
        distributor.claimTrainer(taskId, round, leaves[1], proof);
    }

    function test_AProofForOtherNumbersIsRefused() public {
        _open(3, 4);
        TrainerLeaf[] memory leaves = _leaves();
        bytes32[] memory proof = Merkle.proof(leaves, 0);
        leaves[0].weight += 1;
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.InvalidProof.selector, trainers[0]));
        distributor.claimTrainer(taskId, round, leaves[0], proof);
    }

    function test_VestingUnlocksLinearlyFromWhenClaimsOpened() public {
        _open(3, 4);
        uint40 start = uint40(block.timestamp);
        // Claiming late does not delay it.
        vm.warp(start + 3 days);
        _claimTrainer(0);
        Vesting memory v = distributor.vesting(taskId, round, trainers[0]);
        assertEq(v.start, start);
        assertEq(v.end, start + 30 days);
        assertEq(distributor.releasable(taskId, round, trainers[0]), uint256(v.total) / 10);
        uint256 before = token.balanceOf(trainers[0]);
        vm.expectEmit(address(distributor));
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
        _open(3, 4);
        _claimTrainer(0);
        uint256 rest = distributor.vesting(taskId, round, trainers[0]).total;
        assertGt(rest, 0);
        assertEq(distributor.releasable(taskId, round, trainers[0]), rest);
    }

    function test_OnlyValidatorsOnTheAcceptedResultArePaidAndNoMoreForTheOthersAbsence() public {
        _roundOf(3, 4);
        _scorable();
        result = _summary();
        _results(result, _lie(), 1);
        _finalized(result);
        _openClaims(result);
        RoundRewards memory r = distributor.rewards(taskId, round);
        // 18,000 of stake are behind it: less is secured, and the liar's 8 of 26 seats are carried.
        assertEq(r.secured, 7200e18);
        assertEq(r.carried, POOL - r.fee - r.trainersPart - r.validatorsPart * 18 / 26);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotAgreed.selector, validators[3]));
        distributor.claimValidator(taskId, round, validators[3]);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotAgreed.selector, stranger));
        distributor.claimValidator(taskId, round, stranger);
        uint256 part = r.validatorsPart * 6 / 26;
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.ValidatorClaimed(taskId, round, validators[1], Payout(part, part, 0, part, 0));
        distributor.claimValidator(taskId, round, validators[1]);
        assertEq(token.balanceOf(validators[1]), part);
        assertTrue(distributor.claimed(taskId, round, validators[1], true));
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.AlreadyClaimed.selector, validators[1]));
        distributor.claimValidator(taskId, round, validators[1]);
    }

    function test_TheLastClaimCarriesWhatRoundingLeft() public {
        _taskWithRound(2, 2 * POOL + 2, 3, 4);
        result = _honestRound();
        _openClaims(result);
        uint256 value = taskManager.task(taskId).value;
        for (uint256 v; v < 4; ++v) {
            distributor.claimValidator(taskId, round, validators[v]);
        }
        _claimTrainer(0);
        _claimTrainer(1);
        uint256 early = distributor.rewards(taskId, round).carried;
        _claimTrainer(2);
        RoundRewards memory r = distributor.rewards(taskId, round);
        assertEq(r.claimsLeft, 0);
        assertEq(r.fee + r.paid + r.carried, POOL + 1);
        assertLt(r.carried - early, 7);
        assertEq(taskManager.task(taskId).value, value + r.carried - early);
        uint256 vesting;
        for (uint256 i; i < 3; ++i) {
            vesting += distributor.vesting(taskId, round, trainers[i]).total;
        }
        assertEq(token.balanceOf(address(distributor)), vesting);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.ClaimsNotOpen.selector, taskId, round));
        distributor.claimValidator(taskId, round, stranger);
    }

    function test_TrainersNeverGetMoreThanTheirMostEvenWhenARatioLies() public {
        _roundOf(3, 4);
        _scorable();
        ResultSummary memory bad = _summary();
        TrainerLeaf[] memory leaves = _leaves();
        uint256 all = RoundSettlement.allRanks(6, 0.9e18);
        bad.trainersRatio = uint64(1e18 * (leaves[0].weight + leaves[1].weight) / all + 1);
        _acceptedByAll(bad);
        _claimTrainer(0);
        _claimTrainer(1);
        uint256 most = TRAINERS * uint256(bad.trainersRatio) / 1e18;
        uint256 total = TRAINERS * leaves[2].weight / all;
        bytes32[] memory proof = Merkle.proof(leaves, 2);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.PoolExhausted.selector, most, total));
        distributor.claimTrainer(taskId, round, leaves[2], proof);
        // The validators' part is out of its reach.
        for (uint256 v; v < 4; ++v) {
            distributor.claimValidator(taskId, round, validators[v]);
            assertEq(token.balanceOf(validators[v]), VALIDATORS * (5 + v) / 26);
        }
    }

    function test_ALeafThatWeighsMoreThanAllIsRefusedBeforeItOverflows() public {
        _roundOf(3, 4);
        _scorable();
        TrainerLeaf[] memory leaves = _leaves();
        leaves[0].weight = type(uint256).max;
        ResultSummary memory bad = _summary();
        bad.claimsRoot = Merkle.root(leaves);
        _acceptedByAll(bad);
        TrainerClaim[] memory claims = new TrainerClaim[](1);
        claims[0] = TrainerClaim(taskId, round, leaves[0], Merkle.proof(leaves, 0));
        distributor.claimMany(trainers[0], claims, new RoundKey[](0), new RoundKey[](0));
        assertEq(token.balanceOf(trainers[0]), 0);
        vm.expectPartialRevert(IRewardDistributor.PoolExhausted.selector);
        distributor.claimTrainer(taskId, round, leaves[0], claims[0].proof);
    }

    function test_MoreLeavesThanClaimantsTakeNoValidatorsClaim() public {
        _roundOf(3, 4);
        _scorable();
        ResultSummary memory bad = _summary();
        bad.claimants = 1;
        _acceptedByAll(bad);
        _claimTrainer(0);
        TrainerLeaf[] memory leaves = _leaves();
        bytes32[] memory proof = Merkle.proof(leaves, 1);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.ClaimsNotOpen.selector, taskId, round));
        distributor.claimTrainer(taskId, round, leaves[1], proof);
        for (uint256 v; v < 4; ++v) {
            distributor.claimValidator(taskId, round, validators[v]);
        }
        assertEq(distributor.rewards(taskId, round).claimsLeft, 0);
    }

    function test_ALeafForANodeThatSubmittedNothingIsRefused() public {
        _roundOf(3, 4);
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
        _open(3, 4);
        distributor.claimValidator(taskId, round, validators[0]);
        uint256 end = block.timestamp + 365 days;
        assertEq(distributor.claimsEnd(taskId, round), end);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.ClaimPeriodRunning.selector, end));
        distributor.closeClaims(taskId, round);
        vm.warp(end);
        RoundRewards memory r = distributor.rewards(taskId, round);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.CarriedOver(taskId, round, TRAINERS + VALIDATORS - r.paid);
        distributor.closeClaims(taskId, round);
        assertEq(taskManager.task(taskId).value, POOL - FEE - r.paid);
        assertEq(distributor.rewards(taskId, round).carried, POOL - FEE - r.paid);
        TrainerLeaf[] memory leaves = _leaves();
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.ClaimsNotOpen.selector, taskId, round));
        distributor.claimTrainer(taskId, round, leaves[0], new bytes32[](0));
    }

    function test_ARoundThatNobodyEarnedCarriesItsWholePoolAtOnce() public {
        _roundOf(3, 4);
        _scorable();
        ResultSummary memory said = _summary();
        _results(said, said, 0);
        _accepted(said);
        // The DAO rules that nothing was valid, which no validator had said.
        ResultSummary memory ruled = _withoutClaims(said);
        _challenge(stranger, ruled);
        vm.prank(address(dao));
        results.rule(taskId, round, ruled);
        _openClaims(ruled);
        RoundRewards memory r = distributor.rewards(taskId, round);
        assertEq(r.secured, 0);
        assertEq(r.claimsLeft, 0);
        assertEq(r.carried, POOL);
        assertEq(taskManager.task(taskId).value, POOL);
        assertEq(token.balanceOf(address(distributor)), 0);
    }

    function test_DelegatorsGetThePartOfTheirCountedStake() public {
        address delegator = makeAddr("delegator");
        taskId = _approvedTask(1, POOL);
        _staked(3, 4);
        vm.prank(trainers[0]);
        stakeManager.setCommission(0.2e18);
        vm.warp(block.timestamp + policy.latest(Param.CommissionNotice));
        _delegateStake(trainers[0], delegator, 4000e18);
        _delegateStake(validators[0], delegator, 1000e18);
        // Half of the trainer's pool is for another task: the round reads 1000 own and 2000 delegated.
        _stake(trainers[0], 1000e18);
        _allocate(trainers[0], taskId, Role.Trainer, 0.5e18);
        _openRound();
        // What is done during the round changes nothing of it.
        vm.prank(trainers[0]);
        stakeManager.setCommission(0.1e18);
        _delegateStake(trainers[1], delegator, 9000e18);
        result = _honestRound();
        _openClaims(result);

        StakeSnapshot memory stake = _stakeIn(trainers[0]);
        assertEq(stake.own, 1000e18);
        assertEq(stake.delegated, 2000e18);
        uint256 place = _placeOf(trainers[0]);
        uint256 part = distributor.rewards(taskId, round).trainersPart;
        uint256 total = part * _leaves()[place].weight / RoundSettlement.allRanks(6, 0.9e18);
        // 1000 own beside 1000 counted.
        uint256 delegators = total * 1000e18 * 0.8e18 / (2000e18 * 1e18);
        uint256 unlocked = (total - delegators) * 0.4e18 / 1e18;
        Payout memory expected = Payout(total, total - delegators, delegators, unlocked, total - delegators - unlocked);
        vm.expectEmit(address(distributor));
        emit IRewardDistributor.TrainerClaimed(taskId, round, trainers[0], expected);
        _claimTrainer(place);
        assertEq(stakeManager.rewardsHeld(), delegators);
        assertEq(token.balanceOf(trainers[0]), unlocked);
        uint256 validator = distributor.rewards(taskId, round).validatorsPart
            * results.validatorResult(taskId, round, validators[0]).seats / 26;
        distributor.claimValidator(taskId, round, validators[0]);
        // 5000 own beside 500 counted; without a commission.
        assertEq(stakeManager.rewardsHeld(), delegators + validator * 500 / 5500);
        assertEq(token.balanceOf(validators[0]), validator - validator * 500 / 5500);
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
            RoundNumber key = RoundNumber.wrap(r);
            assertTrue(distributor.claimed(taskId, key, trainers[0], false));
            Vesting memory v = distributor.vesting(taskId, key, trainers[0]);
            expected += distributor.rewards(taskId, key).paid - v.total + v.released;
        }
        assertEq(token.balanceOf(trainers[0]), expected);

        distributor.claimMany(validators[1], new TrainerClaim[](0), keys, new RoundKey[](0));
        assertTrue(distributor.claimed(taskId, keys[0].round, validators[1], true));
        assertTrue(distributor.claimed(taskId, keys[1].round, validators[1], true));
    }

    function test_ABatchSkipsWhatWasClaimedOrHasNothingToGive() public {
        _twoRoundsOpen();
        (TrainerClaim[] memory claims, RoundKey[] memory keys) = _batchOf(0);
        distributor.claimTrainer(taskId, keys[1].round, claims[1].leaf, claims[1].proof);
        distributor.claimValidator(taskId, keys[0].round, validators[0]);
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
        none[0] = RoundKey(taskId, RoundNumber.wrap(7));
        distributor.claimMany(validators[0], new TrainerClaim[](0), none, none);
    }

    function test_ABatchStillRefusesAWrongProofAndAnotherNodesLeaf() public {
        _twoRoundsOpen();
        (TrainerClaim[] memory claims, RoundKey[] memory keys) = _batchOf(0);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.InvalidProof.selector, trainers[0]));
        distributor.claimMany(trainers[1], claims, new RoundKey[](0), new RoundKey[](0));
        claims[1].leaf.weight += 1;
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.InvalidProof.selector, trainers[0]));
        distributor.claimMany(trainers[0], claims, new RoundKey[](0), new RoundKey[](0));
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotAgreed.selector, stranger));
        distributor.claimMany(stranger, new TrainerClaim[](0), keys, new RoundKey[](0));
    }

    function test_ADistributorThatLostItsPermissionStillPaysAndCarriesToTheTreasury() public {
        _open(3, 4);
        dao.revoke(address(taskManager), address(distributor), RETURN_BUDGET_PERMISSION);
        distributor.claimValidator(taskId, round, validators[0]);
        uint256 rest = TRAINERS + VALIDATORS - distributor.rewards(taskId, round).paid;
        vm.warp(distributor.claimsEnd(taskId, round));
        distributor.closeClaims(taskId, round);
        assertEq(token.balanceOf(address(dao)), FEE + rest);
        assertEq(token.balanceOf(address(distributor)), 0);
    }

    function test_OnlyTheContractItselfSendsToTasks() public {
        vm.expectRevert(abi.encodeWithSelector(TaskReturns.OnlySelf.selector, stranger));
        vm.prank(stranger);
        distributor.sendToRound(TaskId.wrap(1), RoundNumber.wrap(0), 1);
    }

    function test_EveryAddressIsNeeded() public {
        address[8] memory a;
        for (uint256 missing; missing < 8; ++missing) {
            for (uint256 i; i < 8; ++i) {
                a[i] = i == missing ? address(0) : address(token);
            }
            vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
            new RewardDistributor(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
        }
    }

    /// @dev However many lied, and whatever the numbers: not a wei is lost or made.
    /// forge-config: default.fuzz.runs = 50
    function testFuzz_FeePaidAndCarriedAreThePool(uint96 budget, uint8 liars, uint64 fee, uint64 share, uint64 ratio)
        public
    {
        _setPolicy(Param.RoundFee, bound(fee, 0, 0.05e18));
        _setPolicy(Param.TrainerShare, bound(share, 0.2e18, 0.9e18));
        _setPolicy(Param.RankRatio, bound(ratio, 0.01e18, 1e18));
        uint256 pool = bound(budget, 100e18, 100_000_000e18);
        _taskWithRound(1, pool, 3, 4);
        _scorable();
        TrainerLeaf[] memory leaves = _leaves();
        result = _summary();
        _results(result, _lie(), liars % 3);
        _finalized2(result);
        _openClaims(result);
        uint256 treasury_ = token.balanceOf(address(dao));
        for (uint256 i; i < leaves.length; ++i) {
            distributor.claimTrainer(taskId, round, leaves[i], Merkle.proof(leaves, i));
        }
        for (uint256 v; v < 4 - liars % 3; ++v) {
            distributor.claimValidator(taskId, round, validators[v]);
        }
        RoundRewards memory r = distributor.rewards(taskId, round);
        assertEq(r.fee + r.paid + r.carried, pool);
        assertEq(taskManager.task(taskId).value, r.carried);
        assertEq(treasury_, r.fee);
        assertLe(r.paid + r.fee, r.secured);
    }

    function _open(uint256 trainerCount, uint256 validatorCount) private {
        _roundOf(trainerCount, validatorCount);
        result = _honestRound();
        _openClaims(result);
    }

    /// @dev What has fewer than two thirds is challenged without a bond by who revealed the truth, and the DAO rules.
    function _finalized2(ResultSummary memory truth) private {
        if (results.roundResult(taskId, round).leading == _hash(truth)) return _finalized(truth);
        _accepted(_lie());
        _challengeOnly(validators[0], truth);
        vm.prank(address(dao));
        results.rule(taskId, round, truth);
    }

    /// @dev All validators reveal `summary`, true or not, and nobody challenges it.
    function _acceptedByAll(ResultSummary memory summary) private {
        _results(summary, summary, 0);
        _finalized(summary);
        _openClaims(summary);
    }

    function _twoRoundsOpen() private {
        _taskWithRound(2, 2 * POOL, 3, 4);
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
            round = RoundNumber.wrap(r);
            TrainerLeaf[] memory leaves = _leaves();
            claims[r] = TrainerClaim(taskId, round, leaves[i], Merkle.proof(leaves, i));
            keys[r] = RoundKey(taskId, round);
        }
    }

    /// @dev The submission's place; the node has a seat.
    function _placeOf(address node) private view returns (uint256) {
        for (uint256 i; i < revealed.length; ++i) {
            if (trainers[revealed[i]] == node) return i;
        }
        revert("no seat");
    }

    function _transfersTo(address to) private returns (uint256 count) {
        bytes32 transfer = keccak256("Transfer(address,address,uint256)");
        Vm.Log[] memory logs = vm.getRecordedLogs();
        for (uint256 i; i < logs.length; ++i) {
            if (logs[i].topics[0] == transfer && address(uint160(uint256(logs[i].topics[2]))) == to) ++count;
        }
    }
}
