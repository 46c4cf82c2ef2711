// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {ITaskManager, RoundFunds, TaskInfo} from "../interfaces/ITaskManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {PausableDeposits} from "../permission/PausableDeposits.sol";
import {PAY_OUT_PERMISSION, RETURN_BUDGET_PERMISSION} from "../permission/Permissions.sol";
import {RoundNumber, TaskId} from "../types/Ids.sol";
import {TaskState} from "../types/Types.sol";
import {Budget, BudgetVault} from "./BudgetVault.sol";

/// @title The money of tasks: their budgets, and their rounds' pools
/// @dev Invariant: the token balance is at least `_held` = Σ what budgets hold + Σ pools of rounds that are open or not paid
/// out + Σ creation stakes + Σ forfeited parts that nobody fetched yet.
abstract contract TaskBudget is ITaskManager, PausableDeposits, ReentrancyGuardTransient {
    using BudgetVault for Budget;
    using SafeERC20 for IERC20;

    enum PoolState {
        None,
        Open,
        Payable,
        PaidOut,
        Returned
    }

    /// @param out Wei that were paid out and not returned.
    struct Round {
        uint128 units;
        uint128 common;
        uint128 creationStake;
        uint120 out;
        PoolState state;
    }

    IERC20 public immutable token;
    IPolicy public immutable policy;

    /// @dev Wei that this contract owes to somebody.
    uint256 internal _held;
    /// @dev value, common and waiting stay 0 here: the budget has them.
    mapping(TaskId taskId => TaskInfo) internal _tasks;
    mapping(TaskId taskId => Budget) internal _budgets;
    mapping(TaskId taskId => mapping(RoundNumber round => Round)) internal _rounds;

    constructor(address dao_, address token_, address policy_) DaoAuthorized(dao_) {
        if (token_ == address(0) || policy_ == address(0)) revert ZeroAddress();
        token = IERC20(token_);
        policy = IPolicy(policy_);
    }

    /// @inheritdoc ITaskManager
    function fund(TaskId taskId, uint256 amount) external nonReentrant whenDepositsOpen {
        TaskInfo storage t = _undecidedOrRunning(taskId);
        if (amount == 0) revert ZeroAmount();
        if (t.roundsOpened == t.rounds) revert NoRoundsLeft(taskId);
        uint256 units = _budgets[taskId].fund(msg.sender, amount);
        emit TaskFunded(taskId, msg.sender, amount, units);
        _take(amount);
    }

    /// @inheritdoc ITaskManager
    function redeem(TaskId taskId, address funder) external nonReentrant {
        _ended(taskId);
        uint256 amount = _budgets[taskId].redeem(funder);
        if (amount == 0) revert NothingToRedeem(taskId, funder);
        emit Redeemed(taskId, funder, amount);
        _pay(funder, amount);
    }

    /// @inheritdoc ITaskManager
    function sweep(TaskId taskId) external nonReentrant {
        _ended(taskId);
        uint256 amount = _budgets[taskId].sweep();
        if (amount == 0) revert NothingToSweep(taskId);
        emit RestSwept(taskId, DAO, amount);
        _pay(DAO, amount);
    }

    /// @inheritdoc ITaskManager
    function payOut(TaskId taskId, RoundNumber round, uint256 carried)
        external
        auth(PAY_OUT_PERMISSION)
        nonReentrant
        returns (RoundFunds memory funds)
    {
        Round storage r = _rounds[taskId][round];
        if (r.state != PoolState.Payable) revert WrongRoundState(taskId, round);
        r.state = PoolState.PaidOut;
        _settle(taskId, round, carried);
        funds = fundsOf(taskId, round);
        // `_settle` refused to carry more than both.
        uint256 amount = uint256(r.units) + r.common - carried;
        // Safe narrowing: below 2^91.
        r.out = uint120(amount);
        emit PoolPaidOut(taskId, round, msg.sender, amount);
        _pay(msg.sender, amount);
    }

    /// @inheritdoc ITaskManager
    function returnToRound(TaskId taskId, RoundNumber round, uint256 amount)
        external
        auth(RETURN_BUDGET_PERMISSION)
        nonReentrant
    {
        Round storage r = _rounds[taskId][round];
        if (r.state != PoolState.PaidOut) revert WrongRoundState(taskId, round);
        if (amount > r.out) revert BudgetVault.CarriedTooMuch(amount, r.out);
        r.out -= uint120(amount);
        _receive(amount);
        _budgets[taskId].giveBack(amount, r.units, r.common);
        emit BudgetReturned(taskId, round, amount);
    }

    /// @inheritdoc ITaskManager
    function addCommon(TaskId taskId, uint256 amount) external auth(RETURN_BUDGET_PERMISSION) nonReentrant {
        TaskInfo storage t = _existing(taskId);
        _receive(amount);
        if (_hasEnded(t) || t.roundsOpened == t.rounds) {
            emit RestSwept(taskId, DAO, amount);
            _pay(DAO, amount);
        } else {
            Budget storage b = _budgets[taskId];
            b.addCommon(amount);
            emit CommonAdded(taskId, amount, b.common);
        }
    }

    /// @inheritdoc ITaskManager
    function task(TaskId taskId) external view returns (TaskInfo memory t) {
        t = _existing(taskId);
        Budget storage b = _budgets[taskId];
        (t.value, t.common, t.waiting) = (b.value, b.common, b.waitingNow());
    }

    /// @inheritdoc ITaskManager
    function fundsOf(TaskId taskId, RoundNumber round) public view returns (RoundFunds memory) {
        Round storage r = _rounds[taskId][round];
        return RoundFunds(r.units, r.common, r.creationStake);
    }

    /// @inheritdoc ITaskManager
    function valueOf(TaskId taskId, address funder) external view returns (uint256 units, uint256 waiting) {
        return _budgets[taskId].valueOf(funder);
    }

    /// @inheritdoc ITaskManager
    function nextPool(TaskId taskId) external view returns (uint256) {
        TaskInfo storage t = _existing(taskId);
        return t.roundsOpened == t.rounds ? 0 : _budgets[taskId].pool(t.rounds - t.roundsOpened);
    }

    /// @dev Gives the task's next round its pool.
    function _allocate(TaskId taskId, TaskInfo storage t, RoundNumber round)
        internal
        returns (RoundFunds memory funds)
    {
        Budget storage b = _budgets[taskId];
        // Until the round before is settled nobody knows what it leaves.
        if (b.roundOpen) revert WrongRoundState(taskId, RoundNumber.wrap(t.roundsOpened - 1));
        (uint256 units, uint256 common) = b.open(t.rounds - t.roundsOpened);
        uint256 minimum = policy.latest(Param.MinRoundPool);
        uint256 pool = units + common;
        if (pool == 0 || pool < minimum) revert PoolTooSmall(taskId, pool, minimum);
        // Safe narrowing: amounts are below 2^90.
        funds = RoundFunds(uint128(units), uint128(common), uint128(t.creationStake));
        _rounds[taskId][round] = Round(funds.units, funds.common, funds.creationStake, 0, PoolState.Open);
    }

    /// @dev Closes the round that is open in the budget. What was funded meanwhile buys only where another can follow.
    function _settle(TaskId taskId, RoundNumber round, uint256 carried) internal {
        TaskInfo storage t = _tasks[taskId];
        _budgets[taskId].close(carried, _hasEnded(t) || t.roundsOpened == t.rounds);
        emit RoundSettled(taskId, round, carried);
    }

    /// @dev Units are redeemed once the task has ended and no round of it has anything to give back at its close.
    function _end(TaskId taskId, TaskInfo storage t, TaskState state) internal {
        t.state = state;
        Budget storage b = _budgets[taskId];
        if (!b.roundOpen && !b.ended) b.end();
    }

    function _take(uint256 amount) internal {
        _held += amount;
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    function _pay(address to, uint256 amount) internal {
        if (amount == 0) return;
        _held -= amount;
        token.safeTransfer(to, amount);
    }

    /// @dev Counts what the caller says that it has sent.
    function _receive(uint256 amount) private {
        uint256 needed = _held + amount;
        uint256 balance = token.balanceOf(address(this));
        if (balance < needed) revert NotReceived(balance, needed);
        _held = needed;
    }

    function _existing(TaskId taskId) internal view returns (TaskInfo storage t) {
        t = _tasks[taskId];
        if (t.state == TaskState.None) revert UnknownTask(taskId);
    }

    function _inState(TaskId taskId, TaskState state) internal view returns (TaskInfo storage t) {
        t = _existing(taskId);
        _require(t.state == state, taskId, t);
    }

    function _undecidedOrRunning(TaskId taskId) internal view returns (TaskInfo storage t) {
        t = _existing(taskId);
        _require(!_hasEnded(t), taskId, t);
    }

    function _ended(TaskId taskId) private view {
        TaskInfo storage t = _existing(taskId);
        _require(_hasEnded(t), taskId, t);
    }

    function _require(bool fits, TaskId taskId, TaskInfo storage t) private view {
        if (!fits) revert WrongTaskState(taskId, t.state);
    }

    function _hasEnded(TaskInfo storage t) internal view returns (bool) {
        return t.state != TaskState.Proposed && t.state != TaskState.Approved;
    }
}
