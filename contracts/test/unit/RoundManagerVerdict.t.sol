// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {ITaskManager} from "../../src/interfaces/ITaskManager.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {RULE_ROUND_PERMISSION} from "../../src/permission/Permissions.sol";
import {Cid, ResultSummary, RoundPhase, TaskState, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Challenges, rulings, ends, voids and forfeits.
contract RoundManagerVerdictTest is RoundTest {
    ResultSummary private truth;

    function test_FinalizingWaitsForTheChallengeWindow() public {
        _agreed();
        vm.expectRevert(_wrongPhase(RoundPhase.Challenge, RoundPhase.Acceptance));
        roundManager.finalize(taskId, round);
        _accepted(truth);
        vm.warp(_info().challengeEnd - 1);
        vm.expectRevert(_wrongPhase(RoundPhase.Claimable, RoundPhase.Challenge));
        roundManager.finalize(taskId, round);
        vm.warp(_info().challengeEnd);
        vm.expectEmit(address(roundManager));
        emit IRoundManager.RoundFinalized(taskId, round, _hash(truth));
        roundManager.finalize(taskId, round);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Claimable));
        assertEq(roundManager.stakeBehind(taskId), 1000e18 + 5000e18);
        vm.expectRevert(_wrongPhase(RoundPhase.Challenge, RoundPhase.Claimable));
        roundManager.finalize(taskId, round);
    }

    function test_ChallengesNeedABondAWindowAndAResultDocument() public {
        _agreed();
        vm.expectRevert(_wrongPhase(RoundPhase.Challenge, RoundPhase.Acceptance));
        roundManager.challenge(taskId, round, Cid(0x0129, bytes32(uint256(1))));
        _accepted(truth);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.UnsupportedCodec.selector, 0x55));
        roundManager.challenge(taskId, round, Cid(0x55, bytes32(uint256(1))));
        _give(stranger, 2000e18);
        vm.startPrank(stranger);
        token.approve(address(roundManager), 2000e18);
        vm.expectEmit(address(roundManager));
        emit IRoundManager.ResultChallenged(taskId, round, stranger, Cid(0x0129, bytes32(uint256(1))), 2000e18);
        roundManager.challenge(taskId, round, Cid(0x0129, bytes32(uint256(1))));
        vm.stopPrank();
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

    function test_ADisputeWithoutAnyAgreementTakesNoChallenge() public {
        _aSeatPerThousand(4);
        _disagreed();
        vm.expectRevert(_wrongPhase(RoundPhase.Challenge, RoundPhase.Disputed));
        roundManager.challenge(taskId, round, Cid(0x0129, bytes32(uint256(1))));
    }

    function test_OnlyTheDaoRulesAndOnlyOnADispute() public {
        _agreed();
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
        roundManager.rule(taskId, round, truth);
        vm.expectRevert(_wrongPhase(RoundPhase.Disputed, RoundPhase.Acceptance));
        vm.prank(address(dao));
        roundManager.rule(taskId, round, truth);
        _accepted(truth);
        vm.expectRevert(_wrongPhase(RoundPhase.Disputed, RoundPhase.Challenge));
        vm.prank(address(dao));
        roundManager.rule(taskId, round, truth);
    }

    function test_ARulingPaysBackWhoNamedItAndTheOthersBondsGoToTheTask() public {
        _agreed();
        _accepted(truth);
        ResultSummary memory ruled = _lie();
        _challenge(stranger, ruled.documentDigest);
        _challenge(funder, keccak256("something else"));
        uint256 budget = taskManager.task(taskId).budget;
        vm.expectEmit(address(roundManager));
        emit IRoundManager.RoundRuled(taskId, round, _hash(ruled), ruled);
        vm.expectEmit(address(roundManager));
        emit IRoundManager.RoundFinalized(taskId, round, _hash(ruled));
        vm.expectEmit(address(roundManager));
        emit IRoundManager.BondReturned(taskId, round, stranger, 2000e18);
        vm.prank(address(dao));
        roundManager.rule(taskId, round, ruled);
        assertEq(token.balanceOf(stranger), 2000e18);
        assertEq(token.balanceOf(funder), 0);
        assertEq(taskManager.task(taskId).budget, budget + 2000e18);
        assertEq(_info().acceptedHash, _hash(ruled));
        // Nobody had revealed it: only the training node's stake is behind this round.
        assertEq(roundManager.stakeBehind(taskId), 1000e18);
    }

    function test_ARulingComesInTimeOrTheRoundIsVoidAndBondsReturn() public {
        _agreed();
        _accepted(truth);
        _challenge(stranger, keccak256("a claim"));
        _challenge(funder, keccak256("another"));
        vm.warp(_info().disputeEnd - 1);
        _expectCannotVoid(RoundPhase.Disputed);
        vm.warp(_info().disputeEnd);
        vm.expectRevert(_wrongPhase(RoundPhase.Disputed, RoundPhase.Void));
        vm.prank(address(dao));
        roundManager.rule(taskId, round, truth);
        _expectVoided(VoidReason.NoRuling);
        assertEq(token.balanceOf(stranger), 2000e18);
        assertEq(token.balanceOf(funder), 2000e18);
        assertEq(token.balanceOf(address(roundManager)), 0);
        assertEq(taskManager.task(taskId).budget, 100_000e18);
        assertEq(roundManager.stakeBehind(taskId), 0);
    }

    function test_ADisputeAmongValidatorsIsRuledOrVoid() public {
        _aSeatPerThousand(4);
        _disagreed();
        uint256 state = vm.snapshotState();
        vm.prank(address(dao));
        roundManager.rule(taskId, round, truth);
        // Seats 5 and 6 had revealed it.
        assertEq(roundManager.stakeBehind(taskId), 1000e18 + 11_000e18);
        vm.revertToState(state);
        vm.warp(_info().disputeEnd);
        _expectVoided(VoidReason.NoRuling);
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
        ResultSummary memory summary = _summary();
        _commitResult(0, summary);
        _toResultReveal();
        _expectCannotVoid(RoundPhase.ResultReveal);
        _revealResult(0, summary);
        _toAcceptance();
        _expectCannotVoid(RoundPhase.Acceptance);
        _accepted(summary);
        _expectCannotVoid(RoundPhase.Challenge);
        _challenge(stranger, bytes32(0));
        _expectCannotVoid(RoundPhase.Disputed);
        vm.prank(address(dao));
        roundManager.rule(taskId, round, summary);
        _expectCannotVoid(RoundPhase.Claimable);
    }

    function test_RoundsWithoutCandidatesSubmissionsOrResultsAreVoid() public {
        taskId = _approvedTask(4, 400e18);
        _openRound();
        _toReveal();
        _expectVoided(VoidReason.NoCandidates);
        _staked(1, 2);
        _openRound();
        _toKey();
        _expectVoided(VoidReason.NoSubmissions);
        _openRound();
        _allRevealed();
        _keyPublished();
        _toResultCommit();
        _expectVoided(VoidReason.NothingCounted);
        _openRound();
        _scorable();
        _commitResult(0, _summary());
        _toAcceptance();
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.ThresholdNotMet.selector, 0, 0, 60));
        roundManager.dispute(taskId, round, new bytes32[](0));
        _expectVoided(VoidReason.NoResults);
        _expectCannotVoid(RoundPhase.Void);
        assertEq(taskManager.task(taskId).budget, 400e18);
    }

    function test_AnInvalidShardVoidsTheRoundAndPaysTheCreationStakeToThoseWhoRevealed() public {
        _roundOf(3, 1);
        _scorable();
        truth = _shardInvalid();
        _results(truth, truth, 0);
        _accepted(truth);
        vm.warp(_info().challengeEnd);
        vm.expectEmit(address(roundManager));
        emit IRoundManager.RoundVoided(taskId, round, VoidReason.ShardInvalid);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.CreationStakeForfeited(taskId, round, 10_000e18, 3);
        roundManager.finalize(taskId, round);
        assertEq(uint8(_info().voidReason), uint8(VoidReason.ShardInvalid));
        assertEq(uint8(taskManager.task(taskId).state), uint8(TaskState.Stopped));
        roundManager.claimForfeit(taskId, round, trainers[1]);
        assertEq(token.balanceOf(trainers[1]), uint256(10_000e18) / 3);
        assertEq(roundManager.stakeBehind(taskId), 0);
    }

    function test_TheDaoCanRuleThatAShardWasInvalid() public {
        _agreed();
        _accepted(truth);
        ResultSummary memory ruled = _shardInvalid();
        _challenge(stranger, ruled.documentDigest);
        vm.prank(address(dao));
        roundManager.rule(taskId, round, ruled);
        assertEq(uint8(_info().voidReason), uint8(VoidReason.ShardInvalid));
        assertEq(token.balanceOf(stranger), 2000e18);
        roundManager.claimForfeit(taskId, round, trainers[0]);
        assertEq(token.balanceOf(trainers[0]), 10_000e18);
    }

    function test_AForfeitIsPaidOnceToEachWhoRevealedAndToNobodyElse() public {
        _taskWithRound(2, 100_000e18, 3, 1);
        _toReveal();
        _reveal(0);
        _reveal(2);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.NothingForfeited.selector, taskId, round, trainers[0]));
        roundManager.claimForfeit(taskId, round, trainers[0]);
        _toAvailability();
        _expectVoided(VoidReason.KeyWithheld);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.ForfeitPaid(taskId, round, trainers[2], 5000e18);
        vm.prank(stranger);
        roundManager.claimForfeit(taskId, round, trainers[2]);
        assertEq(token.balanceOf(trainers[2]), 5000e18);
        assertTrue(roundManager.submission(taskId, round, trainers[2]).forfeitPaid);
        assertEq(roundManager.submission(taskId, round, trainers[2]).index, 1);
        address[3] memory others = [trainers[2], trainers[1], stranger];
        for (uint256 i; i < 3; ++i) {
            vm.expectRevert(abi.encodeWithSelector(IRoundManager.NothingForfeited.selector, taskId, round, others[i]));
            roundManager.claimForfeit(taskId, round, others[i]);
        }
        roundManager.claimForfeit(taskId, round, trainers[0]);
        taskManager.refund(taskId, funder);
        assertEq(token.balanceOf(address(taskManager)), 0);
    }

    function test_OtherVoidRoundsForfeitNothing() public {
        _taskWithRound(2, 100_000e18, 1, 1);
        _allRevealed();
        _keyPublished();
        _toResultCommit();
        _expectVoided(VoidReason.NothingCounted);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.NothingForfeited.selector, taskId, round, trainers[0]));
        roundManager.claimForfeit(taskId, round, trainers[0]);
    }

    /// @dev One training node and one validator, who revealed a result.
    function _agreed() private {
        _roundOf(1, 1);
        _scorable();
        truth = _summary();
        _results(truth, truth, 0);
    }

    /// @dev Seats 5 and 6 say the truth, 7 and 8 lie.
    function _disagreed() private {
        _roundOf(1, 4);
        _scorable();
        truth = _summary();
        ResultSummary memory lie = _lie();
        _results(truth, lie, 2);
        roundManager.dispute(taskId, round, _hashes(_hash(truth), _hash(lie)));
    }

    function _shardInvalid() private pure returns (ResultSummary memory s) {
        s.documentDigest = keccak256("the shard is not what was promised");
        s.model = Cid(0x70, keccak256("the base model"));
        s.shardInvalid = true;
    }
}
