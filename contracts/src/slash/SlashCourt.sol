// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {IRoundManager, RoundInfo, Submission, ValidatorEntry} from "../interfaces/IRoundManager.sol";
import {CaseState, ISlashCourt, Reason, SlashCase} from "../interfaces/ISlashCourt.sol";
import {IStakeManager} from "../interfaces/IStakeManager.sol";
import {ITaskManager} from "../interfaces/ITaskManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {OVERTURN_PERMISSION} from "../permission/Permissions.sol";
import {Cid, RoundPhase, TaskState} from "../types/Types.sol";

/// @title Slash cases
/// @notice Trust: facts come from the round manager alone, ratios and windows from the policy version of the round; the
/// DAO can overturn a case inside its appeal window and nothing else. Only rounds with a final result can be
/// prosecuted: in a void round everybody keeps their own.
/// @dev A target may report itself, and so get the reporter's part back; others are free to be faster.
contract SlashCourt is ISlashCourt, DaoAuthorized, ReentrancyGuardTransient {
    uint256 private constant ONE = 1e18;

    IERC20 public immutable token;
    IPolicy public immutable policy;
    IStakeManager public immutable stakeManager;
    ITaskManager public immutable taskManager;
    IRoundManager public immutable roundManager;

    uint256 public caseCount;
    mapping(uint256 caseId => SlashCase) private _cases;
    mapping(bytes32 fact => uint256 caseId) private _caseOf;

    constructor(
        address dao_,
        address token_,
        address policy_,
        address stakeManager_,
        address taskManager_,
        address roundManager_
    ) DaoAuthorized(dao_) {
        if (
            token_ == address(0) || policy_ == address(0) || stakeManager_ == address(0) || taskManager_ == address(0)
                || roundManager_ == address(0)
        ) revert ZeroAddress();
        token = IERC20(token_);
        policy = IPolicy(policy_);
        stakeManager = IStakeManager(stakeManager_);
        taskManager = ITaskManager(taskManager_);
        roundManager = IRoundManager(roundManager_);
    }

    /// @inheritdoc ISlashCourt
    function open(uint256 taskId, uint32 round, address target, Reason reason, Cid calldata evidence)
        external
        nonReentrant
        returns (uint256 caseId)
    {
        bytes32 fact = keccak256(abi.encode(taskId, round, target, reason));
        if (_caseOf[fact] != 0) revert CaseExists(_caseOf[fact]);
        if (roundManager.phaseOf(taskId, round) != RoundPhase.Claimable) {
            revert NotProven(taskId, round, target, reason);
        }
        RoundInfo memory info = roundManager.round(taskId, round);
        (bool proven, uint256 stake) = _prove(taskId, round, target, reason, info);
        if (!proven) revert NotProven(taskId, round, target, reason);
        caseId = ++caseCount;
        _caseOf[fact] = caseId;
        SlashCase storage c = _cases[caseId];
        c.taskId = taskId;
        c.round = round;
        c.target = target;
        c.reporter = msg.sender;
        c.reason = reason;
        c.state = CaseState.Open;
        c.appealEnd = uint40(block.timestamp + policy.valueAt(Param.AppealWindow, info.policyVersion));
        c.ratio = policy.valueAt(_ratioOf(reason), info.policyVersion);
        // Rounds down, in favour of the target.
        c.amount = stake * c.ratio / ONE;
        c.evidence = evidence;
        _emitOpened(caseId, c);
        stakeManager.freeze(target);
    }

    /// @inheritdoc ISlashCourt
    function overturn(uint256 caseId) external auth(OVERTURN_PERMISSION) nonReentrant {
        SlashCase storage c = _openCase(caseId);
        if (block.timestamp >= c.appealEnd) revert AppealWindowClosed(caseId, c.appealEnd);
        c.state = CaseState.Overturned;
        emit CaseOverturned(caseId);
        stakeManager.unfreeze(c.target);
    }

    /// @inheritdoc ISlashCourt
    function execute(uint256 caseId) external nonReentrant {
        SlashCase storage c = _openCase(caseId);
        if (block.timestamp < c.appealEnd) revert AppealWindowOpen(caseId, c.appealEnd);
        c.state = CaseState.Executed;
        stakeManager.unfreeze(c.target);
        bool running = taskManager.task(c.taskId).state == TaskState.Approved;
        uint256 share = policy.valueAt(Param.ReporterShare, roundManager.round(c.taskId, c.round).policyVersion);
        (uint256 taken, uint256 toRecipient) =
            stakeManager.slash(c.target, c.amount, running ? address(taskManager) : DAO, c.reporter, share);
        if (running && toRecipient != 0) taskManager.returnBudget(c.taskId, toRecipient);
        emit CaseExecuted(caseId, taken, toRecipient, taken - toRecipient);
    }

    /// @inheritdoc ISlashCourt
    function slashCase(uint256 caseId) external view returns (SlashCase memory) {
        return _cases[caseId];
    }

    /// @dev Whether the round shows the fact, and the target's own stake in that round.
    function _prove(uint256 taskId, uint32 round, address target, Reason reason, RoundInfo memory info)
        private
        view
        returns (bool proven, uint256 stake)
    {
        if (reason == Reason.ResultMismatch || reason == Reason.ResultNotRevealed) {
            ValidatorEntry memory entry = roundManager.validator(taskId, round, target);
            stake = entry.stake.own;
            proven = reason == Reason.ResultMismatch
                ? entry.resultHash != bytes32(0) && entry.resultHash != info.acceptedHash
                : entry.resultCommitment != bytes32(0) && entry.resultHash == bytes32(0);
        } else {
            (bool exists, uint32 index) = roundManager.submissionIndexOf(taskId, round, target);
            if (!exists) return (false, 0);
            Submission memory s = roundManager.submission(taskId, round, index);
            stake = s.stake.own;
            proven = reason == Reason.SubmissionNotRevealed
                ? !s.revealed
                : s.revealed && info.countedBitmap & (1 << index) == 0 && !_anyoneHad(taskId, round, index);
        }
    }

    /// @dev Whether any validator attested to have the submission; who did not attest has an empty bitmap. At most 32.
    function _anyoneHad(uint256 taskId, uint32 round, uint32 index) private view returns (bool) {
        address[] memory validators = roundManager.validators(taskId, round);
        for (uint256 i; i < validators.length; ++i) {
            if (roundManager.validator(taskId, round, validators[i]).bitmap & (1 << index) != 0) return true;
        }
        return false;
    }

    /// @dev Apart, since `open` has no room left on the stack for eleven event arguments.
    function _emitOpened(uint256 caseId, SlashCase memory c) private {
        emit CaseOpened(
            caseId, c.target, c.reporter, c.taskId, c.round, c.reason, c.ratio, c.amount, c.evidence, c.appealEnd
        );
    }

    function _ratioOf(Reason reason) private pure returns (Param) {
        if (reason == Reason.ResultMismatch) return Param.SlashResultMismatch;
        if (reason == Reason.SubmissionUnavailable) return Param.SlashUnavailable;
        return Param.SlashNoReveal;
    }

    function _openCase(uint256 caseId) private view returns (SlashCase storage c) {
        c = _cases[caseId];
        if (c.state != CaseState.Open) revert WrongCaseState(caseId, c.state);
    }
}
