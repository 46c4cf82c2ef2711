// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IAttestations} from "../../src/interfaces/IAttestations.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {Accusation, ISlashCourt, Reason} from "../../src/interfaces/ISlashCourt.sol";
import {Cid, ResultSummary, Role, RoundPhase, VoidReason} from "../../src/types/Types.sol";
import {PaidRoundTest} from "../builders/PaidRoundTest.sol";

/// @dev Four validators have 5, 6, 7 and 8 of 26 seats.
contract SilentValidatorsDelayNobodyTest is PaidRoundTest {
    function setUp() public override {
        super.setUp();
        _roundWith(2, _list(1000, 2000, 3000), 6);
    }

    function test_AMinorityThatStaysSilentDelaysNobodyAndIsSlashed() public {
        _allRevealed();
        // The first says nothing at all, the second attests and no more: 15 of 26 seats are left.
        for (uint256 v = 1; v < 4; ++v) {
            _commitAttestation(v, false, 0);
        }
        _toAttestReveal();
        for (uint256 v = 1; v < 4; ++v) {
            _revealAttestation(v, false, 0);
        }
        _toKey();
        _keyPublished();
        _toResultCommit();
        ResultSummary memory truth = _summary();
        _commitResult(2, truth);
        _commitResult(3, truth);
        _toResultReveal();
        _revealResult(2, truth);
        _revealResult(3, truth);
        _toAcceptance();
        _finalized(truth);
        _claimed(truth);
        assertEq(_payOf(validators[0]) + _payOf(validators[1]), 0);
        uint256 part = distributor.rewards(taskId, round).validatorsPart;
        assertEq(_payOf(validators[2]), part * 7 / 26);
        assertEq(_payOf(validators[3]), part * 8 / 26);
        _report(stranger, validators[0], Reason.ValidatorSilent);
        // Not once more by an attempt that there never was.
        Accusation memory a = _accusation(validators[0], Reason.ValidatorSilent);
        a.attempt = 1;
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.NotProven.selector, taskId, round, a.target, a.reason));
        court.open(a);
        _reportWithBitmap(validators[1], Reason.ResultNotRevealed);
        _expectNotProven(validators[2], Reason.ValidatorSilent);
    }

    function test_WhereMostStaySilentTheRoundRepeatsWithoutThemAndTheyAreSlashedAllTheSame() public {
        _allRevealed();
        _commitAttestation(3, false, 0);
        _toAttestReveal();
        _revealAttestation(3, false, 0);
        _toKey();
        // No key is due where nothing can be scored: the shard stays hidden.
        vm.expectPartialRevert(IAttestations.NothingCounted.selector);
        vm.prank(creator);
        attestations.publishKey(taskId, round, _key(0));
        _expectRepeated(VoidReason.NotAttested);
        vm.prank(validators[3]);
        roundManager.join(taskId, round, Role.Validator, new bytes32[](0));
        _draw(Role.Validator);
        assertEq(_seatsOf(validators[3]), 26);
        _commitAttestation(3, false, 0);
        _toAttestReveal();
        _revealAttestation(3, false, 0);
        _toKey();
        _keyPublished();
        _toResultCommit();
        ResultSummary memory truth = _summary();
        _commitResult(3, truth);
        _toResultReveal();
        _revealResult(3, truth);
        _toAcceptance();
        _finalized(truth);
        _claimed(truth);
        assertGt(_payOf(trainers[0]), 0);
        for (uint256 v; v < 3; ++v) {
            Accusation memory a = _accusation(validators[v], Reason.ValidatorSilent);
            a.attempt = 0;
            court.open(a);
        }
        _expectNotProven(validators[3], Reason.ValidatorSilent);
    }

    function test_AMajorityThatAttestsAndNeverRevealsLeavesAContestedResultAndNoHang() public {
        _scorable();
        ResultSummary memory truth = _summary();
        for (uint256 v; v < 4; ++v) {
            _commitResult(v, truth);
        }
        _toResultReveal();
        _revealResult(3, truth);
        _toAcceptance();
        // 8 of 26 seats: whoever revealed another result could challenge it without a bond, but nobody did.
        _accepted(truth);
        assertTrue(results.roundResult(taskId, round).contested);
        vm.warp(_info().challengeEnd);
        results.finalize(taskId, round);
        _claimed(truth);
        // What the round pays is no more than those few can lose.
        assertLe(distributor.rewards(taskId, round).secured, 8000e18 * policy.latest(Param.SecurityRatio) / 1e18);
        for (uint256 v; v < 3; ++v) {
            _report(stranger, validators[v], Reason.ResultNotRevealed);
        }
    }

    function test_WhereNobodyRevealsAResultTheRoundIsVoidAtTheEndOfItsWindow() public {
        _scorable();
        _commitResult(0, _summary());
        _toResultReveal();
        _expectCannotVoid();
        _toAcceptance();
        _expectVoided(VoidReason.NoResults);
        assertEq(taskManager.task(taskId).value, 2 * POOL);
        _report(stranger, validators[0], Reason.ResultNotRevealed);
        for (uint256 v = 1; v < 4; ++v) {
            _reportWithBitmap(validators[v], Reason.ResultNotRevealed);
        }
    }

    function test_WhoDrewNoSeatIsNeitherHeardNorBlamedAndGetsItsStakeBack() public {
        ResultSummary memory first = _honestRound();
        _openClaims(first);
        _setPolicy(Param.ValidatorSeats, 4);
        address whale = makeAddr("whale");
        _stake(whale, 100_000_000e18);
        _allocate(whale, taskId, Role.Validator, 1e18);
        address unlucky = validators[0];
        delete validators;
        validators.push(whale);
        validators.push(unlucky);
        _openRound();
        _allRevealed();
        assertEq(_seatsOf(whale), 4);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.NoSeat.selector, unlucky));
        vm.prank(unlucky);
        attestations.commitAttestation(taskId, round, keccak256("heard"));
        _allAttested(0);
        _keyPublished();
        _toResultCommit();
        validators.pop();
        ResultSummary memory truth = _summary();
        _results(truth, truth, 0);
        _finalized(truth);
        for (uint256 reason; reason <= uint256(type(Reason).max); ++reason) {
            _expectNotProven(unlucky, Reason(reason));
        }
        vm.warp(court.releasableAt(taskId, round));
        court.release(taskId, round, unlucky);
        assertTrue(court.released(taskId, round, unlucky));
    }

    /// @dev The next window begins when the beacon is there, so nobody loses time by who was slow to bring it.
    function test_ABeaconThatIsBroughtLateShortensNobodysWindow() public {
        uint256 end = _info().deadlines.trainerDraw;
        vm.warp(end - 1);
        _allRevealed();
        vm.warp(block.timestamp + 1);
        assertEq(_info().deadlines.commit, end - 1 + WINDOW);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Attest));
        _allAttested(0);
        _keyPublished();
        _toResultCommit();
        ResultSummary memory truth = _summary();
        _paid(truth);
        assertEq(_payOfValidators(), _sumOfShares());
    }

    function _sumOfShares() private view returns (uint256 sum) {
        uint256 part = distributor.rewards(taskId, round).validatorsPart;
        for (uint256 seats = 5; seats < 9; ++seats) {
            sum += part * seats / 26;
        }
    }

    function _accusation(address target, Reason reason) private view returns (Accusation memory a) {
        (a.taskId, a.round, a.attempt, a.target, a.reason) = (taskId, round, _info().attempt, target, reason);
        a.evidence = Cid(0x0129, keccak256("evidence"));
    }

    /// @dev Who accuses brings what the target attested, here that nothing was missing.
    function _reportWithBitmap(address target, Reason reason) private {
        Accusation memory a = _accusation(target, reason);
        a.missing = _missing(0);
        vm.prank(stranger);
        court.open(a);
    }

    function _expectNotProven(address target, Reason reason) private {
        Accusation memory a = _accusation(target, reason);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.NotProven.selector, taskId, round, target, reason));
        court.open(a);
    }
}
