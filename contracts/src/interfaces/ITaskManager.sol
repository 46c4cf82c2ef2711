// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {RoundNumber, TaskId} from "../types/Ids.sol";
import {Cid, Ranking, TaskState, TaskTerms, Windows} from "../types/Types.sol";

/// @param opener Who may open rounds beside the creator; 0 for nobody.
/// @param creationStake What is at stake for keys that are not published, wei.
/// @param multiplier Weight in the emission, 1e18 = 1; 0 until the DAO sets it.
/// @param value Funders' units are worth this together, wei; in no open round.
/// @param common What belongs to no funder, wei; in no open round.
/// @param waiting Wei that buy units when the open round closes, or go back when it was the last.
/// @param lastProgress When it was proposed or approved or its last round closed, unix seconds; later where the DAO may yet rule
/// on that round.
struct TaskInfo {
    address creator;
    address opener;
    TaskState state;
    Ranking ranking;
    uint16 rounds;
    uint16 roundsOpened;
    uint16 roundsClosed;
    Cid document;
    Windows windows;
    uint128 minTrainerStake;
    uint128 minValidatorStake;
    bytes32 admissionRoot;
    uint256 creationStake;
    uint64 multiplier;
    uint256 value;
    uint256 common;
    uint256 waiting;
    uint40 lastProgress;
}

/// @notice What a round may spend, wei: of funders, and of the common part; with the creation stake as it opened.
struct RoundFunds {
    uint128 units;
    uint128 common;
    uint128 creationStake;
}

/// @title Tasks: proposed with a creation stake, approved by the DAO, funded by anyone, opened by their creator
/// @notice Funding buys units of the unspent budget (BudgetVault). What a slash takes never comes back to a task: whoever
/// fails it must gain nothing by failing.
interface ITaskManager {
    event TaskProposed(
        TaskId indexed taskId, address indexed creator, Cid document, TaskTerms terms, uint256 creationStake
    );
    event OpenerNamed(TaskId indexed taskId, address indexed opener);
    event CreationStakeRaised(TaskId indexed taskId, address indexed from, uint256 amount, uint256 creationStake);
    /// @param units Bought now; 0 where the amount waits for the open round to close.
    event TaskFunded(TaskId indexed taskId, address indexed funder, uint256 amount, uint256 units);
    /// @notice Emission joined the part that belongs to no funder.
    event CommonAdded(TaskId indexed taskId, uint256 amount, uint256 common);
    event TaskApproved(TaskId indexed taskId);
    event TaskRejected(TaskId indexed taskId);
    event TaskStopped(TaskId indexed taskId);
    event TaskCompleted(TaskId indexed taskId, bytes32 holdoutKey);
    /// @notice Ended by anyone after its time: a proposal that nobody decided (or that its creator took back) is rejected, an
    /// idle task stopped.
    event TaskExpired(TaskId indexed taskId, TaskState state);
    event CreationStakeReturned(TaskId indexed taskId, address indexed creator, uint256 amount);
    /// @notice `round` is the task's number of rounds when it was the final hold-out that stayed closed.
    /// @param perSeat Wei for each seat that revealed.
    event CreationStakeForfeited(
        TaskId indexed taskId, RoundNumber indexed round, uint256 toTreasury, uint256 perSeat, uint256 seats
    );
    event ForfeitPaid(TaskId indexed taskId, RoundNumber indexed round, address indexed to, uint256 amount);
    event MultiplierChanged(TaskId indexed taskId, uint64 multiplier);
    event RoundAllocated(TaskId indexed taskId, RoundNumber indexed round, RoundFunds funds);
    /// @notice The round gave back `carried` wei of its pool; what waited has bought units.
    event RoundSettled(TaskId indexed taskId, RoundNumber indexed round, uint256 carried);
    event PoolPaidOut(TaskId indexed taskId, RoundNumber indexed round, address indexed to, uint256 amount);
    /// @notice What of a settled round's pool nobody claimed went back to both parts as taken.
    event BudgetReturned(TaskId indexed taskId, RoundNumber indexed round, uint256 amount);
    event Redeemed(TaskId indexed taskId, address indexed funder, uint256 amount);
    /// @notice The common part of an ended task, to the DAO's treasury.
    event RestSwept(TaskId indexed taskId, address indexed to, uint256 amount);

    /// @notice There is no task with this id.
    error UnknownTask(TaskId taskId);
    /// @notice The task is in another state than this needs.
    error WrongTaskState(TaskId taskId, TaskState state);
    /// @notice A term of the task is none that a task can have; `what` names it.
    error InvalidTerms(string what);
    /// @notice A window is outside what the policy allows, seconds.
    error WindowOutOfBounds(uint32 window, uint256 min, uint256 max);
    /// @notice A task may ask for more stake than the policy does and never for less, wei.
    error StakeMinimumTooLow(uint256 minimum, uint256 policyMinimum);
    /// @notice Only the task's creator may do this.
    error NotCreator(address caller, address creator);
    /// @notice Only the task's creator, or whom it named, opens its rounds.
    error NotOpener(address caller, address creator, address opener);
    /// @notice A task completes once all of its rounds have closed.
    error RoundsUnfinished(TaskId taskId, uint16 closed, uint16 rounds);
    /// @notice All rounds of the task have been opened.
    error NoRoundsLeft(TaskId taskId);
    /// @notice The next round would have less than the policy's least pool, wei.
    /// @custom:action Fund the task first.
    error PoolTooSmall(TaskId taskId, uint256 pool, uint256 minimum);
    /// @notice The key is not the one that the task committed to.
    /// @custom:action Publish the key whose keccak256 hash stands in the task.
    error WrongKey(bytes32 expected, bytes32 got);
    /// @notice The funder has nothing left in the task.
    error NothingToRedeem(TaskId taskId, address funder);
    /// @notice An amount is at least one wei.
    error ZeroAmount();
    /// @notice A round of the task is open that must be closed, or its pool was paid out before.
    error WrongRoundState(TaskId taskId, RoundNumber round);
    /// @notice What was said to be returned to the task did not arrive.
    error NotReceived(uint256 held, uint256 needed);
    /// @notice Anyone may end an approved task whose rounds do not go on, and its creator one whose rounds are over; not before
    /// this second.
    error NotExpired(TaskId taskId, uint256 expiresAt);
    /// @notice A multiplier of the emission is at most so high, 1e18 = 1.
    error MultiplierTooHigh(uint64 multiplier, uint64 maximum);
    /// @notice The task has nothing that belongs to nobody.
    error NothingToSweep(TaskId taskId);

