// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../interfaces/IPolicy.sol";
import {IRoundManager, ValidatorStage} from "../interfaces/IRoundManager.sol";
import {TaskInfo} from "../interfaces/ITaskManager.sol";
import {Settlement} from "../reward/Settlement.sol";
import {CODEC_DAG_PB, CODEC_RAW} from "../types/Codecs.sol";
import {Commitments} from "../types/Commitments.sol";
import {Cid, ResultSummary, RoundPhase, StakeSnapshot} from "../types/Types.sol";
import {Availability} from "./Availability.sol";
import {BlockSeed} from "./BlockSeed.sol";
import {Head, HeadLib, Status} from "./Head.sol";
import {RoundState} from "./RoundState.sol";
import {RoundVerdict} from "./RoundVerdict.sol";
import {Summaries} from "./Summaries.sol";

/// @title Rounds, from opening to the last revealed result
/// @notice Trust: the DAO rules on disputes (see `RoundVerdict`); nobody else has a privilege here. Policy, scorer and
/// stakes are those of the opening, so nothing that is decided, staked or slashed later changes a running round.
contract RoundManager is RoundVerdict {
    using Availability for Availability.Counters;
    using Summaries for ResultSummary;

    constructor(address dao_, address token_, address policy_, address stakeManager_, address taskManager_)
        RoundState(dao_, token_, policy_, stakeManager_, taskManager_)
    {}

    /// @inheritdoc IRoundManager
    function open(uint256 taskId) external nonReentrant returns (uint32 round_) {
        TaskRounds storage t = _tasks[taskId];
        uint32 count = t.count;
        if (count != 0) {
            Status last = t.rounds[count - 1].head.status();
            if (last != Status.Claimable && last != Status.Void) revert RoundStillOpen(taskId, count - 1);
        }
        t.count = count + 1;
        uint256 pool;
        // The task manager refuses unknown, unapproved, finished and unfunded tasks.
        (round_, pool) = taskManager.allocateRound(taskId);
        _open(taskId, round_, pool);
    }

    /// @inheritdoc IRoundManager
    /// @dev Its interval is the next on the line, as long as its effective stake.
    function join(uint256 taskId, uint32 round_) external {
        (Round storage r, Head h) = _inPhase(taskId, round_, RoundPhase.Commit);
        if (r.validators[msg.sender] != 0) revert AlreadyJoined(msg.sender);
        StakeSnapshot memory stake = _stakeAtOpening(h, r.terms.minValidatorStake);
        Draw memory d = r.draw;
        uint256 effective = Settlement.effectiveStake(stake, d.delegationWeight);
        uint256 end = d.candidateStake + effective;
        // Safe narrowing, here and below: all stakes of one moment together are below the token's cap, so below 2^90.
        r.draw.candidateStake = uint96(end);
        r.validators[msg.sender] = uint256(ValidatorStage.Joined) | end << 24 | effective << 120;
        _tasks[taskId].candidates[msg.sender] = Candidate(uint96(stake.own), uint96(effective));
        emit ValidatorJoined(taskId, round_, msg.sender, effective, end);
    }

    /// @inheritdoc IRoundManager
    function commit(uint256 taskId, uint32 round_, bytes32 commitment) external {
        (Round storage r,) = _inPhase(taskId, round_, RoundPhase.Commit);
        if (commitment == bytes32(0)) revert EmptyCommitment();
        if (r.submissions[msg.sender] != 0) revert AlreadyCommitted(msg.sender);
        r.submissions[msg.sender] = uint256(commitment & TOP_208) | block.number << 8 | COMMITTED;
        emit SubmissionCommitted(taskId, round_, msg.sender, commitment);
    }

    /// @inheritdoc IRoundManager
    function scheduleDraw(uint256 taskId, uint32 round_) external {
        (Round storage r, Head h) = _drawable(taskId, round_);
        if (h.drawn()) revert AlreadyDrawn();
        if (r.draw.candidateStake == 0) revert NothingToDraw();
        uint256 drawBlock = r.rules.drawBlock;
        if (drawBlock != 0 && block.number <= drawBlock + BlockSeed.BLOCK_HASHES) revert DrawScheduledFor(drawBlock);
        drawBlock = block.number + 1;
        // Safe narrowing: block numbers stay below 2^64.
        r.rules.drawBlock = uint64(drawBlock);
        emit DrawScheduled(taskId, round_, drawBlock);
    }

    /// @inheritdoc IRoundManager
    function draw(uint256 taskId, uint32 round_) external {
        (Round storage r, Head h) = _drawable(taskId, round_);
        if (h.drawn()) revert AlreadyDrawn();
        r.head = _draw(taskId, round_, r, h);
    }

    /// @inheritdoc IRoundManager
    function reveal(uint256 taskId, uint32 round_, Cid calldata cid, bytes32 salt) external returns (uint32 index) {
        (Round storage r, Head h) = _inPhase(taskId, round_, RoundPhase.Reveal);
        uint256 word = r.submissions[msg.sender];
        if (uint8(word) != COMMITTED) revert NotCommitted(msg.sender);
        if (cid.codec != CODEC_RAW && cid.codec != CODEC_DAG_PB) revert UnsupportedCodec(cid.codec);
        bytes32 got = Commitments.submissionCommitment(taskId, round_, msg.sender, cid, salt) & TOP_208;
        bytes32 expected = bytes32(word) & TOP_208;
        if (got != expected) revert CommitmentMismatch(msg.sender, expected, got);
        if (h.isFull()) revert RoundFull(h.maxTrainers());
        _stakeAtOpening(h, r.terms.minTrainerStake);
        uint40 committedBlock = _committedBlockOf(word);
        // Safe narrowing: below maxTrainers.
        index = uint32(h.submissions());
        r.head = h.withSubmission();
        r.submissions[msg.sender] = uint256(index) << 56 | uint256(committedBlock) << 8 | REVEALED;
        emit SubmissionRevealed(taskId, round_, msg.sender, index, cid, committedBlock);
    }

    /// @inheritdoc IRoundManager
    /// @dev Anyone who knows the key may publish it: the creator's commitment makes it the creator's key.
    function publishKey(uint256 taskId, uint32 round_, bytes32 key) external {
        (Round storage r, Head h) = _inPhase(taskId, round_, RoundPhase.Key);
        if (h.keyPublished()) revert KeyAlreadyPublished();
        bytes32 expected = taskManager.keyCommitment(taskId, round_);
        bytes32 got = Commitments.keyCommitment(key);
        if (got != expected || key == bytes32(0)) revert WrongKey(expected, got);
        r.head = h.withKey();
        r.key = key;
        emit KeyPublished(taskId, round_, key);
    }

    /// @inheritdoc IRoundManager
    function attest(uint256 taskId, uint32 round_, uint256[] calldata bitmap) external {
        (Round storage r, Head h) = _inPhase(taskId, round_, RoundPhase.Availability);
        if (!h.keyPublished()) revert KeyMissing();
        uint256 word = r.validators[msg.sender];
        ValidatorStage stage = _stageOf(word);
        if (stage == ValidatorStage.None) revert NoSeat(msg.sender);
        if (stage != ValidatorStage.Joined) revert WrongStage(msg.sender, ValidatorStage.Joined, stage);
        if (!h.drawn()) h = _draw(taskId, round_, r, h);
        uint256 seats = _drawnSeats(word, r.draw, h);
        if (seats == 0) revert NoSeat(msg.sender);
        uint256 submissions = h.submissions();
        if (bitmap.length != Availability.words(submissions)) {
            revert BitmapLength(Availability.words(submissions), bitmap.length);
        }
        bool anyMissing;
        for (uint256 w; w < bitmap.length; ++w) {
            uint256 all = Availability.mask(submissions, w);
            // Safe narrowing: submissions stop at maxTrainers, which has 16 bits.
            if (bitmap[w] & ~all != 0) revert BitmapOutOfRange(bitmap[w], uint32(submissions));
            if (bitmap[w] == all) continue;
            anyMissing = true;
            r.missing[w].add(all & ~bitmap[w], seats);
        }
        r.validators[msg.sender] = uint256(ValidatorStage.Attested) | seats << 8;
        r.head = h.withAttested(seats, anyMissing);
        emit AvailabilityAttested(taskId, round_, msg.sender, uint16(seats), bitmap);
    }

    /// @inheritdoc IRoundManager
    /// @dev Only who attested can have the key and what counts. Whether anything counts is checked on acceptance.
    function commitResult(uint256 taskId, uint32 round_, bytes32 commitment) external {
        (Round storage r,) = _inPhase(taskId, round_, RoundPhase.ResultCommit);
        if (commitment == bytes32(0)) revert EmptyCommitment();
        uint256 word = _atStage(r, ValidatorStage.Attested);
        r.validators[msg.sender] =
            uint256(commitment & TOP_232) | (word & 0xffff00) | uint256(ValidatorStage.ResultCommitted);
        emit ResultCommitted(taskId, round_, msg.sender, commitment);
    }

    /// @inheritdoc IRoundManager
    function revealResult(uint256 taskId, uint32 round_, ResultSummary calldata summary, bytes32 salt) external {
        (Round storage r, Head h) = _inPhase(taskId, round_, RoundPhase.ResultReveal);
        uint256 word = _atStage(r, ValidatorStage.ResultCommitted);
        bytes32 resultHash = summary.hash();
        bytes32 got = Commitments.resultCommitment(taskId, round_, msg.sender, resultHash, salt) & TOP_232;
        if (got != bytes32(word) & TOP_232) {
            revert CommitmentMismatch(msg.sender, bytes32(word) & TOP_232, got);
        }
        uint256 seats = uint16(word >> 8);
        r.validators[msg.sender] =
            uint256(resultHash & TOP_232) | (word & 0xffff00) | uint256(ValidatorStage.ResultRevealed);
        r.head = h.withRevealed(seats);
        // A hash that has a tally has been checked.
        if (_tally(r, resultHash, _tasks[taskId].candidates[msg.sender], seats, h.stakePower())) {
            summary.requireValid(h.submissions());
        }
        emit ResultRevealed(taskId, round_, msg.sender, resultHash, summary);
    }

    /// @dev Apart from `open` for the stack's sake.
    function _open(uint256 taskId, uint32 round_, uint256 pool) private {
        Round storage r = _tasks[taskId].rounds[round_];
        TaskInfo memory task = taskManager.task(taskId);
        uint32 version = policy.version();
        Param[] memory params = new Param[](9);
        params[0] = Param.ValidatorSeats;
        params[1] = Param.ValidatorStakeQuarterPower;
        params[2] = Param.MaxTrainers;
        params[3] = Param.MinTrainerStake;
        params[4] = Param.MinValidatorStake;
        params[5] = Param.DelegationWeight;
        params[6] = Param.AvailabilityThreshold;
        params[7] = Param.AcceptanceThreshold;
        params[8] = Param.ValidatorQuorum;
        uint256[] memory values = policy.read(params, version);
        Head h = HeadLib.create(task.windows, values[0], values[1], values[2]);
        r.head = h;
        r.terms = Terms({
            // Safe narrowing: the task manager and the policy's catalogue bound minima far below 2^96 wei, ratios are at
            // most 1e18, and block numbers stay below 2^32 for centuries.
            minTrainerStake: uint96(_max(task.minTrainerStake, values[3])),
            minValidatorStake: uint96(_max(task.minValidatorStake, values[4])),
            policyVersion: version,
            openedBlock: uint32(block.number)
        });
        r.draw.delegationWeight = uint64(values[5]);
        r.rules = Rules(uint64(values[6]), uint64(values[7]), uint64(values[8]), 0);
        emit RoundOpened(taskId, round_, version, policy.scorerAt(version), pool, h.deadlines());
    }

    /// @dev Returns the head with the draw marked; the caller stores it.
    function _draw(uint256 taskId, uint32 round_, Round storage r, Head h) private returns (Head) {
        uint256 drawBlock = r.rules.drawBlock;
        if (drawBlock == 0 || block.number <= drawBlock) revert DrawNotReady(drawBlock, block.number);
        bytes32 seed = BlockSeed.seedOf(drawBlock, taskId, round_);
        if (seed == bytes32(0)) revert DrawExpired(drawBlock, block.number);
        r.draw.seed = seed;
        // Not 0: only a round with candidates can be scheduled.
        emit SeatsDrawn(taskId, round_, drawBlock, seed, r.draw.candidateStake, uint16(h.seats()));
        return h.withDrawn();
    }

    /// @return first Whether nobody had revealed this result before.
    function _tally(Round storage r, bytes32 resultHash, Candidate memory c, uint256 seats, uint256 power)
        private
        returns (bool first)
    {
        Tally memory t = r.tallies[resultHash];
        first = t.count == 0;
        // Safe narrowing: see `Tally`.
        t.seats += uint16(seats);
        t.count += 1;
        t.ownStake += c.own;
        t.sumWeights += uint96(Settlement.stakePower(c.effective, power));
        r.tallies[resultHash] = t;
        if (power != 0 && power != 4) r.sumOwnWeights[resultHash] += Settlement.stakePower(c.own, power);
    }

    /// @dev A draw may be scheduled and made from the end of the commit window to the end of the availability window.
    function _drawable(uint256 taskId, uint32 round_) private view returns (Round storage r, Head h) {
        r = _tasks[taskId].rounds[round_];
        h = r.head;
        RoundPhase phase = h.phase();
        if (phase < RoundPhase.Reveal || phase > RoundPhase.Availability) {
            revert WrongPhase(taskId, round_, RoundPhase.Reveal, phase);
        }
    }

    /// @dev The caller's stake at the end of the second before the round opened.
    function _stakeAtOpening(Head h, uint256 minimum) private view returns (StakeSnapshot memory stake) {
        stake = stakeManager.stakeAt(msg.sender, uint48(h.openedAt() - 1));
        if (stake.own < minimum) revert StakeTooLow(msg.sender, stake.own, minimum);
    }

    function _atStage(Round storage r, ValidatorStage expected) private view returns (uint256 word) {
        word = r.validators[msg.sender];
        ValidatorStage actual = _stageOf(word);
        if (actual != expected) revert WrongStage(msg.sender, expected, actual);
    }

    function _max(uint256 a, uint256 b) private pure returns (uint256) {
        return a > b ? a : b;
    }
}
