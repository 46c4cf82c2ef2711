// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {RoundInfo} from "../interfaces/IRoundManager.sol";
import {Accusation, CaseState, ISlashCourt, Reason, SlashCase} from "../interfaces/ISlashCourt.sol";
import {ISlashReceiver, IStakeManager} from "../interfaces/IStakeManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {OVERTURN_PERMISSION} from "../permission/Permissions.sol";
import {CaseId, RoundNumber, TaskId} from "../types/Ids.sol";
import {Role, StakeSnapshot} from "../types/Types.sol";
import {SlashFacts} from "./SlashFacts.sol";

/// @title Slash cases
/// @notice Trust: facts come from the contracts of the round alone, ratios and windows from the policy version of the round;
/// the DAO can overturn a case inside its appeal window and nothing else.
/// @dev A target may report itself, and so get the reporter's part back; others are free to be faster.
contract SlashCourt is SlashFacts, DaoAuthorized, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    /// @notice No case takes more than this part of what the round read of the stake, whatever the policy.
    uint64 public constant MAX_RATIO = 0.5e18;
    /// @notice The reporter gets one part in so many, up to the policy's cap.
    uint256 public constant REPORTER_PART = 10;
    uint256 private constant ONE = 1e18;

    IERC20 public immutable token;
    IPolicy public immutable policy;
    IStakeManager public immutable stakeManager;

    uint256 public caseCount;
    mapping(CaseId caseId => SlashCase) private _cases;
    mapping(CaseId caseId => address) private _challengerOf;
    mapping(bytes32 fact => CaseId caseId) private _caseOf;
    mapping(TaskId taskId => mapping(RoundNumber round => mapping(address node => Hold))) private _holds;

    /// @dev What ends the hold of a round on a node's stake.
    struct Hold {
        uint248 openCases;
        bool released;
    }

    constructor(
        address dao_,
        address token_,
        address policy_,
        address stakeManager_,
        address roundManager_,
        address submissions_,
        address attestations_,
        address results_
    ) DaoAuthorized(dao_) SlashFacts(roundManager_, submissions_, attestations_, results_) {
        if (
            token_ == address(0) || policy_ == address(0) || stakeManager_ == address(0) || roundManager_ == address(0)
                || submissions_ == address(0) || attestations_ == address(0) || results_ == address(0)
        ) revert ZeroAddress();
        token = IERC20(token_);
        policy = IPolicy(policy_);
        stakeManager = IStakeManager(stakeManager_);
    }

    /// @inheritdoc ISlashCourt
    function open(Accusation calldata a) external nonReentrant returns (CaseId caseId) {
        bytes32 fact = keccak256(abi.encode(a.taskId, a.round, a.attempt, a.target, a.reason));
        if (CaseId.unwrap(_caseOf[fact]) != 0) revert CaseExists(_caseOf[fact]);
        RoundInfo memory info = roundManager.round(a.taskId, a.round);
        if (info.closedAt == 0 || !_proven(a, info)) revert NotProven(a.taskId, a.round, a.target, a.reason);
        uint256 end = _caseEnd(info);
        if (block.timestamp >= end) revert TooLate(a.taskId, a.round, end);

        caseId = CaseId.wrap(++caseCount);
        _caseOf[fact] = caseId;
        _holds[a.taskId][a.round][a.target].openCases += 1;
        _store(caseId, a, info);
        stakeManager.freeze(a.target);
    }

    /// @inheritdoc ISlashCourt
    function overturn(CaseId caseId) external auth(OVERTURN_PERMISSION) nonReentrant {
        SlashCase storage c = _openCase(caseId);
        if (block.timestamp >= c.appealEnd) revert AppealWindowClosed(caseId, c.appealEnd);
        c.state = CaseState.Overturned;
        emit CaseOverturned(caseId);
        _close(c);
    }

    /// @inheritdoc ISlashCourt
    /// @dev The stake manager calls `onSlashCollected` within this call with what it collects at once.
    function execute(CaseId caseId) external nonReentrant {
        SlashCase storage c = _openCase(caseId);
        if (block.timestamp < c.appealEnd) revert AppealWindowOpen(caseId, c.appealEnd);
        c.state = CaseState.Executed;
        _close(c);
        uint256 taken = stakeManager.slash(c.target, c.amount, CaseId.unwrap(caseId));
        // Safe narrowing: at most the uint128 that was asked for.
        c.taken = uint128(taken);
        emit CaseExecuted(caseId, taken);
    }

    /// @inheritdoc ISlashCourt
    /// @dev The round manager binds a node once a round, in whatever attempts it joined.
    function release(TaskId taskId, RoundNumber round, address node) external nonReentrant {
        RoundInfo memory info = roundManager.round(taskId, round);
        Hold storage hold = _holds[taskId][round][node];
        if (hold.released || !_joined(taskId, round, info.attempt, node)) revert NothingHeld(taskId, round, node);
        // Of an open round nobody knows the end yet: 0.
        uint256 end = info.closedAt == 0 ? 0 : _caseEnd(info);
        if (block.timestamp < end || end == 0) revert CaseWindowOpen(taskId, round, end);
        if (hold.openCases != 0) revert CasesOpen(taskId, round, node, hold.openCases);
        hold.released = true;
        emit StakeReleased(taskId, round, node);
        stakeManager.unbind(node, taskId);
    }

    /// @inheritdoc ISlashReceiver
    /// @dev Delegators' deposits, exits and claims pass through here, so it refuses nothing that the stake manager says.
    function onSlashCollected(uint256 ref, uint256 amount) external {
        if (msg.sender != address(stakeManager)) revert NotStakeManager(msg.sender);
        CaseId caseId = CaseId.wrap(ref);
        SlashCase storage c = _cases[caseId];
        // Safe narrowings: parts never add up to more than what the pool lost. Both round down, and together they are at
        // most six tenths: a tenth, and the catalogue's half.
        uint256 toReporter = Math.min(amount / REPORTER_PART, c.reporterCap - c.toReporter);
        uint256 toChallenger = amount * c.challengerShare / ONE;
        uint256 toTreasury = amount - toReporter - toChallenger;
        c.collected += uint128(amount);
        c.toReporter += uint128(toReporter);
        c.toChallenger += uint128(toChallenger);
        emit SlashDistributed(caseId, toTreasury, toReporter, toChallenger);
        if (toReporter != 0) token.safeTransfer(c.reporter, toReporter);
        if (toChallenger != 0) token.safeTransfer(_challengerOf[caseId], toChallenger);
        token.safeTransfer(DAO, toTreasury);
    }

    /// @inheritdoc ISlashCourt
    function slashCase(CaseId caseId) external view returns (SlashCase memory) {
        return _cases[caseId];
    }

    /// @inheritdoc ISlashCourt
    function released(TaskId taskId, RoundNumber round, address node) external view returns (bool) {
        return _holds[taskId][round][node].released;
    }

    /// @inheritdoc ISlashCourt
    function releasableAt(TaskId taskId, RoundNumber round) external view returns (uint256) {
        RoundInfo memory info = roundManager.round(taskId, round);
        return info.closedAt == 0 ? 0 : _caseEnd(info);
    }

    /// @dev Narrowings are safe by the catalogue's bounds: windows of days, ratios of at most 1e18, a cap below 2^90.
    function _store(CaseId caseId, Accusation calldata a, RoundInfo memory info) private {
        Param[] memory params = new Param[](4);
        params[0] = Param.AppealWindow;
        params[1] = _ratioOf(a.reason);
        params[2] = Param.ReporterCap;
        params[3] = Param.ChallengerShare;
        uint256[] memory values = policy.read(params, info.policyVersion);
        SlashCase storage c = _cases[caseId];
        c.taskId = a.taskId;
        c.round = a.round;
        c.attempt = a.attempt;
        c.target = a.target;
        c.reporter = msg.sender;
        c.reason = a.reason;
        c.state = CaseState.Open;
        c.appealEnd = uint40(block.timestamp + values[0]);
        c.ratio = values[1] < MAX_RATIO ? uint64(values[1]) : MAX_RATIO;
        c.reporterCap = uint128(values[2]);
        c.amount = _amount(a, info.openedAt, c.ratio);
        c.evidence = a.evidence;
        if (a.reason == Reason.ResultMismatch) {
            address challenger = results.roundResult(a.taskId, a.round).winner;
            if (challenger != address(0)) {
                c.challengerShare = uint64(values[3]);
                _challengerOf[caseId] = challenger;
            }
        }
        _emitOpened(caseId, c);
    }

    /// @dev Apart, for the stack's sake.
    function _emitOpened(CaseId caseId, SlashCase memory c) private {
        emit CaseOpened(
            caseId,
            c.target,
            c.reporter,
            c.taskId,
            c.round,
            c.attempt,
            c.reason,
            c.ratio,
            c.amount,
            c.evidence,
            c.appealEnd
        );
    }

    /// @dev Wei that a case takes: of the node's pool as the round read it, in the second before it opened, and of that of the
    /// part that it bound.
    function _amount(Accusation calldata a, uint40 openedAt, uint256 ratio) private view returns (uint128) {
        uint256 bound = roundManager.candidate(a.taskId, a.round, a.attempt, a.target).ratio;
        StakeSnapshot memory stake = stakeManager.stakeAt(a.target, openedAt - 1);
        // Each division rounds down, in favour of the target. Safe narrowing: at most half of what is below the token's cap.
        return uint128((stake.own * bound / ONE + stake.delegated * bound / ONE) * ratio / ONE);
    }

    /// @dev Until when cases about a closed round can be opened.
    function _caseEnd(RoundInfo memory info) private view returns (uint256) {
        return info.closedAt + policy.valueAt(Param.CaseWindow, info.policyVersion);
    }

    function _joined(TaskId taskId, RoundNumber round, uint8 attempts, address node) private view returns (bool) {
        for (uint8 attempt; attempt <= attempts; ++attempt) {
            if (roundManager.candidate(taskId, round, attempt, node).role != Role.None) return true;
        }
        return false;
    }

    function _close(SlashCase storage c) private {
        _holds[c.taskId][c.round][c.target].openCases -= 1;
        stakeManager.unfreeze(c.target);
    }

    function _openCase(CaseId caseId) private view returns (SlashCase storage c) {
        c = _cases[caseId];
        if (c.state != CaseState.Open) revert WrongCaseState(caseId, c.state);
    }
}
