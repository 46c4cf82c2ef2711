// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {Deadlines, IRoundManager, RoundInfo, Submission} from "../../src/interfaces/IRoundManager.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {RoundManager} from "../../src/round/RoundManager.sol";
import {Cid, RoundPhase, TaskTerms} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Opening, joining, committing, revealing, the key.
contract RoundManagerStepsTest is RoundTest {
    function test_NeedsAllItsContracts() public {
        address[5] memory a =
            [address(dao), address(token), address(policy), address(stakeManager), address(taskManager)];
        for (uint256 i; i < 5; ++i) {
            address kept = a[i];
            a[i] = address(0);
            vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
            new RoundManager(a[0], a[1], a[2], a[3], a[4]);
            a[i] = kept;
        }
        assertEq(roundManager.dao(), address(dao));
    }

    function test_OpeningPinsPolicyScorerAndPoolAndSetsTheDeadlines() public {
        taskId = _approvedTask(2, 100e18);
        uint40 t = uint40(block.timestamp);
        Deadlines memory d =
            Deadlines(t + WINDOW, t + 2 * WINDOW, t + 3 * WINDOW, t + 4 * WINDOW, t + 5 * WINDOW, t + 6 * WINDOW);
        vm.expectEmit(address(roundManager));
        emit IRoundManager.RoundOpened(taskId, 0, 1, SCORER, 50e18, d);
        round = roundManager.open(taskId);
        RoundInfo memory info = _info();
        assertEq(uint8(info.phase), uint8(RoundPhase.Commit));
        assertEq(info.policyVersion, 1);
        assertEq(info.openedAt, t);
        assertEq(info.openedBlock, block.number);
        assertEq(info.pool, 50e18);
        assertEq(info.seats, policy.latest(Param.ValidatorSeats));
        assertEq(info.deadlines.resultReveal, d.resultReveal);
        assertEq(roundManager.roundCount(taskId), 1);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.RoundStillOpen.selector, taskId, 0));
        roundManager.open(taskId);
    }

    function test_TheNextRoundOpensWhenTheLastOneIsPaidOrVoid() public {
        _taskWithRound(3, 100e18, 1, 1);
        _honestRound();
        _openRound();
        assertEq(round, 1);
        vm.warp(block.timestamp + 30 days);
        roundManager.voidRound(taskId, 1);
        _openRound();
        assertEq(roundManager.roundCount(taskId), 3);
    }

    function test_ARoundKeepsItsPolicyWhenAVoteChangesIt() public {
        _taskWithRound(2, 100e18, 2, 1);
        _setPolicy(Param.MaxTrainers, 1);
        _toReveal();
        _reveal(0);
        _reveal(1);
        assertEq(_info().submissions, 2);
        assertEq(_info().policyVersion, 1);
        assertEq(policy.version(), 2);
    }

    function test_ARoundThatWasNeverOpenedTakesNothingAndShowsNothing() public {
        vm.expectRevert(_neverOpened(RoundPhase.Commit));
        roundManager.commit(0, 0, bytes32(0));
        vm.expectRevert(_neverOpened(RoundPhase.Commit));
        roundManager.round(0, 0);
        vm.expectRevert(_neverOpened(RoundPhase.Reveal));
        roundManager.scheduleDraw(0, 0);
        vm.expectRevert(_neverOpened(RoundPhase.Challenge));
        roundManager.challenge(0, 0, Cid(0x0129, bytes32(0)));
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.CannotVoid.selector, RoundPhase.None));
        roundManager.voidRound(0, 0);
        assertEq(uint8(roundManager.phaseOf(0, 0)), uint8(RoundPhase.None));
        assertEq(roundManager.countedBitmap(0, 0).length, 0);
        assertEq(roundManager.submission(0, 0, stranger).committedBlock, 0);
        assertEq(roundManager.stakeBehind(0), 0);
    }

    function test_ACandidateTakesTheNextIntervalOfTheLineWithItsStakeOfTheOpening() public {
        taskId = _approvedTask(1, 100e18);
        _staked(0, 2);
        _delegateStake(validators[1], stranger, 3000e18);
        vm.warp(block.timestamp + 1);
        round = roundManager.open(taskId);
        // What is staked, delegated or unstaked from the second of the opening on does not count.
        _stake(validators[0], 1000e18);
        vm.prank(validators[1]);
        stakeManager.requestUnstake(validators[1], 6000e18);
        vm.expectEmit(address(roundManager));
        emit IRoundManager.ValidatorJoined(taskId, round, validators[0], 5000e18, 5000e18);
        vm.prank(validators[0]);
        roundManager.join(taskId, round);
        // Half of delegated stake counts: 6000 + 3000/2.
        vm.expectEmit(address(roundManager));
        emit IRoundManager.ValidatorJoined(taskId, round, validators[1], 7500e18, 12_500e18);
        vm.prank(validators[1]);
        roundManager.join(taskId, round);
        assertEq(_info().candidateStake, 12_500e18);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.AlreadyJoined.selector, validators[0]));
        vm.prank(validators[0]);
        roundManager.join(taskId, round);
    }

    function test_JoiningAndRevealingNeedTheHigherOfTheTasksAndThePolicysMinimum() public {
        taskId = _approvedTask(1, 100e18);
        // The policy rises above the task's own minima before the round opens.
        _setPolicy(Param.MinValidatorStake, 6000e18);
        _setPolicy(Param.MinTrainerStake, 1500e18);
        _staked(1, 1);
        vm.warp(block.timestamp + 1);
        round = roundManager.open(taskId);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.StakeTooLow.selector, validators[0], 5000e18, 6000e18));
        vm.prank(validators[0]);
        roundManager.join(taskId, round);
        bytes32 commitment = _submissionCommitment(trainers[0], _cid(0), _salt(0));
        vm.prank(trainers[0]);
        roundManager.commit(taskId, round, commitment);
        _toReveal();
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.StakeTooLow.selector, trainers[0], 1000e18, 1500e18));
        _reveal(0);
    }

    function test_TheTasksOwnMinimumHoldsWhenItIsHigher() public {
        uint256 stake = policy.latest(Param.CreationStake);
        _give(creator, stake);
        TaskTerms memory terms = _terms(1);
        (terms.minTrainerStake, terms.minValidatorStake) = (1001e18, 5001e18);
        vm.startPrank(creator);
        token.approve(address(taskManager), stake);
        taskId = taskManager.propose(_document(), terms);
        vm.stopPrank();
        _fund(taskId, funder, 1);
        _approve(taskId);
        _staked(2, 2);
        vm.warp(block.timestamp + 1);
        round = roundManager.open(taskId);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.StakeTooLow.selector, validators[0], 5000e18, 5001e18));
        vm.prank(validators[0]);
        roundManager.join(taskId, round);
        vm.prank(validators[1]);
        roundManager.join(taskId, round);
    }

    function test_ACommitmentIsKeptOnceAndCostsNoStake() public {
        _roundOf(1, 1);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.AlreadyCommitted.selector, trainers[0]));
        vm.prank(trainers[0]);
        roundManager.commit(taskId, round, bytes32(uint256(1)));
        vm.expectRevert(IRoundManager.EmptyCommitment.selector);
        vm.prank(stranger);
        roundManager.commit(taskId, round, bytes32(0));
        bytes32 commitment = keccak256("of one without stake");
        vm.expectEmit(address(roundManager));
        emit IRoundManager.SubmissionCommitted(taskId, round, stranger, commitment);
        vm.prank(stranger);
        roundManager.commit(taskId, round, commitment);
        (bytes32 kept, uint40 when) = roundManager.commitmentOf(taskId, round, stranger);
        assertEq(kept, commitment & bytes32(type(uint256).max << 48));
        assertEq(when, block.number);
    }

    function test_RevealingNumbersSubmissionsInTheirOrderAndShowsTheCid() public {
        _roundOf(2, 1);
        uint40 committedBlock = uint40(block.number);
        _toReveal();
        vm.expectEmit(address(roundManager));
        emit IRoundManager.SubmissionRevealed(taskId, round, trainers[1], 0, _cid(1), committedBlock);
        _reveal(1);
        _reveal(0);
        assertEq(_info().submissions, 2);
        Submission memory s = roundManager.submission(taskId, round, trainers[0]);
        assertEq(s.index, 1);
        assertEq(s.committedBlock, committedBlock);
        assertFalse(s.forfeitPaid);
        (bytes32 commitment, uint40 when) = roundManager.commitmentOf(taskId, round, trainers[0]);
        assertEq(commitment, bytes32(0));
        assertEq(when, 0);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.NotCommitted.selector, trainers[0]));
        vm.prank(trainers[0]);
        roundManager.reveal(taskId, round, _cid(0), _salt(0));
    }

    function test_RevealingIsRefusedToStrangersForOtherContentAndForCodecsThatAreNoFiles() public {
        _roundOf(1, 1);
        vm.expectRevert(_wrongPhase(RoundPhase.Reveal, RoundPhase.Commit));
        vm.prank(trainers[0]);
        roundManager.reveal(taskId, round, _cid(0), _salt(0));
        _toReveal();
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.NotCommitted.selector, stranger));
        vm.prank(stranger);
        roundManager.reveal(taskId, round, _cid(0), _salt(0));
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.UnsupportedCodec.selector, 0x71));
        vm.prank(trainers[0]);
        roundManager.reveal(taskId, round, Cid(0x71, bytes32(0)), _salt(0));
        bytes32 top = bytes32(type(uint256).max << 48);
        vm.expectRevert(
            abi.encodeWithSelector(
                IRoundManager.CommitmentMismatch.selector,
                trainers[0],
                _submissionCommitment(trainers[0], _cid(0), _salt(0)) & top,
                _submissionCommitment(trainers[0], _cid(1), _salt(0)) & top
            )
        );
        vm.prank(trainers[0]);
        roundManager.reveal(taskId, round, _cid(1), _salt(0));
    }

    function test_AFullRoundTakesNoMoreAndBlamesNobodyForNotRevealing() public {
        _setPolicy(Param.MaxTrainers, 1);
        _roundOf(2, 1);
        (bytes32 commitment,) = roundManager.commitmentOf(taskId, round, trainers[1]);
        assertNotEq(commitment, bytes32(0));
        _toReveal();
        _reveal(0);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.RoundFull.selector, 1));
        vm.prank(trainers[1]);
        roundManager.reveal(taskId, round, _cid(1), _salt(1));
        (commitment,) = roundManager.commitmentOf(taskId, round, trainers[1]);
        assertEq(commitment, bytes32(0));
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
        vm.expectEmit(address(roundManager));
        emit IRoundManager.KeyPublished(taskId, round, _key(0));
        roundManager.publishKey(taskId, round, _key(0));
        assertEq(_info().key, _key(0));
        vm.expectRevert(IRoundManager.KeyAlreadyPublished.selector);
        roundManager.publishKey(taskId, round, _key(0));
    }

    /// @dev 0 stands for a key that was not published.
    function test_AKeyOfZeroIsNoKey() public {
        uint256 stake = policy.latest(Param.CreationStake);
        _give(creator, stake);
        TaskTerms memory terms = _terms(1);
        terms.keyCommitments[0] = keccak256(abi.encode(bytes32(0)));
        vm.startPrank(creator);
        token.approve(address(taskManager), stake);
        taskId = taskManager.propose(_document(), terms);
        vm.stopPrank();
        _fund(taskId, funder, 1);
        _approve(taskId);
        _openRound();
        _toKey();
        vm.expectPartialRevert(IRoundManager.WrongKey.selector);
        roundManager.publishKey(taskId, round, bytes32(0));
    }

    function _neverOpened(RoundPhase expected) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IRoundManager.WrongPhase.selector, 0, 0, expected, RoundPhase.None);
    }
}
