// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {EmissionSchedule} from "../../src/emission/EmissionSchedule.sol";
import {AttestationStage} from "../../src/interfaces/IAttestations.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {RoundRewards, TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {ResultStage, ValidatorResult} from "../../src/interfaces/IResults.sol";
import {EmissionSpan, RoundInfo} from "../../src/interfaces/IRoundManager.sol";
import {CaseState, Reason} from "../../src/interfaces/ISlashCourt.sol";
import {TaskInfo} from "../../src/interfaces/ITaskManager.sol";
import {RoundSettlement} from "../../src/reward/RoundSettlement.sol";
import {CaseId, RoundNumber, TaskId} from "../../src/types/Ids.sol";
import {ResultSummary, Role, RoundPhase, TaskState, VoidReason} from "../../src/types/Types.sol";
import {Merkle} from "../builders/Merkle.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Plays rounds of one task after another, a phase a call: everybody does, leaves out or falsifies its part at random,
/// and the clock goes on. Settles what was played: claims, vesting, cases, emission, the stake that rounds hold.
abstract contract RoundActions is RoundTest {
    uint256 internal constant TRAINERS = 3;
    uint256 internal constant VALIDATORS = 4;
    uint16 internal constant ROUNDS = 3;

    struct Played {
        TaskId taskId;
        RoundNumber round;
        uint256[] revealed;
        /// @dev How far it was seen to have come.
        uint8 attempt;
        RoundPhase phase;
        bytes32 accepted;
    }

    Played[] internal played;
    mapping(bytes32 resultHash => ResultSummary) internal summaryOf;
    /// @dev What each validator committed in the present attempt: the bitmap, the shard's absence at bit 255.
    mapping(uint256 v => uint256) private _lacks;
    mapping(uint256 v => bytes32) private _says;
    mapping(uint256 i => bool) private _committed;

    /// @dev The first promise that was seen broken.
    string public violation;
    uint256 public roundsPaid;
    uint256 public roundsVoid;
    uint256 public repeats;
    uint256 public rulings;
    uint256 public claimsPaid;
    uint256 public roundsEmitted;
    uint256 public slashed;
    uint256 public overturned;
    uint256 internal salt;

    function _populate() internal virtual {
        _setPolicy(Param.ValidatorSeats, 26);
        _setPolicy(Param.TrainerSeats, 12);
        for (uint256 i; i < TRAINERS; ++i) {
            trainers.push(makeAddr(string.concat("trainer", vm.toString(i))));
            _stake(trainers[i], (1 + i) * 20_000e18);
        }
        for (uint256 v; v < VALIDATORS; ++v) {
            validators.push(makeAddr(string.concat("validator", vm.toString(v))));
            _stake(validators[v], (5 + v) * 20_000e18);
        }
        _delegateStake(validators[0], makeAddr("delegator0"), 1500e18);
        _newTask();
    }

    // ---- What is played

    /// @dev The open round's next step, or the next round.
    function play(uint256 seed) public {
        salt = seed;
        Played storage p = _use(played.length - 1);
        RoundInfo memory info = _info();
        if (info.phase == RoundPhase.Claimable || info.phase == RoundPhase.Void) return _next(info);
        if (info.phase == RoundPhase.Join) _pass(info.deadlines.join);
        else if (info.phase == RoundPhase.TrainerDraw) _drawOrFail(Role.Trainer);
        else if (info.phase == RoundPhase.Commit) _playCommit(info);
        else if (info.phase == RoundPhase.Reveal) _playReveal(info, p);
        else if (info.phase == RoundPhase.ValidatorJoin) _playJoin(info);
        else if (info.phase == RoundPhase.ValidatorDraw) _drawOrFail(Role.Validator);
        else if (info.phase == RoundPhase.Attest) _playAttest(info);
        else if (info.phase == RoundPhase.AttestReveal) _playAttestReveal(info);
        else if (info.phase == RoundPhase.Key) _playKey(info);
        else if (info.phase == RoundPhase.ResultCommit) _playResultCommit(info);
        else if (info.phase == RoundPhase.ResultReveal) _playResultReveal(info);
        else if (info.phase == RoundPhase.Acceptance) _acceptOrVoid();
        else _playVerdict(info);
        _observe();
    }

    /// @dev Claims, vesting, emission and what else there is to settle of a round.
    function settle(uint256 seed) public {
        salt = seed;
        _use(_random() % played.length);
        if (roundManager.phaseOf(taskId, round) == RoundPhase.Void) {
            for (uint256 i; i < TRAINERS; ++i) {
                if (_flip()) try submissions.claimForfeit(taskId, round, trainers[i]) {} catch {}
            }
        }
        if (roundManager.phaseOf(taskId, round) != RoundPhase.Claimable) return;
        _claimsOpened();
        _claimSome();
        if (!emission.earned(taskId, round) && _flip()) _earn();
        if (_random() % 8 == 0 && distributor.rewards(taskId, round).claimsLeft != 0) {
            vm.warp(_max(block.timestamp, distributor.claimsEnd(taskId, round)));
            distributor.closeClaims(taskId, round);
        }
        for (uint256 i; i < TRAINERS; ++i) {
            if (distributor.releasable(taskId, round, trainers[i]) != 0) {
                distributor.release(taskId, round, trainers[i]);
            }
        }
    }

    /// @dev Every reason against every node of a round: the court takes what the round shows.
    function prosecute(uint256 seed) public {
        salt = seed;
        // Of the last rounds, whose cases can still be opened, but now and then of any.
        uint256 back = seed % 8 == 0 ? _random() % played.length : seed % 3;
        _use(back < played.length ? played.length - 1 - back : 0);
        RoundPhase phase = roundManager.phaseOf(taskId, round);
        for (uint256 n; n < TRAINERS + VALIDATORS; ++n) {
            address node = n < TRAINERS ? trainers[n] : validators[n - TRAINERS];
            for (uint256 reason; reason <= uint256(type(Reason).max); ++reason) {
                if (!_flip()) continue;
                try this.accuse(node, Reason(reason)) {
                    if (phase != RoundPhase.Claimable && phase != RoundPhase.Void) {
                        violation = "a case of an open round";
                    }
                } catch {}
            }
        }
    }

    function accuse(address node, Reason reason) external {
        require(msg.sender == address(this));
        _report(stranger, node, reason);
    }

    function endCase(uint256 seed) public {
        uint256 count = court.caseCount();
        if (count == 0) return;
        CaseId id = CaseId.wrap(1 + seed % count);
        if (court.slashCase(id).state != CaseState.Open) return;
        uint256 appealEnd = court.slashCase(id).appealEnd;
        if (seed % 5 == 0 && block.timestamp < appealEnd) {
            vm.prank(address(dao));
            court.overturn(id);
            ++overturned;
        } else if (block.timestamp >= appealEnd) {
            _execute(id);
        }
    }

    /// @dev The DAO changes a number of the emission, within its bounds, or what a task has of it.
    function decide(uint256 seed, uint256 value) public {
        if (seed % 4 == 3) {
            vm.prank(address(dao));
            taskManager.setMultiplier(played[played.length - 1].taskId, uint64(_bound(value, 0, 1e18)));
            return;
        }
        Param param = [Param.EmissionDaily, Param.EmissionDecay, Param.EmissionPeriod][seed % 4];
        _setPolicy(param, _bound(value, policy.describe(param).min, policy.describe(param).max));
    }

    function fund(uint256 seed, uint256 amount) public {
        _use(played.length - 1);
        TaskInfo memory t = taskManager.task(taskId);
        if (t.state != TaskState.Approved || t.roundsOpened == t.rounds) return;
        _fund(taskId, seed % 2 == 0 ? funder : stranger, _bound(amount, 1, 5000e18));
    }

    /// @dev Only sometimes, so that most tasks have more than a round.
    function stop(uint256 seed) public {
        TaskId last = played[played.length - 1].taskId;
        if (seed % 16 != 0 || taskManager.task(last).state != TaskState.Approved) return;
        vm.prank(address(dao));
        taskManager.stop(last);
    }

    /// @dev Anyone may try; it works when and only when the round can no longer finish.
    function tryToVoid(uint256 seed) public {
        _use(seed % played.length);
        RoundPhase before = _info().phase;
        try results.voidRound(taskId, round) {
            if (before == RoundPhase.Challenge || before == RoundPhase.Ruling) violation = "an accepted result voided";
            if (before == RoundPhase.Claimable || before == RoundPhase.Void) violation = "a closed round voided";
            _countVoid();
        } catch {}
        _observe();
    }

    /// @dev What has no right to happen: calls of strangers at any moment.
    function interfere(uint256 seed) public {
        salt = seed;
        _use(_random() % played.length);
        ResultSummary memory own;
        own.documentDigest = keccak256("a stranger's wish");
        own.model.codec = 0x55;
        bytes[] memory calls = new bytes[](10);
        address[] memory to = new address[](10);
        (to[0], calls[0]) = (address(results), abi.encodeCall(results.rule, (taskId, round, own)));
        (to[1], calls[1]) = (address(results), abi.encodeCall(results.accept, (taskId, round, own)));
        (to[2], calls[2]) = (address(taskManager), abi.encodeCall(taskManager.stop, (taskId)));
        (to[3], calls[3]) = (address(taskManager), abi.encodeCall(taskManager.payOut, (taskId, round, 0)));
        (to[4], calls[4]) = (address(taskManager), abi.encodeCall(taskManager.forfeitCreationStake, (taskId, round, 1)));
        (to[5], calls[5]) = (address(roundManager), abi.encodeCall(roundManager.finalize, (taskId, round)));
        (to[6], calls[6]) =
        (address(roundManager), abi.encodeCall(roundManager.repeatRound, (taskId, round, VoidReason.NoSeed)));
        (to[7], calls[7]) = (address(stakeManager), abi.encodeCall(stakeManager.unbind, (trainers[0], taskId)));
        (to[8], calls[8]) = (address(distributor), abi.encodeCall(distributor.openClaims, (taskId, round, own)));
        (to[9], calls[9]) = (address(taskManager), abi.encodeCall(taskManager.payForfeit, (taskId, round, stranger, 1)));
        for (uint256 i; i < calls.length; ++i) {
            vm.prank(stranger);
            (bool done,) = to[i].call(calls[i]);
            if (done) violation = "a stranger did what only the DAO or one contract may do";
        }
    }

    // ---- Steps

    function _next(RoundInfo memory info) private {
        if (info.phase == RoundPhase.Claimable) _claimsOpened();
        TaskInfo memory t = taskManager.task(taskId);
        bool more = t.state == TaskState.Approved && t.roundsOpened < t.rounds;
        if (!more || taskManager.nextPool(taskId) < policy.latest(Param.MinRoundPool)) {
            _endTask();
            _newTask();
            return;
        }
        _open();
    }

    function _open() internal {
        vm.warp(block.timestamp + 1);
        vm.prank(creator);
        round = roundManager.open(taskId);
        Played storage p = played.push();
        (p.taskId, p.round) = (taskId, round);
        delete revealed;
        for (uint256 i; i < TRAINERS; ++i) {
            _committed[i] = false;
            if (_mostly()) _tryJoin(trainers[i], Role.Trainer);
        }
        for (uint256 v; v < VALIDATORS; ++v) {
            if (_mostly()) _tryJoin(validators[v], Role.Validator);
        }
        _observe();
    }

    /// @dev Slashed below the minimum, or allocated elsewhere, it stays out.
    function _tryJoin(address node, Role role) private {
        vm.prank(node);
        try roundManager.join(taskId, round, role, new bytes32[](0)) {} catch {}
    }

    function _drawOrFail(Role role) private {
        bool noSubmissions = role == Role.Validator && submissions.counts(taskId, round).revealed == 0;
        if (noSubmissions || roundManager.drawFailure(taskId, round) != VoidReason.None) return _void();
        if (!_mostly()) return _pass(block.timestamp + 6 hours);
        _draw(role);
    }

    function _playCommit(RoundInfo memory info) private {
        for (uint256 i; i < TRAINERS; ++i) {
            if (_seatsOf(trainers[i]) == 0 || _committed[i] || !_mostly()) continue;
            _commit(i);
            _committed[i] = true;
        }
        _pass(info.deadlines.commit);
    }

    function _playReveal(RoundInfo memory info, Played storage p) private {
        for (uint256 i; i < TRAINERS; ++i) {
            if (!_committed[i] || !_mostly()) continue;
            _committed[i] = false;
            _reveal(i);
            p.revealed.push(i);
        }
        _pass(info.deadlines.reveal);
    }

    function _playJoin(RoundInfo memory info) private {
        for (uint256 v; v < VALIDATORS; ++v) {
            if (_mostly()) _tryJoin(validators[v], Role.Validator);
        }
        _pass(info.deadlines.validatorJoin);
    }

    function _playAttest(RoundInfo memory info) private {
        for (uint256 v; v < VALIDATORS; ++v) {
            AttestationStage stage = attestations.attestation(taskId, round, info.attempt, validators[v]).stage;
            if (_seatsOf(validators[v]) == 0 || stage != AttestationStage.None || !_mostly()) continue;
            uint256 missing = _mostly() ? 0 : _random() & ((1 << revealed.length) - 1);
            _lacks[v] = missing | (_mostly() ? 0 : 1 << 255);
            _commitAttestation(v, _lacks[v] >> 255 == 1, missing);
        }
        _pass(info.deadlines.attest);
    }

    function _playAttestReveal(RoundInfo memory info) private {
        for (uint256 v; v < VALIDATORS; ++v) {
            AttestationStage stage = attestations.attestation(taskId, round, info.attempt, validators[v]).stage;
            if (stage != AttestationStage.Committed || !_mostly()) continue;
            _revealAttestation(v, _lacks[v] >> 255 == 1, _lacks[v] & ((1 << 255) - 1));
        }
        _pass(info.deadlines.attestReveal);
    }

    function _playKey(RoundInfo memory info) private {
        if (attestations.failure(taskId, round) != VoidReason.None) return _void();
        if (attestations.keyOf(taskId, round) == bytes32(0) && _random() % 24 != 0) _keyPublished();
        _pass(info.deadlines.key);
    }

    /// @dev In one of sixteen rounds the truth is that the shard is not what was promised.
    function _truth() private view returns (ResultSummary memory s) {
        s = _summary();
        if (uint256(keccak256(abi.encode(taskId, round))) % 16 == 0) {
            s = _withoutClaims(s);
            s.shardInvalid = true;
        }
    }

    function _other(uint256 n) private view returns (ResultSummary memory s) {
        s = _truth();
        s.documentDigest = keccak256(abi.encode("another", n));
    }

    function _playResultCommit(RoundInfo memory info) private {
        if (attestations.keyOf(taskId, round) == bytes32(0)) return _void();
        for (uint256 v; v < VALIDATORS; ++v) {
            bool attested =
                attestations.attestation(taskId, round, info.attempt, validators[v]).stage == AttestationStage.Revealed;
            bool done = results.validatorResult(taskId, round, validators[v]).stage != ResultStage.None;
            if (!attested || done || !_mostly()) continue;
            ResultSummary memory s = _random() % 4 != 0 ? _truth() : _other(_random() % 2);
            _says[v] = _hash(s);
            summaryOf[_says[v]] = s;
            _commitResult(v, s);
        }
        _pass(info.deadlines.resultCommit);
    }

    function _playResultReveal(RoundInfo memory info) private {
        for (uint256 v; v < VALIDATORS; ++v) {
            bool committed = results.validatorResult(taskId, round, validators[v]).stage == ResultStage.Committed;
            if (committed && _mostly()) _revealResult(v, summaryOf[_says[v]]);
        }
        _pass(info.deadlines.resultReveal);
    }

    function _acceptOrVoid() private {
        bool stopped = taskManager.task(taskId).state == TaskState.Stopped;
        bytes32 leading = results.roundResult(taskId, round).leading;
        if (stopped || leading == bytes32(0)) return _void();
        _accepted(summaryOf[leading]);
    }

    function _playVerdict(RoundInfo memory info) private {
        bool ruling = info.phase == RoundPhase.Ruling;
        if (block.timestamp < info.challengeEnd && _random() % 3 == 0) {
            _challengeAtRandom();
        } else if (ruling && block.timestamp < info.rulingEnd && _flip()) {
            _ruled();
        } else {
            vm.warp(_max(block.timestamp, ruling ? info.rulingEnd : info.challengeEnd));
            results.finalize(taskId, round);
        }
        RoundPhase phase = _info().phase;
        if (phase == RoundPhase.Claimable) ++roundsPaid;
        if (phase == RoundPhase.Void) ++roundsVoid;
    }

    function _challengeAtRandom() private {
        ResultSummary memory s = _flip() ? _truth() : _other(_random() % 3);
        summaryOf[_hash(s)] = s;
        address who = _flip() ? stranger : _flip() ? funder : validators[_random() % VALIDATORS];
        _bonded(who);
        if (_mostly()) _commitChallenge(who, s);
        vm.prank(who);
        try results.challenge(taskId, round, s, _salt(0)) {} catch {}
        vm.prank(who);
        token.approve(address(results), 0);
    }

    function _ruled() private {
        ResultSummary memory s = _flip() ? _truth() : _other(_random() % 3);
        summaryOf[_hash(s)] = s;
        vm.prank(address(dao));
        results.rule(taskId, round, s);
        ++rulings;
    }

    function _void() private {
        results.voidRound(taskId, round);
        _countVoid();
    }

    function _countVoid() private {
        if (_info().phase == RoundPhase.Void) ++roundsVoid;
        else ++repeats;
    }

    /// @dev Most often to the end of the window; else some of it is left, for who was late.
    function _pass(uint256 end) private {
        vm.warp(_mostly() || block.timestamp + 1 >= end ? _max(end, block.timestamp) : (block.timestamp + end) / 2);
    }

    /// @dev Phases of an attempt only go on, a closed round stays as it is, and so does what was accepted but for a ruling.
    function _observe() internal {
        Played storage p = played[played.length - 1];
        for (uint256 i = played.length; i != 0; --i) {
            if (played[i - 1].taskId == taskId && played[i - 1].round == round) p = played[i - 1];
        }
        RoundInfo memory info = _info();
        bool forward = info.attempt > p.attempt || (info.attempt == p.attempt && info.phase >= p.phase);
        if (!forward) violation = "a round went back";
        bool closed = p.phase == RoundPhase.Claimable || p.phase == RoundPhase.Void;
        if (closed && (info.phase != p.phase || info.attempt != p.attempt)) violation = "a closed round moved";
        bytes32 accepted = results.roundResult(taskId, round).accepted;
        if (p.accepted != bytes32(0) && accepted != p.accepted && p.phase != RoundPhase.Ruling) {
            violation = "what was accepted changed without a ruling";
        }
        (p.attempt, p.phase, p.accepted) = (info.attempt, info.phase, accepted);
    }

    // ---- What is settled

    function _claimsOpened() internal {
        if (distributor.claimsEnd(taskId, round) != 0) return;
        _openClaims(summaryOf[results.roundResult(taskId, round).accepted]);
        RoundRewards memory r = distributor.rewards(taskId, round);
        if (r.fee + r.paid + r.carried > r.units + r.common) violation = "a round gives more than its pool";
        uint32 version = _info().policyVersion;
        uint256 byVerdict = r.stakeBehind * policy.valueAt(Param.SecurityRatio, version) / 1e18;
        uint256 byKey = r.creationStake * policy.valueAt(Param.CreationRatio, version) / 1e18;
        if (r.secured > byVerdict) violation = "a round pays more than its verdict can lose";
        if (r.secured > byKey + r.common) violation = "a round pays more than its key can lose";
    }

    /// @dev A round earns once, at most what its verdict can lose, and what its days say that they emitted.
    function _earn() private {
        uint256 begin = emission.start() / 1 days;
        EmissionSpan memory span = roundManager.emissionSpan(taskId, round);
        (uint256 first, uint256 last) = (span.start / 1 days - begin, span.end / 1 days - begin);
        uint256 before;
        for (uint256 day = first; day <= last; ++day) {
            before += emission.emittedOn(day);
        }
        uint256 supply = token.totalSupply();
        uint256 amount = emission.earn(taskId, round);
        uint256 sum;
        for (uint256 day = first; day <= last; ++day) {
            sum += emission.emittedOn(day);
            if (emission.emittedOn(day) > _scheduled(day)) violation = "a day emitted more than its amount";
        }
        if (sum - before != amount) violation = "days emitted something else than their rounds earned";
        if (token.totalSupply() - supply != amount) violation = "something else was minted than earned";
        uint256 behind = distributor.rewards(taskId, round).stakeBehind;
        uint256 limit = behind * policy.valueAt(Param.SecurityRatio, _info().policyVersion) / 1e18;
        if (amount > limit) violation = "a round earned more than its verdict can lose";
        if (taskManager.task(taskId).multiplier == 0 && amount != 0) violation = "a task of no multiplier earned";
        if (amount != 0) ++roundsEmitted;
    }

    /// @dev The most that any policy so far gives a day, the community share aside.
    function _scheduled(uint256 day) private view returns (uint256 most) {
        for (uint32 version = 1; version <= policy.version(); ++version) {
            uint256 decay = policy.valueAt(Param.EmissionDecay, version);
            uint256 period = policy.valueAt(Param.EmissionPeriod, version);
            uint256 daily = policy.valueAt(Param.EmissionDaily, version);
            most = _max(most, daily * EmissionSchedule.power(decay, day / period) / 1e18);
        }
    }

    function _execute(CaseId id) private {
        court.execute(id);
        if (court.slashCase(id).taken != 0) ++slashed;
    }

    function _claimSome() private {
        bytes32 accepted = results.roundResult(taskId, round).accepted;
        TrainerLeaf[] memory leaves = _leaves();
        // Only of a tree whose leaves are these.
        bool paying = summaryOf[accepted].claimsRoot == Merkle.root(leaves);
        for (uint256 i; paying && i < leaves.length; ++i) {
            if (!_flip() || distributor.claimed(taskId, round, leaves[i].node, false)) continue;
            if (distributor.rewards(taskId, round).claimsLeft == 0) return;
            uint256 due = RoundSettlement.trainerByRank(
                distributor.rewards(taskId, round).trainersPart,
                leaves[i].weight,
                RoundSettlement.allRanks(_info().trainerSeats, policy.valueAt(Param.RankRatio, _info().policyVersion))
            );
            uint256 before = _paidTo(leaves[i].node);
            distributor.claimTrainer(taskId, round, leaves[i], Merkle.proof(leaves, i));
            if (_paidTo(leaves[i].node) - before != due) violation = "a trainer's pay is not its ranks'";
            ++claimsPaid;
        }
        for (uint256 v; v < VALIDATORS; ++v) {
            if (!_flip() || !_agreed(validators[v], accepted)) continue;
            if (distributor.rewards(taskId, round).claimsLeft == 0) return;
            uint256 seats = results.validatorResult(taskId, round, validators[v]).seats;
            uint256 due = distributor.rewards(taskId, round).validatorsPart * seats / _info().validatorSeats;
            uint256 before = _paidTo(validators[v]);
            distributor.claimValidator(taskId, round, validators[v]);
            if (_paidTo(validators[v]) - before != due) violation = "a validator's pay is not its seats'";
            ++claimsPaid;
        }
    }

    /// @dev To a node in this round, its delegators and its vesting included; nobody else is paid in between.
    function _paidTo(address node) private view returns (uint256) {
        return
            token.balanceOf(node) + token.balanceOf(address(stakeManager))
                + distributor.vesting(taskId, round, node).total;
    }

    function _agreed(address node, bytes32 accepted) private view returns (bool) {
        ValidatorResult memory said = results.validatorResult(taskId, round, node);
        if (said.stage != ResultStage.Revealed || bytes29(said.hash) != bytes29(accepted)) return false;
        return !distributor.claimed(taskId, round, node, true);
    }

    /// @dev With what anyone may call and time: its open round ends.
    function _endRound() internal {
        _use(played.length - 1);
        for (uint256 i; i < 6; ++i) {
            RoundInfo memory info = _info();
            if (info.phase == RoundPhase.Claimable || info.phase == RoundPhase.Void) return;
            vm.warp(block.timestamp + 30 days);
            info = _info();
            if (info.phase == RoundPhase.Challenge || info.phase == RoundPhase.Ruling) {
                results.finalize(taskId, round);
            } else if (info.phase == RoundPhase.Acceptance) {
                _acceptOrVoid();
            } else {
                results.voidRound(taskId, round);
            }
            _observe();
        }
        violation = "a round has no way out";
    }

    /// @dev A task ends, cases end, and its rounds let go of all stake.
    function _endTask() internal {
        TaskInfo memory t = taskManager.task(taskId);
        if (t.state == TaskState.Approved && t.roundsClosed == t.rounds && _flip()) {
            vm.prank(creator);
            taskManager.complete(taskId, _key(t.rounds));
        } else if (t.state == TaskState.Approved) {
            vm.warp(_max(block.timestamp, taskManager.expiresAt(taskId)));
            taskManager.expire(taskId);
        }
        vm.warp(block.timestamp + 4 days);
        for (uint256 id = 1; id <= court.caseCount(); ++id) {
            if (court.slashCase(CaseId.wrap(id)).state != CaseState.Open) continue;
            vm.warp(_max(block.timestamp, court.slashCase(CaseId.wrap(id)).appealEnd));
            _execute(CaseId.wrap(id));
        }
        TaskId ended = taskId;
        for (uint256 r; r < played.length; ++r) {
            if (!(played[r].taskId == ended)) continue;
            for (uint256 n; n < TRAINERS + VALIDATORS; ++n) {
                address node = n < TRAINERS ? trainers[n] : validators[n - TRAINERS];
                if (_holds(played[r], node)) court.release(ended, played[r].round, node);
            }
        }
        for (uint256 n; n < TRAINERS + VALIDATORS; ++n) {
            bool trainer = n < TRAINERS;
            address node = trainer ? trainers[n] : validators[n - TRAINERS];
            _allocate(node, ended, trainer ? Role.Trainer : Role.Validator, 0);
        }
    }

    /// @dev Whether a round has read and not let go of a node's stake.
    function _holds(Played storage p, address node) internal view returns (bool) {
        if (court.released(p.taskId, p.round, node)) return false;
        for (uint8 attempt; attempt < 3; ++attempt) {
            if (roundManager.candidate(p.taskId, p.round, attempt, node).role != Role.None) return true;
        }
        return false;
    }

    function _newTask() internal {
        taskId = _approvedTask(ROUNDS, 9000e18 + 7);
        if (_flip()) {
            vm.prank(address(dao));
            taskManager.setMultiplier(taskId, 1e18);
        }
        for (uint256 n; n < TRAINERS + VALIDATORS; ++n) {
            bool trainer = n < TRAINERS;
            address node = trainer ? trainers[n] : validators[n - TRAINERS];
            _allocate(node, taskId, trainer ? Role.Trainer : Role.Validator, 1e18);
        }
        _open();
    }

    function _use(uint256 i) internal returns (Played storage p) {
        p = played[i];
        (taskId, round) = (p.taskId, p.round);
        revealed = p.revealed;
    }

    function _mostly() internal returns (bool) {
        return _random() % 10 != 0;
    }

    function _flip() internal returns (bool) {
        return _random() % 2 == 0;
    }

    function _random() internal returns (uint256) {
        salt = uint256(keccak256(abi.encode(salt)));
        return salt;
    }

    function _max(uint256 a, uint256 b) internal pure returns (uint256) {
        return a > b ? a : b;
    }
}
