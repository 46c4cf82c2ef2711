// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ITaskManager} from "../../src/interfaces/ITaskManager.sol";
import {TaskState} from "../../src/types/Types.sol";
import {CoveyTest} from "../builders/CoveyTest.sol";

/// @dev What comes into a task and what leaves it.
contract TaskManagerBudgetTest is CoveyTest {
    uint256 private constant STAKE = 10_000e18;

    function test_FundingAddsUp() public {
        uint256 id = _propose(1);
        _fund(id, funder, 100);
        _fund(id, stranger, 50);
        _fund(id, funder, 1);
        assertEq(taskManager.task(id).funded, 151);
        assertEq(taskManager.task(id).budget, 151);
        assertEq(taskManager.contributionOf(id, funder), 101);
        vm.expectRevert(ITaskManager.ZeroAmount.selector);
        taskManager.fund(id, 0);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.UnknownTask.selector, 9));
        taskManager.fund(9, 1);
    }

    function test_RunningTasksRefundNobody() public {
        uint256 id = _approvedTask(1, 100);
        assertEq(taskManager.refundable(id, funder), 0);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongTaskState.selector, id, TaskState.Approved));
        taskManager.refund(id, funder);
    }

    function test_RoundPoolsAreBudgetLeftByRoundsLeft() public {
        uint256 id = _approvedTask(3, 100);
        vm.startPrank(address(roundManager));
        (uint32 round, uint256 pool) = taskManager.allocateRound(id);
        assertEq(round, 0);
        assertEq(pool, 33);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongRoundState.selector, id, 0));
        taskManager.allocateRound(id);
        // A void round's pool is shared by the rounds left.
        taskManager.closeRound(id, 0, false);
        (, pool) = taskManager.allocateRound(id);
        assertEq(pool, 50);
        taskManager.closeRound(id, 1, true);
        (, pool) = taskManager.allocateRound(id);
        assertEq(pool, 50);
        taskManager.closeRound(id, 2, true);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NoRoundsLeft.selector, id));
        taskManager.allocateRound(id);
        vm.stopPrank();
        assertEq(taskManager.poolOf(id, 1), 50);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NoRoundsLeft.selector, id));
        taskManager.fund(id, 1);
    }

    function test_AnUnfundedTaskOpensNoRound() public {
        uint256 id = _propose(1);
        _approve(id);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.EmptyBudget.selector, id));
        roundManager.open(id);
    }

    function test_APoolIsPaidOutOnceAndOnlyAfterItsRound() public {
        uint256 id = _approvedTask(1, 100);
        vm.startPrank(address(roundManager));
        taskManager.allocateRound(id);
        vm.stopPrank();
        bytes memory wrongState = abi.encodeWithSelector(ITaskManager.WrongRoundState.selector, id, 0);
        vm.expectRevert(wrongState);
        vm.prank(address(distributor));
        taskManager.payOut(id, 0);
        vm.prank(address(roundManager));
        taskManager.closeRound(id, 0, true);
        vm.prank(address(distributor));
        assertEq(taskManager.payOut(id, 0), 100);
        vm.expectRevert(wrongState);
        vm.prank(address(distributor));
        taskManager.payOut(id, 0);
        vm.expectRevert(wrongState);
        vm.prank(address(roundManager));
        taskManager.closeRound(id, 0, false);
        assertEq(token.balanceOf(address(distributor)), 100);
    }

    function test_TokensThatDidNotArriveCannotBeReturned() public {
        uint256 id = _approvedTask(1, 100);
        vm.prank(address(roundManager));
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotReceived.selector, STAKE + 100, STAKE + 101));
        taskManager.returnBudget(id, 1);
        _give(address(taskManager), 1);
        vm.prank(address(roundManager));
        vm.expectEmit();
        emit ITaskManager.BudgetReturned(id, 1, 101);
        taskManager.returnBudget(id, 1);
    }

    function test_RefundsAreProRataHoweverOftenMoreComesBack() public {
        uint256 id = _propose(2);
        _fund(id, funder, 300);
        _fund(id, stranger, 100);
        _approve(id);
        roundManager.open(id);
        vm.prank(address(dao));
        taskManager.stop(id);
        taskManager.refund(id, funder);
        assertEq(token.balanceOf(funder), 150);
        vm.prank(address(roundManager));
        taskManager.closeRound(id, 0, false);
        taskManager.refund(id, funder);
        taskManager.refund(id, stranger);
        assertEq(token.balanceOf(funder), 300);
        assertEq(token.balanceOf(stranger), 100);
        assertEq(taskManager.task(id).budget, 0);
    }

    function test_ForfeitingStopsTheTaskAndPaysOnePartAtATime() public {
        uint256 id = _approvedTask(2, 100);
        address a = makeAddr("a");
        vm.startPrank(address(roundManager));
        vm.expectRevert(ITaskManager.ZeroAmount.selector);
        taskManager.payForfeit(id, 0, a);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.CreationStakeForfeited(id, 0, STAKE, 3);
        assertEq(taskManager.forfeitCreationStake(id, 0, 3), STAKE / 3);
        assertEq(uint8(taskManager.task(id).state), uint8(TaskState.Stopped));
        // What does not divide joins the budget; the parts wait outside of it.
        assertEq(taskManager.task(id).budget, 100 + STAKE % 3);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.ForfeitPaid(id, 0, a, STAKE / 3);
        taskManager.payForfeit(id, 0, a);
        vm.stopPrank();
        assertEq(token.balanceOf(a), STAKE / 3);
        taskManager.refund(id, funder);
        taskManager.sweep(id);
        assertEq(token.balanceOf(address(taskManager)), 2 * (STAKE / 3));
    }

    function test_AForfeitOfAStoppedTaskAndOneForNobody() public {
        uint256 id = _approvedTask(2, 100);
        roundManager.open(id);
        vm.prank(address(dao));
        taskManager.stop(id);
        vm.prank(address(roundManager));
        assertEq(taskManager.forfeitCreationStake(id, 0, 0), 0);
        assertEq(taskManager.task(id).budget, STAKE + 50);
        vm.prank(address(roundManager));
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.UnknownTask.selector, 9));
        taskManager.forfeitCreationStake(9, 0, 1);
        uint256 proposed = _propose(1);
        vm.prank(address(roundManager));
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongTaskState.selector, proposed, TaskState.Proposed));
        taskManager.forfeitCreationStake(proposed, 0, 1);
    }

    function test_WhatNobodyFundedGoesToTheTreasuryWhenTheTaskHasEnded() public {
        uint256 id = _approvedTask(2, 100);
        _returned(id, 900);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongTaskState.selector, id, TaskState.Approved));
        taskManager.sweep(id);
        vm.prank(address(dao));
        taskManager.stop(id);
        // A funder gets what it put in and not a wei of the rest, whoever is first.
        uint256 state = vm.snapshotState();
        taskManager.refund(id, funder);
        assertEq(token.balanceOf(funder), 100);
        taskManager.sweep(id);
        vm.revertToState(state);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.RestSwept(id, address(dao), 900);
        vm.prank(stranger);
        taskManager.sweep(id);
        assertEq(token.balanceOf(address(dao)), 900);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NothingToSweep.selector, id));
        taskManager.sweep(id);
        taskManager.refund(id, funder);
        assertEq(token.balanceOf(funder), 100);
        // A slash that comes in later can be swept too.
        _returned(id, 7);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NothingToRefund.selector, id, funder));
        taskManager.refund(id, funder);
        taskManager.sweep(id);
        assertEq(token.balanceOf(address(dao)), 907);
        assertEq(token.balanceOf(address(taskManager)), 0);
    }

    function test_ATaskThatNobodyFundedIsSweptWhole() public {
        uint256 id = _propose(1);
        _returned(id, 5);
        vm.prank(creator);
        taskManager.expire(id);
        assertEq(taskManager.refundable(id, stranger), 0);
        taskManager.sweep(id);
        assertEq(token.balanceOf(address(dao)), 5);
    }

    function test_EveryStepOfATasksMoneyIsInTheLog() public {
        uint256 id = _propose(1);
        _give(funder, 100);
        vm.startPrank(funder);
        token.approve(address(taskManager), 100);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.TaskFunded(id, funder, 100, 100);
        taskManager.fund(id, 100);
        vm.stopPrank();
        vm.expectEmit(address(taskManager));
        emit ITaskManager.TaskRejected(id);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.CreationStakeReturned(id, creator, STAKE);
        vm.prank(address(dao));
        taskManager.reject(id);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.Refunded(id, funder, 100);
        taskManager.refund(id, funder);

        id = _approvedTask(1, 100);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.RoundAllocated(id, 0, 100);
        roundManager.open(id);
        vm.prank(address(roundManager));
        taskManager.closeRound(id, 0, true);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.PoolPaidOut(id, 0, address(distributor), 100);
        vm.prank(address(distributor));
        taskManager.payOut(id, 0);
        vm.warp(taskManager.expiresAt(id));
        vm.expectEmit(address(taskManager));
        emit ITaskManager.TaskExpired(id, TaskState.Stopped);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.CreationStakeForfeited(id, 1, STAKE, 0);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.BudgetReturned(id, STAKE, STAKE);
        taskManager.expire(id);
    }

    function test_FundingADecidedTaskIsRefused() public {
        uint256 id = _approvedTask(1, 100);
        vm.prank(address(dao));
        taskManager.stop(id);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongTaskState.selector, id, TaskState.Stopped));
        taskManager.fund(id, 1);
    }

    /// @dev However a budget is funded, spent, topped up, refunded and swept: nobody gets more than it put in or than its
    /// part, dust stays below a wei each, and the order does not matter.
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_RefundsAndSweepsShareWhatIsLeft(uint96 a, uint96 b, uint96 c, uint96 extra, uint8 order) public {
        uint256 id = _propose(2);
        uint256[3] memory amounts = [uint256(a) % 1e24 + 1, uint256(b) % 1e24 + 1, uint256(c) % 1e24 + 1];
        address[3] memory funders = [makeAddr("f0"), makeAddr("f1"), makeAddr("f2")];
        uint256 funded;
        for (uint256 i; i < 3; ++i) {
            _fund(id, funders[i], amounts[i]);
            funded += amounts[i];
        }
        _approve(id);
        uint256 left = funded;
        if (order & 1 == 1) {
            vm.startPrank(address(roundManager));
            taskManager.allocateRound(id);
            taskManager.closeRound(id, 0, true);
            vm.stopPrank();
            vm.prank(address(distributor));
            left -= taskManager.payOut(id, 0);
        }
        vm.prank(address(dao));
        taskManager.stop(id);
        if (order & 2 == 2 && taskManager.refundable(id, funders[0]) != 0) taskManager.refund(id, funders[0]);
        uint256 more = uint256(extra) % 2e24;
        _returned(id, more);
        left += more;
        uint256 swept = left > funded ? left - funded : 0;
        if (order & 4 == 4 && swept != 0) taskManager.sweep(id);
        uint256 refunded;
        for (uint256 i; i < 3; ++i) {
            if (taskManager.refundable(id, funders[i]) != 0) taskManager.refund(id, funders[i]);
            assertEq(token.balanceOf(funders[i]), (left < funded ? left : funded) * amounts[i] / funded);
            refunded += token.balanceOf(funders[i]);
        }
        if (order & 4 == 0 && swept != 0) taskManager.sweep(id);
        assertEq(token.balanceOf(address(dao)), swept);
        assertEq(token.balanceOf(address(taskManager)), left - refunded - swept);
        assertLt(left - refunded - swept, 3);
    }

    /// @dev Tokens that came in beside the funders', as emission and slashes do.
    function _returned(uint256 id, uint256 amount) private {
        _give(address(taskManager), amount);
        vm.prank(address(roundManager));
        taskManager.returnBudget(id, amount);
    }
}
