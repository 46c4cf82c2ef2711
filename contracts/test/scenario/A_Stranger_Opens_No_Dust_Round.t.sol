// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ITaskManager} from "../../src/interfaces/ITaskManager.sol";
import {Role, TaskState, TaskTerms} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev A stranger funds an approved task with dust and opens its round while the creator sleeps, reveals junk, and waits for
/// the key that nobody publishes. In version 1 anyone could open any pool above 0, and so took the creation stake.
contract A_Stranger_Opens_No_Dust_Round is RoundTest {
    function setUp() public override {
        super.setUp();
        taskId = _propose(2);
        _approve(taskId);
        _staked(1, 1);
        vm.warp(block.timestamp + 1);
    }

    function test_AStrangerOpensNoRoundHoweverMuchIsThere() public {
        _fund(taskId, stranger, 1000e18);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotOpener.selector, stranger, creator, address(0)));
        vm.prank(stranger);
        roundManager.open(taskId);
        assertEq(taskManager.task(taskId).roundsOpened, 0);
    }

    function test_NotEvenTheCreatorOpensOneOfDust() public {
        _fund(taskId, stranger, 2);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.PoolTooSmall.selector, taskId, 1, 100e18));
        vm.prank(creator);
        roundManager.open(taskId);
        // It loses nothing by it: the task ends as idle.
        vm.warp(taskManager.expiresAt(taskId));
        taskManager.expire(taskId);
        assertEq(token.balanceOf(creator), 10_000e18);
        assertEq(uint8(taskManager.task(taskId).state), uint8(TaskState.Stopped));
    }

    /// @dev In version 1 one that was only proposed, with huge minima, made every node stake all it had.
    function test_AProposedTaskOpensNoRoundWhateverItAsksAndTakesNobodysStake() public {
        TaskTerms memory terms = _terms(2);
        (terms.minTrainerStake, terms.minValidatorStake) = (type(uint96).max, type(uint96).max);
        taskId = _proposeWith(terms);
        _fund(taskId, stranger, 1000e18);
        address node = makeAddr("eager");
        _stake(node, 1000e18);
        _allocate(node, taskId, Role.Trainer, 1e18);
        vm.warp(block.timestamp + 1);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongTaskState.selector, taskId, TaskState.Proposed));
        vm.prank(creator);
        roundManager.open(taskId);
        // Nothing holds what the node allocated, and the funder gets everything back.
        _allocate(node, taskId, Role.Trainer, 0);
        assertEq(stakeManager.freeRatio(node), 1e18);
        vm.warp(taskManager.expiresAt(taskId));
        taskManager.expire(taskId);
        taskManager.redeem(taskId, stranger);
        assertEq(token.balanceOf(stranger), 1000e18);
    }
}
