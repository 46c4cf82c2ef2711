// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Cid} from "../types/Types.sol";

/// @notice Objective reasons that the chain itself can check.
/// - ResultMismatch: a validator revealed another result than the accepted one.
/// - SubmissionNotRevealed: a training node committed and did not reveal.
/// - ResultNotRevealed: a validator committed a result and did not reveal it.
/// - SubmissionUnavailable: a training node's revealed submission did not count, and no validator attested to have it.
/// One validator who had it is enough against the case: not counting is decided by a part of the stake, which must not
/// cost an honest node its own. A submission served to some only is therefore not counted and not paid, nothing more.
enum Reason {
    ResultMismatch,
    SubmissionNotRevealed,
    ResultNotRevealed,
    SubmissionUnavailable
}

enum CaseState {
    None,
    Open,
    Overturned,
    Executed
}

struct SlashCase {
    uint256 taskId;
    uint32 round;
    address target;
    address reporter;
    Reason reason;
    CaseState state;
    uint40 appealEnd;
    uint256 ratio;
    uint256 amount;
    Cid evidence;
}

/// @title Slash cases with an appeal window
interface ISlashCourt {
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
    event CaseExecuted(uint256 indexed caseId, uint256 taken, uint256 toTask, uint256 toReporter);

    error NotProven(uint256 taskId, uint32 round, address target, Reason reason);
    error CaseExists(uint256 caseId);
    error WrongCaseState(uint256 caseId, CaseState state);
    error AppealWindowOpen(uint256 caseId, uint40 appealEnd);
    error AppealWindowClosed(uint256 caseId, uint40 appealEnd);

    /// @notice Opens a case whose fact the round shows; freezes the target's stake. Case ids start at 1.
    /// The amount is the ratio of the stake that the target had in the round. One case a target, round and reason.
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
