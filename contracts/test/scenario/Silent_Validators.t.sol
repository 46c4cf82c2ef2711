// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IRoundManager, ValidatorStage} from "../../src/interfaces/IRoundManager.sol";
import {ISlashCourt, Reason} from "../../src/interfaces/ISlashCourt.sol";
import {Cid, ResultSummary, RoundPhase, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract SilentValidatorsTest is RoundTest {
    function setUp() public override {
        super.setUp();
        _aSeatPerThousand(4);
        _taskWithRound(2, 100_000e18, 2, 4);
        _allRevealed();
        _keyPublished();
    }

    function test_AMinorityThatStaysSilentDelaysNobodyAndIsSlashed() public {
        // Seats 5, 6, 7, 8: the first says nothing at all, the second attests and no more.
        _toAvailability();
        for (uint256 v = 1; v < 4; ++v) {
            _attest(v, 3);
        }
        _toResultCommit();
        ResultSummary memory truth = _summary();
        _commitResult(2, truth);
        _commitResult(3, truth);
        _toResultReveal();
        _revealResult(2, truth);
        _revealResult(3, truth);
        _toAcceptance();
        // 15 of 26 seats are a quorum.
        _finalized(truth);
        court.open(taskId, round, validators[0], Reason.ValidatorSilent, Cid(0x0129, bytes32(uint256(1))));
        court.open(taskId, round, validators[1], Reason.ResultNotRevealed, Cid(0x0129, bytes32(uint256(1))));
        vm.expectPartialRevert(ISlashCourt.NotProven.selector);
        court.open(taskId, round, validators[2], Reason.ValidatorSilent, Cid(0x0129, bytes32(uint256(1))));
    }

    function test_WhenMostStaySilentTheRoundIsVoidAndTheSilentAreSlashedAllTheSame() public {
        _toAvailability();
        _attest(3, 3);
        _toResultCommit();
        _expectVoided(VoidReason.NothingCounted);
        assertEq(taskManager.task(taskId).budget, 100_000e18);
        for (uint256 v; v < 3; ++v) {
            court.open(taskId, round, validators[v], Reason.ValidatorSilent, Cid(0x0129, bytes32(uint256(1))));
        }
        vm.expectPartialRevert(ISlashCourt.NotProven.selector);
        court.open(taskId, round, validators[3], Reason.ValidatorSilent, Cid(0x0129, bytes32(uint256(1))));
    }

    function test_AMajorityThatAttestsAndNeverRevealsLeavesADisputeAndNoHang() public {
        _allAttested(3);
        _toResultCommit();
        ResultSummary memory truth = _summary();
        for (uint256 v; v < 4; ++v) {
            _commitResult(v, truth);
        }
        _toResultReveal();
        _revealResult(3, truth);
        _toAcceptance();
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.ThresholdNotMet.selector, 8, 8, 26));
        roundManager.accept(taskId, round, truth);
        roundManager.dispute(taskId, round, _hashes(_hash(truth)));
        vm.prank(address(dao));
        roundManager.rule(taskId, round, truth);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Claimable));
        court.open(taskId, round, validators[0], Reason.ResultNotRevealed, Cid(0x0129, bytes32(uint256(1))));
    }

    function test_WhenNobodyRevealsAResultTheRoundIsVoidAtTheEndOfItsWindow() public {
        _allAttested(3);
        _toResultCommit();
        ResultSummary memory truth = _summary();
        _commitResult(0, truth);
        _toResultReveal();
        _expectCannotVoid(RoundPhase.ResultReveal);
        _toAcceptance();
        _expectVoided(VoidReason.NoResults);
        assertEq(
            uint8(roundManager.validator(taskId, round, validators[0]).stage), uint8(ValidatorStage.ResultCommitted)
        );
        court.open(taskId, round, validators[0], Reason.ResultNotRevealed, Cid(0x0129, bytes32(uint256(1))));
    }
}
