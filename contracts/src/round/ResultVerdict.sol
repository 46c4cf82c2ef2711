// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {Param} from "../interfaces/IPolicy.sol";
import {Challenge, IResults, ResultStage} from "../interfaces/IResults.sol";
import {IRoundManager, RoundInfo} from "../interfaces/IRoundManager.sol";
import {ISubmissions} from "../interfaces/ISubmissions.sol";
import {RULE_ROUND_PERMISSION} from "../permission/Permissions.sol";
import {Commitments} from "../types/Commitments.sol";
import {RoundNumber, TaskId} from "../types/Ids.sol";
import {ResultSummary, RoundPhase, TaskState, VoidReason} from "../types/Types.sol";
import {ResultState} from "./ResultState.sol";
import {RoundLimits} from "./RoundLimits.sol";
import {Summaries} from "./Summaries.sol";

/// @title How a round ends: accepted, challenged, ruled, final, void, or repeated
/// @notice Ways out that anyone can take of every state that is not final, once its time has passed. Of a draw: drawing, or
/// `voidRound` where it failed. Of what follows, up to the reveals of results: time, or `voidRound` where the round cannot
/// finish. Acceptance: `accept` where anything was revealed, else `voidRound`. Challenge and Ruling: `finalize`. The DAO can
/// only rule on a challenge or on a ciphertext that was missing, and by stopping the task let a round be voided that has no
/// accepted result yet.
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
    function commitChallenge(TaskId taskId, RoundNumber round, bytes32 commitment) external {
        _requireChallengeable(taskId, round);
        if (commitment == bytes32(0)) revert ISubmissions.EmptyCommitment();
        _results[taskId][round].challengeWords[msg.sender] = uint256(commitment & TOP_216) | block.number;
        emit ChallengeCommitted(taskId, round, msg.sender, commitment);
    }

    /// @inheritdoc IResults
    /// @dev The first challenge starts the time for the ruling; others join with their results until the window ends.
    function challenge(TaskId taskId, RoundNumber round, ResultSummary calldata summary, bytes32 salt)
        external
        nonReentrant
    {
        RoundInfo memory info = _requireChallengeable(taskId, round);
        Result storage r = _results[taskId][round];
        bytes32 resultHash = summary.hash();
        Challenge memory c = _challengeWith(taskId, round, info, resultHash, salt);
        _requireNewChallenge(r, c);
        // A hash that has a tally has been checked.
        if (r.tallies[resultHash].count == 0) summary.requireValid(submissions.counts(taskId, round));

        r.challenges[r.head.challenges++] = c;
        bool first = info.phase == RoundPhase.Challenge;
        uint40 rulingEnd =
            first ? uint40(block.timestamp + policy.valueAt(Param.RulingWindow, info.policyVersion)) : info.rulingEnd;
        emit ResultChallenged(taskId, round, c.challenger, resultHash, c.bond, rulingEnd, summary);
        if (first) roundManager.markChallenged(taskId, round, rulingEnd);
        if (c.bond != 0) token.safeTransferFrom(msg.sender, address(this), c.bond);
    }

    /// @inheritdoc IResults
    /// @dev Bonds of who challenged with the ruled result go back, the others' go to the treasury.
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
        address winner = _firstToCommit(r, resultHash);
        r.winner = winner;
        emit ResultRuled(taskId, round, resultHash, winner, summary);
        _finish(taskId, round, summary.shardInvalid);
        _settleBonds(taskId, round, r, resultHash, false);
    }

    /// @inheritdoc IResults
    function ruleCiphertextWithheld(TaskId taskId, RoundNumber round) external auth(RULE_ROUND_PERMISSION) {
        roundManager.forfeitCreationStake(taskId, round);
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
            _settleBonds(taskId, round, r, bytes32(0), !stands);
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

    function _requireChallengeable(TaskId taskId, RoundNumber round) private view returns (RoundInfo memory info) {
        info = roundManager.round(taskId, round);
        bool open = info.phase == RoundPhase.Challenge || info.phase == RoundPhase.Ruling;
        if (!open || block.timestamp >= info.challengeEnd) {
            _wrongPhase(taskId, round, RoundPhase.Challenge, info.phase);
        }
    }

    /// @dev What the caller's challenge would be: with its commitment, or free since it revealed what it brings.
    function _challengeWith(TaskId taskId, RoundNumber round, RoundInfo memory info, bytes32 resultHash, bytes32 salt)
        private
        returns (Challenge memory c)
    {
        Result storage r = _results[taskId][round];
        c.challenger = msg.sender;
        c.resultHash = resultHash;
        uint256 word = r.challengeWords[msg.sender];
        bool free;
        if (r.head.contested) {
            (address node,) = roundManager.actingIn(taskId, round, info.phase, msg.sender);
            uint256 revealed = r.validators[node];
            free = revealed == _word(resultHash, _seatsOf(revealed), ResultStage.Revealed);
            if (free) c.challenger = node;
        }
        // Safe narrowing: the catalogue bounds the bond far below 2^128.
        if (!free) c.bond = uint128(policy.valueAt(Param.ChallengeBond, info.policyVersion));
        if (word == 0) {
            if (!free) revert ChallengeNotCommitted(msg.sender);
            return c;
        }
        c.committedBlock = uint40(word);
        if (block.number <= c.committedBlock) revert ChallengeTooEarly(c.committedBlock);
        bytes32 expected = bytes32(word) & TOP_216;
        bytes32 got = Commitments.challengeCommitment(taskId, round, msg.sender, resultHash, salt) & TOP_216;
        if (got != expected) revert ISubmissions.CommitmentMismatch(msg.sender, expected, got);
        delete r.challengeWords[msg.sender];
    }

    /// @dev Each challenger once, never with what stands, and with another's result only by an earlier commitment: so of those
    /// with one result each was committed to before those in front of it.
    function _requireNewChallenge(Result storage r, Challenge memory c) private view {
        if (c.resultHash == r.accepted) revert ResultStands(c.resultHash);
        uint256 count = r.head.challenges;
        if (count >= RoundLimits.MAX_CHALLENGES) revert TooManyChallenges(RoundLimits.MAX_CHALLENGES);
        for (uint256 i; i < count; ++i) {
            Challenge memory other = r.challenges[i];
            if (other.challenger == c.challenger) revert AlreadyChallenged(c.challenger);
            if (other.resultHash != c.resultHash) continue;
            bool earlier = other.committedBlock == 0 || c.committedBlock < other.committedBlock;
            if (c.committedBlock == 0 || !earlier) revert ResultStands(c.resultHash);
        }
    }

    /// @dev 0 where nobody who had committed challenged with it.
    function _firstToCommit(Result storage r, bytes32 resultHash) private view returns (address first) {
        uint256 count = r.head.challenges;
        for (uint256 i; i < count; ++i) {
            Challenge memory c = r.challenges[i];
            if (c.resultHash == resultHash && c.committedBlock != 0) first = c.challenger;
        }
    }

    /// @dev At most `MAX_CHALLENGES`, each of its own challenger.
    /// @param right What bonds go back for; 0 where there is none.
    function _settleBonds(TaskId taskId, RoundNumber round, Result storage r, bytes32 right, bool returnAll) private {
        uint256 count = r.head.challenges;
        uint256 lost;
        for (uint256 i; i < count; ++i) {
            Challenge memory c = r.challenges[i];
            if (!returnAll && c.resultHash != right) {
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
