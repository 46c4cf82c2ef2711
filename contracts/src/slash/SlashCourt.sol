// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {IRoundManager, RoundInfo, Submission, ValidatorEntry, ValidatorStage} from "../interfaces/IRoundManager.sol";
import {CaseState, ISlashCourt, Reason, SlashCase} from "../interfaces/ISlashCourt.sol";
import {ISlashReceiver, IStakeManager} from "../interfaces/IStakeManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {OVERTURN_PERMISSION} from "../permission/Permissions.sol";
import {TaskReturns} from "../reward/TaskReturns.sol";
import {Cid, RoundPhase, StakeSnapshot, TaskState, VoidReason} from "../types/Types.sol";

/// @title Slash cases
/// @notice Trust: facts come from the round manager alone, ratios and windows from the policy version of the round; the
/// DAO can overturn a case inside its appeal window and nothing else.
/// @dev A target may report itself, and so get the reporter's part back; others are free to be faster.
contract SlashCourt is ISlashCourt, TaskReturns, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice No case takes more than this part of the stake that was there as its round opened, whatever the policy.
    uint64 public constant MAX_RATIO = 0.5e18;
    uint256 private constant ONE = 1e18;
    /// @dev The round manager keeps a revealed hash without its last three bytes.
    bytes32 private constant PREFIX = bytes32(type(uint256).max << 24);

    IPolicy public immutable policy;
    IStakeManager public immutable stakeManager;
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
    ) DaoAuthorized(dao_) TaskReturns(token_, taskManager_) {
        if (policy_ == address(0) || stakeManager_ == address(0) || roundManager_ == address(0)) {
            revert ZeroAddress();
        }
        policy = IPolicy(policy_);
        stakeManager = IStakeManager(stakeManager_);
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
        RoundInfo memory info = roundManager.round(taskId, round);
        if (!_proven(taskId, round, target, reason, info)) revert NotProven(taskId, round, target, reason);
        Param[] memory params = new Param[](4);
        params[0] = Param.AppealWindow;
        params[1] = _ratioOf(reason);
        params[2] = Param.ReporterShare;
        params[3] = Param.UnstakeCooldown;
        uint256[] memory values = policy.read(params, info.policyVersion);
        if (block.timestamp > info.openedAt + values[3]) revert TooLate(taskId, round, info.openedAt + values[3]);

        caseId = ++caseCount;
        _caseOf[fact] = caseId;
        SlashCase storage c = _cases[caseId];
        c.taskId = taskId;
        c.round = round;
        c.target = target;
        c.reporter = msg.sender;
        c.reason = reason;
        c.state = CaseState.Open;
        // Narrowings are safe by the catalogue's bounds: windows of days, ratios of at most 1e18.
        c.appealEnd = uint40(block.timestamp + values[0]);
        c.ratio = values[1] < MAX_RATIO ? uint64(values[1]) : MAX_RATIO;
        c.reporterShare = uint64(values[2]);
        c.amount = _amount(target, info.openedAt, c.ratio);
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
    /// @dev The stake manager calls `onSlashCollected` within this call with what it collects at once.
    function execute(uint256 caseId) external nonReentrant {
        SlashCase storage c = _openCase(caseId);
        if (block.timestamp < c.appealEnd) revert AppealWindowOpen(caseId, c.appealEnd);
        c.state = CaseState.Executed;
        stakeManager.unfreeze(c.target);
        uint256 taken = stakeManager.slash(c.target, c.amount, caseId);
        // Safe narrowing: at most the uint128 that was asked for.
        c.taken = uint128(taken);
        emit CaseExecuted(caseId, taken);
    }

    /// @inheritdoc ISlashReceiver
    /// @dev Delegators' deposits, exits and claims pass through here, so it refuses nothing that the stake manager says.
    function onSlashCollected(uint256 ref, uint256 amount) external {
        if (msg.sender != address(stakeManager)) revert NotStakeManager(msg.sender);
        SlashCase storage c = _cases[ref];
        // Safe narrowing: parts never add up to more than what the pool lost.
        c.collected += uint128(amount);
        // Rounds down the reporter's part, so that parts never exceed what was collected.
        uint256 toReporter = amount * c.reporterShare / ONE;
        uint256 rest = amount - toReporter;
        if (toReporter != 0) token.safeTransfer(c.reporter, toReporter);
        bool toTreasury = taskManager.task(c.taskId).state != TaskState.Approved;
        if (toTreasury) token.safeTransfer(DAO, rest);
        else toTreasury = _returnToTask(c.taskId, rest);
        emit SlashDistributed(ref, rest, toReporter, toTreasury);
    }

    /// @inheritdoc ISlashCourt
    function slashCase(uint256 caseId) external view returns (SlashCase memory) {
        return _cases[caseId];
    }

    /// @dev Whether the round shows the fact. A round that paid shows them all. A void one shows only what made it void
    /// although its creator did all that it had to: validators that were silent, or kept back their results. In every
    /// other void round everybody keeps their own.
    function _proven(uint256 taskId, uint32 round, address target, Reason reason, RoundInfo memory info)
        private
        view
        returns (bool)
    {
        bool paid = info.phase == RoundPhase.Claimable;
        if (reason == Reason.ResultMismatch) {
            if (!paid) return false;
            bytes32 said = roundManager.validator(taskId, round, target).resultHash;
            return said != bytes32(0) && said != info.acceptedHash & PREFIX;
        }
        if (reason == Reason.ResultNotRevealed) {
            if (!paid && !_void(info, VoidReason.NoResults)) return false;
            ValidatorStage stage = roundManager.validator(taskId, round, target).stage;
            return stage == ValidatorStage.Attested || stage == ValidatorStage.ResultCommitted;
        }
        if (reason == Reason.ValidatorSilent) {
            if (!paid && !_void(info, VoidReason.NoResults) && !_void(info, VoidReason.NothingCounted)) return false;
            ValidatorEntry memory entry = roundManager.validator(taskId, round, target);
            return entry.stage == ValidatorStage.Joined && entry.seats != 0;
        }
        if (reason == Reason.SubmissionNotRevealed) {
            if (!paid) return false;
            (bytes32 commitment,) = roundManager.commitmentOf(taskId, round, target);
            return commitment != bytes32(0);
        }
        if (reason == Reason.SubmissionUnavailable) {
            if (!paid) return false;
            Submission memory s = roundManager.submission(taskId, round, target);
            if (s.committedBlock == 0 || info.attestedSeats == 0) return false;
            return roundManager.missingSeats(taskId, round, s.index) == info.attestedSeats;
        }
        revert UnknownReason(reason);
    }

    /// @dev Wei that a case takes of the pool as it was at the end of the second before its round opened.
    function _amount(address target, uint40 openedAt, uint256 ratio) private view returns (uint128) {
        StakeSnapshot memory stake = stakeManager.stakeAt(target, openedAt - 1);
        // Rounds down, in favour of the target. Safe narrowing: at most half of a uint128 sum below the token's cap.
        return uint128((uint256(stake.own) + stake.delegated) * ratio / ONE);
    }

    /// @dev Apart, since `open` has no room left on the stack for eleven event arguments.
    function _emitOpened(uint256 caseId, SlashCase memory c) private {
        emit CaseOpened(
            caseId, c.target, c.reporter, c.taskId, c.round, c.reason, c.ratio, c.amount, c.evidence, c.appealEnd
        );
    }

    function _void(RoundInfo memory info, VoidReason reason) private pure returns (bool) {
        return info.phase == RoundPhase.Void && info.voidReason == reason;
    }

    /// @dev `scripts/abi.ts` reads these lines off the source for `slashRatios` of `contracts/abi/policy-numbers.ts`.
    function _ratioOf(Reason reason) private pure returns (Param) {
        if (reason == Reason.ResultMismatch) return Param.SlashResultMismatch;
        if (reason == Reason.SubmissionNotRevealed) return Param.SlashNoReveal;
        if (reason == Reason.ResultNotRevealed) return Param.SlashNoReveal;
        if (reason == Reason.SubmissionUnavailable) return Param.SlashUnavailable;
        if (reason == Reason.ValidatorSilent) return Param.SlashSilence;
        revert UnknownReason(reason);
    }

    function _openCase(uint256 caseId) private view returns (SlashCase storage c) {
        c = _cases[caseId];
        if (c.state != CaseState.Open) revert WrongCaseState(caseId, c.state);
    }
}
