// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {CaseId, RoundNumber, TaskId} from "../types/Ids.sol";
import {Cid} from "../types/Types.sol";
import {ISlashReceiver} from "./IStakeManager.sol";

/// @notice Objective reasons that the chain itself can check.
/// - ResultMismatch: a validator revealed another result than the accepted one.
/// - SubmissionNotRevealed: a training node committed and did not reveal.
/// - AttestationNotRevealed: a validator committed what it could fetch and did not reveal it.
/// - ResultNotRevealed: a validator that lacked nothing that counts committed no result or did not reveal it.
/// - SubmissionUnavailable: a training node's revealed submission did not count, and no revealing validator had it.
/// - TrainerSilent: a training node drew a seat and did not commit.
/// - ValidatorSilent: a validator drew a seat and did not attest.
/// One validator who had a submission is enough against the case that it was unavailable: not counting is decided by a part
/// of the stake, which must not cost an honest node its own.
enum Reason {
    ResultMismatch,
    SubmissionNotRevealed,
    AttestationNotRevealed,
    ResultNotRevealed,
    SubmissionUnavailable,
    TrainerSilent,
    ValidatorSilent
}

enum CaseState {
    None,
    Open,
    Overturned,
    Executed
}

/// @notice What somebody accuses a node of.
/// @param attempt In which attempt of a round that repeated; 0 where it did not, and for training nodes.
/// @param ciphertextMissing What the target revealed to be missing, with `missing`: for ResultNotRevealed of who committed no
/// result, since who lacked something that counts need not; empty otherwise.
struct Accusation {
    TaskId taskId;
    RoundNumber round;
    uint8 attempt;
    address target;
    Reason reason;
    Cid evidence;
    bool ciphertextMissing;
    uint256[] missing;
}

/// @param ratio Part that is slashed of what the round read of the target's stake, 1e18 = all; at most the court's MAX_RATIO.
/// @param amount Wei: ratio × (own + delegated stake that the round read), rounded down.
/// @param taken What the pool lost when the case was executed; `collected` is what has arrived of it so far.
/// @param toReporter Of that, what the reporter got; toChallenger who had challenged with the right result.
struct SlashCase {
    TaskId taskId;
    RoundNumber round;
    uint8 attempt;
    address target;
    address reporter;
    Reason reason;
    CaseState state;
    uint40 appealEnd;
    uint64 ratio;
    uint64 challengerShare;
    uint128 reporterCap;
    uint128 amount;
    uint128 taken;
    uint128 collected;
    uint128 toReporter;
    uint128 toChallenger;
    Cid evidence;
}

/// @title Slash cases with an appeal window, and the end of what binds stake to a round
/// @notice Of what a case takes the reporter gets a tenth, at most the policy's cap; who had challenged a wrong result with the
/// right one gets the policy's share of what its validators lose; the DAO's treasury gets the rest. Nothing returns to a
/// task, its funders or its creator: whoever fails a round gains nothing by it.
interface ISlashCourt is ISlashReceiver {
    event CaseOpened(
        CaseId indexed caseId,
        address indexed target,
        address indexed reporter,
        TaskId taskId,
        RoundNumber round,
        uint8 attempt,
        Reason reason,
        uint256 ratio,
        uint256 amount,
        Cid evidence,
        uint40 appealEnd
    );
    event CaseOverturned(CaseId indexed caseId);
    event CaseExecuted(CaseId indexed caseId, uint256 taken);
    event SlashDistributed(CaseId indexed caseId, uint256 toTreasury, uint256 toReporter, uint256 toChallenger);
    /// @notice What the round held of the node's stake is free.
    event StakeReleased(TaskId indexed taskId, RoundNumber indexed round, address indexed node);

    /// @notice The round does not show the fact that the case states.
    error NotProven(TaskId taskId, RoundNumber round, address target, Reason reason);
    /// @notice Cases about a round are opened within the policy's CaseWindow after it closed.
    error TooLate(TaskId taskId, RoundNumber round, uint256 end);
    /// @notice The court knows no fact or no ratio for a member of `Reason`.
    error UnknownReason(Reason reason);
    /// @notice Only the stake manager tells what was collected of a slash.
    error NotStakeManager(address caller);
    /// @notice The same target, round, attempt and reason have a case already.
    error CaseExists(CaseId caseId);
    /// @notice The case is not open: it was never opened, or was overturned or executed.
    error WrongCaseState(CaseId caseId, CaseState state);
    /// @notice The DAO may still overturn the case.
    /// @custom:action Execute it at this second or later.
    error AppealWindowOpen(CaseId caseId, uint40 appealEnd);
    /// @notice The time in which the DAO could overturn the case has passed.
    error AppealWindowClosed(CaseId caseId, uint40 appealEnd);
    /// @notice The round holds nothing of the node's stake: it did not join, or was released.
    error NothingHeld(TaskId taskId, RoundNumber round, address node);
    /// @notice Cases about the round can be opened until this second, and its stake is free after it.
    error CaseWindowOpen(TaskId taskId, RoundNumber round, uint256 end);
    /// @notice Cases about this node in this round are open.
    error CasesOpen(TaskId taskId, RoundNumber round, address node, uint256 cases);

    /// @notice Opens a case whose fact the round shows; freezes the target's stake. One case a target, round, attempt and reason.
    function open(Accusation calldata accusation) external returns (CaseId caseId);
    /// @notice Needs OVERTURN_PERMISSION of the DAO; only inside the appeal window.
    function overturn(CaseId caseId) external;
    /// @notice After the appeal window anyone may execute.
    function execute(CaseId caseId) external;
    /// @notice Frees what a closed round holds of a node's stake, once no case can be opened about it and none is open. Anyone
    /// may call.
    function release(TaskId taskId, RoundNumber round, address node) external;

    function caseCount() external view returns (uint256);
    function slashCase(CaseId caseId) external view returns (SlashCase memory);
    function released(TaskId taskId, RoundNumber round, address node) external view returns (bool);
    /// @notice From when `release` may be called, unless cases are open; 0 while the round is open.
    function releasableAt(TaskId taskId, RoundNumber round) external view returns (uint256);
}
