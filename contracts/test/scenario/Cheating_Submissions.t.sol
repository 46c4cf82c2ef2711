// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {ResultSummary, RoundPhase} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract CheatingSubmissionsTest is RoundTest {
    address private thief = makeAddr("thief");

    function test_ACopiedCommitmentCannotBeRevealed() public {
        taskId = _approvedTask(1, 100e18);
        _staked(1, 1);
        _stake(thief, 5000e18);
        round = roundManager.open(taskId);
        vm.prank(validators[0]);
        roundManager.join(taskId, round);
        // The thief sees the commitment in the mempool and gets in first with the same bytes.
        bytes32 commitment = _submissionCommitment(trainers[0], _cid(0), _salt(0));
        vm.prank(thief);
        roundManager.commit(taskId, round, commitment);
        vm.prank(trainers[0]);
        roundManager.commit(taskId, round, commitment);
        _toReveal();
        _reveal(0);
        // With CID and salt now public the commitment still names the trainer, not the thief.
        bytes32 got = _submissionCommitment(thief, _cid(0), _salt(0));
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.CommitmentMismatch.selector, thief, commitment, got));
        vm.prank(thief);
        roundManager.reveal(taskId, round, _cid(0), _salt(0));
    }

    function test_ALateCommitIsRefused() public {
        _roundOf(1, 1);
        _stake(thief, 5000e18);
        _toReveal();
        vm.expectRevert(_wrongPhase(RoundPhase.Commit, RoundPhase.Reveal));
        vm.prank(thief);
        roundManager.commit(taskId, round, keccak256("late"));
    }

    function test_AnEarlyAndALateRevealAreRefused() public {
        _roundOf(2, 1);
        vm.expectRevert(_wrongPhase(RoundPhase.Reveal, RoundPhase.Commit));
        _reveal(0);
        _toReveal();
        _reveal(0);
        _toKey();
        vm.expectRevert(_wrongPhase(RoundPhase.Reveal, RoundPhase.Key));
        _reveal(1);
    }

    function test_AWrongSaltIsRefused() public {
        _roundOf(1, 1);
        _toReveal();
        vm.expectRevert(
            abi.encodeWithSelector(
                IRoundManager.CommitmentMismatch.selector,
                trainers[0],
                _submissionCommitment(trainers[0], _cid(0), _salt(0)),
                _submissionCommitment(trainers[0], _cid(0), _salt(1))
            )
        );
        vm.prank(trainers[0]);
        roundManager.reveal(taskId, round, _cid(0), _salt(1));
    }

    function test_ADoubleRevealIsRefused() public {
        _roundOf(1, 1);
        _toReveal();
        _reveal(0);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.AlreadyRevealed.selector, trainers[0]));
        _reveal(0);
    }

    function test_ASubmissionServedToHalfOfTheStakeDoesNotCountAndSplitsNobody() public {
        // Stakes 5000, 6000, 7000, 8000; submission 1 is served to the first and the last: 13 of 26.
        _roundOf(2, 4);
        _allRevealed();
        _keyPublished();
        _toAvailability();
        _attest(0, 3);
        _attest(1, 1);
        _attest(2, 1);
        _attest(3, 3);
        _toResultCommit();
        ResultSummary memory truth = _summary();
        _results(truth, truth, 0);
        assertEq(_info().countedBitmap, 1);
        _finalized(truth);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Claimable));
    }

    function test_AvailabilityIsMeasuredOnTheAttestingStakeWhenHalfAttests() public {
        // 7000 + 8000 of 26000 attest; both must have it, for 8 of 15 is less than two thirds.
        _roundOf(2, 4);
        _allRevealed();
        _keyPublished();
        _toAvailability();
        _attest(2, 1);
        _attest(3, 3);
        _toResultCommit();
        roundManager.countAvailability(taskId, round);
        assertEq(_info().countedBitmap, 1);
    }

    function test_NothingCountsWhenLessThanHalfAttests() public {
        _roundOf(2, 4);
        _allRevealed();
        _keyPublished();
        _toAvailability();
        _attest(0, 3);
        _attest(2, 3);
        _toResultCommit();
        roundManager.countAvailability(taskId, round);
        assertEq(_info().countedBitmap, 0);
    }

    function _wrongPhase(RoundPhase expected, RoundPhase actual) private view returns (bytes memory) {
        return abi.encodeWithSelector(IRoundManager.WrongPhase.selector, taskId, round, expected, actual);
    }
}
