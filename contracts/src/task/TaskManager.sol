// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {ITaskManager, TaskInfo} from "../interfaces/ITaskManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {PausableDeposits} from "../permission/PausableDeposits.sol";
import {
    APPROVE_TASK_PERMISSION,
    PAY_OUT_PERMISSION,
    RETURN_BUDGET_PERMISSION,
    ROUND_PERMISSION
} from "../permission/Permissions.sol";
import {CODEC_DAG_JSON} from "../types/Codecs.sol";
import {Commitments} from "../types/Commitments.sol";
import {Cid, TaskTerms, TaskState, Windows} from "../types/Types.sol";

/// @title Tasks and their budgets
/// @notice Trust: the holder of ROUND_PERMISSION can move a task's budget into rounds and forfeit its creation stake, the
/// holder of PAY_OUT_PERMISSION can take a closed round's pool, and no more; neither can ever touch another task's tokens.
/// Holders of RETURN_BUDGET_PERMISSION can only give: `_held` proves that what they return arrived.
/// @dev Invariant: the token balance is at least `_held` = Σ budgets (with what rounding left of refunds, below one wei a
/// funder) + Σ pools not paid out + Σ creation stakes + Σ forfeits not yet claimed.
contract TaskManager is ITaskManager, PausableDeposits, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    enum PoolState {
        None,
        Open,
        Payable,
        Done
    }

    struct Pool {
        uint248 amount;
        PoolState state;
    }

    /// @notice Bounds the storage of a proposal and the loops over a task's rounds.
    uint16 public constant MAX_ROUNDS = 128;
    /// @notice Seconds without progress after which anyone may end a task.
    uint256 public constant EXPIRY = 90 days;
    /// @notice Bound of a task's weight in the emission, scaled by 1e18.
    uint64 public constant MAX_MULTIPLIER = 10e18;

    IERC20 public immutable token;
    IPolicy public immutable policy;

    uint256 public taskCount;
    uint256 private _held;
    mapping(uint256 taskId => TaskInfo) private _tasks;
    mapping(uint256 taskId => bytes32[]) private _keyCommitments;
    mapping(uint256 taskId => mapping(uint32 round => Pool)) private _pools;
    mapping(uint256 taskId => mapping(address funder => uint256)) private _contributions;
    mapping(uint256 taskId => mapping(address funder => uint256)) private _refundedTo;
    mapping(uint256 taskId => uint256) private _refunded;
    mapping(uint256 taskId => uint256) private _lastProgress;
    /// @dev Wei for each recipient of a forfeited creation stake.
    mapping(uint256 taskId => mapping(uint32 round => uint256)) private _forfeits;

    constructor(address dao_, address token_, address policy_) DaoAuthorized(dao_) {
        if (token_ == address(0) || policy_ == address(0)) revert ZeroAddress();
        token = IERC20(token_);
        policy = IPolicy(policy_);
    }

    /// @inheritdoc ITaskManager
    function propose(Cid calldata document, TaskTerms calldata terms)
        external
        nonReentrant
        whenDepositsOpen
        returns (uint256 taskId)
    {
        _checkTerms(document, terms);
        uint256 creationStake = policy.latest(Param.CreationStake);
        taskId = ++taskCount;
        TaskInfo storage t = _tasks[taskId];
        t.creator = msg.sender;
        t.state = TaskState.Proposed;
        t.rounds = terms.rounds;
        t.document = document;
        t.windows = terms.windows;
        t.minTrainerStake = terms.minTrainerStake;
        t.minValidatorStake = terms.minValidatorStake;
        t.creationStake = creationStake;
        t.multiplier = 1e18;
        _keyCommitments[taskId] = terms.keyCommitments;
        _lastProgress[taskId] = block.timestamp;
        _held += creationStake;
        emit TaskProposed(taskId, msg.sender, document, terms, creationStake);
        token.safeTransferFrom(msg.sender, address(this), creationStake);
    }

    /// @inheritdoc ITaskManager
    function fund(uint256 taskId, uint256 amount) external nonReentrant whenDepositsOpen {
        TaskInfo storage t = _existing(taskId);
        if (amount == 0) revert ZeroAmount();
        if (t.state != TaskState.Proposed && t.state != TaskState.Approved) revert WrongTaskState(taskId, t.state);
        if (t.roundsOpened == t.rounds) revert NoRoundsLeft(taskId);
        t.funded += amount;
        t.budget += amount;
        _contributions[taskId][msg.sender] += amount;
        _held += amount;
        emit TaskFunded(taskId, msg.sender, amount, t.budget);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @inheritdoc ITaskManager
    function approve(uint256 taskId) external auth(APPROVE_TASK_PERMISSION) {
        _inState(taskId, TaskState.Proposed).state = TaskState.Approved;
        _lastProgress[taskId] = block.timestamp;
        emit TaskApproved(taskId);
    }

    /// @inheritdoc ITaskManager
    function reject(uint256 taskId) external auth(APPROVE_TASK_PERMISSION) nonReentrant {
        TaskInfo storage t = _inState(taskId, TaskState.Proposed);
        t.state = TaskState.Rejected;
        emit TaskRejected(taskId);
        _returnCreationStake(taskId, t);
    }

    /// @inheritdoc ITaskManager
    /// @dev While a round is open the creation stake stays, and goes back when that round closes.
    function stop(uint256 taskId) external auth(APPROVE_TASK_PERMISSION) nonReentrant {
        TaskInfo storage t = _inState(taskId, TaskState.Approved);
        t.state = TaskState.Stopped;
        emit TaskStopped(taskId);
        if (t.roundsOpened == t.roundsClosed) _returnCreationStake(taskId, t);
    }

    /// @inheritdoc ITaskManager
    function complete(uint256 taskId, bytes32 holdoutKey) external nonReentrant {
        TaskInfo storage t = _inState(taskId, TaskState.Approved);
        if (msg.sender != t.creator) revert NotCreator(msg.sender, t.creator);
        if (t.roundsClosed != t.rounds) revert RoundsUnfinished(taskId, t.roundsClosed, t.rounds);
        bytes32 expected = _keyCommitments[taskId][t.rounds];
        bytes32 got = Commitments.keyCommitment(holdoutKey);
        if (got != expected) revert WrongKey(expected, got);
        t.state = TaskState.Completed;
        emit TaskCompleted(taskId, holdoutKey);
        _returnCreationStake(taskId, t);
    }

    /// @inheritdoc ITaskManager
    function expire(uint256 taskId) external nonReentrant {
        TaskInfo storage t = _existing(taskId);
        uint256 expiry = expiresAt(taskId);
        if (t.state == TaskState.Proposed) {
            if (msg.sender != t.creator && block.timestamp < expiry) revert NotExpired(taskId, expiry);
            t.state = TaskState.Rejected;
            emit TaskExpired(taskId, TaskState.Rejected);
            _returnCreationStake(taskId, t);
        } else {
            if (t.state != TaskState.Approved) revert WrongTaskState(taskId, t.state);
            // An open round always reaches its own end and closes; until then the task is not idle.
            if (t.roundsOpened != t.roundsClosed) revert WrongRoundState(taskId, t.roundsClosed);
            if (block.timestamp < expiry) revert NotExpired(taskId, expiry);
            t.state = TaskState.Stopped;
            emit TaskExpired(taskId, TaskState.Stopped);
            if (t.roundsClosed == t.rounds) {
                uint256 amount = t.creationStake;
                t.creationStake = 0;
                t.budget += amount;
                emit CreationStakeForfeited(taskId, t.rounds, amount, 0);
                emit BudgetReturned(taskId, amount, t.budget);
            } else {
                _returnCreationStake(taskId, t);
            }
        }
    }

    /// @inheritdoc ITaskManager
    /// @dev May be called again when more has come back (a round closed later, a slash, what rounding left).
    function refund(uint256 taskId, address funder) external nonReentrant {
        TaskInfo storage t = _ended(taskId);
        uint256 amount = refundable(taskId, funder);
        if (amount == 0) revert NothingToRefund(taskId, funder);
        _refundedTo[taskId][funder] += amount;
        _refunded[taskId] += amount;
        t.budget -= amount;
        _held -= amount;
        emit Refunded(taskId, funder, amount);
        token.safeTransfer(funder, amount);
    }

    /// @inheritdoc ITaskManager
    /// @dev Leaves what `refund` can still pay, all of it: so funders and sweepers cannot get in each other's way.
    function sweep(uint256 taskId) external nonReentrant {
        TaskInfo storage t = _ended(taskId);
        uint256 total = t.budget + _refunded[taskId];
        if (total <= t.funded) revert NothingToSweep(taskId);
        uint256 amount = total - t.funded;
        t.budget -= amount;
        _held -= amount;
        emit RestSwept(taskId, DAO, amount);
        token.safeTransfer(DAO, amount);
    }

    /// @inheritdoc ITaskManager
    function setMultiplier(uint256 taskId, uint64 multiplier) external auth(APPROVE_TASK_PERMISSION) {
        if (multiplier > MAX_MULTIPLIER) revert MultiplierTooHigh(multiplier, MAX_MULTIPLIER);
        _existing(taskId).multiplier = multiplier;
        emit MultiplierChanged(taskId, multiplier);
    }

    /// @inheritdoc ITaskManager
    function allocateRound(uint256 taskId) external auth(ROUND_PERMISSION) returns (uint32 round, uint256 pool) {
        TaskInfo storage t = _inState(taskId, TaskState.Approved);
        if (t.roundsOpened == t.rounds) revert NoRoundsLeft(taskId);
        if (t.roundsOpened != t.roundsClosed) revert WrongRoundState(taskId, t.roundsClosed);
        // Rounds down; what is left stays in the budget and the last round takes all of it.
        pool = t.budget / (t.rounds - t.roundsOpened);
        if (pool == 0) revert EmptyBudget(taskId);
        round = t.roundsOpened;
        t.roundsOpened += 1;
        t.budget -= pool;
        // Safe narrowing: the token's cap is far below 2^248.
        _pools[taskId][round] = Pool(uint248(pool), PoolState.Open);
        emit RoundAllocated(taskId, round, pool);
    }

    /// @inheritdoc ITaskManager
    function closeRound(uint256 taskId, uint32 round, bool paid) external auth(ROUND_PERMISSION) nonReentrant {
        TaskInfo storage t = _existing(taskId);
        Pool storage pool = _pools[taskId][round];
        if (pool.state != PoolState.Open) revert WrongRoundState(taskId, round);
        t.roundsClosed += 1;
        _lastProgress[taskId] = block.timestamp;
        if (paid) {
            pool.state = PoolState.Payable;
        } else {
            uint256 amount = pool.amount;
            pool.state = PoolState.Done;
            t.budget += amount;
            emit BudgetReturned(taskId, amount, t.budget);
        }
        if (t.state == TaskState.Stopped) _returnCreationStake(taskId, t);
    }

    /// @inheritdoc ITaskManager
    function payOut(uint256 taskId, uint32 round)
        external
        auth(PAY_OUT_PERMISSION)
        nonReentrant
        returns (uint256 pool)
    {
        Pool storage p = _pools[taskId][round];
        if (p.state != PoolState.Payable) revert WrongRoundState(taskId, round);
        pool = p.amount;
        p.state = PoolState.Done;
        _held -= pool;
        emit PoolPaidOut(taskId, round, msg.sender, pool);
        token.safeTransfer(msg.sender, pool);
    }

    /// @inheritdoc ITaskManager
    /// @dev A task loses its creation stake once: it is stopped then, and its stake 0.
    function forfeitCreationStake(uint256 taskId, uint32 round, uint256 recipients)
        external
        auth(ROUND_PERMISSION)
        returns (uint256 each)
    {
        TaskInfo storage t = _existing(taskId);
        if (t.state != TaskState.Approved && t.state != TaskState.Stopped) revert WrongTaskState(taskId, t.state);
        uint256 amount = t.creationStake;
        t.creationStake = 0;
        if (t.state == TaskState.Approved) {
            t.state = TaskState.Stopped;
            emit TaskStopped(taskId);
        }
        emit CreationStakeForfeited(taskId, round, amount, recipients);
        // Rounds down; the rest joins the budget, which a stopped task refunds to its funders.
        each = recipients == 0 ? 0 : amount / recipients;
        uint256 rest = amount - each * recipients;
        _forfeits[taskId][round] = each;
        if (rest != 0) {
            t.budget += rest;
            emit BudgetReturned(taskId, rest, t.budget);
        }
    }

    /// @inheritdoc ITaskManager
    function payForfeit(uint256 taskId, uint32 round, address to) external auth(ROUND_PERMISSION) nonReentrant {
        uint256 amount = _forfeits[taskId][round];
        if (amount == 0) revert ZeroAmount();
        _held -= amount;
        emit ForfeitPaid(taskId, round, to, amount);
        token.safeTransfer(to, amount);
    }

    /// @inheritdoc ITaskManager
    function returnBudget(uint256 taskId, uint256 amount) external auth(RETURN_BUDGET_PERMISSION) {
        TaskInfo storage t = _existing(taskId);
        uint256 needed = _held + amount;
        uint256 balance = token.balanceOf(address(this));
        if (balance < needed) revert NotReceived(balance, needed);
        _held = needed;
        t.budget += amount;
        emit BudgetReturned(taskId, amount, t.budget);
    }

    /// @inheritdoc ITaskManager
    function task(uint256 taskId) external view returns (TaskInfo memory) {
        return _existing(taskId);
    }

    /// @inheritdoc ITaskManager
    function keyCommitment(uint256 taskId, uint256 index) external view returns (bytes32) {
        return _keyCommitments[taskId][index];
    }

    /// @inheritdoc ITaskManager
    function contributionOf(uint256 taskId, address funder) external view returns (uint256) {
        return _contributions[taskId][funder];
    }

    /// @inheritdoc ITaskManager
    function poolOf(uint256 taskId, uint32 round) external view returns (uint256) {
        return _pools[taskId][round].amount;
    }

    /// @inheritdoc ITaskManager
    function refundable(uint256 taskId, address funder) public view returns (uint256) {
        TaskInfo storage t = _existing(taskId);
        if (t.state == TaskState.Proposed || t.state == TaskState.Approved || t.funded == 0) return 0;
        // Of everything that ever became refundable, so that the order of refunds does not matter. Rounds down, so that
        // all funders together never get more than there is; what funders did not put in is not theirs (see `sweep`).
        uint256 total = Math.min(t.budget + _refunded[taskId], t.funded);
        return Math.mulDiv(total, _contributions[taskId][funder], t.funded) - _refundedTo[taskId][funder];
    }

    /// @inheritdoc ITaskManager
    function expiresAt(uint256 taskId) public view returns (uint256) {
        return _lastProgress[taskId] + EXPIRY;
    }

    function _returnCreationStake(uint256 taskId, TaskInfo storage t) private {
        uint256 amount = t.creationStake;
        if (amount == 0) return;
        t.creationStake = 0;
        _held -= amount;
        emit CreationStakeReturned(taskId, t.creator, amount);
        token.safeTransfer(t.creator, amount);
    }

    function _checkTerms(Cid calldata document, TaskTerms calldata terms) private view {
        if (document.codec != CODEC_DAG_JSON || document.digest == bytes32(0)) revert InvalidTerms("document");
        if (terms.rounds == 0 || terms.rounds > MAX_ROUNDS) revert InvalidTerms("rounds");
        if (terms.keyCommitments.length != uint256(terms.rounds) + 1) revert InvalidTerms("keyCommitments");
        for (uint256 i; i < terms.keyCommitments.length; ++i) {
            if (terms.keyCommitments[i] == bytes32(0)) revert InvalidTerms("keyCommitments");
        }
        // The round manager keeps minima in 96 bits; the token's cap has 90.
        if (terms.minTrainerStake > type(uint96).max) revert InvalidTerms("minTrainerStake");
        if (terms.minValidatorStake > type(uint96).max) revert InvalidTerms("minValidatorStake");
        uint256 minTrainer = policy.latest(Param.MinTrainerStake);
        if (terms.minTrainerStake < minTrainer) revert StakeMinimumTooLow(terms.minTrainerStake, minTrainer);
        uint256 minValidator = policy.latest(Param.MinValidatorStake);
        if (terms.minValidatorStake < minValidator) revert StakeMinimumTooLow(terms.minValidatorStake, minValidator);
        uint256 min = policy.latest(Param.MinWindow);
        uint256 max = policy.latest(Param.MaxWindow);
        Windows calldata w = terms.windows;
        uint32[6] memory windows = [w.commit, w.reveal, w.key, w.availability, w.resultCommit, w.resultReveal];
        for (uint256 i; i < windows.length; ++i) {
            if (windows[i] < min || windows[i] > max) revert WindowOutOfBounds(windows[i], min, max);
        }
    }

    function _existing(uint256 taskId) private view returns (TaskInfo storage t) {
        t = _tasks[taskId];
        if (t.state == TaskState.None) revert UnknownTask(taskId);
    }

    /// @dev A task that is over: what it still has can leave it.
    function _ended(uint256 taskId) private view returns (TaskInfo storage t) {
        t = _existing(taskId);
        if (t.state == TaskState.Proposed || t.state == TaskState.Approved) revert WrongTaskState(taskId, t.state);
    }

    function _inState(uint256 taskId, TaskState state) private view returns (TaskInfo storage t) {
        t = _existing(taskId);
        if (t.state != state) revert WrongTaskState(taskId, t.state);
    }
}
