// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {RoundKey, TrainerClaim, TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {RoundInfo, ValidatorStage} from "../../src/interfaces/IRoundManager.sol";
import {TaskInfo} from "../../src/interfaces/ITaskManager.sol";
import {ResultSummary, RoundPhase, TaskState, TaskTerms, Windows} from "../../src/types/Types.sol";
import {Merkle} from "../builders/Merkle.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Random but sensible steps of tasks and rounds. There are tasks with windows of an hour and tasks with windows of days,
/// so that several rounds of the one fit into each window of the other, and sometimes it misses one.
abstract contract RoundActions is RoundTest {
    uint256 internal constant TRAINERS = 3;
    uint256 internal constant VALIDATORS = 4;
    uint32 internal constant LONG_WINDOW = 5 days;

    /// @dev The newest task of each kind.
    uint256 internal shortTask;
    uint256 internal longTask;
    /// @dev Wei of a task that no funder put in: emission, bonds.
    mapping(uint256 task => uint256) internal external_;
    mapping(uint256 task => uint256) internal refunded;
    mapping(uint256 task => mapping(uint32 round => uint256[])) internal revealedIn;
    mapping(uint256 task => mapping(uint32 round => ResultSummary)) internal acceptedIn;
    /// @dev What each claim of a round will pay (its payout hashed), fixed as its claims open.
    mapping(uint256 task => mapping(uint32 round => mapping(address node => uint256))) internal dueTo;
    /// @dev Rounds that became claimable.
    RoundKey[] internal paidRounds;
    string internal violation;
    uint32 internal window = WINDOW;

    /// @dev What happened, to see that a campaign tries everything.
    uint256 public roundsPaid;
    uint256 public roundsVoid;
    uint256 public claimsPaid;
    uint256 public casesExecuted;

    function playShortRound(uint256 seed) public {
        shortTask = _running(shortTask, WINDOW, seed);
        uint256 steps = seed % 4 == 0 ? 9 : 3;
        for (uint256 i; i < steps; ++i) {
            _step(shortTask, seed = _next(seed));
        }
    }

    function playShortRoundAgain(uint256 seed) public {
        playShortRound(seed);
    }

    function playLongRound(uint256 seed) public {
        longTask = _running(longTask, LONG_WINDOW, seed);
        _step(longTask, seed);
    }

    /// @dev Opens claims, pays some of them (alone or in a batch), releases and closes.
    function settleRound(uint256 seed) public {
        if (!_useSomeRound(seed)) return;
        uint256 id = taskId;
        external_[id] += emission.sync(id);
        ResultSummary memory summary = acceptedIn[id][round];
        bool claimable = roundManager.phaseOf(id, round) == RoundPhase.Claimable;
        _claimForfeit(trainers[seed % TRAINERS]);
        if (distributor.claimsEnd(id, round) == 0) {
            try distributor.openClaims(id, round, summary) {
                if (!claimable) violation = "claims opened on a round that is not claimable";
                _fixDues();
            } catch {
                if (claimable) violation = "claims of a claimable round could not be opened";
                return;
            }
        }
        if (distributor.rewards(id, round).claimsLeft != 0) _claimSome(seed);
        address node = trainers[seed % TRAINERS];
        if (distributor.releasable(id, round, node) != 0) distributor.release(id, round, node);
        if (seed % 16 == 0 && distributor.rewards(id, round).claimsLeft != 0) {
            vm.warp(_max(block.timestamp, distributor.claimsEnd(id, round)));
            distributor.closeClaims(id, round);
        }
    }

    function fundOrEndTask(uint256 seed, uint256 amount) public {
        uint256 id = _anyTask(seed);
        TaskInfo memory t = taskManager.task(id);
        if (t.state == TaskState.Proposed || t.state == TaskState.Approved) {
            if (seed % 16 == 0 && t.state == TaskState.Approved) {
                vm.prank(address(dao));
                taskManager.stop(id);
            } else if (t.roundsOpened < t.rounds) {
                _fund(id, seed % 2 == 0 ? funder : stranger, _bound(amount, 1, 10_000e18));
            }
            return;
        }
        address to = seed % 2 == 0 ? funder : stranger;
        uint256 part = taskManager.refundable(id, to);
        if (part != 0) {
            taskManager.refund(id, to);
            refunded[id] += part;
        }
        uint256 budget = taskManager.task(id).budget;
        try taskManager.sweep(id) {
            refunded[id] += budget - taskManager.task(id).budget;
        } catch {}
    }

    /// @dev One phase further, everybody doing its part or not.
    function _step(uint256 id, uint256 seed) internal {
        TaskInfo memory t = taskManager.task(id);
        if (t.roundsOpened == t.roundsClosed) {
            if (t.state == TaskState.Approved && t.roundsOpened < t.rounds && t.budget >= t.rounds) {
                _openAndJoin(id, seed);
            }
            return;
        }
        _use(id, t.roundsOpened - 1);
        RoundInfo memory info = _info();
        if (info.phase == RoundPhase.Commit) _revealSome(info, seed);
        else if (info.phase == RoundPhase.Reveal) _publishKey(info, seed);
        else if (info.phase == RoundPhase.Key) _attestSome(info, seed);
        else if (info.phase == RoundPhase.Availability) _commitSome(info, seed);
        else if (info.phase == RoundPhase.ResultCommit) _revealResults(info, seed);
        else _end(info, seed);
        revealedIn[id][round] = revealed;
    }

    /// @dev Brings a round as far as anyone can, without anybody's role.
    function _end(RoundInfo memory info, uint256 seed) internal {
        if (info.phase == RoundPhase.ResultReveal) {
            vm.warp(info.deadlines.resultReveal);
        } else if (info.phase == RoundPhase.Challenge) {
            if (seed % 6 == 0 && block.timestamp < info.challengeEnd) {
                external_[taskId] += policy.valueAt(Param.ChallengeBond, info.policyVersion);
                _challengeWith(seed % 12 == 0 ? keccak256("other") : acceptedIn[taskId][round].documentDigest);
                return;
            }
            vm.warp(_max(block.timestamp, info.challengeEnd));
            roundManager.finalize(taskId, round);
            _claimable();
            return;
        } else if (info.phase == RoundPhase.Disputed) {
            if (seed % 3 != 0 && block.timestamp < info.disputeEnd) {
                ResultSummary memory ruled = _summary();
                vm.prank(address(dao));
                roundManager.rule(taskId, round, ruled);
                acceptedIn[taskId][round] = ruled;
                _claimable();
                return;
            }
            vm.warp(_max(block.timestamp, info.disputeEnd));
        }
        _acceptDisputeOrVoid();
    }

    /// @dev One of three always works once the reveal window has passed.
    function _acceptDisputeOrVoid() internal {
        ResultSummary memory truth = _summary();
        ResultSummary memory lie = _lieOf(truth);
        try roundManager.accept(taskId, round, truth) {
            acceptedIn[taskId][round] = truth;
            return;
        } catch {}
        try roundManager.accept(taskId, round, lie) {
            acceptedIn[taskId][round] = lie;
            return;
        } catch {}
        try roundManager.dispute(taskId, round, _hashesOf(truth, lie)) {
            return;
        } catch {}
        try roundManager.voidRound(taskId, round) {
            ++roundsVoid;
        } catch {
            if (_info().phase == RoundPhase.Acceptance) violation = "a round has no way out";
        }
    }

    function _openAndJoin(uint256 id, uint256 seed) private {
        vm.warp(block.timestamp + 1);
        delete revealed;
        (taskId, round) = (id, roundManager.open(id));
        for (uint256 v; v < VALIDATORS; ++v) {
            if (_stakeIn(validators[v]).own < 5000e18 || _rarely(seed, v)) continue;
            vm.prank(validators[v]);
            roundManager.join(id, round);
        }
        for (uint256 i; i < TRAINERS; ++i) {
            if (_stakeIn(trainers[i]).own < 1000e18 || _rarely(seed, 8 + i)) continue;
            vm.prank(trainers[i]);
            roundManager.commit(id, round, _submissionCommitment(trainers[i], _cid(i), _salt(i)));
        }
    }

    function _revealSome(RoundInfo memory info, uint256 seed) private {
        vm.warp(info.deadlines.commit);
        for (uint256 i; i < TRAINERS; ++i) {
            (bytes32 commitment,) = roundManager.commitmentOf(taskId, round, trainers[i]);
            if (commitment != bytes32(0) && !_rarely(seed, i)) _reveal(i);
        }
        if (info.candidateStake != 0 && !_rarely(seed, 15)) _drawn();
    }

    function _publishKey(RoundInfo memory info, uint256 seed) private {
        vm.warp(info.deadlines.reveal);
        if (!_rarely(seed, 0)) roundManager.publishKey(taskId, round, _key(round));
    }

    function _attestSome(RoundInfo memory info, uint256 seed) private {
        vm.warp(info.deadlines.key);
        if (info.key == bytes32(0) || !info.drawn || revealed.length == 0) return;
        for (uint256 v; v < VALIDATORS; ++v) {
            if (roundManager.validator(taskId, round, validators[v]).seats == 0 || _rarely(seed, v)) continue;
            _attest(v, _rarely(seed, 8 + v) ? _everything() & seed : _everything());
        }
    }

    function _commitSome(RoundInfo memory info, uint256 seed) private {
        vm.warp(info.deadlines.availability);
        ResultSummary memory truth = _summary();
        for (uint256 v; v < VALIDATORS; ++v) {
            if (roundManager.validator(taskId, round, validators[v]).stage != ValidatorStage.Attested) continue;
            if (!_rarely(seed, v)) _commitResult(v, _says(v) ? truth : _lieOf(truth));
        }
    }

    function _revealResults(RoundInfo memory info, uint256 seed) private {
        vm.warp(info.deadlines.resultCommit);
        ResultSummary memory truth = _summary();
        for (uint256 v; v < VALIDATORS; ++v) {
            if (roundManager.validator(taskId, round, validators[v]).stage != ValidatorStage.ResultCommitted) continue;
            if (!_rarely(seed, v)) _revealResult(v, _says(v) ? truth : _lieOf(truth));
        }
    }

    /// @dev Which validator lies in which round: the last one, in two of three rounds.
    function _says(uint256 v) private view returns (bool) {
        return v != VALIDATORS - 1 || (taskId + round) % 3 == 0;
    }

    /// @dev Claims of random nodes, each of which must pay what it was due when claims opened, whoever claimed before.
    function _claimSome(uint256 seed) private {
        TrainerLeaf[] memory leaves = _leaves();
        for (uint256 i; i < leaves.length; ++i) {
            if (!_flip(seed, i) || distributor.claimed(taskId, round, leaves[i].node, false)) continue;
            if (distributor.rewards(taskId, round).claimsLeft == 0) return;
            uint256 before = _worthOfClaims(leaves[i].node, false);
            if (_flip(seed, 20 + i)) {
                distributor.claimTrainer(taskId, round, leaves[i], Merkle.proof(leaves, i));
            } else {
                TrainerClaim[] memory batch = new TrainerClaim[](2);
                batch[0] = TrainerClaim(taskId, round, leaves[i], Merkle.proof(leaves, i));
                batch[1] = batch[0];
                distributor.claimMany(leaves[i].node, batch, new RoundKey[](0), new RoundKey[](0));
            }
            _checkDue(
                leaves[i].node, _worthOfClaims(leaves[i].node, false) - before, dueTo[taskId][round][leaves[i].node]
            );
        }
        for (uint256 v; v < VALIDATORS; ++v) {
            address node = validators[v];
            uint256 due = dueTo[taskId][round][_asValidator(node)];
            if (due == 0 || !_flip(seed, 8 + v) || distributor.claimed(taskId, round, node, true)) continue;
            if (distributor.rewards(taskId, round).claimsLeft == 0) return;
            uint256 before = _worthOfClaims(node, true);
            distributor.claimValidator(taskId, round, node);
            _checkDue(node, _worthOfClaims(node, true) - before, due);
        }
    }

    function _claimForfeit(address node) internal {
        try roundManager.claimForfeit(taskId, round, node) {} catch {}
    }

    function _checkDue(address node, uint256 got, uint256 due) private {
        ++claimsPaid;
        if (got != due) {
            violation = string.concat("a claim of ", vm.toString(node), " paid another amount than it was due");
        }
    }

    /// @dev What a node and its delegators have of a round's rewards.
    function _worthOfClaims(address node, bool asValidator) private view returns (uint256) {
        uint256 vesting = asValidator ? 0 : distributor.vesting(taskId, round, node).total;
        return token.balanceOf(node) + vesting + stakeManager.rewardsHeld();
    }

    /// @dev Totals of all claims, computed from the pools alone as they open.
    function _fixDues() private {
        uint256 trainersPool = distributor.rewards(taskId, round).trainersPool;
        uint256 validatorsPool = distributor.rewards(taskId, round).validatorsPool;
        ResultSummary memory s = acceptedIn[taskId][round];
        TrainerLeaf[] memory leaves = _leaves();
        for (uint256 i; i < leaves.length; ++i) {
            dueTo[taskId][round][leaves[i].node] = trainersPool * leaves[i].weight / s.sumWeights;
        }
        bytes32 hash = keccak256(abi.encode(s));
        uint256 sum = roundManager.agreement(taskId, round, hash).sumWeights;
        for (uint256 v; v < VALIDATORS; ++v) {
            bytes32 said = roundManager.validator(taskId, round, validators[v]).resultHash;
            if (said == bytes32(0) || said != (hash >> 24) << 24) continue;
            dueTo[taskId][round][_asValidator(validators[v])] = validatorsPool * _effective(validators[v]) / sum;
        }
    }

    function _effective(address node) private view returns (uint256) {
        return _stakeIn(node).own + uint256(_stakeIn(node).delegated) / 2;
    }

    function _asValidator(address node) private pure returns (address) {
        return address(uint160(node) ^ 1);
    }

    function _lieOf(ResultSummary memory truth) private pure returns (ResultSummary memory lie) {
        lie = abi.decode(abi.encode(truth), (ResultSummary));
        lie.documentDigest = keccak256("a lie");
    }

    function _hashesOf(ResultSummary memory a, ResultSummary memory b) private view returns (bytes32[] memory hashes) {
        bytes32 first = keccak256(abi.encode(a));
        bytes32 second = keccak256(abi.encode(b));
        if (first > second) (first, second) = (second, first);
        bool hasFirst = roundManager.agreement(taskId, round, first).seats != 0;
        bool hasSecond = roundManager.agreement(taskId, round, second).seats != 0;
        hashes = new bytes32[]((hasFirst ? 1 : 0) + (hasSecond ? 1 : 0));
        if (hasFirst) hashes[0] = first;
        if (hasSecond) hashes[hashes.length - 1] = second;
    }

    function _challengeWith(bytes32 digest) private {
        if (digest == acceptedIn[taskId][round].documentDigest) digest = keccak256("another");
        try this.challengeAs(stranger, digest) {} catch {}
    }

    function challengeAs(address who, bytes32 digest) external {
        require(msg.sender == address(this));
        _challenge(who, digest);
    }

    /// @dev The task itself while it can be played, else a new one.
    function _running(uint256 id, uint32 window_, uint256 seed) private returns (uint256) {
        TaskInfo memory t = taskManager.task(id);
        bool open = t.roundsOpened != t.roundsClosed;
        if (open || (t.state == TaskState.Approved && t.roundsOpened < t.rounds)) return id;
        if (t.state == TaskState.Approved && seed % 4 != 0) {
            vm.prank(creator);
            taskManager.complete(id, _key(t.rounds));
        }
        window = window_;
        return _approvedTask(4, 20_000e18 + seed % 1e18);
    }

    function _propose(uint16 rounds) internal override returns (uint256) {
        TaskTerms memory terms = _terms(rounds);
        terms.windows = Windows(window, window, window, window, window, window);
        return _proposeWith(terms);
    }

    function _use(uint256 id, uint32 round_) internal {
        (taskId, round) = (id, round_);
        revealed = revealedIn[id][round_];
    }

    function _claimable() private {
        ++roundsPaid;
        paidRounds.push(RoundKey(taskId, round));
        external_[taskId] += emission.sync(taskId);
    }

    /// @dev Mostly a claimable round, and mostly the newest.
    function _useSomeRound(uint256 seed) internal returns (bool) {
        if (seed % 5 != 0 && paidRounds.length != 0) {
            uint256 back = seed % 3 == 0 ? (seed >> 8) % paidRounds.length : 0;
            RoundKey memory key = paidRounds[paidRounds.length - 1 - back];
            _use(key.taskId, key.round);
            return true;
        }
        uint256 id = _anyTask(seed);
        uint32 rounds = roundManager.roundCount(id);
        if (rounds == 0) return false;
        _use(id, uint32(_next(seed) % rounds));
        return true;
    }

    function _anyTask(uint256 seed) internal view returns (uint256) {
        return 1 + (seed >> 8) % taskManager.taskCount();
    }

    function _rarely(uint256 seed, uint256 salt) internal pure returns (bool) {
        return uint256(keccak256(abi.encode(seed, salt))) % 10 == 0;
    }

    function _flip(uint256 seed, uint256 salt) internal pure returns (bool) {
        return uint256(keccak256(abi.encode(seed, salt))) % 2 == 0;
    }

    function _next(uint256 seed) internal pure returns (uint256) {
        return uint256(keccak256(abi.encode(seed)));
    }

    function _max(uint256 a, uint256 b) internal pure returns (uint256) {
        return a > b ? a : b;
    }
}
