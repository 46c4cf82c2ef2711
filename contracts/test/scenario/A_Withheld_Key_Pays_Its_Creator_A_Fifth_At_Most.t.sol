// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ITaskManager} from "../../src/interfaces/ITaskManager.sol";
import {ISubmissions} from "../../src/interfaces/ISubmissions.sol";
import {TaskState, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev All training nodes are the creator's, who reveals junk from them and then withholds the key. In version 1 its
/// creation stake went to those who revealed, so to itself.
contract A_Withheld_Key_Pays_Its_Creator_A_Fifth_At_Most is RoundTest {
    uint256 private constant STAKE = 10_000e18;
    uint256 private constant BUDGET = 100_000e18;

    function test_JunkRevealsGetBackAFifthAndTheTreasuryTheRest() public {
        _taskWithRound(2, BUDGET, 3, 2);
        _allRevealed();
        _allAttested(0);
        _toResultCommit();
        vm.prank(stranger);
        _expectVoided(VoidReason.KeyWithheld);
        for (uint256 i; i < trainers.length; ++i) {
            if (_seatsOf(trainers[i]) == 0) continue;
            submissions.claimForfeit(taskId, round, trainers[i]);
            vm.expectRevert(abi.encodeWithSelector(ISubmissions.NothingForfeited.selector, taskId, round, trainers[i]));
            submissions.claimForfeit(taskId, round, trainers[i]);
        }
        uint256 got = token.balanceOf(creator);
        for (uint256 i; i < trainers.length; ++i) {
            got += token.balanceOf(trainers[i]);
        }
        assertLe(got, STAKE / 5);
        assertEq(got + token.balanceOf(address(dao)), STAKE);
        // The funder gets everything back, and no round opens any more.
        taskManager.redeem(taskId, funder);
        assertEq(token.balanceOf(funder), BUDGET);
        assertEq(token.balanceOf(address(taskManager)), 0);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongTaskState.selector, taskId, TaskState.Stopped));
        vm.prank(creator);
        roundManager.open(taskId);
    }
}
