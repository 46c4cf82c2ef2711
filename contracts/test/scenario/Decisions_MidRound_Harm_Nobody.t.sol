// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Change, Param} from "../../src/interfaces/IPolicy.sol";
import {ResultSummary, Role, RoundPhase, TaskState, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev The DAO stops a task, or changes scorer and numbers, while a round of it runs.
contract DecisionsMidRoundHarmNobodyTest is RoundTest {
    bytes32 private constant NEXT_SCORER = keccak256("the next scorer.wasm");

    function test_ATaskStoppedMidRoundRefundsItsFundersAndItsCreator() public {
        taskId = _approvedTask(3, 90_000e18);
        _fund(taskId, stranger, 10_000e18);
        _staked(2, 2);
        _openRound();
        _allRevealed();
        vm.prank(address(dao));
        taskManager.stop(taskId);
        // The round is not over, and holds the creation stake; a creator need not publish the key of a stopped task.
        assertEq(token.balanceOf(creator), 0);
        _allAttested(0);
        _toResultCommit();
        vm.prank(stranger);
        _expectVoided(VoidReason.TaskStopped);
        assertEq(token.balanceOf(creator), 10_000e18);
        taskManager.redeem(taskId, stranger);
        taskManager.redeem(taskId, funder);
        // To the wei, but for what rounding leaves: less than one a funder.
        assertApproxEqAbs(token.balanceOf(funder), 90_000e18, 1);
        assertApproxEqAbs(token.balanceOf(stranger), 10_000e18, 1);
        assertLe(token.balanceOf(address(taskManager)), 2);
        _nobodyIsHeld();
    }

    function test_ARoundAcceptedBeforeTheStopIsStillPaid() public {
        _taskWithRound(2, 10_000e18, 2, 2);
        _scorable();
        ResultSummary memory truth = _summary();
        _results(truth, truth, 0);
        _accepted(truth);
        vm.prank(address(dao));
        taskManager.stop(taskId);
        _expectCannotVoid();
        vm.warp(_info().challengeEnd);
        results.finalize(taskId, round);
        _openClaims(truth);
        for (uint256 i; i < 2; ++i) {
            _claimTrainer(i);
            distributor.claimValidator(taskId, round, validators[i]);
            assertGt(token.balanceOf(trainers[i]), 0);
            assertGt(token.balanceOf(validators[i]), 0);
        }
        taskManager.redeem(taskId, funder);
        uint256 paid = distributor.rewards(taskId, round).fee + distributor.rewards(taskId, round).paid;
        assertApproxEqAbs(token.balanceOf(funder), 10_000e18 - paid, 1);
        assertLe(token.balanceOf(address(taskManager)), 1);
        assertEq(token.balanceOf(creator), 10_000e18);
    }

    /// @dev In version 1 validators joined a round whose scorer changed under them, could not score, and were slashed.
    function test_AScorerThatChangesUnderARoundIsTheNextRounds() public {
        taskId = _approvedTask(2, 10_000e18);
        _staked(2, 2);
        _openRound();
        uint32 version = _info().policyVersion;
        vm.prank(address(dao));
        policy.setScorer(NEXT_SCORER);
        // In force for whatever opens from now on, long before this round is scored.
        vm.warp(policy.effectiveAt(policy.announcedVersion()));
        assertEq(policy.scorerAt(policy.version()), NEXT_SCORER);
        ResultSummary memory truth = _honestRound();
        assertEq(_info().policyVersion, version);
        assertEq(policy.scorerAt(_info().policyVersion), SCORER);
        _openClaims(truth);
        for (uint256 i; i < 2; ++i) {
            distributor.claimValidator(taskId, round, validators[i]);
            assertEq(stakeManager.openCases(validators[i]), 0);
        }
        _openRound();
        assertEq(policy.scorerAt(_info().policyVersion), NEXT_SCORER);
    }

    /// @dev Who joined knew what could be lost, earned and when: every number is that of the opening.
    function test_NumbersThatChangeUnderARoundChangeNothingInIt() public {
        taskId = _approvedTask(2, 10_000e18);
        _staked(2, 2);
        _openRound();
        uint256 state = vm.snapshotState();
        _openClaims(_honestRound());
        bytes32 unchanged = keccak256(abi.encode(distributor.rewards(taskId, round)));
        uint256 challengeEnd = _info().challengeEnd - _info().deadlines.resultReveal;

        vm.revertToState(state);
        Change[] memory changes = new Change[](7);
        changes[0] = Change(Param.TrainerShare, 0.2e18);
        changes[1] = Change(Param.RoundFee, 0.05e18);
        changes[2] = Change(Param.SecurityRatio, 0.01e18);
        changes[3] = Change(Param.CreationRatio, 0.25e18);
        changes[4] = Change(Param.TrainerSeats, 1);
        changes[5] = Change(Param.ValidatorSeats, 4);
        changes[6] = Change(Param.ChallengeWindow, 60);
        vm.prank(address(dao));
        policy.set(changes);
        vm.warp(policy.effectiveAt(policy.announcedVersion()));
        assertEq(policy.latest(Param.TrainerSeats), 1);
        _openClaims(_honestRound());
        assertEq(keccak256(abi.encode(distributor.rewards(taskId, round))), unchanged);
        assertEq(_info().challengeEnd - _info().deadlines.resultReveal, challengeEnd);
        assertEq(_info().trainerSeats, 64);
    }

    /// @dev After its windows everybody has its stake back.
    function _nobodyIsHeld() private {
        assertEq(uint8(_info().phase), uint8(RoundPhase.Void));
        assertEq(uint8(taskManager.task(taskId).state), uint8(TaskState.Stopped));
        vm.warp(court.releasableAt(taskId, round));
        for (uint256 i; i < 2; ++i) {
            court.release(taskId, round, trainers[i]);
            court.release(taskId, round, validators[i]);
            _allocate(trainers[i], taskId, Role.Trainer, 0);
            _allocate(validators[i], taskId, Role.Validator, 0);
            assertEq(stakeManager.freeRatio(trainers[i]), 1e18);
            assertEq(stakeManager.freeRatio(validators[i]), 1e18);
        }
    }
}