    /// @notice Proposes a task; pulls the policy's creation stake from the caller. Task ids start at 1.
    /// @param opener Who may open its rounds beside the caller; 0 for nobody.
    function propose(Cid calldata document, TaskTerms calldata terms, address opener) external returns (TaskId taskId);
    /// @notice The creator names who may open rounds beside it.
    function nameOpener(TaskId taskId, address opener) external;
    /// @notice Adds to the creation stake: rounds that open later pay more of the funders' part. Anyone may; it goes back, or is
    /// lost, with all of it.
    function raiseCreationStake(TaskId taskId, uint256 amount) external;
    function fund(TaskId taskId, uint256 amount) external;
    /// @notice The four below need APPROVE_TASK_PERMISSION of the DAO.
    function approve(TaskId taskId) external;
    function reject(TaskId taskId) external;
    /// @notice Ends the task: a round without an accepted result can be voided, units are redeemed.
    function stop(TaskId taskId) external;
    /// @notice Weight of the task in the emission (1e18 = 1, at most 1).
    function setMultiplier(TaskId taskId, uint64 multiplier) external;
    /// @notice After the last round has closed the creator opens the final hold-out and gets the creation stake back.
    function complete(TaskId taskId, bytes32 holdoutKey) external;
    /// @notice Ends a task that nobody moves any more: a proposal that its creator takes back or the DAO does not decide is
    /// rejected, a task whose next round is not opened in MaxIdle is stopped, its creation stake returned. A creator that does not
    /// open the final hold-out within the key window after the last round loses the creation stake. Anyone may call.
    function expire(TaskId taskId) external;
    /// @notice Pays a funder its units' value of an ended task, once its last round is settled; again when more has come back
    /// (`returnToRound`). Anyone may call: nobody's part depends on when it is paid.
    function redeem(TaskId taskId, address funder) external;
    /// @notice Sends what belongs to no funder of an ended task to the DAO's treasury. Anyone may call.
    function sweep(TaskId taskId) external;

    /// @notice Gives the next round its pool. Needs ROUND_PERMISSION of the DAO (held by the round manager), like the next two.
    /// @param opener Must be the creator or whom it named.
    function allocateRound(TaskId taskId, address opener) external returns (RoundNumber round, RoundFunds memory funds);
    /// @notice Marks a round as closed: its pool waits for `payOut`, or, of a void one, returns to the budget.
    /// @param idleFrom Unix seconds, from now on: before it the creation stake goes back to nobody but by a decision of the DAO.
    function closeRound(TaskId taskId, RoundNumber round, bool paid, uint40 idleFrom) external;
    /// @notice Stops the task and takes its creation stake: four fifths to the treasury, one fifth for the seats that revealed.
    /// Called before `closeRound`, which gives the stake of a stopped task back, or, where only a ruling takes it, after.
    function forfeitCreationStake(TaskId taskId, RoundNumber round, uint256 revealedSeats) external;
    /// @notice Pays a node the part of its seats. Needs PAY_FORFEIT_PERMISSION (held by the submissions' contract, which vouches
    /// that each is paid once).
    function payForfeit(TaskId taskId, RoundNumber round, address to, uint256 seats) external;
    /// @notice Sends the pool of a closed, paid round but for `carried` to the caller; `carried` goes back to both parts as taken,
    /// and what waited buys units. Needs PAY_OUT_PERMISSION (held by the distributor).
    function payOut(TaskId taskId, RoundNumber round, uint256 carried) external returns (RoundFunds memory funds);
    /// @notice Gives back what of a paid out pool was not earned or claimed, which the caller has sent here. Needs
    /// RETURN_BUDGET_PERMISSION (held by the distributor and the emission), like the next.
    function returnToRound(TaskId taskId, RoundNumber round, uint256 amount) external;
    /// @notice Adds what belongs to no funder, which the caller has sent here. Where no round of the task is left to spend it, it
    /// goes to the treasury.
    function addCommon(TaskId taskId, uint256 amount) external;

    function taskCount() external view returns (uint256);
    function task(TaskId taskId) external view returns (TaskInfo memory);
    function keyCommitment(TaskId taskId, uint256 index) external view returns (bytes32);
    /// @notice What the round was given, whatever became of it.
    function fundsOf(TaskId taskId, RoundNumber round) external view returns (RoundFunds memory);
    /// @notice What a funder's units are worth now, and what it has waiting, wei.
    function valueOf(TaskId taskId, address funder) external view returns (uint256 units, uint256 waiting);
    /// @notice What the next round's pool would be now, wei.
    function nextPool(TaskId taskId) external view returns (uint256);
    /// @notice When anyone may call `expire` if nothing moves the task until then and no round of it is open, unix seconds.
    function expiresAt(TaskId taskId) external view returns (uint256);
}
