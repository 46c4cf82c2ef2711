// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {Deadlines, IRoundManager, RoundInfo, Submission, ValidatorEntry} from "../../src/interfaces/IRoundManager.sol";
import {Reason} from "../../src/interfaces/ISlashCourt.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {RULE_ROUND_PERMISSION} from "../../src/permission/Permissions.sol";
import {Cid, ResultSummary, RoundPhase, StakeSnapshot} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract RoundManagerTest is RoundTest {
    function test_OpeningPinsPolicyScorerAndPoolAndSetsTheDeadlines() public {
        taskId = _approvedTask(2, 100e18);
        uint40 t = uint40(block.timestamp);
        Deadlines memory d =
            Deadlines(t + WINDOW, t + 2 * WINDOW, t + 3 * WINDOW, t + 4 * WINDOW, t + 5 * WINDOW, t + 6 * WINDOW);
        vm.expectEmit();
        emit IRoundManager.RoundOpened(taskId, 0, 1, SCORER, 50e18, d);
        round = roundManager.open(taskId);
        RoundInfo memory info = _info();
        assertEq(uint8(info.phase), uint8(RoundPhase.Commit));
        assertEq(info.policyVersion, 1);
        assertEq(info.pool, 50e18);
        assertEq(info.deadlines.resultReveal, d.resultReveal);
        assertEq(roundManager.roundCount(taskId), 1);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.RoundStillOpen.selector, taskId, 0));
        roundManager.open(taskId);
    }

    function test_ARoundKeepsItsPolicyWhenAVoteChangesIt() public {
        taskId = _approvedTask(2, 100e18);
        round = roundManager.open(taskId);
        _setPolicy(Param.MaxTrainers, 1);
        _staked(2, 1);
        for (uint256 i; i < 2; ++i) {
            vm.prank(trainers[i]);
            roundManager.commit(taskId, round, _salt(i));
        }
        assertEq(_info().submissions, 2);
        assertEq(_info().policyVersion, 1);
    }

    function test_PhasesFollowTheClock() public {
        _roundOf(1, 1);
        RoundPhase[7] memory phases = [
            RoundPhase.Commit,
            RoundPhase.Reveal,
            RoundPhase.Key,
            RoundPhase.Availability,
            RoundPhase.ResultCommit,
            RoundPhase.ResultReveal,
            RoundPhase.Acceptance
        ];
        for (uint256 i; i < phases.length; ++i) {
            assertEq(uint8(roundManager.phaseOf(taskId, round)), uint8(phases[i]));
            vm.warp(block.timestamp + WINDOW - 1);
            if (i < 6) assertEq(uint8(roundManager.phaseOf(taskId, round)), uint8(phases[i]));
            vm.warp(block.timestamp + 1);
        }
        assertEq(uint8(roundManager.phaseOf(taskId, 7)), uint8(RoundPhase.None));
    }

    function test_RefusesARoundThatWasNeverOpened() public {
        vm.expectRevert(
            abi.encodeWithSelector(IRoundManager.WrongPhase.selector, 5, 0, RoundPhase.Commit, RoundPhase.None)
        );
        roundManager.commit(5, 0, bytes32(0));
    }

    function test_JoiningSnapshotsTheStake() public {
        taskId = _approvedTask(1, 100e18);
        _staked(0, 1);
        round = roundManager.open(taskId);
        vm.expectEmit();
        emit IRoundManager.ValidatorJoined(taskId, round, validators[0], StakeSnapshot(5000e18, 0, 0));
        vm.prank(validators[0]);
        roundManager.join(taskId, round);
        vm.prank(validators[0]);
        stakeManager.requestUnstake(5000e18);
        assertEq(_info().selectedStake, 5000e18);
        assertEq(roundManager.validators(taskId, round)[0], validators[0]);
        assertTrue(roundManager.validator(taskId, round, validators[0]).joined);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.AlreadyJoined.selector, validators[0]));
        vm.prank(validators[0]);
        roundManager.join(taskId, round);
    }

    function test_JoiningAndCommittingNeedTheStakeOfTaskAndPolicy() public {
        taskId = _approvedTask(1, 100e18);
        // The policy rises above the task's own minima before the round opens.
        _setPolicy(Param.MinValidatorStake, 6000e18);
        _setPolicy(Param.MinTrainerStake, 1500e18);
        _staked(1, 1);
        round = roundManager.open(taskId);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.StakeTooLow.selector, validators[0], 5000e18, 6000e18));
        vm.prank(validators[0]);
        roundManager.join(taskId, round);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.StakeTooLow.selector, trainers[0], 1000e18, 1500e18));
        vm.prank(trainers[0]);
        roundManager.commit(taskId, round, bytes32(0));
    }

    function test_ARoundIsFullAtThePolicysMaximum() public {
        _setPolicy(Param.MaxTrainers, 1);
        _setPolicy(Param.MaxValidators, 1);
        taskId = _approvedTask(1, 100e18);
        round = roundManager.open(taskId);
        _staked(2, 2);
        vm.prank(trainers[0]);
        roundManager.commit(taskId, round, bytes32(0));
        vm.prank(validators[0]);
        roundManager.join(taskId, round);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.RoundFull.selector, 1));
        vm.prank(trainers[1]);
        roundManager.commit(taskId, round, bytes32(0));
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.RoundFull.selector, 1));
        vm.prank(validators[1]);
        roundManager.join(taskId, round);
    }

    function test_CommitsAreNumberedInOrderAndOnceANode() public {
        _roundOf(3, 1);
        Submission memory s = roundManager.submission(taskId, round, 2);
        assertEq(s.node, trainers[2]);
        assertEq(s.stake.own, 3000e18);
        assertFalse(s.revealed);
        (bool exists, uint32 index) = roundManager.submissionIndexOf(taskId, round, trainers[1]);
        assertTrue(exists);
        assertEq(index, 1);
        (exists,) = roundManager.submissionIndexOf(taskId, round, stranger);
        assertFalse(exists);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.AlreadyCommitted.selector, trainers[1]));
        vm.prank(trainers[1]);
        roundManager.commit(taskId, round, bytes32(0));
    }

    function test_RevealingShowsTheCid() public {
        _roundOf(2, 1);
        _toReveal();
        vm.expectEmit();
        emit IRoundManager.SubmissionRevealed(taskId, round, trainers[1], 1, _cid(1));
        _reveal(1);
        assertEq(_info().revealed, 1);
        assertEq(roundManager.submission(taskId, round, 1).cid.digest, _cid(1).digest);
    }

    function test_RevealingIsRefusedToStrangersAndForCodecsThatAreNoFiles() public {
        _roundOf(1, 1);
        _toReveal();
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.NotCommitted.selector, stranger));
        vm.prank(stranger);
        roundManager.reveal(taskId, round, _cid(0), _salt(0));
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.UnsupportedCodec.selector, 0x71));
        vm.prank(trainers[0]);
        roundManager.reveal(taskId, round, Cid(0x71, bytes32(0)), _salt(0));
    }

    function test_OnlyTheCommittedKeyIsTakenOnceAndInItsWindow() public {
        _roundOf(1, 1);
        _allRevealed();
        vm.expectRevert(_wrongPhase(RoundPhase.Key, RoundPhase.Reveal));
        roundManager.publishKey(taskId, round, _key(0));
        _toKey();
        vm.expectRevert(
            abi.encodeWithSelector(
                IRoundManager.WrongKey.selector, keccak256(abi.encode(_key(0))), keccak256(abi.encode(_key(1)))
            )
        );
        roundManager.publishKey(taskId, round, _key(1));
        vm.expectEmit();
        emit IRoundManager.KeyPublished(taskId, round, _key(0));
        roundManager.publishKey(taskId, round, _key(0));
        assertEq(_info().key, _key(0));
        vm.expectRevert(IRoundManager.KeyAlreadyPublished.selector);
        roundManager.publishKey(taskId, round, _key(0));
    }

    function test_AttestingIsForValidatorsOnceAndForRevealedSubmissionsOnly() public {
        _roundOf(3, 2);
        _toReveal();
        _reveal(0);
        _reveal(2);
        _keyPublished();
        _toAvailability();
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.NotValidator.selector, stranger));
        vm.prank(stranger);
        roundManager.attest(taskId, round, 1);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.BitmapOutOfRange.selector, 2, 3));
        _attest(0, 2);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.BitmapOutOfRange.selector, 8, 3));
        _attest(0, 8);
        vm.expectEmit();
        emit IRoundManager.AvailabilityAttested(taskId, round, validators[0], 5);
        _attest(0, 5);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.AlreadyAttested.selector, validators[0]));
        _attest(0, 5);
        assertEq(roundManager.validator(taskId, round, validators[0]).bitmap, 5);
    }

    function test_NothingGoesOnWithoutTheKey() public {
        _roundOf(1, 1);
        _allRevealed();
        _toAvailability();
        vm.expectRevert(IRoundManager.KeyMissing.selector);
        _attest(0, 1);
        _toResultCommit();
        vm.expectRevert(IRoundManager.KeyMissing.selector);
        roundManager.countAvailability(taskId, round);
        vm.expectRevert(IRoundManager.KeyMissing.selector);
        vm.prank(validators[0]);
        roundManager.commitResult(taskId, round, bytes32(uint256(1)));
    }

    function test_AvailabilityIsCountedOnceAfterItsWindow() public {
        _roundOf(2, 3);
        _allRevealed();
        _keyPublished();
        _allAttested(3);
        vm.expectRevert(_wrongPhase(RoundPhase.ResultCommit, RoundPhase.Availability));
        roundManager.countAvailability(taskId, round);
        _toResultCommit();
        vm.expectEmit();
        emit IRoundManager.AvailabilityCounted(taskId, round, 3, 18_000e18, 18_000e18);
        roundManager.countAvailability(taskId, round);
        assertEq(_info().countedBitmap, 3);
        vm.expectRevert(IRoundManager.AlreadyCounted.selector);
        roundManager.countAvailability(taskId, round);
    }

    function test_TheFirstResultCommitCountsTheAvailability() public {
        _roundOf(2, 1);
        _scorable();
        assertFalse(_info().counted);
        vm.expectRevert(IRoundManager.EmptyCommitment.selector);
        vm.prank(validators[0]);
        roundManager.commitResult(taskId, round, bytes32(0));
        _commitResult(0, _summary());
        assertTrue(_info().counted);
        assertEq(_info().countedBitmap, 3);
        ResultSummary memory summary = _summary();
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.AlreadyCommitted.selector, validators[0]));
        _commitResult(0, summary);
    }

    function test_ARevealedResultIsTallied() public {
        _roundOf(2, 2);
        _scorable();
        ResultSummary memory summary = _summary();
        _commitResult(1, summary);
        _toResultReveal();
        bytes32 resultHash = keccak256(abi.encode(summary));
        vm.expectEmit();
        emit IRoundManager.ResultRevealed(taskId, round, validators[1], resultHash, summary);
        _revealResult(1, summary);
        (uint256 stake, uint256 own, uint256 weights, uint256 ownWeights, uint32 count) =
            roundManager.agreement(taskId, round, resultHash);
        assertEq(stake, 6000e18);
        assertEq(own, 6000e18);
        assertEq(weights, 6000e18);
        assertEq(ownWeights, 6000e18);
        assertEq(count, 1);
        assertEq(_info().revealedStake, 6000e18);
        ValidatorEntry memory entry = roundManager.validator(taskId, round, validators[1]);
        assertEq(entry.resultHash, resultHash);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.AlreadyRevealed.selector, validators[1]));
        _revealResult(1, summary);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.NotCommitted.selector, validators[0]));
        _revealResult(0, summary);
    }

    function test_AResultOtherThanTheCommittedOneIsRefused() public {
        _roundOf(2, 1);
        _scorable();
        _commitResult(0, _summary());
        _toResultReveal();
        ResultSummary memory lie = _lie();
        bytes32 expected = roundManager.validator(taskId, round, validators[0]).resultCommitment;
        vm.expectRevert(
            abi.encodeWithSelector(
                IRoundManager.CommitmentMismatch.selector,
                validators[0],
                expected,
                _resultCommitment(validators[0], lie)
            )
        );
        _revealResult(0, lie);
    }

    function test_AResultWithMoreClaimantsThanSubmissionsIsRefused() public {
        _taskWithRound(2, 100_000e18, 2, 1);
        ResultSummary memory summary = _validAtItsBounds();
        summary.claimants = 3;
        _expectUnrevealable(summary, "claimants");
        summary.claimants = type(uint32).max;
        _expectUnrulable(summary, "claimants");
    }

    function test_AResultWithAnImpossibleStakeIsRefused() public {
        _taskWithRound(2, 100_000e18, 2, 1);
        ResultSummary memory summary = _validAtItsBounds();
        summary.qualifyingOwnStake = uint256(type(uint128).max) + 1;
        _expectUnrevealable(summary, "qualifyingOwnStake");
        summary.qualifyingOwnStake = type(uint256).max;
        _expectUnrulable(summary, "qualifyingOwnStake");
    }

    function test_AResultWhoseModelNobodyCanFetchIsRefused() public {
        _taskWithRound(2, 100_000e18, 2, 1);
        ResultSummary memory summary = _validAtItsBounds();
        summary.model.codec = 0x0129;
        _expectUnrevealable(summary, "model");
        summary.model.codec = 0;
        _expectUnrulable(summary, "model");
    }

    function test_AResultAtItsBoundsIsAcceptedAndItsClaimsOpen() public {
        _roundOf(2, 1);
        _scorable();
        ResultSummary memory summary = _validAtItsBounds();
        _results(summary, summary, 0);
        _finalized(summary);
        distributor.openClaims(taskId, round);
        assertEq(distributor.rewards(taskId, round).claimsLeft, 3);
        assertLe(distributor.rewards(taskId, round).trainersPool, 100_000e18);
        vm.warp(distributor.claimsEnd(taskId, round));
        distributor.closeClaims(taskId, round);
        assertEq(token.balanceOf(address(distributor)), 0);
    }

    function test_AMajorityOnAnInvalidResultLeavesTheRoundItsExits() public {
        // Stakes 5000, 6000, 7000, 8000: the last three collude, so that 5 of 26 are revealed.
        _roundOf(2, 4);
        _scorable();
        ResultSummary memory truth = _summary();
        ResultSummary memory invalid = _lie();
        invalid.claimants = type(uint32).max;
        for (uint256 v; v < 4; ++v) {
            _commitResult(v, v == 0 ? truth : invalid);
        }
        _toResultReveal();
        _revealResult(0, truth);
        for (uint256 v = 1; v < 4; ++v) {
            vm.expectRevert(abi.encodeWithSelector(IRoundManager.InvalidSummary.selector, "claimants"));
            _revealResult(v, invalid);
        }
        _toAcceptance();
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.ThresholdNotMet.selector, 0, 5000e18, 26_000e18));
        roundManager.accept(taskId, round, invalid);
        roundManager.dispute(taskId, round);
        vm.prank(address(dao));
        roundManager.rule(taskId, round, truth);
        distributor.openClaims(taskId, round);
        for (uint256 v = 1; v < 4; ++v) {
            court.open(taskId, round, validators[v], Reason.ResultNotRevealed, Cid(0x0129, bytes32(v)));
        }
    }

    function test_ARoundWhereAllCommittedAnInvalidResultIsVoid() public {
        _roundOf(2, 2);
        _scorable();
        ResultSummary memory invalid = _lie();
        invalid.model.codec = 0;
        _commitResult(0, invalid);
        _commitResult(1, invalid);
        _toAcceptance();
        _expectVoided("no results");
        assertEq(taskManager.task(taskId).budget, 100_000e18);
    }

    function test_AcceptanceNeedsTwoThirdsOfTheRevealedStake() public {
        // Stakes 5000, 6000, 7000, 8000: without the last two there are 11 of 26.
        _roundOf(2, 4);
        _scorable();
        ResultSummary memory truth = _summary();
        ResultSummary memory lie = _lie();
        _results(truth, lie, 2);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.ThresholdNotMet.selector, 11_000e18, 26_000e18, 26_000e18));
        roundManager.accept(taskId, round, truth);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.ThresholdNotMet.selector, 15_000e18, 26_000e18, 26_000e18));
        roundManager.accept(taskId, round, lie);
    }

    function test_AcceptanceNeedsHalfOfTheSelectedStakeRevealed() public {
        _roundOf(1, 3);
        _scorable();
        ResultSummary memory truth = _summary();
        _commitResult(2, truth);
        _toResultReveal();
        _revealResult(2, truth);
        _toAcceptance();
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.ThresholdNotMet.selector, 7000e18, 7000e18, 18_000e18));
        roundManager.accept(taskId, round, truth);
        roundManager.dispute(taskId, round);
        assertEq(uint8(roundManager.phaseOf(taskId, round)), uint8(RoundPhase.Disputed));
    }

    function test_ExactlyTwoThirdsIsEnough() public {
        taskId = _approvedTask(1, 100e18);
        for (uint256 v; v < 3; ++v) {
            validators.push(makeAddr(string.concat("equal", vm.toString(v))));
            _stake(validators[v], 5000e18);
        }
        _staked(1, 0);
        _openRound();
        _scorable();
        ResultSummary memory truth = _summary();
        _results(truth, _lie(), 1);
        bytes32 resultHash = keccak256(abi.encode(truth));
        uint40 end = uint40(block.timestamp + 1 days);
        vm.expectEmit();
        emit IRoundManager.ResultAccepted(taskId, round, resultHash, 10_000e18, 15_000e18, end, truth);
        _accepted(truth);
        assertEq(_info().acceptedHash, resultHash);
        assertEq(_info().accepted.claimsRoot, truth.claimsRoot);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Challenge));
    }

    function test_AnAgreedRoundCannotBeDisputed() public {
        _roundOf(1, 3);
        _scorable();
        ResultSummary memory truth = _summary();
        _results(truth, truth, 0);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.ThresholdMet.selector, keccak256(abi.encode(truth))));
        roundManager.dispute(taskId, round);
    }

    function test_FinalizingWaitsForTheChallengeWindow() public {
        _roundOf(1, 1);
        _scorable();
        ResultSummary memory truth = _summary();
        _results(truth, truth, 0);
        vm.expectRevert(_wrongPhase(RoundPhase.Challenge, RoundPhase.Acceptance));
        roundManager.finalize(taskId, round);
        _accepted(truth);
        vm.warp(_info().challengeEnd - 1);
        vm.expectRevert(_wrongPhase(RoundPhase.Claimable, RoundPhase.Challenge));
        roundManager.finalize(taskId, round);
        vm.warp(_info().challengeEnd);
        vm.expectEmit();
        emit IRoundManager.RoundFinalized(taskId, round, keccak256(abi.encode(truth)), truth.model);
        roundManager.finalize(taskId, round);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Claimable));
        vm.expectRevert(_wrongPhase(RoundPhase.Challenge, RoundPhase.Claimable));
        roundManager.finalize(taskId, round);
    }

    function test_ChallengesNeedABondAWindowAndAResultDocument() public {
        _roundOf(1, 1);
        _scorable();
        ResultSummary memory truth = _summary();
        _results(truth, truth, 0);
        vm.expectRevert(_wrongPhase(RoundPhase.Challenge, RoundPhase.Acceptance));
        roundManager.challenge(taskId, round, Cid(0x0129, bytes32(uint256(1))));
        _accepted(truth);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.UnsupportedCodec.selector, 0x55));
        roundManager.challenge(taskId, round, Cid(0x55, bytes32(uint256(1))));
        _challenge(stranger, bytes32(uint256(1)));
        assertEq(uint8(_info().phase), uint8(RoundPhase.Disputed));
        assertEq(token.balanceOf(address(roundManager)), 2000e18);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.AlreadyChallenged.selector, stranger));
        vm.prank(stranger);
        roundManager.challenge(taskId, round, Cid(0x0129, bytes32(uint256(2))));
        for (uint256 i; i < 15; ++i) {
            _challenge(makeAddr(string.concat("challenger", vm.toString(i))), bytes32(i));
        }
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.TooManyChallenges.selector, 16));
        roundManager.challenge(taskId, round, Cid(0x0129, bytes32(uint256(2))));
        vm.warp(_info().challengeEnd);
        vm.expectRevert(_wrongPhase(RoundPhase.Challenge, RoundPhase.Disputed));
        roundManager.challenge(taskId, round, Cid(0x0129, bytes32(uint256(2))));
    }

    function test_OnlyTheDaoRules() public {
        _roundOf(1, 1);
        ResultSummary memory summary = _summary();
        vm.expectRevert(
            abi.encodeWithSelector(
                DaoAuthorized.DaoUnauthorized.selector,
                address(dao),
                address(roundManager),
                stranger,
                RULE_ROUND_PERMISSION
            )
        );
        vm.prank(stranger);
        roundManager.rule(taskId, round, summary);
        vm.expectRevert(_wrongPhase(RoundPhase.Disputed, RoundPhase.Commit));
        vm.prank(address(dao));
        roundManager.rule(taskId, round, summary);
    }

    function test_ARoundThatCanStillFinishCannotBeVoided() public {
        _roundOf(1, 1);
        _expectCannotVoid(RoundPhase.Commit);
        _allRevealed();
        _expectCannotVoid(RoundPhase.Reveal);
        _keyPublished();
        _expectCannotVoid(RoundPhase.Key);
        _allAttested(1);
        _expectCannotVoid(RoundPhase.Availability);
        _toResultCommit();
        _expectCannotVoid(RoundPhase.ResultCommit);
        ResultSummary memory truth = _summary();
        _results(truth, truth, 0);
        _expectCannotVoid(RoundPhase.Acceptance);
        _accepted(truth);
        _expectCannotVoid(RoundPhase.Challenge);
        _challenge(stranger, bytes32(0));
        _expectCannotVoid(RoundPhase.Disputed);
        vm.prank(address(dao));
        roundManager.rule(taskId, round, truth);
        _expectCannotVoid(RoundPhase.Claimable);
    }

    function test_RoundsWithoutValidatorsSubmissionsOrResultsAreVoid() public {
        taskId = _approvedTask(4, 400e18);
        round = roundManager.open(taskId);
        _toReveal();
        _expectVoided("no validators");
        _staked(1, 2);
        _openRound();
        _toKey();
        _expectVoided("no submissions");
        _openRound();
        _allRevealed();
        _keyPublished();
        _toResultCommit();
        _expectVoided("nothing counted");
        assertTrue(_info().counted);
        _openRound();
        _scorable();
        _commitResult(0, _summary());
        _toAcceptance();
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.ThresholdNotMet.selector, 0, 0, 11_000e18));
        roundManager.dispute(taskId, round);
        _expectVoided("no results");
        _expectCannotVoid(RoundPhase.Void);
        assertEq(taskManager.task(taskId).budget, 400e18);
    }

    function test_NoResultCanBeCommittedWhenNothingCounts() public {
        _roundOf(1, 2);
        _allRevealed();
        _keyPublished();
        _toAvailability();
        _attest(0, 0);
        _attest(1, 0);
        _toResultCommit();
        ResultSummary memory summary = _summary();
        vm.expectRevert(IRoundManager.NothingCounted.selector);
        _commitResult(0, summary);
    }

    /// @dev Everything as great as it may be, and sums that no leaf agrees with.
    function _validAtItsBounds() private view returns (ResultSummary memory summary) {
        summary = _summary();
        summary.claimants = 2;
        summary.sumWeights = 0;
        summary.sumOwnWeights = type(uint256).max;
        summary.qualifyingOwnStake = type(uint128).max;
        summary.model.codec = 0x55;
    }

    function _expectUnrevealable(ResultSummary memory summary, string memory what) private {
        _scorable();
        _commitResult(0, summary);
        _toResultReveal();
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.InvalidSummary.selector, what));
        _revealResult(0, summary);
    }

    /// @dev In a second round, disputed since one challenged its right result.
    function _expectUnrulable(ResultSummary memory summary, string memory what) private {
        _toAcceptance();
        roundManager.voidRound(taskId, round);
        _openRound();
        _scorable();
        ResultSummary memory truth = _summary();
        _results(truth, truth, 0);
        _accepted(truth);
        _challenge(stranger, summary.documentDigest);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.InvalidSummary.selector, what));
        vm.prank(address(dao));
        roundManager.rule(taskId, round, summary);
        vm.prank(address(dao));
        roundManager.rule(taskId, round, truth);
    }

    function _expectVoided(string memory reason) private {
        vm.expectEmit();
        emit IRoundManager.RoundVoided(taskId, round, reason);
        roundManager.voidRound(taskId, round);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Void));
    }

    function _expectCannotVoid(RoundPhase phase) private {
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.CannotVoid.selector, phase));
        roundManager.voidRound(taskId, round);
    }

    function _wrongPhase(RoundPhase expected, RoundPhase actual) private view returns (bytes memory) {
        return abi.encodeWithSelector(IRoundManager.WrongPhase.selector, taskId, round, expected, actual);
    }
}
