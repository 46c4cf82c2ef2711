// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Param} from "../interfaces/IPolicy.sol";
import {IRoundManager} from "../interfaces/IRoundManager.sol";
import {RoundFunds, TaskInfo} from "../interfaces/ITaskManager.sol";
import {ROUND_STEP_PERMISSION} from "../permission/Permissions.sol";
import {RoundSettlement} from "../reward/RoundSettlement.sol";
import {RoundNumber, TaskId} from "../types/Ids.sol";
import {Role, RoundPhase, StakeSnapshot, VoidReason} from "../types/Types.sol";
import {Admission} from "./Admission.sol";
import {Clock, Lengths, RoundClock, Status} from "./RoundClock.sol";
import {RoundState} from "./RoundState.sol";

/// @title Rounds: opening, joining, the draws, and how they close
/// @notice Trust: who holds ROUND_STEP_PERMISSION of the DAO (the results' contract) says when a result stands, is challenged,
/// final or void. Nobody else has a privilege here but the task's creator, who opens. Policy, scorer and stakes are those of
/// the opening, so nothing that is decided, staked or slashed later changes a running round.
contract RoundManager is RoundState, ReentrancyGuardTransient {
    using RoundClock for Clock;
    using SafeCast for uint256;

    constructor(address dao_, address policy_, address stakeManager_, address taskManager_, address beacon_)
        RoundState(dao_, policy_, stakeManager_, taskManager_, beacon_)
    {}

    /// @inheritdoc IRoundManager
    function open(TaskId taskId) external nonReentrant returns (RoundNumber round_) {
        RoundFunds memory funds;
        // The task manager refuses who may not open, unknown, unapproved, finished and unfunded tasks, and open rounds.
        (round_, funds) = taskManager.allocateRound(taskId, msg.sender);
        roundCount[taskId] = RoundNumber.unwrap(round_) + 1;
        _open(taskId, round_, funds);
    }

    /// @inheritdoc IRoundManager
    /// @dev Its interval is the next on the line, as long as its effective stake. In a round that repeats what a validator had
    /// bound in an earlier attempt counts again: a round holds a node's stake once.
    function join(TaskId taskId, RoundNumber round_, Role role, bytes32[] calldata admission) external nonReentrant {
        Round storage r = _rounds[taskId][round_];
        RoundPhase phase = _phase(r);
        bool again = phase == RoundPhase.ValidatorJoin;
        if (phase != RoundPhase.Join && !again) revert WrongPhase(taskId, round_, RoundPhase.Join, phase);
        bool trainer = role == Role.Trainer;
        if (role != Role.Validator && (!trainer || again)) revert RoleNotOpen(role);

        uint8 attempt = r.clock.attempt;
        (address node, Place memory p) = _placeBefore(r, attempt);
        if (p.intervalEnd == 0) (node, p) = _bind(taskId, r, role);
        if (trainer && r.clock.listed) Admission.check(r.admissionRoot, node, admission);
        Place storage place = trainer ? r.trainerPlaces[node] : r.validatorPlaces[attempt][node];
        if (place.intervalEnd != 0) revert AlreadyJoined(node);
        Line storage line = trainer ? r.trainers : r.validators[attempt];
        // Safe narrowing: all stakes of one moment together are below the token's cap, so below 2^90.
        p.intervalEnd = uint96(line.stake + p.stake);
        line.stake = p.intervalEnd;
        line.candidates += 1;
        (place.stake, place.intervalEnd, place.ratio) = (p.stake, p.intervalEnd, p.ratio);
        emit CandidateJoined(taskId, round_, node, role, attempt, p.ratio, p.stake, p.intervalEnd);
    }

    /// @inheritdoc IRoundManager
    function draw(TaskId taskId, RoundNumber round_, Role role, bytes calldata proof) external nonReentrant {
        bool trainer = role == Role.Trainer;
        if (!trainer && role != Role.Validator) revert RoleNotOpen(role);
        (Round storage r, Clock memory c) =
            _inPhase(taskId, round_, trainer ? RoundPhase.TrainerDraw : RoundPhase.ValidatorDraw);
        (, Lengths memory l) = _load(r);
        uint256 end = trainer ? c.joinEnd(l) : c.validatorDrawFrom(l);
        VoidReason failure = _drawFailure(r, c, end, trainer ? r.trainers.candidates : 1);
        if (failure == VoidReason.NoSeed) revert DrawTooLate(end + c.beaconWindow);
        if (failure != VoidReason.None) revert NothingToDraw(role);

        bytes32 value = beacon.bring(end, proof);
        bytes32 seed = _seed(value, taskId, round_, trainer ? 0 : c.attempt);
        Line storage line = trainer ? r.trainers : r.validators[c.attempt];
        line.seed = seed;
        if (trainer) {
            r.clock.trainersDrawnAt = uint40(block.timestamp);
            r.integrals.start = stakeManager.inverseIntegral().toUint128();
        } else {
            r.clock.validatorsDrawnAt = uint40(block.timestamp);
        }
        uint16 seats = trainer ? c.trainerSeats : c.validatorSeats;
        emit SeatsDrawn(taskId, round_, role, trainer ? 0 : c.attempt, value, seed, line.stake, seats);
    }

    /// @inheritdoc IRoundManager
    function markAccepted(TaskId taskId, RoundNumber round_, uint40 challengeEnd) external auth(ROUND_STEP_PERMISSION) {
        (Round storage r,) = _inPhase(taskId, round_, RoundPhase.Acceptance);
        r.clock.status = Status.Accepted;
        r.ends.challengeEnd = challengeEnd;
    }

    /// @inheritdoc IRoundManager
    function markChallenged(TaskId taskId, RoundNumber round_, uint40 rulingEnd) external auth(ROUND_STEP_PERMISSION) {
        (Round storage r,) = _inPhase(taskId, round_, RoundPhase.Challenge);
        r.clock.status = Status.Challenged;
        r.ends.rulingEnd = rulingEnd;
    }

    /// @inheritdoc IRoundManager
    function finalize(TaskId taskId, RoundNumber round_) external auth(ROUND_STEP_PERMISSION) nonReentrant {
        Round storage r = _rounds[taskId][round_];
        RoundPhase phase = _phase(r);
        if (phase != RoundPhase.Challenge && phase != RoundPhase.Ruling) {
            revert WrongPhase(taskId, round_, RoundPhase.Challenge, phase);
        }
        _close(r, Status.Claimable);
        r.integrals.end = stakeManager.inverseIntegral().toUint128();
        emit RoundFinalized(taskId, round_);
        taskManager.closeRound(taskId, round_, true, uint40(block.timestamp));
    }

    /// @inheritdoc IRoundManager
    function voidRound(TaskId taskId, RoundNumber round_, VoidReason reason, uint256 revealedSeats)
        external
        auth(ROUND_STEP_PERMISSION)
        nonReentrant
    {
        Round storage r = _rounds[taskId][round_];
        Status status = r.clock.status;
        if (status == Status.None || status == Status.Claimable || status == Status.Void) {
            revert WrongPhase(taskId, round_, RoundPhase.Acceptance, _phase(r));
        }
        r.clock.voidReason = reason;
        _close(r, Status.Void);
        emit RoundVoided(taskId, round_, reason);
        if (reason == VoidReason.KeyWithheld || reason == VoidReason.ShardInvalid) {
            taskManager.forfeitCreationStake(taskId, round_, revealedSeats);
        }
        uint256 idleFrom = block.timestamp;
        // The DAO has the time of a ruling to take the creation stake, which nobody takes back before.
        if (reason == VoidReason.CiphertextMissing) {
            idleFrom += policy.valueAt(Param.RulingWindow, r.ends.policyVersion);
        }
        // Safe narrowing: windows are days, by the catalogue's bounds.
        taskManager.closeRound(taskId, round_, false, uint40(idleFrom));
    }

    /// @inheritdoc IRoundManager
    function forfeitCreationStake(TaskId taskId, RoundNumber round_) external auth(ROUND_STEP_PERMISSION) nonReentrant {
        VoidReason reason = _rounds[taskId][round_].clock.voidReason;
        if (reason != VoidReason.CiphertextMissing) revert CiphertextNotMissing(taskId, round_, reason);
        // Nobody has a part in it: who revealed may be who said that it was missing.
        taskManager.forfeitCreationStake(taskId, round_, 0);
    }

    /// @inheritdoc IRoundManager
    function repeatRound(TaskId taskId, RoundNumber round_, VoidReason reason) external auth(ROUND_STEP_PERMISSION) {
        Round storage r = _rounds[taskId][round_];
        (Clock memory c, Lengths memory l) = _load(r);
        if (c.status != Status.Running || c.trainersDrawnAt == 0) {
            revert WrongPhase(taskId, round_, RoundPhase.ValidatorDraw, c.phase(l));
        }
        c.attempt += 1;
        c.rejoinedAt = uint40(block.timestamp);
        r.clock.attempt = c.attempt;
        r.clock.rejoinedAt = c.rejoinedAt;
        r.clock.validatorsDrawnAt = 0;
        emit RoundRepeated(taskId, round_, c.attempt, reason, uint40(c.validatorDrawFrom(l)));
    }

    /// @dev Apart from `open` for the stack's sake.
    function _open(TaskId taskId, RoundNumber round_, RoundFunds memory funds) private {
        Round storage r = _rounds[taskId][round_];
        TaskInfo memory task = taskManager.task(taskId);
        uint32 version = policy.version();
        Param[] memory params = new Param[](7);
        params[0] = Param.TrainerSeats;
        params[1] = Param.ValidatorSeats;
        params[2] = Param.BeaconWindow;
        params[3] = Param.MinTrainerStake;
        params[4] = Param.MinValidatorStake;
        params[5] = Param.DelegationWeight;
        params[6] = Param.MaxWindow;
        uint256[] memory values = policy.read(params, version);
        // Safe narrowings by the catalogue's bounds: seats below 2^16, the beacon's window at most a week, stakes far below 2^96
        // wei, ratios at most 1e18.
        Clock memory c = Clock({
            status: Status.Running,
            voidReason: VoidReason.None,
            attempt: 0,
            trainerSeats: uint16(values[0]),
            validatorSeats: uint16(values[1]),
            listed: task.admissionRoot != bytes32(0),
            beaconWindow: uint24(values[2]),
            openedAt: uint40(block.timestamp),
            trainersDrawnAt: 0,
            rejoinedAt: 0,
            validatorsDrawnAt: 0
        });
        Lengths memory l = RoundClock.lengthsOf(task.windows, values[6]);
        (r.clock, r.lengths) = (c, l);
        r.terms = Terms({
            minTrainerStake: uint96(Math.max(task.minTrainerStake, values[3])),
            minValidatorStake: uint96(Math.max(task.minValidatorStake, values[4])),
            delegationWeight: uint64(values[5])
        });
        r.ends.policyVersion = version;
        r.ends.openedBlock = uint64(block.number);
        if (c.listed) r.admissionRoot = task.admissionRoot;
        emit RoundOpened(
            taskId,
            round_,
            version,
            policy.scorerAt(version),
            uint256(funds.units) + funds.common,
            funds.creationStake,
            uint40(c.joinEnd(l))
        );
    }

    /// @dev What the caller's node had bound in an earlier attempt; an empty place when it had not joined.
    function _placeBefore(Round storage r, uint8 attempt) private view returns (address node, Place memory p) {
        if (attempt == 0) return (node, p);
        node = stakeManager.actingFor(msg.sender);
        for (uint8 i; i < attempt && p.intervalEnd == 0; ++i) {
            p = r.validatorPlaces[i][node];
        }
    }

    function _bind(TaskId taskId, Round storage r, Role role) private returns (address node, Place memory p) {
        StakeSnapshot memory allocated;
        // The second before the opening: whatever happened in the opening's own second is too late.
        (node, p.ratio, allocated) = stakeManager.bind(msg.sender, taskId, role, r.clock.openedAt - 1);
        Terms memory t = r.terms;
        uint256 minimum = role == Role.Trainer ? t.minTrainerStake : t.minValidatorStake;
        if (allocated.own < minimum) revert StakeTooLow(node, allocated.own, minimum);
        // Safe narrowing: below the token's cap.
        p.stake = uint96(allocated.own + RoundSettlement.counted(allocated.delegated, t.delegationWeight));
    }

    function _close(Round storage r, Status status) private {
        r.clock.status = status;
        r.lengths.closedAt = uint40(block.timestamp);
    }

    /// @dev Bound to chain, contract, task and round, so that no two draws share a seed where they share a beacon's value.
    function _seed(bytes32 value, TaskId taskId, RoundNumber round_, uint8 attempt) private view returns (bytes32) {
        if (attempt == 0) return keccak256(abi.encode(value, block.chainid, address(this), taskId, round_));
        return keccak256(abi.encode(value, block.chainid, address(this), taskId, round_, attempt));
    }
}
