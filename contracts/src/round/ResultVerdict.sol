// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Param} from "../interfaces/IPolicy.sol";
import {Challenge, IResults} from "../interfaces/IResults.sol";
import {IRoundManager, RoundInfo} from "../interfaces/IRoundManager.sol";
import {RULE_ROUND_PERMISSION} from "../permission/Permissions.sol";
import {RoundNumber, TaskId} from "../types/Ids.sol";
import {ResultSummary, RoundPhase, TaskState, VoidReason} from "../types/Types.sol";
import {ResultState} from "./ResultState.sol";
import {RoundLimits} from "./RoundLimits.sol";
import {Summaries} from "./Summaries.sol";

/// @title How a round ends: accepted, challenged, ruled, final, void, or repeated
/// @notice Ways out that anyone can take of every state that is not final, once its time has passed. Of a draw: drawing, or
/// `voidRound` where it failed. Of what follows, up to the reveals of results: time, or `voidRound` where the round cannot
/// finish. Acceptance: `accept` where anything was revealed, else `voidRound`. Challenge and Ruling: `finalize`. The DAO can
/// only rule on a challenge, and by stopping the task let a round be voided that has no accepted result yet.
abstract contract ResultVerdict is ResultState {
    using SafeERC20 for IERC20;
    using Summaries for ResultSummary;

    /// @inheritdoc IResults
    /// @dev Needs no check of the summary: only valid ones were revealed.
    function accept(TaskId taskId, RoundNumber round, ResultSummary calldata summary) external {
        RoundInfo memory info = roundManager.round(taskId, round);
        if (info.phase != RoundPhase.Acceptance) _wrongPhase(taskId, round, RoundPhase.Acceptance, info.phase);
        Result storage r = _results[taskId][round];
        Head memory h = r.head;
        if (h.revealed == 0) revert NoResults(taskId, round);
        bytes32 resultHash = summary.hash();
        if (resultHash != r.leading) revert SummaryMismatch(r.leading, resultHash);

        h.contested = 3 * uint256(h.leadingSeats) < 2 * uint256(h.revealedSeats)
            || 2 * uint256(h.revealedSeats) < info.validatorSeats;
        h.shardInvalid = summary.shardInvalid;
        r.head = h;
        r.accepted = resultHash;
        // Safe narrowing, here and below: windows are days, by the catalogue's bounds.
        uint40 challengeEnd = uint40(block.timestamp + policy.valueAt(Param.ChallengeWindow, info.policyVersion));
        emit ResultAccepted(
            taskId, round, resultHash, h.contested, h.leadingSeats, h.revealedSeats, challengeEnd, summary
        );
        roundManager.markAccepted(taskId, round, challengeEnd);
    }

    /// @inheritdoc IResults
    /// @dev The first challenge starts the time for the ruling; others join with their results until the window ends.
    function challenge(TaskId taskId, RoundNumber round, ResultSummary calldata summary) external nonReentrant {
        RoundInfo memory info = roundManager.round(taskId, round);
        bool ruling = info.phase == RoundPhase.Ruling;
        if ((!ruling && info.phase != RoundPhase.Challenge) || block.timestamp >= info.challengeEnd) {
            _wrongPhase(taskId, round, RoundPhase.Challenge, info.phase);
        }
        Result storage r = _results[taskId][round];
        bytes32 resultHash = summary.hash();
        _requireNewChallenge(r, resultHash);
        bool revealed = r.tallies[resultHash].count != 0;
        // A hash that has a tally has been checked.
        if (!revealed) summary.requireValid(submissions.counts(taskId, round));

        uint256 bond = revealed && r.head.contested ? 0 : policy.valueAt(Param.ChallengeBond, info.policyVersion);
        // Safe narrowing: the catalogue bounds the bond far below 2^128.
        r.challenges[r.head.challenges++] = Challenge(msg.sender, uint128(bond), resultHash);
        uint40 rulingEnd =
            ruling ? info.rulingEnd : uint40(block.timestamp + policy.valueAt(Param.RulingWindow, info.policyVersion));
        emit ResultChallenged(taskId, round, msg.sender, resultHash, bond, rulingEnd, summary);
        if (!ruling) roundManager.markChallenged(taskId, round, rulingEnd);
        if (bond != 0) token.safeTransferFrom(msg.sender, address(this), bond);
    }

    /// @inheritdoc IResults
    /// @dev The bond of who challenged with the ruled result goes back, the others' go to the treasury.
    function rule(TaskId taskId, RoundNumber round, ResultSummary calldata summary)
        external
        auth(RULE_ROUND_PERMISSION)
        nonReentrant
    {
        RoundInfo memory info = roundManager.round(taskId, round);
        if (info.phase != RoundPhase.Ruling) _wrongPhase(taskId, round, RoundPhase.Ruling, info.phase);
        if (block.timestamp >= info.rulingEnd) _wrongPhase(taskId, round, RoundPhase.Ruling, RoundPhase.Void);
        summary.requireValid(submissions.counts(taskId, round));
        Result storage r = _results[taskId][round];
        bytes32 resultHash = summary.hash();
        r.accepted = resultHash;
        r.head.shardInvalid = summary.shardInvalid;
        address winner = _challengerOf(r, resultHash);
        r.winner = winner;
        emit ResultRuled(taskId, round, resultHash, winner, summary);
        _finish(taskId, round, summary.shardInvalid);
        _settleBonds(taskId, round, r, winner, false);
    }

    /// @inheritdoc IResults
    function finalize(TaskId taskId, RoundNumber round) external nonReentrant {
        RoundInfo memory info = roundManager.round(taskId, round);
        Result storage r = _results[taskId][round];
        Head memory h = r.head;
        if (info.phase == RoundPhase.Ruling) {
            if (block.timestamp < info.rulingEnd) _wrongPhase(taskId, round, RoundPhase.Claimable, info.phase);
            bool stands = 3 * uint256(h.leadingSeats) >= 2 * uint256(info.validatorSeats);
            if (stands) _finish(taskId, round, h.shardInvalid);
            else _void(taskId, round, VoidReason.NoRuling);
            _settleBonds(taskId, round, r, address(0), !stands);
        } else {
            if (info.phase != RoundPhase.Challenge) _wrongPhase(taskId, round, RoundPhase.Challenge, info.phase);
            if (block.timestamp < info.challengeEnd) _wrongPhase(taskId, round, RoundPhase.Claimable, info.phase);
            _finish(taskId, round, h.shardInvalid);
        }
    }

    /// @inheritdoc IResults
    function voidRound(TaskId taskId, RoundNumber round) external nonReentrant {
        RoundInfo memory info = roundManager.round(taskId, round);
        (VoidReason reason, bool repeatable) = _failure(taskId, round, info.phase);
        if (reason == VoidReason.None) revert CannotVoid(taskId, round);
        if (repeatable && uint256(info.attempt) + 1 < RoundLimits.MAX_ATTEMPTS) {
            roundManager.repeatRound(taskId, round, reason);
        } else {
            _void(taskId, round, reason);
        }
    }

    /// @dev Why the round can no longer finish, None when it still can, and whether other validators could save it. A stop by
    /// the DAO comes first, for a creator need not publish keys of a stopped task; without a submission nothing is left that a
    /// repeat could save.
    function _failure(TaskId taskId, RoundNumber round, RoundPhase phase)
        private
        view
        returns (VoidReason reason, bool repeatable)
    {
        if (phase == RoundPhase.None || phase > RoundPhase.Acceptance) return (VoidReason.None, false);
        if (taskManager.task(taskId).state == TaskState.Stopped) return (VoidReason.TaskStopped, false);
        if (phase <= RoundPhase.Reveal) return (roundManager.drawFailure(taskId, round), false);
        if (submissions.counts(taskId, round).revealed == 0) return (VoidReason.NoSubmissions, false);
        if (phase <= RoundPhase.AttestReveal) return (roundManager.drawFailure(taskId, round), true);
        reason = attestations.failure(taskId, round);
        if (reason != VoidReason.None) return (reason, true);
        if (phase > RoundPhase.Key && attestations.keyOf(taskId, round) == bytes32(0)) {
            return (VoidReason.KeyWithheld, false);
        }
        if (phase == RoundPhase.Acceptance && _results[taskId][round].head.revealed == 0) {
            return (VoidReason.NoResults, false);
        }
    }

    /// @dev What stands holds.
    function _finish(TaskId taskId, RoundNumber round, bool shardInvalid) private {
        if (shardInvalid) _void(taskId, round, VoidReason.ShardInvalid);
        else roundManager.finalize(taskId, round);
    }

    function _void(TaskId taskId, RoundNumber round, VoidReason reason) private {
        roundManager.voidRound(taskId, round, reason, submissions.counts(taskId, round).revealedSeats);
    }

    /// @dev Each result and each challenger once, and never with what stands.
    function _requireNewChallenge(Result storage r, bytes32 resultHash) private view {
        if (resultHash == r.accepted) revert ResultStands(resultHash);
        uint256 count = r.head.challenges;
        if (count >= RoundLimits.MAX_CHALLENGES) revert TooManyChallenges(RoundLimits.MAX_CHALLENGES);
        for (uint256 i; i < count; ++i) {
            if (r.challenges[i].challenger == msg.sender) revert AlreadyChallenged(msg.sender);
            if (r.challenges[i].resultHash == resultHash) revert ResultStands(resultHash);
        }
    }

    /// @dev 0 where nobody challenged with it.
    function _challengerOf(Result storage r, bytes32 resultHash) private view returns (address) {
        uint256 count = r.head.challenges;
        for (uint256 i; i < count; ++i) {
            if (r.challenges[i].resultHash == resultHash) return r.challenges[i].challenger;
        }
        return address(0);
    }

    /// @dev At most `MAX_CHALLENGES`, each of its own challenger.
    function _settleBonds(TaskId taskId, RoundNumber round, Result storage r, address winner, bool returnAll) private {
        uint256 count = r.head.challenges;
        uint256 lost;
        for (uint256 i; i < count; ++i) {
            Challenge memory c = r.challenges[i];
            if (!returnAll && c.challenger != winner) {
                lost += c.bond;
            } else if (c.bond != 0) {
                emit BondReturned(taskId, round, c.challenger, c.bond);
                token.safeTransfer(c.challenger, c.bond);
            }
        }
        if (lost != 0) {
            emit BondsLost(taskId, round, lost);
            token.safeTransfer(DAO, lost);
        }
    }

    function _wrongPhase(TaskId taskId, RoundNumber round, RoundPhase expected, RoundPhase actual) private pure {
        revert IRoundManager.WrongPhase(taskId, round, expected, actual);
    }
}
