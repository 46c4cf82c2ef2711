// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Cid, TaskTerms, TaskState, Windows} from "../types/Types.sol";

struct TaskInfo {
    address creator;
    TaskState state;
    uint16 rounds;
    uint16 roundsOpened;
    uint16 roundsClosed;
    Cid document;
    Windows windows;
    uint128 minTrainerStake;
    uint128 minValidatorStake;
    uint256 creationStake;
    uint256 funded;
    uint256 budget;
    /// @dev Weight in the daily emission, scaled by 1e18; the DAO sets it.
    uint64 multiplier;
}

/// @title Tasks: proposed with a creation stake, approved by the DAO, funded by anyone
interface ITaskManager {
    event TaskProposed(
        uint256 indexed taskId, address indexed creator, Cid document, TaskTerms terms, uint256 creationStake
    );
    event TaskFunded(uint256 indexed taskId, address indexed funder, uint256 amount, uint256 budget);
    event TaskApproved(uint256 indexed taskId);
    event TaskRejected(uint256 indexed taskId);
    event TaskStopped(uint256 indexed taskId);
    event TaskCompleted(uint256 indexed taskId, bytes32 holdoutKey);
    event CreationStakeReturned(uint256 indexed taskId, address indexed creator, uint256 amount);
    /// @notice `round` is the task's number of rounds when it was the final hold-out that stayed closed.
    event CreationStakeForfeited(uint256 indexed taskId, uint32 indexed round, uint256 amount, uint256 recipients);
    event ForfeitPaid(uint256 indexed taskId, uint32 indexed round, address indexed to, uint256 amount);
    event MultiplierChanged(uint256 indexed taskId, uint64 multiplier);
    /// @notice What no funder had put in (emission, slashes, forfeits) and the ended task had left.
    event RestSwept(uint256 indexed taskId, address indexed to, uint256 amount);
    event RoundAllocated(uint256 indexed taskId, uint32 indexed round, uint256 pool);
    event PoolPaidOut(uint256 indexed taskId, uint32 indexed round, address indexed to, uint256 amount);
    event BudgetReturned(uint256 indexed taskId, uint256 amount, uint256 budget);
    event TaskExpired(uint256 indexed taskId, TaskState state);
    event Refunded(uint256 indexed taskId, address indexed funder, uint256 amount);

    /// @notice There is no task with this id.
    error UnknownTask(uint256 taskId);
    /// @notice The task is in another state than this needs.
    error WrongTaskState(uint256 taskId, TaskState state);
    /// @notice A term of the task is none that a task can have; `what` names it.
    error InvalidTerms(string what);
    /// @notice A window is outside what the policy allows, seconds.
    error WindowOutOfBounds(uint32 window, uint256 min, uint256 max);
    /// @notice A task may ask for more stake than the policy does and never for less, wei.
    error StakeMinimumTooLow(uint256 minimum, uint256 policyMinimum);
    /// @notice Only the task's creator may do this.
    error NotCreator(address caller, address creator);
    /// @notice A task completes once all of its rounds have closed.
    error RoundsUnfinished(uint256 taskId, uint16 closed, uint16 rounds);
    /// @notice All rounds of the task have been opened.
    error NoRoundsLeft(uint256 taskId);
    /// @notice The task has no budget for another round.
    /// @custom:action Fund it first.
    error EmptyBudget(uint256 taskId);
    /// @notice The key is not the one that the task committed to.
    /// @custom:action Publish the key whose keccak256 hash stands in the task.
    error WrongKey(bytes32 expected, bytes32 got);
    /// @notice The funder has nothing left in the task.
    error NothingToRefund(uint256 taskId, address funder);
    /// @notice An amount is at least one wei.
    error ZeroAmount();
    /// @notice A round of the task is open that must be closed, or its pool was paid out before.
    error WrongRoundState(uint256 taskId, uint32 round);
    /// @notice What was said to be returned to the task did not arrive.
    error NotReceived(uint256 held, uint256 needed);
    /// @notice Anyone may end an approved task whose rounds do not go on, and not before this second.
    error NotExpired(uint256 taskId, uint256 expiresAt);
    /// @notice A multiplier of the emission is at most so high, 1e18 = 1.
    error MultiplierTooHigh(uint64 multiplier, uint64 maximum);
    /// @notice The task has nothing that belongs to nobody.
    error NothingToSweep(uint256 taskId);

