// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {ITaskManager, TaskInfo} from "../../src/interfaces/ITaskManager.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {PausableDeposits} from "../../src/permission/PausableDeposits.sol";
import "../../src/permission/Permissions.sol";
import {TaskManager} from "../../src/task/TaskManager.sol";
import {RoundNumber, TaskId} from "../../src/types/Ids.sol";
import {Cid, Ranking, TaskState, TaskTerms} from "../../src/types/Types.sol";
import {CoveyTest} from "../builders/CoveyTest.sol";

/// @dev From proposal to end. What comes in and goes out is in TaskManagerBudget.
contract TaskManagerTest is CoveyTest {
    uint256 private constant STAKE = 10_000e18;
    uint256 private constant BUDGET = 1000e18;
    RoundNumber private constant FIRST = RoundNumber.wrap(0);

    function test_ProposingPullsTheCreationStake() public {
        address opener = makeAddr("opener");
        TaskTerms memory terms = _terms(2);
        terms.ranking = Ranking.Contribution;
        terms.admissionRoot = keccak256("list");
        _give(creator, STAKE);
        vm.startPrank(creator);
        token.approve(address(taskManager), STAKE);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.TaskProposed(TaskId.wrap(1), creator, _document(), terms, STAKE);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.OpenerNamed(TaskId.wrap(1), opener);
        TaskId id = taskManager.propose(_document(), terms, opener);
        vm.stopPrank();
        assertEq(TaskId.unwrap(id), 1);
        assertEq(taskManager.taskCount(), 1);
        TaskInfo memory t = taskManager.task(id);
        assertEq(t.creator, creator);
        assertEq(t.opener, opener);
        assertEq(uint8(t.state), uint8(TaskState.Proposed));
        assertEq(uint8(t.ranking), uint8(Ranking.Contribution));
        assertEq(t.admissionRoot, terms.admissionRoot);
        assertEq(t.rounds, 2);
        assertEq(t.creationStake, STAKE);
        assertEq(t.windows.join, WINDOW);
        assertEq(t.windows.resultReveal, WINDOW);
        assertEq(t.minTrainerStake, 1000e18);
        assertEq(t.minValidatorStake, 5000e18);
        // It earns no emission until the DAO says how much.
        assertEq(t.multiplier, 0);
        assertEq(t.value + t.common + t.waiting, 0);
        assertEq(taskManager.keyCommitment(id, 2), keccak256(abi.encode(_key(2))));
        assertEq(token.balanceOf(address(taskManager)), STAKE);
    }

    function test_RefusesADocumentThatIsNotDagJsonOrHasNoDigest() public {
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.InvalidTerms.selector, "document"));
        taskManager.propose(Cid(0x0129, bytes32(0)), _terms(1), address(0));
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.InvalidTerms.selector, "document"));
        taskManager.propose(Cid(0x70, bytes32(uint256(1))), _terms(1), address(0));
    }

    function test_RefusesNoRoundsTooManyRoundsAndMissingKeys() public {
        TaskTerms memory terms = _terms(1);
        terms.rounds = 0;
        _expectRefused(terms, abi.encodeWithSelector(ITaskManager.InvalidTerms.selector, "rounds"));
        _expectRefused(_terms(129), abi.encodeWithSelector(ITaskManager.InvalidTerms.selector, "rounds"));
        terms.rounds = 2;
        _expectRefused(terms, abi.encodeWithSelector(ITaskManager.InvalidTerms.selector, "keyCommitments"));
        terms = _terms(1);
        terms.keyCommitments[1] = bytes32(0);
        _expectRefused(terms, abi.encodeWithSelector(ITaskManager.InvalidTerms.selector, "keyCommitments"));
        _proposeWith(_terms(128));
    }

    function test_RefusesEachWindowOutsideThePolicy() public {
        bytes memory short = abi.encodeWithSelector(ITaskManager.WindowOutOfBounds.selector, 59, 60, 7 days);
        bytes memory long = abi.encodeWithSelector(ITaskManager.WindowOutOfBounds.selector, 7 days + 1, 60, 7 days);
        for (uint256 i; i < 8; ++i) {
            _expectRefused(_withWindow(i, 59), short);
            _expectRefused(_withWindow(i, 7 days + 1), long);
            _proposeWith(_withWindow(i, 60));
        }
    }

    function test_RefusesStakeMinimaBelowThePolicyAndAboveAnyStake() public {
        TaskTerms memory terms = _terms(1);
        terms.minTrainerStake = 1000e18 - 1;
        _expectRefused(terms, abi.encodeWithSelector(ITaskManager.StakeMinimumTooLow.selector, 1000e18 - 1, 1000e18));
        terms.minTrainerStake = uint128(type(uint96).max) + 1;
        _expectRefused(terms, abi.encodeWithSelector(ITaskManager.InvalidTerms.selector, "minTrainerStake"));
        terms = _terms(1);
        terms.minValidatorStake = uint128(type(uint96).max) + 1;
        _expectRefused(terms, abi.encodeWithSelector(ITaskManager.InvalidTerms.selector, "minValidatorStake"));
        terms.minValidatorStake = 5000e18 - 1;
        _expectRefused(terms, abi.encodeWithSelector(ITaskManager.StakeMinimumTooLow.selector, 5000e18 - 1, 5000e18));
    }

    function test_OnlyTheDaoDecides() public {
        TaskId id = _propose(1);
        bytes memory refusal = _refusal(stranger, APPROVE_TASK_PERMISSION);
        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        taskManager.approve(id);
        vm.expectRevert(refusal);
        taskManager.reject(id);
        vm.expectRevert(refusal);
        taskManager.stop(id);
        vm.expectRevert(refusal);
        taskManager.setMultiplier(id, 1);
        vm.stopPrank();
    }

    function test_OnlyTheRoundContractsMoveBudgetsEachInItsOwnWay() public {
        TaskId id = _approvedTask(1, BUDGET);
        vm.startPrank(stranger);
        bytes memory refusal = _refusal(stranger, ROUND_PERMISSION);
        vm.expectRevert(refusal);
        taskManager.allocateRound(id, creator);
        vm.expectRevert(refusal);
        taskManager.closeRound(id, FIRST, true, uint40(block.timestamp));
        vm.expectRevert(refusal);
        taskManager.forfeitCreationStake(id, FIRST, 1);
        vm.stopPrank();
        // Who may do one thing may not do the other.
        vm.startPrank(address(roundManager));
        vm.expectRevert(_refusal(address(roundManager), PAY_OUT_PERMISSION));
        taskManager.payOut(id, FIRST, 0);
        vm.expectRevert(_refusal(address(roundManager), PAY_FORFEIT_PERMISSION));
        taskManager.payForfeit(id, FIRST, stranger, 1);
        vm.stopPrank();
        vm.startPrank(address(distributor));
        vm.expectRevert(_refusal(address(distributor), ROUND_PERMISSION));
        taskManager.allocateRound(id, creator);
        vm.stopPrank();
        vm.startPrank(address(court));
        vm.expectRevert(_refusal(address(court), RETURN_BUDGET_PERMISSION));
        taskManager.returnToRound(id, FIRST, 1);
        vm.expectRevert(_refusal(address(court), RETURN_BUDGET_PERMISSION));
        taskManager.addCommon(id, 1);
        vm.stopPrank();
    }

    function test_ApprovedOnceOnly() public {
        TaskId id = _propose(1);
        vm.expectEmit();
        emit ITaskManager.TaskApproved(id);
        _approve(id);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongTaskState.selector, id, TaskState.Approved));
        _approve(id);
    }

    function test_TheCreatorNamesWhoOpensItsRounds() public {
        TaskId id = _approvedTask(2, BUDGET);
        address opener = makeAddr("opener");
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotCreator.selector, opener, creator));
        vm.prank(opener);
        taskManager.nameOpener(id, opener);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.OpenerNamed(id, opener);
        vm.prank(creator);
        taskManager.nameOpener(id, opener);
        vm.prank(opener);
        roundManager.open(id);
        vm.prank(creator);
        taskManager.nameOpener(id, address(0));
        _close(id, FIRST, false);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotOpener.selector, opener, creator, address(0)));
        vm.prank(opener);
        roundManager.open(id);
        vm.prank(address(dao));
        taskManager.stop(id);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongTaskState.selector, id, TaskState.Stopped));
        vm.prank(creator);
        taskManager.nameOpener(id, opener);
    }

    function test_AnyoneRaisesTheCreationStakeUntilTheTaskEndsAndTheNextRoundReadsIt() public {
        TaskId id = _approvedTask(2, BUDGET);
        vm.prank(creator);
        roundManager.open(id);
        _give(stranger, 500e18);
        vm.startPrank(stranger);
        token.approve(address(taskManager), 500e18);
        vm.expectRevert(ITaskManager.ZeroAmount.selector);
        taskManager.raiseCreationStake(id, 0);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.CreationStakeRaised(id, stranger, 200e18, STAKE + 200e18);
        taskManager.raiseCreationStake(id, 200e18);
        vm.stopPrank();
        assertEq(taskManager.fundsOf(id, FIRST).creationStake, STAKE);
        _close(id, FIRST, false);
        vm.prank(creator);
        roundManager.open(id);
        assertEq(taskManager.fundsOf(id, RoundNumber.wrap(1)).creationStake, STAKE + 200e18);
        _close(id, RoundNumber.wrap(1), false);
        vm.prank(address(dao));
        taskManager.stop(id);
        assertEq(token.balanceOf(creator), STAKE + 200e18);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongTaskState.selector, id, TaskState.Stopped));
        vm.prank(stranger);
        taskManager.raiseCreationStake(id, 1);
    }

    function test_ARejectedTaskGivesEverythingBack() public {
        TaskId id = _propose(1);
        _fund(id, funder, 100);
        vm.prank(address(dao));
        taskManager.reject(id);
        assertEq(token.balanceOf(creator), STAKE);
        taskManager.redeem(id, funder);
        assertEq(token.balanceOf(funder), 100);
        assertEq(token.balanceOf(address(taskManager)), 0);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NothingToRedeem.selector, id, funder));
        taskManager.redeem(id, funder);
    }

    function test_StoppingReturnsTheCreationStakeAtOnceWhenNoRoundIsOpen() public {
        TaskId id = _approvedTask(2, BUDGET);
        vm.prank(address(dao));
        vm.expectEmit();
        emit ITaskManager.TaskStopped(id);
        taskManager.stop(id);
        assertEq(token.balanceOf(creator), STAKE);
        taskManager.redeem(id, funder);
        assertEq(token.balanceOf(funder), BUDGET);
    }

    function test_StoppingKeepsTheCreationStakeUntilTheOpenRoundCloses() public {
        TaskId id = _approvedTask(2, BUDGET);
        vm.prank(creator);
        roundManager.open(id);
        vm.prank(address(dao));
        taskManager.stop(id);
        assertEq(token.balanceOf(creator), 0);
        _close(id, FIRST, false);
        assertEq(token.balanceOf(creator), STAKE);
    }

    function test_OnlyTheCreatorCompletesWithTheHoldoutKeyAfterTheLastRound() public {
        TaskId id = _approvedTask(1, BUDGET);
        vm.prank(creator);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.RoundsUnfinished.selector, id, 0, 1));
        taskManager.complete(id, _key(1));
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
        taskManager.redeem(id, funder);
        assertEq(token.balanceOf(funder), BUDGET);
    }

    function test_TheCreatorTakesAProposalBackAndAnyoneEndsAForgottenOne() public {
        TaskId id = _propose(1);
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
        vm.expectEmit(address(taskManager));
        emit ITaskManager.TaskExpired(id, TaskState.Rejected);
        taskManager.expire(id);
        assertEq(uint8(taskManager.task(id).state), uint8(TaskState.Rejected));
    }

    function test_AnyoneEndsATaskWhoseNextRoundIsNotOpenedInMaxIdleAndItsCreatorKeepsTheStake() public {
        TaskId id = _approvedTask(2, BUDGET);
        _closedRound(id);
        skip(3);
        uint256 expiry = block.timestamp - 3 + policy.latest(Param.MaxIdle);
        assertEq(taskManager.expiresAt(id), expiry);
        vm.warp(expiry - 1);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotExpired.selector, id, expiry));
        vm.prank(creator);
        taskManager.expire(id);
        vm.warp(expiry);
        vm.prank(stranger);
        taskManager.expire(id);
        assertEq(token.balanceOf(creator), STAKE);
        taskManager.redeem(id, funder);
        assertEq(token.balanceOf(funder), BUDGET);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongTaskState.selector, id, TaskState.Stopped));
        taskManager.expire(id);
    }

    function test_ACreatorThatNeverOpensTheHoldoutLosesTheStakeToTheTreasury() public {
        TaskId id = _approvedTask(1, BUDGET);
        _closedRound(id);
        uint256 expiry = block.timestamp + WINDOW;
        assertEq(taskManager.expiresAt(id), expiry);
        vm.warp(expiry);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.TaskExpired(id, TaskState.Stopped);
        vm.expectEmit(address(taskManager));
        emit ITaskManager.CreationStakeForfeited(id, RoundNumber.wrap(1), STAKE, 0, 0);
        taskManager.expire(id);
        assertEq(token.balanceOf(creator), 0);
        assertEq(token.balanceOf(address(dao)), STAKE);
        // Nothing of it is the funders'.
        taskManager.redeem(id, funder);
        assertEq(token.balanceOf(funder), BUDGET);
    }

    function test_ATaskWithAnOpenRoundIsNotIdle() public {
        TaskId id = _approvedTask(2, BUDGET);
        vm.prank(creator);
        roundManager.open(id);
        vm.warp(block.timestamp + 1000 days);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongRoundState.selector, id, 0));
        taskManager.expire(id);
    }

    function test_TheDaoWeighsATaskInTheEmission() public {
        TaskId id = _approvedTask(1, BUDGET);
        vm.startPrank(address(dao));
        vm.expectEmit(address(taskManager));
        emit ITaskManager.MultiplierChanged(id, 1e18);
        taskManager.setMultiplier(id, 1e18);
        assertEq(taskManager.task(id).multiplier, 1e18);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.MultiplierTooHigh.selector, 1e18 + 1, 1e18));
        taskManager.setMultiplier(id, 1e18 + 1);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.UnknownTask.selector, 9));
        taskManager.setMultiplier(TaskId.wrap(9), 1e18);
        vm.stopPrank();
    }

    function test_APauseStopsProposalsFundingAndRaisingAndNothingElse() public {
        TaskId id = _approvedTask(1, BUDGET);
        uint40 until = uint40(block.timestamp + 1 days);
        vm.prank(address(dao));
        taskManager.pauseDeposits(until);
        bytes memory paused = abi.encodeWithSelector(PausableDeposits.DepositsArePaused.selector, until);
        vm.expectRevert(paused);
        taskManager.propose(_document(), _terms(1), address(0));
        vm.expectRevert(paused);
        taskManager.fund(id, 1);
        vm.expectRevert(paused);
        taskManager.raiseCreationStake(id, 1);
        vm.prank(address(dao));
        taskManager.stop(id);
        taskManager.redeem(id, funder);
        assertEq(token.balanceOf(funder), BUDGET);
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

    function _withWindow(uint256 which, uint32 window) private pure returns (TaskTerms memory terms) {
        terms = _terms(1);
        if (which == 0) terms.windows.join = window;
        if (which == 1) terms.windows.commit = window;
        if (which == 2) terms.windows.reveal = window;
        if (which == 3) terms.windows.attest = window;
        if (which == 4) terms.windows.attestReveal = window;
        if (which == 5) terms.windows.key = window;
        if (which == 6) terms.windows.resultCommit = window;
        if (which == 7) terms.windows.resultReveal = window;
    }

    function _expectRefused(TaskTerms memory terms, bytes memory refusal) private {
        vm.expectRevert(refusal);
        taskManager.propose(_document(), terms, address(0));
    }

    function _refusal(address who, bytes32 permission) private view returns (bytes memory) {
        return abi.encodeWithSelector(
            DaoAuthorized.DaoUnauthorized.selector, address(dao), address(taskManager), who, permission
        );
    }

    function _close(TaskId id, RoundNumber round, bool paid) private {
        vm.prank(address(roundManager));
        taskManager.closeRound(id, round, paid, uint40(block.timestamp));
    }

    /// @dev A round that is void.
    function _closedRound(TaskId id) private {
        vm.prank(address(roundManager));
        (RoundNumber round,) = taskManager.allocateRound(id, creator);
        _close(id, round, false);
    }
}
