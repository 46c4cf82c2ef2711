// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {Agreement, IRoundManager, ValidatorEntry, ValidatorStage} from "../../src/interfaces/IRoundManager.sol";
import {Settlement} from "../../src/reward/Settlement.sol";
import {ResultSummary, RoundPhase, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Results: committed, revealed, tallied, accepted or disputed.
contract RoundManagerResultsTest is RoundTest {
    bytes32 private constant TOP_232 = bytes32(type(uint256).max << 24);

    function test_OnlyWhoAttestedCommitsAResultAndOnce() public {
        _roundOf(1, 2);
        _allRevealed();
        _keyPublished();
        _toAvailability();
        _attest(1, 1);
        ResultSummary memory summary = _summary();
        vm.expectRevert(_wrongPhase(RoundPhase.ResultCommit, RoundPhase.Availability));
        _commitResult(1, summary);
        _toResultCommit();
        vm.expectRevert(_wrongStage(validators[0], ValidatorStage.Attested, ValidatorStage.Joined));
        _commitResult(0, summary);
        vm.expectRevert(_wrongStage(stranger, ValidatorStage.Attested, ValidatorStage.None));
        vm.prank(stranger);
        roundManager.commitResult(taskId, round, bytes32(uint256(1)));
        vm.expectRevert(IRoundManager.EmptyCommitment.selector);
        vm.prank(validators[1]);
        roundManager.commitResult(taskId, round, bytes32(0));
        bytes32 commitment = _resultCommitment(validators[1], summary);
        vm.expectEmit(address(roundManager));
        emit IRoundManager.ResultCommitted(taskId, round, validators[1], commitment);
        _commitResult(1, summary);
        vm.expectRevert(_wrongStage(validators[1], ValidatorStage.Attested, ValidatorStage.ResultCommitted));
        _commitResult(1, summary);
        ValidatorEntry memory entry = roundManager.validator(taskId, round, validators[1]);
        assertEq(uint8(entry.stage), uint8(ValidatorStage.ResultCommitted));
        assertEq(entry.seats, _info().attestedSeats);
        assertEq(entry.resultHash, bytes32(0));
    }

    function test_ARevealedResultIsTallied() public {
        _aSeatPerThousand(3);
        _roundOf(2, 3);
        _scorable();
        ResultSummary memory summary = _summary();
        for (uint256 v; v < 3; ++v) {
            _commitResult(v, summary);
        }
        _toResultReveal();
        vm.expectEmit(address(roundManager));
        emit IRoundManager.ResultRevealed(taskId, round, validators[1], _hash(summary), summary);
        _revealResult(1, summary);
        _revealResult(2, summary);
        Agreement memory a = roundManager.agreement(taskId, round, _hash(summary));
        assertEq(a.seats, 13);
        assertEq(a.count, 2);
        assertEq(a.ownStake, 13_000e18);
        assertEq(a.sumWeights, 13_000e18);
        assertEq(a.sumOwnWeights, 13_000e18);
        assertEq(_info().revealedSeats, 13);
        ValidatorEntry memory entry = roundManager.validator(taskId, round, validators[1]);
        assertEq(uint8(entry.stage), uint8(ValidatorStage.ResultRevealed));
        assertEq(entry.seats, 6);
        assertEq(entry.resultHash, _hash(summary) & TOP_232);
        vm.expectRevert(_wrongStage(validators[1], ValidatorStage.ResultCommitted, ValidatorStage.ResultRevealed));
        _revealResult(1, summary);
    }

    /// @dev Own and delegated stake under each of the five powers.
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_TalliesHoldTheSumsOfStakePowers(uint256 power, uint256 weight, uint256 a, uint256 b, uint256 c)
        public
    {
        power %= 5;
        weight = bound(weight, 0, 1e18);
        uint256[3] memory delegated = [a % 3_000_000e18, b % 30e18, c % 3e27 / 1000];
        _setPolicy(Param.ValidatorStakeQuarterPower, power);
        _setPolicy(Param.DelegationWeight, weight);
        taskId = _approvedTask(1, 100e18);
        _staked(1, 3);
        Agreement memory expected;
        for (uint256 v; v < 3; ++v) {
            if (delegated[v] >= 10e18) _delegateStake(validators[v], stranger, delegated[v]);
            else delegated[v] = 0;
            uint256 own = (5 + v) * 1000e18;
            expected.ownStake += own;
            expected.sumWeights += Settlement.stakePower(own + delegated[v] * weight / 1e18, power);
            expected.sumOwnWeights += Settlement.stakePower(own, power);
        }
        _openRound();
        _scorableBySeats();
        ResultSummary memory summary = _summary();
        uint256 count;
        for (uint256 v; v < 3; ++v) {
            // A whale can leave others without a seat; they do not tally.
            if (_seatsOf(v) == 0) {
                uint256 own = (5 + v) * 1000e18;
                expected.ownStake -= own;
                expected.sumWeights -= Settlement.stakePower(own + delegated[v] * weight / 1e18, power);
                expected.sumOwnWeights -= Settlement.stakePower(own, power);
                continue;
            }
            ++count;
            _commitResult(v, summary);
        }
        _toResultReveal();
        for (uint256 v; v < 3; ++v) {
            if (_seatsOf(v) != 0) _revealResult(v, summary);
        }
        Agreement memory got = roundManager.agreement(taskId, round, _hash(summary));
        assertEq(got.seats, 60);
        assertEq(got.count, count);
        assertEq(got.ownStake, expected.ownStake);
        assertEq(got.sumWeights, expected.sumWeights);
        assertEq(got.sumOwnWeights, expected.sumOwnWeights);
    }

    function test_AResultOtherThanTheCommittedOneIsRefused() public {
        _roundOf(2, 1);
        _scorable();
        ResultSummary memory truth = _summary();
        ResultSummary memory lie = _lie();
        _commitResult(0, truth);
        vm.expectRevert(_wrongPhase(RoundPhase.ResultReveal, RoundPhase.ResultCommit));
        _revealResult(0, truth);
        _toResultReveal();
        vm.expectRevert(
            abi.encodeWithSelector(
                IRoundManager.CommitmentMismatch.selector,
                validators[0],
                _resultCommitment(validators[0], truth) & TOP_232,
                _resultCommitment(validators[0], lie) & TOP_232
            )
        );
        _revealResult(0, lie);
        _toAcceptance();
        vm.expectRevert(_wrongPhase(RoundPhase.ResultReveal, RoundPhase.Acceptance));
        _revealResult(0, truth);
    }

    function test_ResultsThatNoRoundCouldHaveAreRefused() public {
        _roundOf(2, 1);
        _scorable();
        uint256 start = vm.snapshotState();
        ResultSummary memory s = _summary();
        s.claimants = 3;
        _expectInvalid(s, "claimants", start);
        s = _summary();
        s.qualifyingOwnStake = uint256(type(uint96).max) + 1;
        _expectInvalid(s, "qualifyingOwnStake", start);
        s = _summary();
        s.sumWeights = uint256(type(uint160).max) + 1;
        _expectInvalid(s, "sumWeights", start);
        s = _summary();
        s.sumWeights = 0;
        _expectInvalid(s, "sumWeights", start);
        s = _summary();
        s.claimants = 0;
        _expectInvalid(s, "sumWeights", start);
        s = _summary();
        s.sumOwnWeights = s.sumWeights + 1;
        _expectInvalid(s, "sumOwnWeights", start);
        s = _summary();
        s.model.codec = 0x0129;
        _expectInvalid(s, "model", start);
        s = _summary();
        s.shardInvalid = true;
        _expectInvalid(s, "shardInvalid", start);
        (s.claimants, s.sumWeights, s.sumOwnWeights) = (0, 0, 0);
        _expectInvalid(s, "shardInvalid", start);
    }

    function test_ASummaryAtItsBoundsIsAcceptedAndPaid() public {
        _roundOf(2, 1);
        _scorable();
        ResultSummary memory s = _summary();
        (s.sumWeights, s.sumOwnWeights) = (type(uint160).max, type(uint160).max);
        s.qualifyingOwnStake = type(uint96).max;
        s.model.codec = 0x55;
        _results(s, s, 0);
        _finalized(s);
        assertEq(roundManager.stakeBehind(taskId), uint256(type(uint96).max) + 5000e18);
        _openClaims(s);
        distributor.claimValidator(taskId, round, validators[0]);
        vm.warp(distributor.claimsEnd(taskId, round));
        distributor.closeClaims(taskId, round);
        assertEq(token.balanceOf(address(roundManager)), 0);
    }

    /// @dev A uint32 with dirty upper bits would be another hash of the same summary.
    function test_DirtyCalldataIsRefused() public {
        _roundOf(1, 1);
        _scorable();
        ResultSummary memory s = _summary();
        bytes32 salt = _salt(0);
        bytes memory data = abi.encodeCall(roundManager.revealResult, (taskId, round, s, salt));
        // The third word of the summary, which follows the selector and two words.
        uint256 position = 4 + 64 + 64;
        data[position] = 0x01;
        bytes32 dirtyHash;
        assembly ("memory-safe") {
            dirtyHash := keccak256(add(add(data, 32), 68), 288)
        }
        assertNotEq(dirtyHash, _hash(s));
        vm.prank(validators[0]);
        roundManager.commitResult(taskId, round, keccak256(abi.encode(taskId, round, validators[0], dirtyHash, salt)));
        _toResultReveal();
        vm.prank(validators[0]);
        (bool ok,) = address(roundManager).call(data);
        assertFalse(ok);
        assertEq(_info().revealedSeats, 0);
    }

    function test_AcceptanceNeedsTwoThirdsOfTheRevealedSeats() public {
        // Seats 5, 6, 7, 8: without the last two there are 11 of 26.
        _aSeatPerThousand(4);
        _roundOf(2, 4);
        _scorable();
        ResultSummary memory truth = _summary();
        ResultSummary memory lie = _lie();
        _results(truth, lie, 2);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.ThresholdNotMet.selector, 11, 26, 26));
        roundManager.accept(taskId, round, truth);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.ThresholdNotMet.selector, 15, 26, 26));
        roundManager.accept(taskId, round, lie);
        ResultSummary memory unknown = _lie();
        unknown.documentDigest = 0;
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.ThresholdNotMet.selector, 0, 26, 26));
        roundManager.accept(taskId, round, unknown);
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
        uint40 end = uint40(block.timestamp + 1 days);
        vm.expectEmit(address(roundManager));
        emit IRoundManager.ResultAccepted(taskId, round, _hash(truth), 40, 60, end, truth);
        _accepted(truth);
        assertEq(_info().acceptedHash, _hash(truth));
        assertEq(_info().challengeEnd, end);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Challenge));
        vm.expectRevert(_wrongPhase(RoundPhase.Acceptance, RoundPhase.Challenge));
        roundManager.accept(taskId, round, truth);
    }

    function test_AcceptanceNeedsAQuorumOfRevealedSeats() public {
        // Seats 5, 6, 7: the last alone is no half of 18.
        _aSeatPerThousand(3);
        _roundOf(1, 3);
        _scorable();
        ResultSummary memory truth = _summary();
        _commitResult(2, truth);
        _toResultReveal();
        _revealResult(2, truth);
        _toAcceptance();
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.ThresholdNotMet.selector, 7, 7, 18));
        roundManager.accept(taskId, round, truth);
        vm.expectEmit(address(roundManager));
        emit IRoundManager.RoundDisputed(taskId, round, uint40(block.timestamp + 7 days));
        roundManager.dispute(taskId, round, _hashes(_hash(truth)));
        assertEq(uint8(_info().phase), uint8(RoundPhase.Disputed));
        assertEq(_info().disputeEnd, block.timestamp + 7 days);
    }

    function test_AnAgreedRoundCannotBeDisputed() public {
        _roundOf(1, 3);
        _scorable();
        ResultSummary memory truth = _summary();
        _results(truth, truth, 0);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.ThresholdMet.selector, _hash(truth)));
        roundManager.dispute(taskId, round, _hashes(_hash(truth)));
        // Nor by leaving out the hash that was agreed on.
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.HashesIncomplete.selector, 0, 60));
        roundManager.dispute(taskId, round, new bytes32[](0));
    }

    function test_ADisputeNeedsEveryRevealedHashAscending() public {
        _aSeatPerThousand(4);
        _roundOf(1, 4);
        _scorable();
        ResultSummary memory truth = _summary();
        ResultSummary memory lie = _lie();
        _results(truth, lie, 2);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.HashesIncomplete.selector, 11, 26));
        roundManager.dispute(taskId, round, _hashes(_hash(truth)));
        bytes32[] memory hashes = _hashes(_hash(truth), _hash(lie));
        (hashes[0], hashes[1]) = (hashes[1], hashes[0]);
        vm.expectRevert(IRoundManager.HashesNotAscending.selector);
        roundManager.dispute(taskId, round, hashes);
        hashes[0] = hashes[1] = _hash(truth);
        vm.expectRevert(IRoundManager.HashesNotAscending.selector);
        roundManager.dispute(taskId, round, hashes);
        roundManager.dispute(taskId, round, _hashes(_hash(truth), _hash(lie)));
        vm.expectRevert(_wrongPhase(RoundPhase.Acceptance, RoundPhase.Disputed));
        roundManager.dispute(taskId, round, hashes);
    }

    function test_WhereNothingCountsNothingIsAcceptedOrDisputed() public {
        _roundOf(1, 2);
        _allRevealed();
        _keyPublished();
        _allAttested(0);
        _toResultCommit();
        ResultSummary memory s = _summary();
        _results(s, s, 0);
        vm.expectRevert(IRoundManager.NothingCounted.selector);
        roundManager.accept(taskId, round, s);
        vm.expectRevert(IRoundManager.NothingCounted.selector);
        roundManager.dispute(taskId, round, _hashes(_hash(s)));
        _expectVoided(VoidReason.NothingCounted);
    }

    /// @dev Reverts to `start`, at which results can be committed.
    function _expectInvalid(ResultSummary memory summary, string memory what, uint256 start) private {
        _commitResult(0, summary);
        _toResultReveal();
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.InvalidSummary.selector, what));
        _revealResult(0, summary);
        // Nor can the DAO rule it. A dispute needs another result, which the other branch of time has.
        vm.revertToState(start);
        ResultSummary memory truth = _summary();
        _results(truth, truth, 0);
        _accepted(truth);
        _challenge(stranger, summary.documentDigest);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.InvalidSummary.selector, what));
        vm.prank(address(dao));
        roundManager.rule(taskId, round, summary);
        vm.revertToState(start);
    }

    function _seatsOf(uint256 v) private view returns (uint256) {
        return roundManager.validator(taskId, round, validators[v]).seats;
    }

    /// @dev As `_scorable`, where not every validator has a seat.
    function _scorableBySeats() private {
        _allRevealed();
        _keyPublished();
        _toAvailability();
        for (uint256 v; v < validators.length; ++v) {
            if (_seatsOf(v) != 0) _attest(v, _everything());
        }
        _toResultCommit();
    }

    function _wrongStage(address who, ValidatorStage expected, ValidatorStage actual)
        private
        pure
        returns (bytes memory)
    {
        return abi.encodeWithSelector(IRoundManager.WrongStage.selector, who, expected, actual);
    }
}
