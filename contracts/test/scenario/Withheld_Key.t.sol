// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {ITaskManager} from "../../src/interfaces/ITaskManager.sol";
import {RoundPhase, TaskState} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract WithheldKeyTest is RoundTest {
    function test_AWithheldKeyPaysTheCreationStakeToThoseWhoRevealedAndStopsTheTask() public {
        _taskWithRound(2, 100_000e18, 3, 1);
        _toReveal();
        _reveal(0);
        _reveal(2);
        _toAvailability();
        vm.expectEmit();
        emit IRoundManager.RoundVoided(taskId, round, "key withheld");
        vm.prank(stranger);
        roundManager.voidRound(taskId, round);
        assertEq(token.balanceOf(trainers[0]), 5000e18);
        assertEq(token.balanceOf(trainers[1]), 0);
        assertEq(token.balanceOf(trainers[2]), 5000e18);
        assertEq(uint8(taskManager.task(taskId).state), uint8(TaskState.Stopped));
        // The funder gets everything back, the creator nothing, and no round opens any more.
        taskManager.refund(taskId, funder);
        assertEq(token.balanceOf(funder), 100_000e18);
        assertEq(token.balanceOf(creator), 0);
        assertEq(token.balanceOf(address(taskManager)), 0);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongTaskState.selector, taskId, TaskState.Stopped));
        roundManager.open(taskId);
    }

    function test_AWrongKeyIsAWithheldKey() public {
        _roundOf(1, 1);
        _allRevealed();
        _toKey();
        vm.expectPartialRevert(IRoundManager.WrongKey.selector);
        vm.prank(creator);
        roundManager.publishKey(taskId, round, keccak256("another key"));
        _toAvailability();
        vm.expectRevert(
            abi.encodeWithSelector(
                IRoundManager.WrongPhase.selector, taskId, round, RoundPhase.Key, RoundPhase.Availability
            )
        );
        vm.prank(creator);
        roundManager.publishKey(taskId, round, _key(0));
        roundManager.voidRound(taskId, round);
        assertEq(token.balanceOf(trainers[0]), 10_000e18);
    }

    /// @dev The largest round must still fit into a transaction of 2^24 gas, the cap on newer chains.
    function test_AWithheldKeyOfAFullRoundFitsIntoOneTransaction() public {
        uint256 count = policy.describe(Param.MaxTrainers).max;
        _setPolicy(Param.MaxTrainers, count);
        _taskWithRound(1, 100_000e18, 0, 1);
        for (uint256 i; i < count; ++i) {
            trainers.push(address(uint160(0x10000 + i)));
            _stake(trainers[i], 1000e18);
            vm.startPrank(trainers[i]);
            token.delegate(trainers[i]);
            roundManager.commit(taskId, round, _submissionCommitment(trainers[i], _cid(i), _salt(i)));
            vm.stopPrank();
        }
        vm.roll(block.number + 1);
        _allRevealed();
        _toAvailability();
        vm.cool(address(token));
        vm.cool(address(roundManager));
        vm.cool(address(taskManager));
        uint256 gas = gasleft();
        roundManager.voidRound(taskId, round);
        gas -= gasleft();
        assertLt(gas, 16_000_000);
        assertEq(token.balanceOf(trainers[count - 1]), 10_000e18 / count);
    }
}
