// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {ISubmissions, Submission} from "../../src/interfaces/ISubmissions.sol";
import {Cid, Role, RoundPhase, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract SubmissionsTest is RoundTest {
    bytes32 private constant TOP_192 = bytes32(type(uint256).max << 64);

    function setUp() public override {
        super.setUp();
        _aTrainerSeatPerThousand(3);
        _roundOf(3, 2);
        _draw(Role.Trainer);
    }

    function test_Commit_KeepsCommitmentSeatsAndBlock() public {
        _commit(1);
        (bytes32 commitment, uint16 seats, uint40 committedBlock) = submissions.commitmentOf(taskId, round, trainers[1]);
        assertEq(commitment, _submissionCommitment(1) & TOP_192);
        assertEq(seats, 2);
        assertEq(committedBlock, block.number);
        assertEq(submissions.counts(taskId, round).committed, 1);
        assertEq(submissions.submission(taskId, round, trainers[1]).committedBlock, 0);
    }

    function test_Commit_RevertWhen_Twice() public {
        _commit(1);
        vm.prank(trainers[1]);
        vm.expectRevert(abi.encodeWithSelector(ISubmissions.AlreadyCommitted.selector, trainers[1]));
        submissions.commit(taskId, round, bytes32(uint256(1)));
    }

    function test_Commit_RevertWhen_EmptyOrWithoutASeat() public {
        vm.prank(trainers[1]);
        vm.expectRevert(ISubmissions.EmptyCommitment.selector);
        submissions.commit(taskId, round, bytes32(0));
        address stranger = makeAddr("stranger");
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.NoSeat.selector, stranger));
        submissions.commit(taskId, round, bytes32(uint256(1)));
        // A validator's seats are not a trainer's.
        vm.prank(validators[0]);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.NoSeat.selector, validators[0]));
        submissions.commit(taskId, round, bytes32(uint256(1)));
    }

    function test_Commit_RevertWhen_TooLate() public {
        _toReveal();
        vm.prank(trainers[1]);
        vm.expectRevert(_wrongPhase(RoundPhase.Commit, RoundPhase.Reveal));
        submissions.commit(taskId, round, bytes32(uint256(1)));
    }

    function test_Reveal_NumbersSubmissionsInTheirOrder() public {
        for (uint256 i; i < 3; ++i) {
            _commit(i);
            vm.roll(block.number + 1);
        }
        _toReveal();
        _reveal(2);
        _reveal(0);
        Submission memory s = submissions.submission(taskId, round, trainers[2]);
        assertEq(s.index, 0);
        assertEq(s.seats, 3);
        assertEq(s.committedBlock, block.number - 1);
        assertEq(submissions.submission(taskId, round, trainers[0]).index, 1);
        assertEq(submissions.counts(taskId, round).revealed, 2);
        assertEq(submissions.counts(taskId, round).revealedSeats, 4);
        assertEq(submissions.counts(taskId, round).committed, 3);
        (bytes32 left,,) = submissions.commitmentOf(taskId, round, trainers[2]);
        assertEq(left, bytes32(0));
    }

    function test_Reveal_SaysContentAndRoot() public {
        _commit(0);
        _toReveal();
        vm.expectEmit(address(submissions));
        emit ISubmissions.SubmissionRevealed(taskId, round, trainers[0], 0, 1, _cid(0), _root(0), uint40(block.number));
        _reveal(0);
    }

    function test_Reveal_RevertWhen_AnythingDiffers() public {
        _commit(0);
        _toReveal();
        bytes32 expected = _submissionCommitment(0) & TOP_192;
        Cid[3] memory cids = [_cid(1), _cid(0), _cid(0)];
        bytes32[3] memory roots = [_root(0), _root(1), _root(0)];
        bytes32[3] memory salts = [_salt(0), _salt(0), _salt(1)];
        for (uint256 i; i < 3; ++i) {
            bytes32 got = keccak256(abi.encode(taskId, round, trainers[0], cids[i], roots[i], salts[i])) & TOP_192;
            vm.prank(trainers[0]);
            vm.expectRevert(
                abi.encodeWithSelector(ISubmissions.CommitmentMismatch.selector, trainers[0], expected, got)
            );
            submissions.reveal(taskId, round, cids[i], roots[i], salts[i]);
        }
    }

    function test_Reveal_RevertWhen_NotCommittedOrTwice() public {
        _commit(0);
        _toReveal();
        vm.prank(trainers[1]);
        vm.expectRevert(abi.encodeWithSelector(ISubmissions.NotCommitted.selector, trainers[1]));
        submissions.reveal(taskId, round, _cid(1), _root(1), _salt(1));
        _reveal(0);
        vm.prank(trainers[0]);
        vm.expectRevert(abi.encodeWithSelector(ISubmissions.NotCommitted.selector, trainers[0]));
        submissions.reveal(taskId, round, _cid(0), _root(0), _salt(0));
    }

    function test_Reveal_RevertWhen_TheCodecIsAnother() public {
        _commit(0);
        _toReveal();
        vm.prank(trainers[0]);
        vm.expectRevert(abi.encodeWithSelector(ISubmissions.UnsupportedCodec.selector, uint64(0x0129)));
        submissions.reveal(taskId, round, Cid(0x0129, bytes32(0)), _root(0), _salt(0));
    }

    function test_ClaimForfeit_PaysSeatsOfAFifth() public {
        for (uint256 i; i < 3; ++i) {
            _commit(i);
        }
        _toReveal();
        _reveal(1);
        _reveal(2);
        _draw(Role.Validator);
        _allAttested(0);
        vm.warp(_info().deadlines.key);
        uint256 treasuryBefore = token.balanceOf(address(dao));
        _expectVoided(VoidReason.KeyWithheld);
        // 10,000: four fifths to the treasury; 2,000 for five seats.
        assertEq(token.balanceOf(address(dao)) - treasuryBefore, 8000e18);
        submissions.claimForfeit(taskId, round, trainers[2]);
        assertEq(token.balanceOf(trainers[2]), 1200e18);
        assertTrue(submissions.submission(taskId, round, trainers[2]).forfeitPaid);
        vm.expectRevert(abi.encodeWithSelector(ISubmissions.NothingForfeited.selector, taskId, round, trainers[2]));
        submissions.claimForfeit(taskId, round, trainers[2]);
        // Who did not reveal has no part.
        vm.expectRevert(abi.encodeWithSelector(ISubmissions.NothingForfeited.selector, taskId, round, trainers[0]));
        submissions.claimForfeit(taskId, round, trainers[0]);
        submissions.claimForfeit(taskId, round, trainers[1]);
        assertEq(token.balanceOf(trainers[1]), 800e18);
    }

    function test_ClaimForfeit_RevertWhen_NothingWasForfeited() public {
        _commit(0);
        _toReveal();
        _reveal(0);
        vm.expectRevert(abi.encodeWithSelector(ISubmissions.NothingForfeited.selector, taskId, round, trainers[0]));
        submissions.claimForfeit(taskId, round, trainers[0]);
    }
}
