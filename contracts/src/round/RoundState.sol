// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {
    Agreement,
    IRoundManager,
    RoundInfo,
    Submission,
    ValidatorEntry,
    ValidatorStage
} from "../interfaces/IRoundManager.sol";
import {IStakeManager} from "../interfaces/IStakeManager.sol";
import {ITaskManager} from "../interfaces/ITaskManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {RoundPhase, VoidReason} from "../types/Types.sol";
import {Availability} from "./Availability.sol";
import {Head, Status} from "./Head.sol";
import {Seats} from "./Seats.sol";

/// @title What is stored of a round, and every way to read it
/// @dev Packed by who reads what together: the head by every step, the draw by candidates, the rules by acceptance.
abstract contract RoundState is IRoundManager, DaoAuthorized, ReentrancyGuardTransient {
    using Availability for Availability.Counters;

    /// @dev Stakes in wei: the token's cap is below 2^90. Trainers' and validators' minima: the task's or the policy's,
    /// whichever is higher.
    struct Terms {
        uint96 minTrainerStake;
        uint96 minValidatorStake;
        uint32 policyVersion;
        uint32 openedBlock;
    }

    /// @param candidateStake S of the line on which seats are drawn, wei.
    /// @param delegationWeight How much of delegated stake counts, scaled by 1e18.
    /// @param seed 0 before the draw.
    struct Draw {
        uint96 candidateStake;
        uint64 delegationWeight;
        bytes32 seed;
    }

    /// @dev Ratios scaled by 1e18.
    struct Rules {
        uint64 availability;
        uint64 acceptance;
        uint64 quorum;
        uint64 drawBlock;
    }

    /// @param stakeBehind Own stake of those with a valid submission and of those on the result, wei (both below 2^97).
    struct Outcome {
        uint40 challengeEnd;
        uint40 disputeEnd;
        VoidReason voidReason;
        bool shardInvalid;
        uint128 stakeBehind;
    }

    /// @dev The validators who revealed one hash, written in one go. Sums of at most 255 stake powers stay below 2^96:
    /// s^(k/4) <= s for every stake above 0, and all stakes together are below the cap.
    struct Tally {
        uint16 seats;
        uint16 count;
        uint96 ownStake;
        uint96 sumWeights;
    }

    struct Challenge {
        address challenger;
        uint96 bond;
        bytes32 documentDigest;
    }

    /// @dev A submission's word: before the reveal the commitment's top 208 bits | committedBlock 40 | COMMITTED, after it
    /// index 16 at 56 | committedBlock 40 | REVEALED or FORFEIT_PAID.
    /// A validator's word: seats 16 at 8 | stage 8, and above them, in the stage
    /// - Joined: intervalEnd 96 at 24 | effective stake 96 at 120 (seats are not known yet);
    /// - ResultCommitted: the commitment's top 232 bits; ResultRevealed: the result hash's.
    /// `sumOwnWeights` is only kept where it is neither the own stake (power 4/4) nor the count (power 0).
    struct Round {
        Head head;
        Terms terms;
        Draw draw;
        Rules rules;
        Outcome outcome;
        bytes32 key;
        bytes32 acceptedHash;
        Challenge[] challenges;
        mapping(address node => uint256) submissions;
        mapping(address validator => uint256) validators;
        mapping(bytes32 resultHash => Tally) tallies;
        mapping(bytes32 resultHash => uint256) sumOwnWeights;
        mapping(uint256 word => Availability.Counters) missing;
    }

    /// @dev A candidate's stake as of the round's opening. One a task: its rounds never overlap, and who comes back pays
    /// for no new slot.
    struct Candidate {
        uint96 own;
        uint96 effective;
    }

    /// @param stakeBehind Of the last paid round.
    struct TaskRounds {
        uint32 count;
        uint128 stakeBehind;
        mapping(uint32 round => Round) rounds;
        mapping(address validator => Candidate) candidates;
    }

    uint256 internal constant ONE = 1e18;
    uint256 internal constant COMMITTED = 1;
    uint256 internal constant REVEALED = 2;
    uint256 internal constant FORFEIT_PAID = 3;
    /// @dev The bits of a hash that fit beside what else is in its word; 2^104 and 2^116 tries to find two that agree.
    bytes32 internal constant TOP_208 = bytes32(type(uint256).max << 48);
    bytes32 internal constant TOP_232 = bytes32(type(uint256).max << 24);

    IERC20 public immutable token;
    IPolicy public immutable policy;
    IStakeManager public immutable stakeManager;
    ITaskManager public immutable taskManager;

    mapping(uint256 taskId => TaskRounds) internal _tasks;

    constructor(address dao_, address token_, address policy_, address stakeManager_, address taskManager_)
        DaoAuthorized(dao_)
    {
        if (token_ == address(0) || policy_ == address(0) || stakeManager_ == address(0) || taskManager_ == address(0)) revert ZeroAddress();
        token = IERC20(token_);
        policy = IPolicy(policy_);
        stakeManager = IStakeManager(stakeManager_);
        taskManager = ITaskManager(taskManager_);
    }

    /// @inheritdoc IRoundManager
    function round(uint256 taskId, uint32 round_) external view returns (RoundInfo memory info) {
        Round storage r = _tasks[taskId].rounds[round_];
        Head h = r.head;
        if (h.status() == Status.None) revert WrongPhase(taskId, round_, RoundPhase.Commit, RoundPhase.None);
        info.phase = h.phase();
        info.voidReason = r.outcome.voidReason;
        info.policyVersion = r.terms.policyVersion;
        // Safe narrowing: as wide as their fields in the head.
        info.openedAt = uint40(h.openedAt());
        info.openedBlock = r.terms.openedBlock;
        info.submissions = uint32(h.submissions());
        info.seats = uint16(h.seats());
        info.attestedSeats = uint16(h.attestedSeats());
        info.revealedSeats = uint16(h.revealedSeats());
        info.candidateStake = r.draw.candidateStake;
        info.drawBlock = r.rules.drawBlock;
        info.drawn = h.drawn();
        info.deadlines = h.deadlines();
        info.challengeEnd = r.outcome.challengeEnd;
        info.disputeEnd = r.outcome.disputeEnd;
        info.key = r.key;
        info.pool = taskManager.poolOf(taskId, round_);
        info.acceptedHash = r.acceptedHash;
    }

    /// @inheritdoc IRoundManager
    /// @dev None for a round that was never opened.
    function phaseOf(uint256 taskId, uint32 round_) external view returns (RoundPhase) {
        return _tasks[taskId].rounds[round_].head.phase();
    }

    /// @inheritdoc IRoundManager
    function roundCount(uint256 taskId) external view returns (uint32) {
        return _tasks[taskId].count;
    }

    /// @inheritdoc IRoundManager
    function submission(uint256 taskId, uint32 round_, address node) external view returns (Submission memory) {
        uint256 word = _tasks[taskId].rounds[round_].submissions[node];
        if (!_isRevealed(word)) return Submission(0, 0, false);
        return Submission(_indexOf(word), _committedBlockOf(word), uint8(word) == FORFEIT_PAID);
    }

    /// @inheritdoc IRoundManager
    function commitmentOf(uint256 taskId, uint32 round_, address node)
        external
        view
        returns (bytes32 commitment, uint40 committedBlock)
    {
        Round storage r = _tasks[taskId].rounds[round_];
        uint256 word = r.submissions[node];
        if (uint8(word) != COMMITTED || r.head.isFull()) return (bytes32(0), 0);
        return (bytes32(word) & TOP_208, _committedBlockOf(word));
    }

    /// @inheritdoc IRoundManager
    function validator(uint256 taskId, uint32 round_, address validator_)
        external
        view
        returns (ValidatorEntry memory entry)
    {
        Round storage r = _tasks[taskId].rounds[round_];
        uint256 word = r.validators[validator_];
        entry.stage = _stageOf(word);
        if (entry.stage == ValidatorStage.Joined) {
            if (r.head.drawn()) entry.seats = uint16(_drawnSeats(word, r.draw, r.head));
        } else {
            entry.seats = uint16(word >> 8);
        }
        if (entry.stage == ValidatorStage.ResultRevealed) entry.resultHash = bytes32(word) & TOP_232;
    }

    /// @inheritdoc IRoundManager
    function agreement(uint256 taskId, uint32 round_, bytes32 resultHash) external view returns (Agreement memory) {
        Round storage r = _tasks[taskId].rounds[round_];
        Tally memory t = r.tallies[resultHash];
        uint256 power = r.head.stakePower();
        uint256 sumOwnWeights = power == 4 ? t.ownStake : power == 0 ? t.count : r.sumOwnWeights[resultHash];
        return Agreement(t.seats, t.count, t.ownStake, t.sumWeights, sumOwnWeights);
    }

    /// @inheritdoc IRoundManager
    function countedBitmap(uint256 taskId, uint32 round_) external view returns (uint256[] memory bitmap) {
        Round storage r = _tasks[taskId].rounds[round_];
        Head h = r.head;
        if (block.timestamp < h.endOf(4) || !_hasQuorum(h.attestedSeats(), h, r.rules.quorum)) return bitmap;
        bitmap = new uint256[](Availability.words(h.submissions()));
        for (uint256 w; w < bitmap.length; ++w) {
            bitmap[w] = _countedWord(r, h, w);
        }
    }

    /// @inheritdoc IRoundManager
    function missingSeats(uint256 taskId, uint32 round_, uint32 index) external view returns (uint16) {
        return uint16(_tasks[taskId].rounds[round_].missing[index / 256].countOf(index % 256));
    }

    /// @inheritdoc IRoundManager
    function stakeBehind(uint256 taskId) external view returns (uint256) {
        return _tasks[taskId].stakeBehind;
    }

    function _inPhase(uint256 taskId, uint32 round_, RoundPhase expected)
        internal
        view
        returns (Round storage r, Head h)
    {
        r = _tasks[taskId].rounds[round_];
        h = r.head;
        RoundPhase actual = h.phase();
        if (actual != expected) revert WrongPhase(taskId, round_, expected, actual);
    }

    function _policyOf(Round storage r, Param param) internal view returns (uint256) {
        return policy.valueAt(param, r.terms.policyVersion);
    }

    /// @dev Whether `part` of the drawn seats is a quorum.
    function _hasQuorum(uint256 part, Head h, uint256 quorum) internal pure returns (bool) {
        return part != 0 && part * ONE >= quorum * h.seats();
    }

    /// @dev Which of 256 submissions count, given a quorum of attestations: enough seats have it when few enough lack it.
    function _countedWord(Round storage r, Head h, uint256 word) internal view returns (uint256) {
        uint256 all = Availability.mask(h.submissions(), word);
        if (!h.somethingMissing()) return all;
        uint256 attested = h.attestedSeats();
        // Rounds up what is needed, so that no fraction of a seat is forgiven.
        uint256 needed = (attested * r.rules.availability + ONE - 1) / ONE;
        return all & r.missing[word].atMost(attested - needed);
    }

    /// @dev Stops at the first word in which something counts.
    function _anythingCounts(Round storage r, Head h) internal view returns (bool) {
        if (!_hasQuorum(h.attestedSeats(), h, r.rules.quorum)) return false;
        uint256 words = Availability.words(h.submissions());
        for (uint256 w; w < words; ++w) {
            if (_countedWord(r, h, w) != 0) return true;
        }
        return false;
    }

    /// @dev Seats of a candidate (stage Joined) of a round whose draw was made.
    function _drawnSeats(uint256 word, Draw memory d, Head h) internal pure returns (uint256) {
        return Seats.inInterval(
            uint96(word >> 24), uint96(word >> 120), d.candidateStake, h.seats(), Seats.VALIDATORS, d.seed
        );
    }

    function _stageOf(uint256 word) internal pure returns (ValidatorStage) {
        return ValidatorStage(uint8(word));
    }

    function _isRevealed(uint256 word) internal pure returns (bool) {
        return uint8(word) >= REVEALED;
    }

    function _indexOf(uint256 word) internal pure returns (uint32) {
        return uint16(word >> 56);
    }

    function _committedBlockOf(uint256 word) internal pure returns (uint40) {
        return uint40(word >> 8);
    }
}
