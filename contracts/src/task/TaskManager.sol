// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../interfaces/IPolicy.sol";
import {ITaskManager, RoundFunds, TaskInfo} from "../interfaces/ITaskManager.sol";
import {APPROVE_TASK_PERMISSION, PAY_FORFEIT_PERMISSION, ROUND_PERMISSION} from "../permission/Permissions.sol";
import {Commitments} from "../types/Commitments.sol";
import {RoundNumber, TaskId} from "../types/Ids.sol";
import {Cid, TaskState, TaskTerms} from "../types/Types.sol";
import {TaskBudget} from "./TaskBudget.sol";
import {TaskTermsCheck} from "./TaskTermsCheck.sol";

/// @title Tasks, from proposal to end
/// @notice Trust: the holder of ROUND_PERMISSION can move a task's budget into rounds and forfeit its creation stake, the
/// holder of PAY_OUT_PERMISSION can take a closed round's pool, that of PAY_FORFEIT_PERMISSION what was forfeited for the
/// seats of a round, and no more; none can ever touch another task's tokens. Holders of RETURN_BUDGET_PERMISSION can only
/// give: `_held` proves that what they return arrived.
contract TaskManager is TaskBudget {
    /// @param perSeat Wei of the forfeited creation stake for each seat that revealed.
    /// @param seatsLeft Seats that have not fetched it.
    struct Forfeit {
        uint128 perSeat;
        uint128 seatsLeft;
    }

    /// @notice Seconds after which anyone may take back a proposal that the DAO did not decide.
    uint256 public constant EXPIRY = 90 days;
    /// @notice Bound of a task's weight in the emission, scaled by 1e18.
    uint64 public constant MAX_MULTIPLIER = 1e18;
    /// @notice Bounds the storage of a proposal and the rounds of a task.
    uint16 public constant MAX_ROUNDS = 128;
    /// @dev Of a creation stake that a withheld key forfeits, one part in so many is for those who had worked.
    uint256 private constant FORFEIT_DIVISOR = 5;

    uint256 public taskCount;
    mapping(TaskId taskId => bytes32[]) private _keyCommitments;
    mapping(TaskId taskId => mapping(RoundNumber round => Forfeit)) private _forfeits;

    constructor(address dao_, address token_, address policy_) TaskBudget(dao_, token_, policy_) {}

    /// @inheritdoc ITaskManager
    function propose(Cid calldata document, TaskTerms calldata terms, address opener)
        external
        nonReentrant
        whenDepositsOpen
        returns (TaskId taskId)
    {
        TaskTermsCheck.check(policy, MAX_ROUNDS, document, terms);
        uint256 creationStake = policy.latest(Param.CreationStake);
        taskId = TaskId.wrap(++taskCount);
        TaskInfo storage t = _tasks[taskId];
        t.creator = msg.sender;
        t.opener = opener;
        t.state = TaskState.Proposed;
        t.ranking = terms.ranking;
        t.rounds = terms.rounds;
        t.document = document;
        t.windows = terms.windows;
        t.minTrainerStake = terms.minTrainerStake;
        t.minValidatorStake = terms.minValidatorStake;
        t.admissionRoot = terms.admissionRoot;
        t.creationStake = creationStake;
        t.lastProgress = uint40(block.timestamp);
        bytes32[] storage keys = _keyCommitments[taskId];
        for (uint256 i; i < terms.keyCommitments.length; ++i) {
            keys.push(terms.keyCommitments[i]);
        }
        emit TaskProposed(taskId, msg.sender, document, terms, creationStake);
        if (opener != address(0)) emit OpenerNamed(taskId, opener);
        _take(creationStake);
    }

    /// @inheritdoc ITaskManager
    function nameOpener(TaskId taskId, address opener) external {
        TaskInfo storage t = _undecidedOrRunning(taskId);
        _onlyCreator(t);
        t.opener = opener;
        emit OpenerNamed(taskId, opener);
    }

    /// @inheritdoc ITaskManager
    function raiseCreationStake(TaskId taskId, uint256 amount) external nonReentrant whenDepositsOpen {
        TaskInfo storage t = _undecidedOrRunning(taskId);
        if (amount == 0) revert ZeroAmount();
        t.creationStake += amount;
        emit CreationStakeRaised(taskId, msg.sender, amount, t.creationStake);
        _take(amount);
    }

    /// @inheritdoc ITaskManager
    function approve(TaskId taskId) external auth(APPROVE_TASK_PERMISSION) {
        TaskInfo storage t = _inState(taskId, TaskState.Proposed);
        t.state = TaskState.Approved;
        t.lastProgress = uint40(block.timestamp);
        emit TaskApproved(taskId);
    }

    /// @inheritdoc ITaskManager
    function reject(TaskId taskId) external auth(APPROVE_TASK_PERMISSION) nonReentrant {
        TaskInfo storage t = _inState(taskId, TaskState.Proposed);
        emit TaskRejected(taskId);
        _end(taskId, t, TaskState.Rejected);
        _returnCreationStake(taskId, t);
    }

    /// @inheritdoc ITaskManager
    /// @dev While a round is open the creation stake stays, and goes back when that round closes.
    function stop(TaskId taskId) external auth(APPROVE_TASK_PERMISSION) nonReentrant {
        TaskInfo storage t = _inState(taskId, TaskState.Approved);
        emit TaskStopped(taskId);
        _end(taskId, t, TaskState.Stopped);
        if (t.roundsOpened == t.roundsClosed) _returnCreationStake(taskId, t);
    }

    /// @inheritdoc ITaskManager
    function setMultiplier(TaskId taskId, uint64 multiplier) external auth(APPROVE_TASK_PERMISSION) {
        if (multiplier > MAX_MULTIPLIER) revert MultiplierTooHigh(multiplier, MAX_MULTIPLIER);
        _existing(taskId).multiplier = multiplier;
        emit MultiplierChanged(taskId, multiplier);
    }

    /// @inheritdoc ITaskManager
    function complete(TaskId taskId, bytes32 holdoutKey) external nonReentrant {
        TaskInfo storage t = _inState(taskId, TaskState.Approved);
        _onlyCreator(t);
        if (t.roundsClosed != t.rounds) revert RoundsUnfinished(taskId, t.roundsClosed, t.rounds);
        if (block.timestamp < t.lastProgress) revert NotExpired(taskId, t.lastProgress);
        bytes32 expected = _keyCommitments[taskId][t.rounds];
        bytes32 got = Commitments.keyCommitment(holdoutKey);
        if (got != expected) revert WrongKey(expected, got);
        emit TaskCompleted(taskId, holdoutKey);
        _end(taskId, t, TaskState.Completed);
        _returnCreationStake(taskId, t);
    }

    /// @inheritdoc ITaskManager
    function expire(TaskId taskId) external nonReentrant {
        TaskInfo storage t = _undecidedOrRunning(taskId);
        uint256 expiry = expiresAt(taskId);
        bool undecided = t.state == TaskState.Proposed;
        // An open round always reaches its own end and closes; until then the task is not idle. A proposal has none.
        if (t.roundsOpened != t.roundsClosed) revert WrongRoundState(taskId, RoundNumber.wrap(t.roundsClosed));
        if (block.timestamp < expiry && !(undecided && msg.sender == t.creator)) revert NotExpired(taskId, expiry);
        TaskState state = undecided ? TaskState.Rejected : TaskState.Stopped;
        emit TaskExpired(taskId, state);
        _end(taskId, t, state);
        if (t.roundsClosed == t.rounds) _forfeit(taskId, t, RoundNumber.wrap(t.rounds), 0);
        else _returnCreationStake(taskId, t);
    }

    /// @inheritdoc ITaskManager
    function allocateRound(TaskId taskId, address opener)
        external
        auth(ROUND_PERMISSION)
        nonReentrant
        returns (RoundNumber round, RoundFunds memory funds)
    {
        TaskInfo storage t = _inState(taskId, TaskState.Approved);
        if (opener != t.creator && opener != t.opener) revert NotOpener(opener, t.creator, t.opener);
        if (t.roundsOpened == t.rounds) revert NoRoundsLeft(taskId);
        round = RoundNumber.wrap(t.roundsOpened);
        funds = _allocate(taskId, t, round);
        t.roundsOpened += 1;
        emit RoundAllocated(taskId, round, funds);
    }

    /// @inheritdoc ITaskManager
    function closeRound(TaskId taskId, RoundNumber round, bool paid, uint40 idleFrom)
        external
        auth(ROUND_PERMISSION)
        nonReentrant
    {
        Round storage r = _rounds[taskId][round];
        if (r.state != PoolState.Open) revert WrongRoundState(taskId, round);
        TaskInfo storage t = _tasks[taskId];
        t.roundsClosed += 1;
        t.lastProgress = idleFrom;
        if (paid) {
            r.state = PoolState.Payable;
        } else {
            r.state = PoolState.Returned;
            _settle(taskId, round, uint256(r.units) + r.common);
        }
        if (t.state == TaskState.Stopped) _returnCreationStake(taskId, t);
    }

    /// @inheritdoc ITaskManager
    function forfeitCreationStake(TaskId taskId, RoundNumber round, uint256 revealedSeats)
        external
        auth(ROUND_PERMISSION)
        nonReentrant
    {
        if (_rounds[taskId][round].state == PoolState.None) revert WrongRoundState(taskId, round);
        TaskInfo storage t = _tasks[taskId];
        if (t.state == TaskState.Approved) {
            emit TaskStopped(taskId);
            _end(taskId, t, TaskState.Stopped);
        }
        _forfeit(taskId, t, round, revealedSeats);
    }

    /// @inheritdoc ITaskManager
    /// @dev The subtraction is checked: no caller gets more than was forfeited in this round.
    function payForfeit(TaskId taskId, RoundNumber round, address to, uint256 seats)
        external
        auth(PAY_FORFEIT_PERMISSION)
        nonReentrant
    {
        Forfeit storage f = _forfeits[taskId][round];
        uint256 amount = f.perSeat * seats;
        if (amount == 0) revert ZeroAmount();
        // Safe narrowing: a seat forfeits at least a wei, so their number is below the amount's, which fits.
        f.seatsLeft = uint128(f.seatsLeft - seats);
        emit ForfeitPaid(taskId, round, to, amount);
        _pay(to, amount);
    }

    /// @inheritdoc ITaskManager
    function keyCommitment(TaskId taskId, uint256 index) external view returns (bytes32) {
        return _keyCommitments[taskId][index];
    }

    /// @inheritdoc ITaskManager
    function expiresAt(TaskId taskId) public view returns (uint256) {
        TaskInfo storage t = _existing(taskId);
        uint256 wait = EXPIRY;
        if (t.state != TaskState.Proposed) {
            wait = t.roundsClosed == t.rounds ? t.windows.key : policy.latest(Param.MaxIdle);
        }
        return t.lastProgress + wait;
    }

    /// @dev Four fifths to the treasury, one fifth by seats; what does not divide, and where nobody revealed, to the treasury
    /// too. A task loses its stake once: it has ended then, and nobody can raise it again.
    function _forfeit(TaskId taskId, TaskInfo storage t, RoundNumber round, uint256 seats) private {
        uint256 amount = t.creationStake;
        t.creationStake = 0;
        uint256 perSeat = seats == 0 ? 0 : amount / FORFEIT_DIVISOR / seats;
        uint256 toTreasury = amount - perSeat * seats;
        // Safe narrowing: amounts are below 2^90, and so are seats of which each has a wei.
        if (perSeat != 0) _forfeits[taskId][round] = Forfeit(uint128(perSeat), uint128(seats));
        emit CreationStakeForfeited(taskId, round, toTreasury, perSeat, seats);
        _pay(DAO, toTreasury);
    }

    function _onlyCreator(TaskInfo storage t) private view {
        if (msg.sender != t.creator) revert NotCreator(msg.sender, t.creator);
    }

    function _returnCreationStake(TaskId taskId, TaskInfo storage t) private {
        uint256 amount = t.creationStake;
        if (amount == 0) return;
        t.creationStake = 0;
        emit CreationStakeReturned(taskId, t.creator, amount);
        _pay(t.creator, amount);
    }
}
