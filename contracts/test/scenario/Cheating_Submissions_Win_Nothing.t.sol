// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {Accusation, ISlashCourt, Reason} from "../../src/interfaces/ISlashCourt.sol";
import {ISubmissions, Submission} from "../../src/interfaces/ISubmissions.sol";
import {Allocations} from "../../src/stake/Allocations.sol";
import {Cid, ResultSummary, Role, RoundPhase} from "../../src/types/Types.sol";
import {PaidRoundTest} from "../builders/PaidRoundTest.sol";

/// @dev Three trainers have 1, 2 and 3 of 6 seats; the last one cheats.
contract CheatingSubmissionsWinNothingTest is PaidRoundTest {
    bytes32 private constant TOP_192 = bytes32(type(uint256).max << 64);
    address private thief;
    /// @dev How many of the first submissions earn.
    uint256 private paid;

    function setUp() public override {
        super.setUp();
        _roundWith(2, _list(1000, 2000, 3000), 6);
        thief = trainers[2];
        paid = 3;
    }

    function test_ACopiedCommitmentCannotBeOpenedEvenByWhoWasFirst() public {
        _draw(Role.Trainer);
        // The thief sees the commitment on its way to the chain and gets in first with the same bytes.
        bytes32 commitment = _submissionCommitment(0);
        vm.prank(thief);
        submissions.commit(taskId, round, commitment);
        _commit(0);
        _toReveal();
        _reveal(0);
        // Content, root and salt are public now, and the commitment still names the trainer.
        bytes32 got = keccak256(abi.encode(taskId, round, thief, _cid(0), _root(0), _salt(0)));
        vm.expectRevert(
            abi.encodeWithSelector(ISubmissions.CommitmentMismatch.selector, thief, commitment & TOP_192, got & TOP_192)
        );
        vm.prank(thief);
        submissions.reveal(taskId, round, _cid(0), _root(0), _salt(0));
        // Nor can it commit anew to what it sees.
        vm.expectRevert(_wrongPhase(RoundPhase.Commit, RoundPhase.Reveal));
        vm.prank(thief);
        submissions.commit(taskId, round, got);
        _restIsHonest();
        _paid(_summary());
        assertEq(_payOf(thief), 0);
        // What it committed to and could not open anybody proves.
        _report(stranger, thief, Reason.SubmissionNotRevealed);
    }

    /// @dev Identical content belongs to who committed to it first, whatever the order of the reveals.
    function test_TheAuthorOfACopiedFileIsToldByItsEarlierCommit() public {
        _draw(Role.Trainer);
        _commit(0);
        vm.roll(block.number + 1);
        // Somehow the thief has the file.
        bytes32 commitment = keccak256(abi.encode(taskId, round, thief, _cid(0), _root(0), _salt(7)));
        vm.prank(thief);
        submissions.commit(taskId, round, commitment);
        _toReveal();
        vm.prank(thief);
        assertEq(submissions.reveal(taskId, round, _cid(0), _root(0), _salt(7)), 0);
        vm.prank(trainers[0]);
        assertEq(submissions.reveal(taskId, round, _cid(0), _root(0), _salt(0)), 1);
        Submission memory author = submissions.submission(taskId, round, trainers[0]);
        Submission memory copy = submissions.submission(taskId, round, thief);
        assertLt(author.committedBlock, copy.committedBlock);
        assertGt(author.index, copy.index);
    }

    /// @dev It serves its file to half of the seats, so that the others could not say what they score.
    function test_AHalfServedSubmissionDoesNotCountAndDividesNobody() public {
        _allRevealed();
        // Seats 5, 6, 7, 8: the middle two, 13 of 26, do not get it.
        for (uint256 v; v < 4; ++v) {
            _commitAttestation(v, false, v == 1 || v == 2 ? 4 : 0);
        }
        _toAttestReveal();
        for (uint256 v; v < 4; ++v) {
            _revealAttestation(v, false, v == 1 || v == 2 ? 4 : 0);
        }
        _toKey();
        assertEq(attestations.countedBitmap(taskId, round)[0], 3);
        _keyPublished();
        _toResultCommit();
        paid = 2;
        _paid(_summary());
        assertFalse(results.roundResult(taskId, round).contested);
        assertEq(_payOf(thief), 0);
        assertGt(_payOf(trainers[0]), 0);
        assertGt(_payOfValidators(), 0);
        // Half of the seats had it, so it is not slashed either.
        Accusation memory a;
        (a.taskId, a.round, a.target, a.reason) = (taskId, round, thief, Reason.SubmissionUnavailable);
        a.evidence = Cid(0x0129, keccak256("evidence"));
        vm.expectPartialRevert(ISlashCourt.NotProven.selector);
        court.open(a);
    }

    /// @dev Who has no seat has no place to take from anybody.
    function test_AThousandIdentitiesWithoutStakeNeitherJoinNorCommit() public {
        for (uint256 i; i < 1000; ++i) {
            address spammer = address(uint160(0x10000 + i));
            vm.expectRevert(abi.encodeWithSelector(Allocations.NothingAllocated.selector, taskId, Role.Trainer));
            vm.prank(spammer);
            roundManager.join(taskId, round, Role.Trainer, new bytes32[](0));
        }
        _draw(Role.Trainer);
        for (uint256 i; i < 1000; ++i) {
            address spammer = address(uint160(0x10000 + i));
            vm.expectRevert(abi.encodeWithSelector(IRoundManager.NoSeat.selector, spammer));
            vm.prank(spammer);
            submissions.commit(taskId, round, keccak256(abi.encode(i)));
        }
        assertEq(submissions.counts(taskId, round).committed, 0);
        assertEq(_info().trainerCandidates, 3);
    }

    /// @dev What others delegate does not take the place of a node's own stake.
    function test_DustWithAMillionDelegatedIsNoCandidate() public {
        _openedAnew();
        address dust = makeAddr("dust");
        _stake(dust, 1000e18 - 1);
        _delegateStake(dust, stranger, 1_000_000e18);
        _allocate(dust, taskId, Role.Trainer, 1e18);
        vm.warp(block.timestamp + 1);
        vm.prank(creator);
        round = roundManager.open(taskId);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.StakeTooLow.selector, dust, 1000e18 - 1, 1000e18));
        vm.prank(dust);
        roundManager.join(taskId, round, Role.Trainer, new bytes32[](0));
    }

    /// @dev The round of the set-up ends paid, so that another can open.
    function _openedAnew() private {
        _allRevealed();
        _allAttested(0);
        _keyPublished();
        _toResultCommit();
        ResultSummary memory summary = _summary();
        _results(summary, summary, 0);
        _finalized(summary);
        _openClaims(summary);
    }

    function _restIsHonest() private {
        _draw(Role.Validator);
        _allAttested(0);
        _keyPublished();
        _toResultCommit();
    }

    function _leaves() internal view override returns (TrainerLeaf[] memory leaves) {
        leaves = super._leaves();
        uint256 count = leaves.length < paid ? leaves.length : paid;
        assembly ("memory-safe") {
            mstore(leaves, count)
        }
    }
}
