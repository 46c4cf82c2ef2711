// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Accusation, Reason} from "../../src/interfaces/ISlashCourt.sol";
import {CaseId} from "../../src/types/Ids.sol";
import {Cid, ResultSummary} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev The creator funds its own task and has its validator lie in it. In version 1 what the court took came back to the task's
/// budget, and by it to who had funded: the lie cost nothing.
contract No_Slash_Returns_To_A_Task is RoundTest {
    function test_WhatALiarLosesIsTheReportersAndTheTreasurys() public {
        _taskWithRound(2, 100_000e18, 2, 4);
        _scorable();
        ResultSummary memory truth = _summary();
        _results(truth, _lie(), 1);
        _finalized(truth);
        _openClaims(truth);
        uint256 inTasks = token.balanceOf(address(taskManager));
        uint256 treasuryBefore = token.balanceOf(address(dao));
        uint256 nextPool = taskManager.nextPool(taskId);

        Accusation memory a;
        (a.taskId, a.round, a.target, a.reason) = (taskId, round, validators[3], Reason.ResultMismatch);
        a.evidence = Cid(0x55, keccak256("evidence"));
        vm.prank(stranger);
        CaseId caseId = court.open(a);
        vm.warp(court.slashCase(caseId).appealEnd);
        court.execute(caseId);

        // Half of 8000.
        uint256 taken = court.slashCase(caseId).taken;
        assertEq(taken, 4000e18);
        assertEq(token.balanceOf(stranger), 400e18);
        assertEq(token.balanceOf(address(dao)) - treasuryBefore, taken - 400e18);
        assertEq(token.balanceOf(address(taskManager)), inTasks);
        assertEq(taskManager.nextPool(taskId), nextPool);
        assertEq(token.balanceOf(creator), 0);
    }
}
