// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {ResultSummary, RoundPhase, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract StopMidRoundRefundTest is RoundTest {
    function test_ATaskStoppedMidRoundRefundsItsFundersAndItsCreator() public {
        _taskWithRound(3, 90_000e18, 2, 2);
        _fund(taskId, stranger, 10_000e18);
        _allRevealed();
        vm.prank(address(dao));
        taskManager.stop(taskId);
        // A creator need not publish the key of a stopped task.
        _toAvailability();
        vm.expectEmit();
        emit IRoundManager.RoundVoided(taskId, round, VoidReason.TaskStopped);
        vm.prank(stranger);
        roundManager.voidRound(taskId, round);
        assertEq(token.balanceOf(creator), 10_000e18);
        taskManager.refund(taskId, funder);
        taskManager.refund(taskId, stranger);
        assertEq(token.balanceOf(funder), 90_000e18);
        assertEq(token.balanceOf(stranger), 10_000e18);
        assertEq(token.balanceOf(address(taskManager)), 0);
    }

    function test_ARoundAcceptedBeforeTheStopIsStillPaid() public {
        _taskWithRound(2, 100_000e18, 2, 2);
        _scorable();
        ResultSummary memory truth = _summary();
        _results(truth, truth, 0);
        _accepted(truth);
        vm.prank(address(dao));
        taskManager.stop(taskId);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.CannotVoid.selector, RoundPhase.Challenge));
        roundManager.voidRound(taskId, round);
        vm.warp(_info().challengeEnd);
        roundManager.finalize(taskId, round);
        _openClaims(truth);
        for (uint256 i; i < 2; ++i) {
            _claimTrainer(i);
            distributor.claimValidator(taskId, round, validators[i]);
        }
        assertGt(token.balanceOf(trainers[0]), 0);
        // The rest of the budget, with what rounding left, goes back.
        taskManager.refund(taskId, funder);
        assertGe(token.balanceOf(funder), 50_000e18);
        assertEq(token.balanceOf(address(taskManager)), 0);
        assertEq(token.balanceOf(creator), 10_000e18);
    }
}
