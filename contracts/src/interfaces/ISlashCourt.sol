// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Cid} from "../types/Types.sol";
import {ISlashReceiver} from "./IStakeManager.sol";

/// @notice Objective reasons that the chain itself can check.
/// - ResultMismatch: a validator revealed another result than the accepted one.
/// - SubmissionNotRevealed: a training node committed and did not reveal.
/// - ResultNotRevealed: a validator attested or committed a result and did not reveal one, though something counted.
/// - SubmissionUnavailable: a training node's revealed submission did not count, and no validator attested to have it.
/// - ValidatorSilent: a validator joined, drew a seat, and did not attest although the key was there.
/// One validator who had it is enough against the case: not counting is decided by a part of the stake, which must not
/// cost an honest node its own. A submission served to some only is therefore not counted and not paid, nothing more.
enum Reason {
    ResultMismatch,
    SubmissionNotRevealed,
    ResultNotRevealed,
    SubmissionUnavailable,
    ValidatorSilent
}

enum CaseState {
    None,
    Open,
    Overturned,
    Executed
}

/// @param ratio Part of the pool that is slashed, 1e18 = all; at most the court's MAX_RATIO.
/// @param amount Wei: ratio × (own + delegated stake of the target's pool as the round opened), rounded down.
/// @param taken What the pool lost when the case was executed; `collected` is what has arrived of it so far.
struct SlashCase {
    uint256 taskId;
    uint32 round;
    address target;
    address reporter;
    Reason reason;
    CaseState state;
    uint40 appealEnd;
    uint64 ratio;
    uint64 reporterShare;
    uint128 amount;
    uint128 taken;
    uint128 collected;
    Cid evidence;
}

/// @title Slash cases with an appeal window
/// @notice 90 % of what a case takes (as it is collected) returns to the task's budget, or to the DAO's treasury when the
/// task has ended; the rest goes to the reporter.
interface ISlashCourt is ISlashReceiver {
    event CaseOpened(
        uint256 indexed caseId,
        address indexed target,
        address indexed reporter,
        uint256 taskId,
        uint32 round,
        Reason reason,
        uint256 ratio,
        uint256 amount,
        Cid evidence,
        uint40 appealEnd
    );
    event CaseOverturned(uint256 indexed caseId);
    event CaseExecuted(uint256 indexed caseId, uint256 taken);
    /// @param toTreasury Whether `amount` went to the DAO's treasury in place of the task.
    event SlashDistributed(uint256 indexed caseId, uint256 amount, uint256 toReporter, bool toTreasury);

    /// @notice The round does not show the fact that the case states.
    error NotProven(uint256 taskId, uint32 round, address target, Reason reason);
    /// @notice What a node did can be prosecuted for as long as its stake could not leave, so that those who delegate
    /// to it later need not look further back.
    error TooLate(uint256 taskId, uint32 round, uint256 end);
    /// @notice The court knows no fact or no ratio for a member of `Reason`.
    error UnknownReason(Reason reason);
    /// @notice Only the stake manager tells what was collected of a slash.
    error NotStakeManager(address caller);
    /// @notice The same target, round and reason have a case already.
    error CaseExists(uint256 caseId);
    /// @notice The case is not open: it was never opened, or was overturned or executed.
    error WrongCaseState(uint256 caseId, CaseState state);
    /// @notice The DAO may still overturn the case.
    /// @custom:action Execute it at this second or later.
    error AppealWindowOpen(uint256 caseId, uint40 appealEnd);
    /// @notice The time in which the DAO could overturn the case has passed.
    error AppealWindowClosed(uint256 caseId, uint40 appealEnd);

    /// @notice Opens a case whose fact the round shows; freezes the target's stake. Case ids start at 1.
    /// One case a target, round and reason; at most the round's UnstakeCooldown after it opened, which is longer than any
    /// round with its windows and an appeal window more.
    function open(uint256 taskId, uint32 round, address target, Reason reason, Cid calldata evidence)
        external
        returns (uint256 caseId);
    /// @notice Needs OVERTURN_PERMISSION of the DAO; only inside the appeal window.
    function overturn(uint256 caseId) external;
    /// @notice After the appeal window anyone may execute.
    function execute(uint256 caseId) external;

    function caseCount() external view returns (uint256);
    function slashCase(uint256 caseId) external view returns (SlashCase memory);
}
