// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ITaskManager, TaskInfo} from "../../src/interfaces/ITaskManager.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {
    APPROVE_TASK_PERMISSION,
    PAY_OUT_PERMISSION,
    RETURN_BUDGET_PERMISSION,
    ROUND_PERMISSION
} from "../../src/permission/Permissions.sol";
import {PausableDeposits} from "../../src/permission/PausableDeposits.sol";
import {TaskManager} from "../../src/task/TaskManager.sol";
import {Cid, TaskState, TaskTerms} from "../../src/types/Types.sol";
import {CoveyTest} from "../builders/CoveyTest.sol";

contract TaskManagerTest is CoveyTest {
    uint256 private constant STAKE = 10_000e18;

    function test_ProposingPullsTheCreationStake() public {
        _give(creator, STAKE);
        vm.startPrank(creator);
        token.approve(address(taskManager), STAKE);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.TaskProposed(1, creator, _document(), _terms(2), STAKE);
        uint256 id = taskManager.propose(_document(), _terms(2));
        vm.stopPrank();
        assertEq(id, 1);
        assertEq(taskManager.taskCount(), 1);
        TaskInfo memory t = taskManager.task(1);
        assertEq(t.creator, creator);
        assertEq(uint8(t.state), uint8(TaskState.Proposed));
        assertEq(t.rounds, 2);
        assertEq(t.creationStake, STAKE);
        assertEq(t.windows.reveal, WINDOW);
        assertEq(t.multiplier, 1e18);
        assertEq(taskManager.keyCommitment(1, 2), keccak256(abi.encode(_key(2))));
        assertEq(token.balanceOf(address(taskManager)), STAKE);
    }

    function test_RefusesADocumentThatIsNotDagJsonOrHasNoDigest() public {
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.InvalidTerms.selector, "document"));
        taskManager.propose(Cid(0x0129, bytes32(0)), _terms(1));
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.InvalidTerms.selector, "document"));
        taskManager.propose(Cid(0x70, bytes32(uint256(1))), _terms(1));
    }

    function test_RefusesNoRoundsTooManyRoundsAndMissingKeys() public {
        TaskTerms memory terms = _terms(1);
        terms.rounds = 0;
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.InvalidTerms.selector, "rounds"));
        taskManager.propose(_document(), terms);
        terms = _terms(129);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.InvalidTerms.selector, "rounds"));
        taskManager.propose(_document(), terms);
        terms = _terms(1);
        terms.rounds = 2;
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.InvalidTerms.selector, "keyCommitments"));
        taskManager.propose(_document(), terms);
        terms = _terms(1);
        terms.keyCommitments[1] = bytes32(0);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.InvalidTerms.selector, "keyCommitments"));
        taskManager.propose(_document(), terms);
    }

    function test_RefusesWindowsOutsideThePolicy() public {
        TaskTerms memory terms = _terms(1);
        terms.windows.resultReveal = 59;
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WindowOutOfBounds.selector, 59, 60, 7 days));
        taskManager.propose(_document(), terms);
        terms.windows.resultReveal = WINDOW;
        terms.windows.commit = 7 days + 1;
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WindowOutOfBounds.selector, 7 days + 1, 60, 7 days));
        taskManager.propose(_document(), terms);
    }

    function test_RefusesStakeMinimaBelowThePolicy() public {
        TaskTerms memory terms = _terms(1);
        terms.minTrainerStake = 1000e18 - 1;
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.StakeMinimumTooLow.selector, 1000e18 - 1, 1000e18));
        taskManager.propose(_document(), terms);
        terms.minTrainerStake = uint128(type(uint96).max) + 1;
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.InvalidTerms.selector, "minTrainerStake"));
        taskManager.propose(_document(), terms);
        terms = _terms(1);
        terms.minValidatorStake = uint128(type(uint96).max) + 1;
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.InvalidTerms.selector, "minValidatorStake"));
        taskManager.propose(_document(), terms);
        terms.minValidatorStake = 1;
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.StakeMinimumTooLow.selector, 1, 5000e18));
        taskManager.propose(_document(), terms);
    }

    function test_OnlyTheDaoDecides() public {
        uint256 id = _propose(1);
        bytes memory refusal = abi.encodeWithSelector(
            DaoAuthorized.DaoUnauthorized.selector,
            address(dao),
            address(taskManager),
            stranger,
            APPROVE_TASK_PERMISSION
        );
        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        taskManager.approve(id);
        vm.expectRevert(refusal);
        taskManager.reject(id);
        vm.expectRevert(refusal);
        taskManager.stop(id);
        vm.expectRevert(refusal);
        taskManager.setMultiplier(id, 2e18);
        vm.stopPrank();
    }

    function test_OnlyTheRoundContractsMoveBudgetsEachInItsOwnWay() public {
        uint256 id = _approvedTask(1, 100);
        vm.startPrank(stranger);
        bytes memory refusal = _refusal(stranger, ROUND_PERMISSION);
        vm.expectRevert(refusal);
        taskManager.allocateRound(id);
        vm.expectRevert(refusal);
        taskManager.closeRound(id, 0, true);
        vm.expectRevert(refusal);
        taskManager.forfeitCreationStake(id, 0, 1);
        vm.expectRevert(refusal);
        taskManager.payForfeit(id, 0, stranger);
        vm.stopPrank();
        // Who may do one thing may not do the other.
        vm.expectRevert(_refusal(address(roundManager), PAY_OUT_PERMISSION));
        vm.prank(address(roundManager));
        taskManager.payOut(id, 0);
        vm.expectRevert(_refusal(address(distributor), ROUND_PERMISSION));
        vm.prank(address(distributor));
        taskManager.allocateRound(id);
        vm.expectRevert(_refusal(address(stakeManager), RETURN_BUDGET_PERMISSION));
        vm.prank(address(stakeManager));
        taskManager.returnBudget(id, 1);
    }

    function test_ApprovedOnceOnly() public {
        uint256 id = _propose(1);
        vm.expectEmit();
        emit ITaskManager.TaskApproved(id);
        _approve(id);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongTaskState.selector, id, TaskState.Approved));
        _approve(id);
    }

    function test_ARejectedTaskGivesEverythingBack() public {
        uint256 id = _propose(1);
        _fund(id, funder, 100);
        vm.prank(address(dao));
        taskManager.reject(id);
        assertEq(token.balanceOf(creator), STAKE);
        taskManager.refund(id, funder);
        assertEq(token.balanceOf(funder), 100);
        assertEq(token.balanceOf(address(taskManager)), 0);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NothingToRefund.selector, id, funder));
        taskManager.refund(id, funder);
    }

    function test_StoppingReturnsTheCreationStakeAtOnceWhenNoRoundIsOpen() public {
        uint256 id = _approvedTask(2, 100);
        vm.prank(address(dao));
        vm.expectEmit();
        emit ITaskManager.TaskStopped(id);
        taskManager.stop(id);
        assertEq(token.balanceOf(creator), STAKE);
        taskManager.refund(id, funder);
        assertEq(token.balanceOf(funder), 100);
    }

    function test_StoppingKeepsTheCreationStakeUntilTheOpenRoundCloses() public {
        uint256 id = _approvedTask(2, 100);
        roundManager.open(id);
        vm.prank(address(dao));
        taskManager.stop(id);
        assertEq(token.balanceOf(creator), 0);
        vm.prank(address(roundManager));
        taskManager.closeRound(id, 0, false);
        assertEq(token.balanceOf(creator), STAKE);
    }

    function test_OnlyTheCreatorCompletesWithTheHoldoutKeyAfterTheLastRound() public {
        uint256 id = _approvedTask(1, 100);
        vm.startPrank(creator);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.RoundsUnfinished.selector, id, 0, 1));
        taskManager.complete(id, _key(1));
        vm.stopPrank();
        _closedRound(id);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotCreator.selector, stranger, creator));
        vm.prank(stranger);
        taskManager.complete(id, _key(1));
        vm.startPrank(creator);
        vm.expectRevert(
            abi.encodeWithSelector(
                ITaskManager.WrongKey.selector, keccak256(abi.encode(_key(1))), keccak256(abi.encode(_key(0)))
            )
        );
        taskManager.complete(id, _key(0));
        vm.expectEmit();
        emit ITaskManager.TaskCompleted(id, _key(1));
        taskManager.complete(id, _key(1));
        vm.stopPrank();
        assertEq(token.balanceOf(creator), STAKE);
        assertEq(uint8(taskManager.task(id).state), uint8(TaskState.Completed));
    }

    function test_TheCreatorTakesAProposalBackAndAnyoneEndsAForgottenOne() public {
        uint256 id = _propose(1);
        vm.prank(creator);
        taskManager.expire(id);
        assertEq(token.balanceOf(creator), STAKE);

        id = _propose(1);
        uint256 expiry = block.timestamp + 90 days;
        assertEq(taskManager.expiresAt(id), expiry);
        vm.warp(expiry - 1);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotExpired.selector, id, expiry));
        vm.prank(stranger);
        taskManager.expire(id);
        vm.warp(expiry);
        vm.prank(stranger);
        taskManager.expire(id);
        assertEq(uint8(taskManager.task(id).state), uint8(TaskState.Rejected));
    }

    function test_AnyoneEndsAnIdleTaskAndItsCreatorKeepsTheStake() public {
        uint256 id = _approvedTask(2, 100);
        uint256 expiry = taskManager.expiresAt(id);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotExpired.selector, id, expiry));
        vm.prank(creator);
        taskManager.expire(id);
        vm.warp(expiry);
        taskManager.expire(id);
        assertEq(token.balanceOf(creator), STAKE);
        taskManager.refund(id, funder);
        assertEq(token.balanceOf(funder), 100);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongTaskState.selector, id, TaskState.Stopped));
        taskManager.expire(id);
    }

    function test_ACreatorThatNeverOpensTheHoldoutLosesTheStakeToTheTask() public {
        uint256 id = _approvedTask(1, 100);
        _closedRound(id);
        vm.warp(taskManager.expiresAt(id));
        taskManager.expire(id);
        assertEq(token.balanceOf(creator), 0);
        taskManager.refund(id, funder);
        assertEq(token.balanceOf(funder), 100);
        // What the funder did not put in goes to the treasury.
        taskManager.sweep(id);
        assertEq(token.balanceOf(address(dao)), STAKE);
    }

    function test_ATaskWithAnOpenRoundIsNotIdle() public {
        uint256 id = _approvedTask(2, 100);
        roundManager.open(id);
        vm.warp(block.timestamp + 1000 days);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongRoundState.selector, id, 0));
        taskManager.expire(id);
    }

    function test_TheDaoWeighsATaskInTheEmission() public {
        uint256 id = _approvedTask(1, 100);
        vm.startPrank(address(dao));
        vm.expectEmit(address(taskManager));
        emit ITaskManager.MultiplierChanged(id, 10e18);
        taskManager.setMultiplier(id, 10e18);
        assertEq(taskManager.task(id).multiplier, 10e18);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.MultiplierTooHigh.selector, 10e18 + 1, 10e18));
        taskManager.setMultiplier(id, 10e18 + 1);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.UnknownTask.selector, 9));
        taskManager.setMultiplier(9, 1e18);
        vm.stopPrank();
    }

    function test_APauseStopsProposalsAndFundingAndNothingElse() public {
        uint256 id = _approvedTask(1, 100);
        uint40 until = uint40(block.timestamp + 1 days);
        vm.prank(address(dao));
        taskManager.pauseDeposits(until);
        vm.expectRevert(abi.encodeWithSelector(PausableDeposits.DepositsArePaused.selector, until));
        taskManager.propose(_document(), _terms(1));
        vm.expectRevert(abi.encodeWithSelector(PausableDeposits.DepositsArePaused.selector, until));
        taskManager.fund(id, 1);
        vm.prank(address(dao));
        taskManager.stop(id);
        taskManager.refund(id, funder);
        assertEq(token.balanceOf(funder), 100);
        vm.warp(until);
        _propose(1);
    }

    function test_NeedsAllItsContracts() public {
        vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
        new TaskManager(address(0), address(token), address(policy));
        vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
        new TaskManager(address(dao), address(0), address(policy));
        vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
        new TaskManager(address(dao), address(token), address(0));
    }

    function _refusal(address who, bytes32 permission) private view returns (bytes memory) {
        return abi.encodeWithSelector(
            DaoAuthorized.DaoUnauthorized.selector, address(dao), address(taskManager), who, permission
        );
    }

    function _closedRound(uint256 id) private {
        roundManager.open(id);
        vm.prank(address(roundManager));
        taskManager.closeRound(id, 0, false);
    }
}
