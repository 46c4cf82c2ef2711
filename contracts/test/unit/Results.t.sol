// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Agreement, IResults, ResultStage, RoundResult, ValidatorResult} from "../../src/interfaces/IResults.sol";
import {ISubmissions} from "../../src/interfaces/ISubmissions.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {Results} from "../../src/round/Results.sol";
import {ResultSummary, RoundPhase, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Committing, revealing and accepting results. Four validators have 5, 6, 7 and 8 of 26 seats, three trainers 1, 2 and 3
/// of 6.
contract ResultsTest is RoundTest {
    bytes32 private constant TOP_232 = bytes32(type(uint256).max << 24);

    ResultSummary private truth;
    ResultSummary private lie;

    function setUp() public override {
        super.setUp();
        _aSeatPerThousand(4);
        _aTrainerSeatPerThousand(3);
    }

    function test_OnlyWhoAttestedCommitsOnceAndWithTheKey() public {
        _roundOf(3, 4);
        _allRevealed();
        for (uint256 v; v < 3; ++v) {
            _commitAttestation(v, false, 0);
        }
        _commitAttestation(3, false, 0);
        _toAttestReveal();
        for (uint256 v; v < 3; ++v) {
            _revealAttestation(v, false, 0);
        }
        _toKey();
        uint256 state = vm.snapshotState();
        _toResultCommit();
        truth = _summary();
        vm.expectRevert(abi.encodeWithSelector(IResults.KeyMissing.selector, taskId, round));
        _commitResult(0, truth);
        vm.revertToState(state);
        _keyPublished();
        vm.expectRevert(_wrongPhase(RoundPhase.ResultCommit, RoundPhase.Key));
        _commitResult(0, truth);
        _toResultCommit();
        vm.expectRevert(ISubmissions.EmptyCommitment.selector);
        vm.prank(validators[0]);
        results.commitResult(taskId, round, bytes32(0));
        // It committed an attestation and did not reveal it.
        vm.expectRevert(abi.encodeWithSelector(IResults.NotAttested.selector, validators[3]));
        _commitResult(3, truth);
        vm.expectRevert(abi.encodeWithSelector(IResults.NotAttested.selector, stranger));
        vm.prank(stranger);
        results.commitResult(taskId, round, bytes32(uint256(1)));

        vm.expectEmit(address(results));
        emit IResults.ResultCommitted(taskId, round, validators[1], 6, keccak256("a commitment"));
        vm.prank(validators[1]);
        results.commitResult(taskId, round, keccak256("a commitment"));
        vm.expectRevert(_wrongStage(validators[1], ResultStage.None, ResultStage.Committed));
        _commitResult(1, truth);
        ValidatorResult memory v1 = results.validatorResult(taskId, round, validators[1]);
        assertEq(uint8(v1.stage), uint8(ResultStage.Committed));
        assertEq(v1.seats, 6);
        assertEq(v1.hash, keccak256("a commitment") & TOP_232);
        assertEq(results.roundResult(taskId, round).committedSeats, 6);
        assertEq(results.roundResult(taskId, round).committed, 1);
    }

    function test_AnOperatorCommitsAndRevealsForItsNode() public {
        address operator = makeAddr("operator");
        _ready();
        vm.prank(validators[0]);
        stakeManager.offerOperator(operator);
        vm.prank(operator);
        stakeManager.acceptOperator(validators[0]);
        bytes32 commitment = keccak256(abi.encode(taskId, round, validators[0], _hash(truth), _salt(0)));
        vm.prank(operator);
        results.commitResult(taskId, round, commitment);
        _toResultReveal();
        vm.prank(operator);
        results.revealResult(taskId, round, truth, _salt(0));
        assertEq(results.validatorResult(taskId, round, validators[0]).hash, _hash(truth) & TOP_232);
    }

    function test_ARevealIsWhatWasCommittedAndCountsOnce() public {
        _ready();
        _commitResult(0, truth);
        _commitResult(1, truth);
        vm.expectRevert(_wrongPhase(RoundPhase.ResultReveal, RoundPhase.ResultCommit));
        _revealResult(0, truth);
        _toResultReveal();
        bytes32 expected = keccak256(abi.encode(taskId, round, validators[0], _hash(truth), _salt(0))) & TOP_232;
        bytes32 got = keccak256(abi.encode(taskId, round, validators[0], _hash(lie), _salt(0))) & TOP_232;
        vm.expectRevert(abi.encodeWithSelector(ISubmissions.CommitmentMismatch.selector, validators[0], expected, got));
        _revealResult(0, lie);
        vm.expectRevert(_wrongStage(validators[2], ResultStage.Committed, ResultStage.None));
        _revealResult(2, truth);
        vm.expectEmit(address(results));
        emit IResults.ResultRevealed(taskId, round, validators[0], 5, _hash(truth), truth);
        _revealResult(0, truth);
        vm.expectRevert(_wrongStage(validators[0], ResultStage.Committed, ResultStage.Revealed));
        _revealResult(0, truth);
        _revealResult(1, truth);
        Agreement memory a = results.agreement(taskId, round, _hash(truth));
        assertEq(a.seats, 11);
        assertEq(a.count, 2);
        assertEq(a.stake, 11_000e18);
        RoundResult memory r = results.roundResult(taskId, round);
        assertEq(r.leading, _hash(truth));
        assertEq(r.accepted, bytes32(0));
        assertEq(r.revealedSeats, 11);
        assertEq(r.revealed, 2);
    }

    function test_TheMostSeatsLeadAndOfEqualOnesTheFirstRevealed() public {
        _ready();
        for (uint256 v; v < 4; ++v) {
            _commitResult(v, v == 0 || v == 3 ? lie : truth);
        }
        _toResultReveal();
        uint256 state = vm.snapshotState();
        _revealResult(0, lie);
        _expectLeading(lie);
        _revealResult(1, truth);
        _expectLeading(truth);
        _revealResult(2, truth);
        // 13 seats each: the lie was there first.
        _revealResult(3, lie);
        _expectLeading(lie);
        vm.revertToState(state);
        _revealResult(1, truth);
        _revealResult(0, lie);
        _revealResult(3, lie);
        _expectLeading(lie);
        _revealResult(2, truth);
        _expectLeading(truth);
    }

    function test_TwoThirdsOfTheRevealedSeatsAreNotContested() public {
        _ready();
        // 18 of 26.
        _results(truth, lie, 1);
        vm.expectRevert(abi.encodeWithSelector(IResults.SummaryMismatch.selector, _hash(truth), _hash(lie)));
        results.accept(taskId, round, lie);
        uint40 end = uint40(block.timestamp + 1 days);
        vm.expectEmit(address(results));
        emit IResults.ResultAccepted(taskId, round, _hash(truth), false, 18, 26, end, truth);
        vm.prank(stranger);
        results.accept(taskId, round, truth);
        RoundResult memory r = results.roundResult(taskId, round);
        assertEq(r.accepted, _hash(truth));
        assertFalse(r.contested);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Challenge));
        assertEq(_info().challengeEnd, end);
        vm.expectRevert(_wrongPhase(RoundPhase.Acceptance, RoundPhase.Challenge));
        results.accept(taskId, round, truth);
    }

    function test_FewerThanTwoThirdsAreContested() public {
        _ready();
        // 11 say the truth, 15 the lie: it leads with fewer than two thirds.
        _results(truth, lie, 2);
        vm.expectRevert(abi.encodeWithSelector(IResults.SummaryMismatch.selector, _hash(lie), _hash(truth)));
        results.accept(taskId, round, truth);
        results.accept(taskId, round, lie);
        assertTrue(results.roundResult(taskId, round).contested);
    }

    function test_FewerThanHalfOfAllSeatsAreContested() public {
        _ready();
        for (uint256 v; v < 3; ++v) {
            _commitResult(v, truth);
        }
        _toResultReveal();
        _revealResult(0, truth);
        _revealResult(1, truth);
        uint256 state = vm.snapshotState();
        _toAcceptance();
        results.accept(taskId, round, truth);
        assertTrue(results.roundResult(taskId, round).contested, "11 of 26");
        vm.revertToState(state);
        _revealResult(2, truth);
        _toAcceptance();
        results.accept(taskId, round, truth);
        assertFalse(results.roundResult(taskId, round).contested, "18 of 26");
    }

    function test_WhereNobodyRevealedNothingIsAcceptedAndAnyoneVoids() public {
        _ready();
        _commitResult(0, truth);
        _toResultReveal();
        _expectCannotVoid();
        _toAcceptance();
        vm.expectRevert(abi.encodeWithSelector(IResults.NoResults.selector, taskId, round));
        results.accept(taskId, round, truth);
        vm.prank(stranger);
        _expectVoided(VoidReason.NoResults);
        assertEq(taskManager.task(taskId).value, 100_000e18);
    }

    function test_SummariesThatNoRoundCanHaveAreRefusedWhereverTheyComeIn() public {
        _ready();
        uint256 start = vm.snapshotState();
        ResultSummary memory s = _summary();
        s.claimants = 4;
        _expectInvalid(s, "claimants", start);
        s = _summary();
        s.paidSeats = 7;
        _expectInvalid(s, "paidSeats", start);
        s.paidSeats = 2;
        _expectInvalid(s, "paidSeats", start);
        s = _nobody();
        s.paidSeats = 1;
        _expectInvalid(s, "paidSeats", start);
        s = _nobody();
        s.sumWeights = 1;
        _expectInvalid(s, "sumWeights", start);
        s = _summary();
        s.sumWeights = 0;
        _expectInvalid(s, "sumWeights", start);
        s.sumWeights = uint256(type(uint160).max) + 1;
        _expectInvalid(s, "sumWeights", start);
        s = _nobody();
        s.trainersRatio = 1;
        _expectInvalid(s, "trainersRatio", start);
        s = _summary();
        s.trainersRatio = 0;
        _expectInvalid(s, "trainersRatio", start);
        s.trainersRatio = 1e18 + 1;
        _expectInvalid(s, "trainersRatio", start);
        s = _summary();
        s.model.codec = 0x0129;
        _expectInvalid(s, "model", start);
        s = _summary();
        s.shardInvalid = true;
        _expectInvalid(s, "shardInvalid", start);
    }

    function test_TheGreatestSummaryIsTaken() public {
        _ready();
        ResultSummary memory s = _summary();
        s.sumWeights = type(uint160).max;
        s.trainersRatio = 1e18;
        s.model.codec = 0x55;
        _results(s, s, 0);
        _expectLeading(s);
        assertEq(s.claimants, 3);
        assertEq(s.paidSeats, 6);
    }

    function test_NarrowFieldsWithDirtyBitsAreRefused() public {
        _ready();
        bytes memory call = abi.encodeCall(results.revealResult, (taskId, round, truth, _salt(0)));
        // The third word of the summary, after selector, task and round.
        call[4 + 2 * 32 + 2 * 32] = 0x01;
        bytes memory summary = new bytes(320);
        for (uint256 i; i < 320; ++i) {
            summary[i] = call[4 + 64 + i];
        }
        bytes32 commitment = keccak256(abi.encode(taskId, round, validators[0], keccak256(summary), _salt(0)));
        vm.prank(validators[0]);
        results.commitResult(taskId, round, commitment);
        _toResultReveal();
        vm.prank(validators[0]);
        (bool done, bytes memory why) = address(results).call(call);
        assertFalse(done);
        assertEq(why.length, 0, "refused by the decoder");
    }

    /// @dev Three trainers and four validators who attested, at the first moment at which results can be committed.
    function _ready() private {
        _roundOf(3, 4);
        _scorable();
        truth = _summary();
        lie = _lie();
    }

    function _nobody() private view returns (ResultSummary memory s) {
        s = _withoutClaims(_summary());
    }

    /// @dev Neither revealed, nor challenged with, nor ruled. Reverts to `start`, at which results can be committed.
    function _expectInvalid(ResultSummary memory summary, string memory what, uint256 start) private {
        bytes memory invalid = abi.encodeWithSelector(IResults.InvalidSummary.selector, what);
        _commitResult(0, summary);
        _toResultReveal();
        vm.expectRevert(invalid);
        _revealResult(0, summary);
        vm.revertToState(start);
        _results(truth, truth, 0);
        _accepted(truth);
        _commitChallenge(stranger, summary);
        vm.expectRevert(invalid);
        _challengeOnly(stranger, summary);
        _challenge(stranger, lie);
        vm.expectRevert(invalid);
        vm.prank(address(dao));
        results.rule(taskId, round, summary);
        vm.revertToState(start);
    }

    function _expectLeading(ResultSummary memory summary) private view {
        assertEq(results.roundResult(taskId, round).leading, _hash(summary));
    }

    function _wrongStage(address who, ResultStage expected, ResultStage actual) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IResults.WrongResultStage.selector, who, expected, actual);
    }

    function test_NeedsAllItsContracts() public {
        address s = address(stakeManager);
        address[7] memory parts = [s, s, s, s, s, s, s];
        for (uint256 i; i < 7; ++i) {
            parts[i] = address(0);
            vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
            new Results(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6]);
            parts[i] = s;
        }
    }
}