    /// @notice Proposes a task; pulls the policy's creation stake from the caller. Task ids start at 1.
    function propose(Cid calldata document, TaskTerms calldata terms) external returns (uint256 taskId);
    function fund(uint256 taskId, uint256 amount) external;
    /// @notice The three below need APPROVE_TASK_PERMISSION of the DAO.
    function approve(uint256 taskId) external;
    function reject(uint256 taskId) external;
    function stop(uint256 taskId) external;
    /// @notice After the last round has closed the creator opens the final hold-out and gets the creation stake back.
    function complete(uint256 taskId, bytes32 holdoutKey) external;
    /// @notice Ends a task that nobody moves any more, so that no funds stay in it: a proposal that its creator takes
    /// back or the DAO does not decide is rejected, an idle task is stopped. A creator that does not open the
    /// final hold-out in time loses the creation stake to the funders. Anyone may call after `EXPIRY` without progress.
    function expire(uint256 taskId) external;
    /// @notice Weight of the task in the daily emission (1e18 = 1, at most 10). Needs APPROVE_TASK_PERMISSION of the DAO.
    function setMultiplier(uint256 taskId, uint64 multiplier) external;
    /// @notice Pays a funder its pro-rata part of what a rejected, stopped or completed task has left: never more than it
    /// put in.
    function refund(uint256 taskId, address funder) external;
    /// @notice Sends what is left of an ended task beyond all that funders put in (emission, slashes) to the DAO's
    /// treasury. Anyone may call.
    function sweep(uint256 taskId) external;

    /// @notice Gives the next round its pool: budget left divided by rounds left. Needs ROUND_PERMISSION of the DAO (held by
    /// the round manager), like `closeRound`, `forfeitCreationStake` and `payForfeit`.
    function allocateRound(uint256 taskId) external returns (uint32 round, uint256 pool);
    /// @notice Marks a round as closed (claimable or void); a void round's pool returns to the budget.
    function closeRound(uint256 taskId, uint32 round, bool paid) external;
    /// @notice Sends the pool of a closed, paid round to the caller. Needs PAY_OUT_PERMISSION (held by the distributor).
    function payOut(uint256 taskId, uint32 round) external returns (uint256 pool);
    /// @notice Stops the task and takes its creation stake: `recipients` equal parts, which `payForfeit` pays one by one;
    /// what does not divide joins the budget.
    /// @return each Wei a recipient.
    function forfeitCreationStake(uint256 taskId, uint32 round, uint256 recipients) external returns (uint256 each);
    /// @notice Pays one part of a forfeited creation stake. The caller (the round manager) vouches that each is paid once.
    function payForfeit(uint256 taskId, uint32 round, address to) external;
    /// @notice Adds tokens that the caller already sent here: emission, slashes, lost bonds, what rounding left. Needs
    /// RETURN_BUDGET_PERMISSION (held by the round manager, the distributor, the slash court and the emission).
    function returnBudget(uint256 taskId, uint256 amount) external;

    function taskCount() external view returns (uint256);
    function task(uint256 taskId) external view returns (TaskInfo memory);
    function keyCommitment(uint256 taskId, uint256 index) external view returns (bytes32);
    function contributionOf(uint256 taskId, address funder) external view returns (uint256);
    /// @notice What the round was given, whatever became of it.
    function poolOf(uint256 taskId, uint32 round) external view returns (uint256);
    /// @notice What `refund` would pay now.
    function refundable(uint256 taskId, address funder) external view returns (uint256);
    /// @notice When anyone may call `expire`, unix seconds.
    function expiresAt(uint256 taskId) external view returns (uint256);
}
