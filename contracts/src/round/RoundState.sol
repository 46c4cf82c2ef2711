// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IBeacon} from "../beacon/IBeacon.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {Candidate, EmissionSpan, IRoundManager, RoundInfo} from "../interfaces/IRoundManager.sol";
import {IStakeManager} from "../interfaces/IStakeManager.sol";
import {ITaskManager} from "../interfaces/ITaskManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {RoundNumber, TaskId} from "../types/Ids.sol";
import {Role, RoundPhase, VoidReason} from "../types/Types.sol";
import {Clock, Lengths, RoundClock} from "./RoundClock.sol";
import {Seats} from "./Seats.sol";

/// @title What is stored of a round's opening, candidates and clock, and every way to read it
/// @dev Packed by who reads what together: the clock and the lengths by every step, a line by those of its role.
abstract contract RoundState is IRoundManager, DaoAuthorized {
    using RoundClock for Clock;

    /// @dev Stakes in wei: the token's cap is below 2^90. Minima: the task's or the policy's, whichever is higher.
    struct Terms {
        uint96 minTrainerStake;
        uint96 minValidatorStake;
        uint64 delegationWeight;
    }

    struct Ends {
        uint40 challengeEnd;
        uint40 rulingEnd;
        uint32 policyVersion;
        uint64 openedBlock;
    }

    /// @dev Candidates of one role end to end; `seed` is 0 before the draw.
    struct Line {
        uint96 stake;
        uint32 candidates;
        bytes32 seed;
    }

    /// @dev One word a candidate: its effective stake, the end of its interval, and what is bound of its pool. A candidate has
    /// an interval that does not end at 0.
    struct Place {
        uint96 stake;
        uint96 intervalEnd;
        uint64 ratio;
    }

    /// @dev Values of the stake's inverse integral, which stays below 2^128 (see IStakeManager.INTEGRAL_SCALE).
    struct Integrals {
        uint128 start;
        uint128 end;
    }

    struct Round {
        Clock clock;
        Lengths lengths;
        Terms terms;
        Ends ends;
        Integrals integrals;
        bytes32 admissionRoot;
        Line trainers;
        mapping(uint8 attempt => Line) validators;
        mapping(address node => Place) trainerPlaces;
        mapping(uint8 attempt => mapping(address node => Place)) validatorPlaces;
    }

    uint256 internal constant ONE = 1e18;

    IPolicy public immutable policy;
    IStakeManager public immutable stakeManager;
    ITaskManager public immutable taskManager;
    IBeacon public immutable beacon;

    mapping(TaskId taskId => mapping(RoundNumber round => Round)) internal _rounds;
    mapping(TaskId taskId => uint32) public roundCount;

    constructor(address dao_, address policy_, address stakeManager_, address taskManager_, address beacon_)
        DaoAuthorized(dao_)
    {
        if (policy_ == address(0) || stakeManager_ == address(0) || taskManager_ == address(0) || beacon_ == address(0))
        {
            revert ZeroAddress();
        }
        policy = IPolicy(policy_);
        stakeManager = IStakeManager(stakeManager_);
        taskManager = ITaskManager(taskManager_);
        beacon = IBeacon(beacon_);
    }

    /// @inheritdoc IRoundManager
    function round(TaskId taskId, RoundNumber round_) external view returns (RoundInfo memory info) {
        Round storage r = _rounds[taskId][round_];
        (Clock memory c, Lengths memory l) = _load(r);
        Ends memory e = r.ends;
        Line memory validators = r.validators[c.attempt];
        info.phase = c.phase(l);
        if (info.phase == RoundPhase.None) revert WrongPhase(taskId, round_, RoundPhase.Join, RoundPhase.None);
        info.voidReason = c.voidReason;
        info.attempt = c.attempt;
        info.policyVersion = e.policyVersion;
        info.openedAt = c.openedAt;
        info.openedBlock = e.openedBlock;
        info.trainerSeats = c.trainerSeats;
        info.validatorSeats = c.validatorSeats;
        info.trainerCandidates = r.trainers.candidates;
        info.validatorCandidates = validators.candidates;
        info.trainerStake = r.trainers.stake;
        info.validatorStake = validators.stake;
        info.trainerSeed = r.trainers.seed;
        info.validatorSeed = validators.seed;
        info.deadlines = c.deadlines(l);
        info.challengeEnd = e.challengeEnd;
        info.rulingEnd = e.rulingEnd;
        info.closedAt = l.closedAt;
    }

    /// @inheritdoc IRoundManager
    function phaseOf(TaskId taskId, RoundNumber round_) external view returns (RoundPhase) {
        Round storage r = _rounds[taskId][round_];
        return _phase(r);
    }

    /// @inheritdoc IRoundManager
    function candidate(TaskId taskId, RoundNumber round_, uint8 attempt, address node)
        external
        view
        returns (Candidate memory)
    {
        Round storage r = _rounds[taskId][round_];
        Place memory p = r.trainerPlaces[node];
        if (p.intervalEnd != 0) {
            uint256 seats = _seats(p, r.trainers, r.clock.trainerSeats, Seats.TRAINERS);
            // Safe narrowing, here and below: at most all seats, which have 16 bits.
            return Candidate(Role.Trainer, p.ratio, p.stake, p.intervalEnd, uint16(seats));
        }
        p = r.validatorPlaces[attempt][node];
        if (p.intervalEnd == 0) return Candidate(Role.None, 0, 0, 0, 0);
        uint256 drawn = _seats(p, r.validators[attempt], r.clock.validatorSeats, Seats.VALIDATORS);
        return Candidate(Role.Validator, p.ratio, p.stake, p.intervalEnd, uint16(drawn));
    }

    /// @inheritdoc IRoundManager
    function seatIn(TaskId taskId, RoundNumber round_, RoundPhase phase, address caller)
        external
        view
        returns (address node, uint16 seats, uint8 attempt)
    {
        (Round storage r, Clock memory c) = _inPhase(taskId, round_, phase);
        node = stakeManager.actingFor(caller);
        attempt = c.attempt;
        uint256 drawn = phase == RoundPhase.Commit || phase == RoundPhase.Reveal
            ? _seats(r.trainerPlaces[node], r.trainers, c.trainerSeats, Seats.TRAINERS)
            : _seats(r.validatorPlaces[attempt][node], r.validators[attempt], c.validatorSeats, Seats.VALIDATORS);
        if (drawn == 0) revert NoSeat(node);
        seats = uint16(drawn);
    }

    /// @inheritdoc IRoundManager
    function attemptIn(TaskId taskId, RoundNumber round_, RoundPhase phase) external view returns (uint8) {
        (, Clock memory c) = _inPhase(taskId, round_, phase);
        return c.attempt;
    }

    /// @inheritdoc IRoundManager
    function validatorStakeIn(TaskId taskId, RoundNumber round_, RoundPhase phase, address node)
        external
        view
        returns (uint96)
    {
        (Round storage r, Clock memory c) = _inPhase(taskId, round_, phase);
        return r.validatorPlaces[c.attempt][node].stake;
    }

    /// @inheritdoc IRoundManager
    function actingIn(TaskId taskId, RoundNumber round_, RoundPhase phase, address caller)
        external
        view
        returns (address node, uint8 attempt)
    {
        (, Clock memory c) = _inPhase(taskId, round_, phase);
        return (stakeManager.actingFor(caller), c.attempt);
    }

    /// @inheritdoc IRoundManager
    function drawFailure(TaskId taskId, RoundNumber round_) external view returns (VoidReason) {
        Round storage r = _rounds[taskId][round_];
        (Clock memory c, Lengths memory l) = _load(r);
        RoundPhase phase = c.phase(l);
        if (phase == RoundPhase.TrainerDraw) return _drawFailure(r, c, c.joinEnd(l), r.trainers.candidates);
        if (phase != RoundPhase.ValidatorDraw) return VoidReason.None;
        return _drawFailure(r, c, c.validatorDrawFrom(l), 1);
    }

    /// @inheritdoc IRoundManager
    function emissionSpan(TaskId taskId, RoundNumber round_) external view returns (EmissionSpan memory span) {
        Round storage r = _rounds[taskId][round_];
        if (_phase(r) != RoundPhase.Claimable) return span;
        Integrals memory i = r.integrals;
        return EmissionSpan(r.clock.trainersDrawnAt, r.lengths.closedAt, i.start, i.end);
    }

    /// @dev In one place: unpacking them takes much code.
    function _load(Round storage r) internal view returns (Clock memory c, Lengths memory l) {
        (c, l) = (r.clock, r.lengths);
    }

    function _phase(Round storage r) internal view returns (RoundPhase) {
        (Clock memory c, Lengths memory l) = _load(r);
        return c.phase(l);
    }

    function _inPhase(TaskId taskId, RoundNumber round_, RoundPhase expected)
        internal
        view
        returns (Round storage r, Clock memory c)
    {
        r = _rounds[taskId][round_];
        Lengths memory l;
        (c, l) = _load(r);
        RoundPhase actual = c.phase(l);
        if (actual != expected) revert WrongPhase(taskId, round_, expected, actual);
    }

    /// @dev Why seats cannot be drawn that wait for the beacon of `end`. What is found first is the reason, and stays so but for
    /// NoSeed, which comes with time.
    function _drawFailure(Round storage r, Clock memory c, uint256 end, uint256 trainers)
        internal
        view
        returns (VoidReason)
    {
        Line storage validators = r.validators[c.attempt];
        if (trainers == 0 || validators.candidates == 0) return VoidReason.NoCandidates;
        uint32 version = r.ends.policyVersion;
        uint256 secured = validators.stake * policy.valueAt(Param.SecurityRatio, version) / ONE;
        if (secured < policy.valueAt(Param.MinRoundPool, version)) return VoidReason.Unsecured;
        if (block.timestamp >= end + c.beaconWindow || beacon.isLost(end)) return VoidReason.NoSeed;
        return VoidReason.None;
    }

    /// @dev 0 for who did not join, and before the draw.
    function _seats(Place memory p, Line storage line, uint256 seats, uint256 role) private view returns (uint256) {
        bytes32 seed = line.seed;
        if (p.intervalEnd == 0 || seed == bytes32(0)) return 0;
        return Seats.inInterval(p.intervalEnd, p.stake, line.stake, seats, role, seed);
    }
}
