// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {ResultSummary, RoundPhase} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract CheatingSubmissionsTest is RoundTest {
    bytes32 private constant TOP_208 = bytes32(type(uint256).max << 48);
    address private thief = makeAddr("thief");

    function test_ACopiedCommitmentCannotBeRevealedEvenByWhoWasFirst() public {
        taskId = _approvedTask(1, 100e18);
        _staked(1, 1);
        _stake(thief, 5000e18);
        vm.warp(block.timestamp + 1);
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
        vm.expectRevert(
            abi.encodeWithSelector(
                IRoundManager.CommitmentMismatch.selector, thief, commitment & TOP_208, got & TOP_208
            )
        );
        vm.prank(thief);
        roundManager.reveal(taskId, round, _cid(0), _salt(0));
        // What it committed to it cannot open, which anyone can prove.
        (bytes32 unopened,) = roundManager.commitmentOf(taskId, round, thief);
        assertEq(unopened, commitment & TOP_208);
    }

    /// @dev Identical content belongs to whoever committed it first, whatever the order of reveals.
    function test_TheOriginalOfACopiedCidIsToldByItsEarlierCommit() public {
        taskId = _approvedTask(1, 100e18);
        _staked(1, 1);
        _stake(thief, 5000e18);
        _openRound();
        vm.roll(block.number + 1);
        // The thief somehow has the file, and reveals before its author.
        bytes32 commitment = _submissionCommitment(thief, _cid(0), _salt(7));
        vm.prank(thief);
        roundManager.commit(taskId, round, commitment);
        _toReveal();
        vm.prank(thief);
        assertEq(roundManager.reveal(taskId, round, _cid(0), _salt(7)), 0);
        vm.prank(trainers[0]);
        assertEq(roundManager.reveal(taskId, round, _cid(0), _salt(0)), 1);
        assertLt(
            roundManager.submission(taskId, round, trainers[0]).committedBlock,
            roundManager.submission(taskId, round, thief).committedBlock
        );
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
        vm.prank(trainers[0]);
        roundManager.reveal(taskId, round, _cid(0), _salt(0));
        _toReveal();
        _reveal(0);
        _toKey();
        vm.expectRevert(_wrongPhase(RoundPhase.Reveal, RoundPhase.Key));
        vm.prank(trainers[1]);
        roundManager.reveal(taskId, round, _cid(1), _salt(1));
    }

    function test_AWrongSaltIsRefused() public {
        _roundOf(1, 1);
        _toReveal();
        vm.expectRevert(
            abi.encodeWithSelector(
                IRoundManager.CommitmentMismatch.selector,
                trainers[0],
                _submissionCommitment(trainers[0], _cid(0), _salt(0)) & TOP_208,
                _submissionCommitment(trainers[0], _cid(0), _salt(1)) & TOP_208
            )
        );
        vm.prank(trainers[0]);
        roundManager.reveal(taskId, round, _cid(0), _salt(1));
    }

    function test_ADoubleRevealIsRefused() public {
        _roundOf(1, 1);
        _toReveal();
        _reveal(0);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.NotCommitted.selector, trainers[0]));
        vm.prank(trainers[0]);
        roundManager.reveal(taskId, round, _cid(0), _salt(0));
    }

    function test_AHalfServedSubmissionDoesNotCountAndSplitsNobody() public {
        // Seats 5, 6, 7, 8; submission 1 is served to the first and the last: 13 of 26.
        _aSeatPerThousand(4);
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
        assertEq(roundManager.countedBitmap(taskId, round), _words(1));
        _finalized(truth);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Claimable));
    }

    function test_SpamOfCommitmentsTakesNoPlaceFromAnybody() public {
        _setPolicy(Param.MaxTrainers, 2);
        _roundOf(2, 1);
        for (uint256 i; i < 100; ++i) {
            address spammer = address(uint160(0x10000 + i));
            bytes32 commitment = _submissionCommitment(spammer, _cid(9), _salt(i));
            vm.prank(spammer);
            roundManager.commit(taskId, round, commitment);
        }
        _toReveal();
        // Without stake as of the opening there is no reveal, and so no place in the round.
        vm.expectPartialRevert(IRoundManager.StakeTooLow.selector);
        vm.prank(address(uint160(0x10000)));
        roundManager.reveal(taskId, round, _cid(9), _salt(0));
        _reveal(1);
        _reveal(0);
        assertEq(_info().submissions, 2);
    }

    function test_DustStakesNeitherRevealNorJoinNorCountAsCandidates() public {
        taskId = _approvedTask(1, 100e18);
        _staked(1, 1);
        _stake(thief, 1000e18 - 1);
        // What others delegate does not replace a node's own stake.
        _delegateStake(thief, stranger, 1_000_000e18);
        _openRound();
        bytes32 commitment = _submissionCommitment(thief, _cid(3), _salt(3));
        vm.startPrank(thief);
        roundManager.commit(taskId, round, commitment);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.StakeTooLow.selector, thief, 1000e18 - 1, 5000e18));
        roundManager.join(taskId, round);
        _toReveal();
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.StakeTooLow.selector, thief, 1000e18 - 1, 1000e18));
        roundManager.reveal(taskId, round, _cid(3), _salt(3));
        vm.stopPrank();
        assertEq(_info().candidateStake, 5000e18);
    }

    function test_StakeThatCameForTheRoundAloneDoesNotCountInIt() public {
        taskId = _approvedTask(1, 100e18);
        _staked(1, 1);
        vm.warp(block.timestamp + 1);
        // Staked in the second of the opening, before it.
        _stake(thief, 1_000_000e18);
        round = roundManager.open(taskId);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.StakeTooLow.selector, thief, 0, 5000e18));
        vm.prank(thief);
        roundManager.join(taskId, round);
    }
}
