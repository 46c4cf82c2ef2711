// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ITaskManager, RoundFunds, TaskInfo} from "../../src/interfaces/ITaskManager.sol";
import "../../src/permission/Permissions.sol";
import {BudgetVault} from "../../src/task/BudgetVault.sol";
import {RoundNumber, TaskId} from "../../src/types/Ids.sol";
import {TaskState} from "../../src/types/Types.sol";
import {CoveyTest} from "../builders/CoveyTest.sol";
import {TaskManagerHarness} from "../builders/TaskManagerHarness.sol";

/// @dev What comes into a task and what leaves it. This test plays the round manager, the distributor and the emission.
contract TaskManagerBudgetTest is CoveyTest {
    uint256 private constant STAKE = 10_000e18;
    RoundNumber private constant FIRST = RoundNumber.wrap(0);
    RoundNumber private constant SECOND = RoundNumber.wrap(1);

    address private late = makeAddr("late");
    TaskManagerHarness private tasks;

    function setUp() public override {
        super.setUp();
        tasks = new TaskManagerHarness(address(dao), address(token), address(policy));
        taskManager = tasks;
        dao.grant(address(tasks), address(dao), APPROVE_TASK_PERMISSION);
        dao.grant(address(tasks), address(this), ROUND_PERMISSION);
        dao.grant(address(tasks), address(this), PAY_OUT_PERMISSION);
        dao.grant(address(tasks), address(this), PAY_FORFEIT_PERMISSION);
        dao.grant(address(tasks), address(this), RETURN_BUDGET_PERMISSION);
    }

    function test_FundingBuysUnitsAndWaitsWhileARoundIsOpen() public {
        TaskId id = _propose(2);
        _give(funder, 300e18);
        vm.startPrank(funder);
        token.approve(address(tasks), 300e18);
        vm.expectEmit(address(tasks));
        // A million units a wei.
        emit ITaskManager.TaskFunded(id, funder, 200e18, 200e24);
        tasks.fund(id, 200e18);
        vm.stopPrank();
        _approve(id);
        tasks.allocateRound(id, creator);
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskFunded(id, funder, 100e18, 0);
        vm.prank(funder);
        tasks.fund(id, 100e18);
        TaskInfo memory t = tasks.task(id);
        assertEq(t.value, 100e18);
        assertEq(t.waiting, 100e18);
        (uint256 units, uint256 waiting) = tasks.valueOf(id, funder);
        assertEq(units, 100e18);
        assertEq(waiting, 100e18);
        tasks.closeRound(id, FIRST, false, uint40(block.timestamp));
        (units, waiting) = tasks.valueOf(id, funder);
        assertApproxEqAbs(units, 300e18, 1);
        assertEq(waiting, 0);
        _exact(id);
        vm.expectRevert(ITaskManager.ZeroAmount.selector);
        tasks.fund(id, 0);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.UnknownTask.selector, 9));
        tasks.fund(TaskId.wrap(9), 1);
    }

    function test_RunningTasksRedeemAndSweepNothing() public {
        TaskId id = _approvedTask(1, 100e18);
        bytes memory running = abi.encodeWithSelector(ITaskManager.WrongTaskState.selector, id, TaskState.Approved);
        vm.expectRevert(running);
        tasks.redeem(id, funder);
        vm.expectRevert(running);
        tasks.sweep(id);
    }

    function test_RoundPoolsAreWhatIsLeftByRoundsLeft() public {
        TaskId id = _approvedTask(3, 600e18);
        assertEq(tasks.nextPool(id), 200e18);
        vm.expectEmit(address(tasks));
        emit ITaskManager.RoundAllocated(id, FIRST, RoundFunds(200e18, 0, uint128(STAKE)));
        tasks.allocateRound(id, creator);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongRoundState.selector, id, 0));
        tasks.allocateRound(id, creator);
        // A void round's pool is shared by the rounds left.
        vm.expectEmit(address(tasks));
        emit ITaskManager.RoundSettled(id, FIRST, 200e18);
        tasks.closeRound(id, FIRST, false, uint40(block.timestamp));
        (, RoundFunds memory funds) = tasks.allocateRound(id, creator);
        assertEq(funds.units, 300e18);
        tasks.closeRound(id, SECOND, true, uint40(block.timestamp));
        // Nobody knows yet what the second leaves.
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongRoundState.selector, id, 1));
        tasks.allocateRound(id, creator);
        tasks.payOut(id, SECOND, 100e18);
        assertEq(tasks.nextPool(id), 400e18);
        (RoundNumber round,) = tasks.allocateRound(id, creator);
        assertEq(RoundNumber.unwrap(round), 2);
        tasks.closeRound(id, round, true, uint40(block.timestamp));
        tasks.payOut(id, round, 0);
        assertEq(tasks.nextPool(id), 0);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NoRoundsLeft.selector, id));
        tasks.allocateRound(id, creator);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NoRoundsLeft.selector, id));
        tasks.fund(id, 1);
        assertEq(token.balanceOf(address(this)), 600e18);
        _exact(id);
    }

    function test_ARoundNeedsThePolicysLeastPool() public {
        TaskId id = _approvedTask(2, 200e18 - 1);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.PoolTooSmall.selector, id, 100e18 - 1, 100e18));
        tasks.allocateRound(id, creator);
        _fund(id, late, 1);
        tasks.allocateRound(id, creator);
    }

    function test_APoolIsPaidOutOnceOnlyAfterItsRoundAndAtMostWhole() public {
        TaskId id = _approvedTask(1, 100e18);
        tasks.allocateRound(id, creator);
        bytes memory wrongState = abi.encodeWithSelector(ITaskManager.WrongRoundState.selector, id, 0);
        vm.expectRevert(wrongState);
        tasks.payOut(id, FIRST, 0);
        tasks.closeRound(id, FIRST, true, uint40(block.timestamp));
        vm.expectRevert(abi.encodeWithSelector(BudgetVault.CarriedTooMuch.selector, 100e18 + 1, 100e18));
        tasks.payOut(id, FIRST, 100e18 + 1);
        vm.expectEmit(address(tasks));
        emit ITaskManager.RoundSettled(id, FIRST, 30e18);
        vm.expectEmit(address(tasks));
        emit ITaskManager.PoolPaidOut(id, FIRST, address(this), 70e18);
        RoundFunds memory funds = tasks.payOut(id, FIRST, 30e18);
        assertEq(funds.units, 100e18);
        assertEq(funds.creationStake, STAKE);
        vm.expectRevert(wrongState);
        tasks.payOut(id, FIRST, 0);
        vm.expectRevert(wrongState);
        tasks.closeRound(id, FIRST, false, uint40(block.timestamp));
        assertEq(token.balanceOf(address(this)), 70e18);
        _exact(id);
    }

    function test_WhatWasNotEarnedComesBackToBothPartsAndNeverMoreThanWasPaid() public {
        TaskId id = _approvedTask(2, 300e18);
        _common(id, 100e18);
        // 150 of funders, 50 of nobody.
        tasks.allocateRound(id, creator);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongRoundState.selector, id, 0));
        tasks.returnToRound(id, FIRST, 1);
        tasks.closeRound(id, FIRST, true, uint40(block.timestamp));
        tasks.payOut(id, FIRST, 40e18);
        assertEq(tasks.task(id).value, 180e18);
        assertEq(tasks.task(id).common, 60e18);
        uint256 held = tasks.held();
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotReceived.selector, held, held + 80e18));
        tasks.returnToRound(id, FIRST, 80e18);
        token.transfer(address(tasks), 80e18);
        vm.expectEmit(address(tasks));
        emit ITaskManager.BudgetReturned(id, FIRST, 80e18);
        tasks.returnToRound(id, FIRST, 80e18);
        assertEq(tasks.task(id).value, 240e18);
        assertEq(tasks.task(id).common, 80e18);
        // 160 were paid and 80 are back.
        _give(address(tasks), 81e18);
        vm.expectRevert(abi.encodeWithSelector(BudgetVault.CarriedTooMuch.selector, 80e18 + 1, 80e18));
        tasks.returnToRound(id, FIRST, 80e18 + 1);
        tasks.returnToRound(id, FIRST, 80e18);
        assertEq(tasks.task(id).value, 300e18);
        assertEq(tasks.task(id).common, 100e18);
    }

    function test_EmissionIsNobodysAndGoesToTheTreasuryWhenNoRoundIsLeft() public {
        TaskId id = _approvedTask(2, 200e18);
        uint256 held = tasks.held();
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotReceived.selector, held, held + 1));
        tasks.addCommon(id, 1);
        _give(address(tasks), 60e18);
        vm.expectEmit(address(tasks));
        emit ITaskManager.CommonAdded(id, 60e18, 60e18);
        tasks.addCommon(id, 60e18);
        (uint256 units,) = tasks.valueOf(id, funder);
        assertEq(units, 200e18);
        (, RoundFunds memory funds) = tasks.allocateRound(id, creator);
        assertEq(funds.units, 100e18);
        assertEq(funds.common, 30e18);
        tasks.closeRound(id, FIRST, false, uint40(block.timestamp));
        tasks.allocateRound(id, creator);
        // The last round is open.
        _give(address(tasks), 5e18);
        vm.expectEmit(address(tasks));
        emit ITaskManager.RestSwept(id, address(dao), 5e18);
        tasks.addCommon(id, 5e18);
        assertEq(token.balanceOf(address(dao)), 5e18);
        tasks.closeRound(id, SECOND, false, uint40(block.timestamp));
        vm.prank(address(dao));
        tasks.stop(id);
        vm.expectEmit(address(tasks));
        emit ITaskManager.RestSwept(id, address(dao), 60e18);
        vm.prank(stranger);
        tasks.sweep(id);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NothingToSweep.selector, id));
        tasks.sweep(id);
        assertEq(token.balanceOf(address(dao)), 65e18);
        tasks.redeem(id, funder);
        assertEq(token.balanceOf(funder), 200e18);
        assertEq(tasks.held(), 0);
    }

    /// @dev What the round carries has to be there first.
    function test_AStopWhileARoundIsOpenOrPayableRedeemsOnceItIsSettled() public {
        TaskId id = _approvedTask(2, 200e18);
        tasks.allocateRound(id, creator);
        _fund(id, late, 50e18);
        vm.prank(address(dao));
        tasks.stop(id);
        vm.expectRevert(BudgetVault.BudgetNotEnded.selector);
        tasks.redeem(id, funder);
        uint256 state = vm.snapshotState();
        tasks.closeRound(id, FIRST, false, uint40(block.timestamp));
        _redeemed(id, funder, 200e18);
        _redeemed(id, late, 50e18);
        assertEq(tasks.held(), 0);
        vm.revertToState(state);

        tasks.closeRound(id, FIRST, true, uint40(block.timestamp));
        assertEq(token.balanceOf(creator), STAKE);
        vm.expectRevert(BudgetVault.BudgetNotEnded.selector);
        tasks.redeem(id, late);
        vm.expectRevert(BudgetVault.BudgetNotEnded.selector);
        tasks.sweep(id);
        tasks.payOut(id, FIRST, 25e18);
        // What waited goes back as it came: it has paid for nothing.
        _redeemed(id, late, 50e18);
        _redeemed(id, funder, 125e18);
        // A claim that nobody made comes back a year later.
        token.transfer(address(tasks), 15e18);
        tasks.returnToRound(id, FIRST, 15e18);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NothingToRedeem.selector, id, late));
        tasks.redeem(id, late);
        _redeemed(id, funder, 15e18);
        assertEq(tasks.held(), 0);
    }

    function test_AStopAfterTheLastRoundWasPaidRedeems() public {
        TaskId id = _approvedTask(1, 200e18);
        tasks.allocateRound(id, creator);
        tasks.closeRound(id, FIRST, true, uint40(block.timestamp));
        tasks.payOut(id, FIRST, 20e18);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongTaskState.selector, id, TaskState.Approved));
        tasks.redeem(id, funder);
        vm.prank(address(dao));
        tasks.stop(id);
        _redeemed(id, funder, 20e18);
        assertEq(tasks.held(), 0);
    }

    function test_ForfeitingStopsTheTaskAndGivesFourFifthsToTheTreasuryAndOneFifthBySeats() public {
        TaskId id = _approvedTask(2, 200e18);
        address a = makeAddr("a");
        tasks.allocateRound(id, creator);
        uint256 perSeat = STAKE / 5 / 7;
        vm.expectEmit(address(tasks));
        emit ITaskManager.TaskStopped(id);
        vm.expectEmit(address(tasks));
        emit ITaskManager.CreationStakeForfeited(id, FIRST, STAKE - 7 * perSeat, perSeat, 7);
        tasks.forfeitCreationStake(id, FIRST, 7);
        assertEq(uint8(tasks.task(id).state), uint8(TaskState.Stopped));
        tasks.closeRound(id, FIRST, false, uint40(block.timestamp));
        assertEq(token.balanceOf(address(dao)), STAKE - 7 * perSeat);
        assertEq(token.balanceOf(creator), 0);
        vm.expectEmit(address(tasks));
        emit ITaskManager.ForfeitPaid(id, FIRST, a, 5 * perSeat);
        tasks.payForfeit(id, FIRST, a, 5);
        assertEq(token.balanceOf(a), 5 * perSeat);
        assertEq(tasks.held(), 200e18 + 2 * perSeat);
        // No caller gets more than the seats of the round, or of another task.
        vm.expectRevert();
        tasks.payForfeit(id, FIRST, a, 3);
        vm.expectRevert(ITaskManager.ZeroAmount.selector);
        tasks.payForfeit(id, SECOND, a, 1);
        vm.expectRevert(ITaskManager.ZeroAmount.selector);
        tasks.payForfeit(id, FIRST, a, 0);
        // There is no second stake to forfeit, and the seats keep theirs.
        tasks.forfeitCreationStake(id, FIRST, 1);
        tasks.payForfeit(id, FIRST, a, 2);
        _redeemed(id, funder, 200e18);
        assertEq(tasks.held(), 0);
    }

    function test_AForfeitForNobodyAndOneOfAStoppedTaskGoToTheTreasury() public {
        TaskId id = _approvedTask(2, 200e18);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongRoundState.selector, id, 0));
        tasks.forfeitCreationStake(id, FIRST, 1);
        tasks.allocateRound(id, creator);
        vm.prank(address(dao));
        tasks.stop(id);
        tasks.forfeitCreationStake(id, FIRST, 0);
        tasks.closeRound(id, FIRST, false, uint40(block.timestamp));
        assertEq(token.balanceOf(address(dao)), STAKE);
        assertEq(token.balanceOf(creator), 0);
    }

    function test_FundingADecidedTaskIsRefused() public {
        TaskId id = _approvedTask(1, 100);
        vm.prank(address(dao));
        tasks.stop(id);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongTaskState.selector, id, TaskState.Stopped));
        tasks.fund(id, 1);
    }

    /// @dev However two tasks are funded, spent, topped up, stopped and redeemed, what is owed is exactly what came in and did
    /// not go out, and nobody gets more than it put in.
    /// forge-config: default.fuzz.runs = 500
    function testFuzz_WhatIsHeldIsWhatIsOwed(uint96 a, uint96 b, uint96 extra, uint8 order, uint256 carried) public {
        TaskId id = _propose(2);
        TaskId other = _approvedTask(1, 77e18);
        uint256 one = uint256(a) % 1e24 + 200e18;
        uint256 two = uint256(b) % 1e24 + 1;
        _fund(id, funder, one);
        if (order & 1 == 1) _fund(id, late, two);
        _approve(id);
        _common(id, uint256(extra) % 1e24);
        (, RoundFunds memory funds) = tasks.allocateRound(id, creator);
        if (order & 1 == 0) _fund(id, late, two);
        uint256 pool = uint256(funds.units) + funds.common;
        carried = bound(carried, 0, pool);
        if (order & 2 == 2) {
            vm.prank(address(dao));
            tasks.stop(id);
        }
        tasks.closeRound(id, FIRST, true, uint40(block.timestamp));
        tasks.payOut(id, FIRST, carried);
        _exact(id);
        uint256 back = (pool - carried) / 3;
        token.transfer(address(tasks), back);
        if (order & 4 == 4) tasks.returnToRound(id, FIRST, back);
        if (order & 2 == 0) {
            vm.prank(address(dao));
            tasks.stop(id);
        }
        if (order & 8 == 8) _tryRedeem(id, late);
        if (order & 4 == 0) tasks.returnToRound(id, FIRST, back);
        _tryRedeem(id, funder);
        _tryRedeem(id, late);
        if (tasks.task(id).common != 0) tasks.sweep(id);
        // Who came while the round was open has its part of what that gave back after its settlement (see BudgetVault).
        assertLe(token.balanceOf(late), order & 3 == 0 ? two + back : two);
        assertLe(token.balanceOf(funder), one + (order & 1 == 0 ? 1 : 0));
        // Rounding leaves less than a wei a funder.
        assertLe(tasks.task(id).value + tasks.task(id).waiting, 2);
        assertEq(tasks.held(), STAKE + 77e18 + tasks.task(id).value);
        assertEq(token.balanceOf(address(tasks)), tasks.held());
        assertEq(tasks.task(other).value, 77e18);
    }

    function _tryRedeem(TaskId id, address who) private {
        (uint256 units, uint256 waiting) = tasks.valueOf(id, who);
        if (units + waiting != 0) tasks.redeem(id, who);
    }

    function _redeemed(TaskId id, address who, uint256 amount) private {
        uint256 before = token.balanceOf(who);
        vm.expectEmit(address(tasks));
        emit ITaskManager.Redeemed(id, who, amount);
        vm.prank(stranger);
        tasks.redeem(id, who);
        assertEq(token.balanceOf(who) - before, amount);
    }

    function _common(TaskId id, uint256 amount) private {
        _give(address(tasks), amount);
        tasks.addCommon(id, amount);
    }

    /// @dev With the task's last round settled; other tasks have nothing but their budgets and stakes.
    function _exact(TaskId id) private view {
        assertEq(token.balanceOf(address(tasks)), tasks.held());
        uint256 owed;
        for (uint256 i = 1; i <= tasks.taskCount(); ++i) {
            TaskInfo memory t = tasks.task(TaskId.wrap(i));
            owed += t.value + t.common + t.waiting + t.creationStake;
        }
        assertEq(owed, tasks.held(), vm.toString(TaskId.unwrap(id)));
    }
}
