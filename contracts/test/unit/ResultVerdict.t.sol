// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Challenge, IResults} from "../../src/interfaces/IResults.sol";
import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {ISubmissions} from "../../src/interfaces/ISubmissions.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {RULE_ROUND_PERMISSION} from "../../src/permission/Permissions.sol";
import {Cid, ResultSummary, Role, RoundPhase, TaskState, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Challenges, rulings, ends, voids and repeats. Four validators have 5, 6, 7 and 8 of 26 seats.
contract ResultVerdictTest is RoundTest {
    uint256 private constant BOND = 2000e18;

    ResultSummary private truth;
    ResultSummary private lie;
    address private other = makeAddr("other");

    function setUp() public override {
        super.setUp();
        _aSeatPerThousand(4);
        _aTrainerSeatPerThousand(3);
    }

    function test_FinalizingWaitsForTheChallengeWindow() public {
        _revealedBy(0);
        vm.expectRevert(_wrongPhase(RoundPhase.Challenge, RoundPhase.Acceptance));
        results.finalize(taskId, round);
        _accepted(truth);
        vm.warp(_info().challengeEnd - 1);
        vm.expectRevert(_wrongPhase(RoundPhase.Claimable, RoundPhase.Challenge));
        results.finalize(taskId, round);
        vm.warp(_info().challengeEnd);
        vm.expectEmit(address(roundManager));
        emit IRoundManager.RoundFinalized(taskId, round);
        vm.prank(stranger);
        results.finalize(taskId, round);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Claimable));
        vm.expectRevert(_wrongPhase(RoundPhase.Challenge, RoundPhase.Claimable));
        results.finalize(taskId, round);
    }

    function test_AChallengeBringsAnotherResultABondAndTheTimeForARuling() public {
        _revealedBy(1);
        vm.expectRevert(_wrongPhase(RoundPhase.Challenge, RoundPhase.Acceptance));
        results.commitChallenge(taskId, round, bytes32(uint256(1)));
        vm.expectRevert(_wrongPhase(RoundPhase.Challenge, RoundPhase.Acceptance));
        results.challenge(taskId, round, lie, _salt(0));
        _accepted(truth);
        _commitChallenge(other, truth);
        vm.expectRevert(abi.encodeWithSelector(IResults.ResultStands.selector, _hash(truth)));
        _challengeOnly(other, truth);
        uint40 end = uint40(block.timestamp + 7 days);
        _bonded(stranger);
        uint256 committedBlock = block.number;
        _commitChallenge(stranger, lie);
        // Validators revealed it, but two thirds are against it: it takes a bond too.
        vm.expectEmit(address(results));
        emit IResults.ResultChallenged(taskId, round, stranger, _hash(lie), BOND, end, lie);
        _challengeOnly(stranger, lie);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Ruling));
        assertEq(_info().rulingEnd, end);
        assertEq(token.balanceOf(address(results)), BOND);
        Challenge memory c = results.challengeOf(taskId, round, 0);
        assertEq(c.challenger, stranger);
        assertEq(c.committedBlock, committedBlock);
        assertEq(c.bond, BOND);
        assertEq(c.resultHash, _hash(lie));
        assertEq(results.roundResult(taskId, round).challenges, 1);
    }

    function test_EachResultAndEachChallengerChallengesOnceAndInTime() public {
        _revealedBy(0);
        _accepted(truth);
        _challenge(stranger, lie);
        uint40 rulingEnd = _info().rulingEnd;
        vm.warp(block.timestamp + 1 hours);
        _commitChallenge(other, lie);
        vm.expectRevert(abi.encodeWithSelector(IResults.ResultStands.selector, _hash(lie)));
        _challengeOnly(other, lie);
        ResultSummary memory third = _another(15);
        _commitChallenge(stranger, third);
        vm.expectRevert(abi.encodeWithSelector(IResults.AlreadyChallenged.selector, stranger));
        _challengeOnly(stranger, third);
        for (uint256 i; i < 15; ++i) {
            _challenge(makeAddr(string.concat("challenger", vm.toString(i))), _another(i));
        }
        assertEq(_info().rulingEnd, rulingEnd, "only the first sets it");
        _commitChallenge(other, third);
        vm.expectRevert(abi.encodeWithSelector(IResults.TooManyChallenges.selector, 16));
        _challengeOnly(other, third);
        vm.warp(_info().challengeEnd);
        vm.expectRevert(_wrongPhase(RoundPhase.Challenge, RoundPhase.Ruling));
        _challengeOnly(other, third);
    }

    function test_AnUnchallengedRoundTakesNoChallengeAfterItsWindow() public {
        _revealedBy(0);
        _accepted(truth);
        _commitChallenge(other, lie);
        vm.warp(_info().challengeEnd);
        vm.expectRevert(_wrongPhase(RoundPhase.Challenge, RoundPhase.Challenge));
        _challengeOnly(other, lie);
        vm.expectRevert(_wrongPhase(RoundPhase.Challenge, RoundPhase.Challenge));
        results.commitChallenge(taskId, round, bytes32(uint256(1)));
    }

    function test_AChallengeIsWhatItsCallerCommittedToInAnEarlierBlock() public {
        _revealedBy(0);
        _accepted(truth);
        vm.expectRevert(ISubmissions.EmptyCommitment.selector);
        results.commitChallenge(taskId, round, bytes32(0));
        _bonded(stranger);
        vm.expectRevert(abi.encodeWithSelector(IResults.ChallengeNotCommitted.selector, stranger));
        _challengeOnly(stranger, lie);
        bytes32 commitment = _challengeCommitment(stranger, lie);
        vm.expectEmit(address(results));
        emit IResults.ChallengeCommitted(taskId, round, stranger, commitment);
        vm.prank(stranger);
        results.commitChallenge(taskId, round, commitment);
        vm.expectRevert(abi.encodeWithSelector(IResults.ChallengeTooEarly.selector, block.number));
        _challengeOnly(stranger, lie);
        vm.roll(block.number + 1);
        // What another committed to is of no use.
        vm.prank(other);
        results.commitChallenge(taskId, round, commitment);
        vm.roll(block.number + 1);
        _expectMismatch(other, commitment, lie);
        _expectMismatch(stranger, commitment, _another(0));
        // A later commitment takes the place of the one before.
        _commitChallenge(stranger, _another(0));
        _expectMismatch(stranger, _challengeCommitment(stranger, _another(0)), lie);
        ResultSummary memory another = _another(0);
        _challengeOnly(stranger, another);
        vm.expectRevert(abi.encodeWithSelector(IResults.ChallengeNotCommitted.selector, stranger));
        _challengeOnly(stranger, another);
    }

    /// @dev Who sees a challenge on its way commits to it then, and brings it before: in vain.
    function test_WhoCopiesAChallengeIsPaidBackAndNotRewarded() public {
        _revealedBy(0);
        _accepted(truth);
        _commitChallenge(stranger, lie);
        _bonded(stranger);
        _challenge(other, lie);
        address copier = makeAddr("copier");
        _bonded(copier);
        _commitChallenge(copier, lie);
        vm.expectRevert(abi.encodeWithSelector(IResults.ResultStands.selector, _hash(lie)));
        _challengeOnly(copier, lie);
        _challengeOnly(stranger, lie);
        assertEq(token.balanceOf(address(results)), 2 * BOND);
        _rule(lie);
        assertEq(results.roundResult(taskId, round).winner, stranger);
        assertEq(token.balanceOf(stranger), BOND);
        assertEq(token.balanceOf(other), BOND);
        assertEq(token.balanceOf(address(dao)), 0);
    }

    function test_WhereNobodyHasTwoThirdsWhoRevealedAnotherResultChallengesWithoutABond() public {
        _revealedBy(2);
        _accepted(lie);
        vm.expectRevert(abi.encodeWithSelector(IResults.ChallengeNotCommitted.selector, stranger));
        _challengeOnly(stranger, truth);
        // What it did not reveal it does not bring for nothing.
        ResultSummary memory another = _another(0);
        vm.expectRevert(abi.encodeWithSelector(IResults.ChallengeNotCommitted.selector, validators[0]));
        _challengeOnly(validators[0], another);
        address operator = makeAddr("operator");
        vm.prank(validators[0]);
        stakeManager.offerOperator(operator);
        vm.prank(operator);
        stakeManager.acceptOperator(validators[0]);
        _challengeOnly(operator, truth);
        Challenge memory c = results.challengeOf(taskId, round, 0);
        assertEq(c.challenger, validators[0]);
        assertEq(c.bond, 0);
        assertEq(c.committedBlock, 0);
        vm.expectRevert(abi.encodeWithSelector(IResults.AlreadyChallenged.selector, validators[0]));
        _challengeOnly(operator, truth);
        vm.expectRevert(abi.encodeWithSelector(IResults.ResultStands.selector, _hash(truth)));
        _challengeOnly(validators[1], truth);
        // What nobody revealed takes a bond.
        _challenge(other, _another(0));
        assertEq(results.challengeOf(taskId, round, 1).bond, BOND);
        uint256 state = vm.snapshotState();
        _rule(truth);
        assertEq(results.roundResult(taskId, round).winner, address(0), "nobody had committed");
        assertEq(results.roundResult(taskId, round).accepted, _hash(truth));
        assertEq(token.balanceOf(address(dao)), BOND);
        assertEq(token.balanceOf(address(results)), 0);
        // For the reward one that revealed it commits, as anybody else would with a bond.
        vm.revertToState(state);
        _commitChallenge(validators[1], truth);
        _challengeOnly(validators[1], truth);
        assertEq(results.challengeOf(taskId, round, 2).bond, 0);
        _rule(truth);
        assertEq(results.roundResult(taskId, round).winner, validators[1]);
    }

    function test_AContestedResultThatNobodyChallengesIsFinal() public {
        _revealedBy(2);
        _accepted(lie);
        vm.warp(_info().challengeEnd);
        results.finalize(taskId, round);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Claimable));
    }

    function test_OnlyTheDaoRulesAndOnlyOnAChallengeInTime() public {
        _revealedBy(0);
        vm.expectRevert(
            abi.encodeWithSelector(
                DaoAuthorized.DaoUnauthorized.selector, address(dao), address(results), stranger, RULE_ROUND_PERMISSION
            )
        );
        vm.prank(stranger);
        results.rule(taskId, round, truth);
        vm.expectRevert(_wrongPhase(RoundPhase.Ruling, RoundPhase.Acceptance));
        _rule(truth);
        _accepted(truth);
        vm.expectRevert(_wrongPhase(RoundPhase.Ruling, RoundPhase.Challenge));
        _rule(truth);
        _challenge(stranger, lie);
        vm.warp(_info().rulingEnd);
        vm.expectRevert(_wrongPhase(RoundPhase.Ruling, RoundPhase.Void));
        _rule(truth);
        vm.warp(_info().rulingEnd - 1);
        _rule(truth);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Claimable));
    }

    function test_ARulingPaysBackWhoWasRightAndTheOthersBondsGoToTheTreasury() public {
        _revealedBy(0);
        _accepted(truth);
        _challenge(stranger, lie);
        _challenge(other, _another(0));
        vm.expectEmit(address(results));
        emit IResults.ResultRuled(taskId, round, _hash(lie), stranger, lie);
        vm.expectEmit(address(roundManager));
        emit IRoundManager.RoundFinalized(taskId, round);
        vm.expectEmit(address(results));
        emit IResults.BondReturned(taskId, round, stranger, BOND);
        vm.expectEmit(address(results));
        emit IResults.BondsLost(taskId, round, BOND);
        _rule(lie);
        assertEq(token.balanceOf(stranger), BOND);
        assertEq(token.balanceOf(other), 0);
        assertEq(token.balanceOf(address(dao)), BOND);
        assertEq(results.roundResult(taskId, round).winner, stranger);
        // Nobody had revealed it: no stake is behind it, and the round pays nothing.
        assertEq(results.agreement(taskId, round, _hash(lie)).stake, 0);
    }

    function test_AResultThatStandsAfterTheRulingTakesAllBonds() public {
        _revealedBy(0);
        _accepted(truth);
        _challenge(stranger, lie);
        _challenge(other, _another(0));
        _rule(truth);
        assertEq(token.balanceOf(address(dao)), 2 * BOND);
        assertEq(results.roundResult(taskId, round).winner, address(0));
    }

    function test_WithoutARulingTwoThirdsOfAllSeatsStandAndBondsAreLost() public {
        _revealedBy(1);
        _accepted(truth);
        _challenge(stranger, lie);
        vm.warp(_info().rulingEnd - 1);
        _expectCannotVoid();
        vm.expectRevert(_wrongPhase(RoundPhase.Claimable, RoundPhase.Ruling));
        results.finalize(taskId, round);
        vm.warp(_info().rulingEnd);
        _expectCannotVoid();
        vm.expectEmit(address(results));
        emit IResults.BondsLost(taskId, round, BOND);
        results.finalize(taskId, round);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Claimable));
        assertEq(token.balanceOf(address(dao)), BOND);
        assertEq(results.roundResult(taskId, round).accepted, _hash(truth));
    }

    function test_WithoutARulingFewerSeatsAreVoidAndBondsGoBack() public {
        _roundOf(3, 4);
        _scorable();
        truth = _summary();
        lie = _lie();
        // All of 15 revealed seats, but not two thirds of all 26.
        _commitResult(2, truth);
        _commitResult(3, truth);
        _toResultReveal();
        _revealResult(2, truth);
        _revealResult(3, truth);
        _toAcceptance();
        _accepted(truth);
        assertFalse(results.roundResult(taskId, round).contested);
        _challenge(stranger, lie);
        _challenge(other, _another(0));
        vm.warp(_info().rulingEnd);
        vm.expectEmit(address(roundManager));
        emit IRoundManager.RoundVoided(taskId, round, VoidReason.NoRuling);
        results.finalize(taskId, round);
        assertEq(uint8(_info().voidReason), uint8(VoidReason.NoRuling));
        assertEq(token.balanceOf(stranger), BOND);
        assertEq(token.balanceOf(other), BOND);
        assertEq(token.balanceOf(address(results)), 0);
        assertEq(taskManager.task(taskId).value, 100_000e18);
    }

    function test_AnInvalidShardVoidsTheRoundAndTakesTheCreationStake() public {
        _roundOf(3, 4);
        _scorable();
        truth = _shardInvalid();
        _results(truth, truth, 0);
        _accepted(truth);
        assertTrue(results.roundResult(taskId, round).shardInvalid);
        vm.warp(_info().challengeEnd);
        results.finalize(taskId, round);
        assertEq(uint8(_info().voidReason), uint8(VoidReason.ShardInvalid));
        assertEq(uint8(taskManager.task(taskId).state), uint8(TaskState.Stopped));
        uint256 perSeat = uint256(2000e18) / 6;
        assertEq(token.balanceOf(address(dao)), 10_000e18 - 6 * perSeat);
        submissions.claimForfeit(taskId, round, trainers[1]);
        assertEq(token.balanceOf(trainers[1]), 2 * perSeat);
    }

    function test_TheDaoCanRuleThatAShardWasInvalidAndThatItWasNot() public {
        _revealedBy(0);
        _accepted(truth);
        ResultSummary memory ruled = _shardInvalid();
        _challenge(stranger, ruled);
        uint256 state = vm.snapshotState();
        _rule(ruled);
        assertEq(uint8(_info().voidReason), uint8(VoidReason.ShardInvalid));
        assertEq(token.balanceOf(stranger), BOND);
        vm.revertToState(state);
        _rule(truth);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Claimable));
    }

    function test_ARoundThatCanStillFinishCannotBeVoided() public {
        taskId = _approvedTask(1, 100_000e18);
        _staked(3, 4);
        _openRound();
        _expectCannotVoid();
        vm.warp(_info().deadlines.join);
        _expectCannotVoid();
        _allCommitted();
        _expectCannotVoid();
        _toReveal();
        _expectCannotVoid();
        for (uint256 i; i < 3; ++i) {
            _reveal(i);
        }
        _toValidatorDraw();
        _expectCannotVoid();
        _draw(Role.Validator);
        _expectCannotVoid();
        _allAttested(0);
        _expectCannotVoid();
        _keyPublished();
        _expectCannotVoid();
        _toResultCommit();
        _expectCannotVoid();
        truth = _summary();
        _results(truth, truth, 0);
        _expectCannotVoid();
        _accepted(truth);
        _expectCannotVoid();
        _challenge(stranger, _lie());
        _expectCannotVoid();
        _rule(truth);
        _expectCannotVoid();
    }

    function test_RoundsWithoutCandidatesSubmissionsOrKeyAreVoid() public {
        taskId = _approvedTask(4, 400e18 * 4);
        _openRound();
        vm.warp(_info().deadlines.join);
        _expectVoided(VoidReason.NoCandidates);
        _staked(3, 4);
        _openRound();
        _draw(Role.Trainer);
        vm.warp(_info().deadlines.reveal);
        _expectVoided(VoidReason.NoSubmissions);
        // Drawing validators of a round without submissions saves it not.
        _openRound();
        _draw(Role.Trainer);
        _draw(Role.Validator);
        _expectVoided(VoidReason.NoSubmissions);
        _openRound();
        _allRevealed();
        _allAttested(0);
        _toResultCommit();
        _expectVoided(VoidReason.KeyWithheld);
        _expectCannotVoid();
        assertEq(uint8(taskManager.task(taskId).state), uint8(TaskState.Stopped));
        assertEq(taskManager.task(taskId).value, 400e18 * 4);
    }

    function test_AStoppedTasksRoundIsVoidUntilItHasAnAcceptedResult() public {
        _revealedBy(0);
        uint256 state = vm.snapshotState();
        vm.prank(address(dao));
        taskManager.stop(taskId);
        _expectVoided(VoidReason.TaskStopped);
        vm.revertToState(state);
        _accepted(truth);
        vm.prank(address(dao));
        taskManager.stop(taskId);
        _expectCannotVoid();
        vm.warp(_info().challengeEnd);
        results.finalize(taskId, round);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Claimable));
    }

    function test_ARoundThatFailsBetweenRevealsAndKeyRepeatsUntilItsLastAttempt() public {
        _roundOf(3, 4);
        _allRevealed();
        _toKeyUnattested();
        _expectRepeated(VoidReason.NotAttested);
        assertEq(_info().attempt, 1);
        _expectCannotVoid();
        // Nobody joins anew.
        vm.warp(_info().deadlines.validatorJoin);
        _expectRepeated(VoidReason.NoCandidates);
        _validatorsJoin();
        _draw(Role.Validator);
        for (uint256 v; v < 4; ++v) {
            _commitAttestation(v, true, 0);
        }
        _toAttestReveal();
        for (uint256 v; v < 4; ++v) {
            _revealAttestation(v, true, 0);
        }
        _toKey();
        _expectVoided(VoidReason.CiphertextMissing);
        assertEq(taskManager.task(taskId).value, 100_000e18);
        assertEq(uint8(taskManager.task(taskId).state), uint8(TaskState.Approved), "only a ruling takes its stake");
    }

    function test_ARepeatedRoundFinishesWithTheSubmissionsThatItHad() public {
        _roundOf(3, 4);
        _allRevealed();
        _allAttested(7);
        _expectRepeated(VoidReason.NothingCounted);
        _validatorsJoin();
        _draw(Role.Validator);
        _allAttested(0);
        _keyPublished();
        _toResultCommit();
        truth = _summary();
        _results(truth, truth, 0);
        _finalized(truth);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Claimable));
        assertEq(results.agreement(taskId, round, _hash(truth)).seats, 26);
    }

    function test_ALostBeaconVoidsADrawOfTrainersAndRepeatsOneOfValidators() public {
        _roundOf(3, 4);
        uint256 state = vm.snapshotState();
        vm.warp(_info().deadlines.trainerDraw);
        _expectVoided(VoidReason.NoSeed);
        vm.revertToState(state);
        _allCommitted();
        _toReveal();
        _reveal(0);
        vm.warp(_info().deadlines.validatorDraw);
        _expectRepeated(VoidReason.NoSeed);
    }

    function test_ValidatorsThatSecureTooLittleVoidTheRoundAtOnce() public {
        _setPolicy(Param.MinRoundPool, 20_000e18);
        _roundOf(3, 4);
        vm.warp(_info().deadlines.join);
        _expectVoided(VoidReason.Unsecured);
    }

    /// @dev The last `liars` of four validators lie.
    function _revealedBy(uint256 liars) private {
        _roundOf(3, 4);
        _scorable();
        truth = _summary();
        lie = _lie();
        _results(truth, lie, liars);
    }

    function _expectMismatch(address challenger, bytes32 commitment, ResultSummary memory brought) private {
        bytes32 top = bytes32(type(uint256).max << 40);
        bytes32 got = _challengeCommitment(challenger, brought) & top;
        vm.expectRevert(
            abi.encodeWithSelector(ISubmissions.CommitmentMismatch.selector, challenger, commitment & top, got)
        );
        _challengeOnly(challenger, brought);
    }

    function _toKeyUnattested() private {
        vm.warp(_info().deadlines.attestReveal);
    }

    function _rule(ResultSummary memory summary) private {
        vm.prank(address(dao));
        results.rule(taskId, round, summary);
    }

    function _another(uint256 i) private view returns (ResultSummary memory summary) {
        summary = _summary();
        summary.documentDigest = keccak256(abi.encode("another", i));
    }

    function _shardInvalid() private pure returns (ResultSummary memory s) {
        s.documentDigest = keccak256("the shard is not what was promised");
        s.model = Cid(0x70, keccak256("the base model"));
        s.shardInvalid = true;
    }
}
