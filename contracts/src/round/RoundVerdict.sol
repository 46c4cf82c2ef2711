// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {Param} from "../interfaces/IPolicy.sol";
import {IRoundManager} from "../interfaces/IRoundManager.sol";
import {RULE_ROUND_PERMISSION} from "../permission/Permissions.sol";
import {CODEC_DAG_JSON} from "../types/Codecs.sol";
import {Cid, ResultSummary, RoundPhase, TaskState, VoidReason} from "../types/Types.sol";
import {Head, Status} from "./Head.sol";
import {RoundState} from "./RoundState.sol";
import {Summaries} from "./Summaries.sol";

/// @title How a round ends: accepted, challenged, ruled, final or void
/// @notice Ways out that anyone can take of every state that is not final: Running: `accept`, `dispute` or `voidRound`
/// (one of them is open once the reveal window has passed, see `dispute`); Accepted: `finalize`; Disputed: `voidRound`
/// after `disputeEnd`. The DAO can only rule on a dispute, and by stopping the task void a round that has no result yet.
abstract contract RoundVerdict is RoundState {
    using SafeERC20 for IERC20;
    using Summaries for ResultSummary;

    /// @dev Bounds the loop over bonds.
    uint256 internal constant MAX_CHALLENGES = 16;

    /// @inheritdoc IRoundManager
    /// @dev Needs no check of the summary: only valid ones were revealed, and so have a tally.
    function accept(uint256 taskId, uint32 round_, ResultSummary calldata summary) external {
        (Round storage r, Head h) = _inPhase(taskId, round_, RoundPhase.Acceptance);
        bytes32 resultHash = summary.hash();
        Tally memory t = r.tallies[resultHash];
        Rules memory rules = r.rules;
        if (!_meetsThreshold(t.seats, h, rules)) {
            revert ThresholdNotMet(t.seats, uint16(h.revealedSeats()), uint16(h.seats()));
        }
        if (!_anythingCounts(r, h)) revert NothingCounted();
        r.head = h.withStatus(Status.Accepted);
        r.acceptedHash = resultHash;
        uint40 challengeEnd = uint40(block.timestamp + _policyOf(r, Param.ChallengeWindow));
        r.outcome = Outcome({
            challengeEnd: challengeEnd,
            disputeEnd: 0,
            voidReason: VoidReason.None,
            shardInvalid: summary.shardInvalid,
            // Safe narrowing: both are below 2^96.
            stakeBehind: uint128(summary.qualifyingOwnStake + t.ownStake)
        });
        emit ResultAccepted(taskId, round_, resultHash, t.seats, uint16(h.revealedSeats()), challengeEnd, summary);
    }

    /// @inheritdoc IRoundManager
    /// @dev The first challenge makes the round disputed; others may join with their results until the window ends.
    function challenge(uint256 taskId, uint32 round_, Cid calldata result) external nonReentrant {
        Round storage r = _tasks[taskId].rounds[round_];
        Head h = r.head;
        Status status = h.status();
        bool open_ = status == Status.Accepted || (status == Status.Disputed && r.acceptedHash != bytes32(0));
        if (!open_ || block.timestamp >= r.outcome.challengeEnd) {
            revert WrongPhase(taskId, round_, RoundPhase.Challenge, h.phase());
        }
        if (result.codec != CODEC_DAG_JSON) revert UnsupportedCodec(result.codec);
        uint256 count = r.challenges.length;
        if (count >= MAX_CHALLENGES) revert TooManyChallenges(MAX_CHALLENGES);
        for (uint256 i; i < count; ++i) {
            if (r.challenges[i].challenger == msg.sender) revert AlreadyChallenged(msg.sender);
        }
        uint256 bond = _policyOf(r, Param.ChallengeBond);
        // Safe narrowing: the catalogue bounds the bond far below 2^96.
        r.challenges.push(Challenge(msg.sender, uint96(bond), result.digest));
        emit ResultChallenged(taskId, round_, msg.sender, result, bond);
        if (status == Status.Accepted) _dispute(taskId, round_, r, h);
        token.safeTransferFrom(msg.sender, address(this), bond);
    }

    /// @inheritdoc IRoundManager
    /// @dev Exactly one of three is open in Acceptance: `accept` when a hash reached the thresholds, `dispute` when
    /// something was revealed and none did, `voidRound` when nothing was revealed or nothing counts. Two hashes cannot both
    /// reach two thirds, so seats that are missing from `hashes` are the only way to hide one that did. (A round of a task
    /// that the DAO stopped can be voided besides, as long as it has no accepted result.)
    function dispute(uint256 taskId, uint32 round_, bytes32[] calldata hashes) external {
        (Round storage r, Head h) = _inPhase(taskId, round_, RoundPhase.Acceptance);
        uint256 revealed = h.revealedSeats();
        if (revealed == 0) revert ThresholdNotMet(0, 0, uint16(h.seats()));
        if (!_anythingCounts(r, h)) revert NothingCounted();
        Rules memory rules = r.rules;
        uint256 sum;
        bytes32 last;
        for (uint256 i; i < hashes.length; ++i) {
            if (hashes[i] <= last) revert HashesNotAscending();
            last = hashes[i];
            uint256 seats = r.tallies[last].seats;
            if (_meetsThreshold(seats, h, rules)) revert ThresholdMet(last);
            sum += seats;
        }
        // Safe narrowing: sums of distinct tallies never pass the 255 seats that revealed.
        if (sum != revealed) revert HashesIncomplete(uint16(sum), uint16(revealed));
        _dispute(taskId, round_, r, h);
    }

    /// @inheritdoc IRoundManager
    /// @dev Bonds of those who named the ruled result go back, the others' go to the task's budget.
    function rule(uint256 taskId, uint32 round_, ResultSummary calldata summary)
        external
        auth(RULE_ROUND_PERMISSION)
        nonReentrant
    {
        (Round storage r, Head h) = _inPhase(taskId, round_, RoundPhase.Disputed);
        if (block.timestamp >= r.outcome.disputeEnd) {
            revert WrongPhase(taskId, round_, RoundPhase.Disputed, RoundPhase.Void);
        }
        summary.requireValid(h.submissions());
        bytes32 resultHash = summary.hash();
        r.acceptedHash = resultHash;
        r.outcome.shardInvalid = summary.shardInvalid;
        // Safe narrowing: both are below 2^96.
        r.outcome.stakeBehind = uint128(summary.qualifyingOwnStake + r.tallies[resultHash].ownStake);
        emit RoundRuled(taskId, round_, resultHash, summary);
        _finish(taskId, round_, r, h);
        _settleBonds(taskId, round_, r, summary.documentDigest, false);
    }

    /// @inheritdoc IRoundManager
    function finalize(uint256 taskId, uint32 round_) external nonReentrant {
        (Round storage r, Head h) = _inPhase(taskId, round_, RoundPhase.Challenge);
        if (block.timestamp < r.outcome.challengeEnd) {
            revert WrongPhase(taskId, round_, RoundPhase.Claimable, RoundPhase.Challenge);
        }
        _finish(taskId, round_, r, h);
    }

    /// @inheritdoc IRoundManager
    function voidRound(uint256 taskId, uint32 round_) external nonReentrant {
        Round storage r = _tasks[taskId].rounds[round_];
        Head h = r.head;
        _void(taskId, round_, r, h, _voidReason(taskId, r, h));
        _settleBonds(taskId, round_, r, bytes32(0), true);
    }

    /// @inheritdoc IRoundManager
    function claimForfeit(uint256 taskId, uint32 round_, address node) external nonReentrant {
        Round storage r = _tasks[taskId].rounds[round_];
        VoidReason reason = r.outcome.voidReason;
        uint256 word = r.submissions[node];
        if ((reason != VoidReason.KeyWithheld && reason != VoidReason.ShardInvalid) || uint8(word) != REVEALED) {
            revert NothingForfeited(taskId, round_, node);
        }
        r.submissions[node] = word ^ REVEALED ^ FORFEIT_PAID;
        taskManager.payForfeit(taskId, round_, node);
    }

    function _dispute(uint256 taskId, uint32 round_, Round storage r, Head h) private {
        r.head = h.withStatus(Status.Disputed);
        uint40 disputeEnd = uint40(block.timestamp + _policyOf(r, Param.DisputeWindow));
        r.outcome.disputeEnd = disputeEnd;
        emit RoundDisputed(taskId, round_, disputeEnd);
    }

    /// @dev The accepted or ruled result holds.
    function _finish(uint256 taskId, uint32 round_, Round storage r, Head h) private {
        Outcome memory outcome = r.outcome;
        if (outcome.shardInvalid) {
            _void(taskId, round_, r, h, VoidReason.ShardInvalid);
            return;
        }
        r.head = h.withStatus(Status.Claimable);
        _tasks[taskId].stakeBehind = outcome.stakeBehind;
        emit RoundFinalized(taskId, round_, r.acceptedHash);
        taskManager.closeRound(taskId, round_, true);
    }

    function _void(uint256 taskId, uint32 round_, Round storage r, Head h, VoidReason reason) private {
        r.head = h.withStatus(Status.Void);
        r.outcome.voidReason = reason;
        emit RoundVoided(taskId, round_, reason);
        if (reason == VoidReason.KeyWithheld || reason == VoidReason.ShardInvalid) {
            taskManager.forfeitCreationStake(taskId, round_, h.submissions());
        }
        taskManager.closeRound(taskId, round_, false);
    }

    /// @dev Why the round can no longer finish; reverts when it still can. A stop by the DAO comes first, for a creator
    /// need not publish keys of a stopped task.
    function _voidReason(uint256 taskId, Round storage r, Head h) private view returns (VoidReason) {
        Status status = h.status();
        if (status == Status.Disputed && block.timestamp >= r.outcome.disputeEnd) return VoidReason.NoRuling;
        if (status == Status.Running) {
            if (taskManager.task(taskId).state == TaskState.Stopped) return VoidReason.TaskStopped;
            RoundPhase phase = h.phase();
            if (phase > RoundPhase.Commit && r.draw.candidateStake == 0) return VoidReason.NoCandidates;
            if (phase > RoundPhase.Reveal && h.submissions() == 0) return VoidReason.NoSubmissions;
            if (phase > RoundPhase.Key && !h.keyPublished()) return VoidReason.KeyWithheld;
            if (phase > RoundPhase.Availability && !_anythingCounts(r, h)) return VoidReason.NothingCounted;
            if (phase > RoundPhase.ResultReveal && h.revealedSeats() == 0) return VoidReason.NoResults;
        }
        revert CannotVoid(h.phase());
    }

    /// @dev At most `MAX_CHALLENGES`.
    function _settleBonds(uint256 taskId, uint32 round_, Round storage r, bytes32 ruledDigest, bool returnAll) private {
        uint256 count = r.challenges.length;
        uint256 lost;
        for (uint256 i; i < count; ++i) {
            Challenge memory c = r.challenges[i];
            if (returnAll || c.documentDigest == ruledDigest) {
                emit BondReturned(taskId, round_, c.challenger, c.bond);
                token.safeTransfer(c.challenger, c.bond);
            } else {
                lost += c.bond;
            }
        }
        if (lost != 0) {
            token.safeTransfer(address(taskManager), lost);
            taskManager.returnBudget(taskId, lost);
        }
    }

    /// @dev At least the accepted part of the revealed seats, and a quorum of all seats among those.
    function _meetsThreshold(uint256 seats, Head h, Rules memory rules) private pure returns (bool) {
        uint256 revealed = h.revealedSeats();
        return seats != 0 && seats * ONE >= rules.acceptance * revealed && _hasQuorum(revealed, h, rules.quorum);
    }
}
