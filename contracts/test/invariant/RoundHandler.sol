// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IRoundManager, RoundInfo, ValidatorStage} from "../../src/interfaces/IRoundManager.sol";
import {Reason} from "../../src/interfaces/ISlashCourt.sol";
import {Cid, ResultSummary, RoundPhase, TaskState, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Drives whole rounds of one task after another: each call plays the window that is open, everybody doing, leaving
/// out or falsifying their step at random, and moves the clock to the next. Beside that, strangers and the DAO interfere.
contract RoundHandler is RoundTest {
    uint256 private constant TRAINERS = 3;
    uint256 private constant VALIDATORS = 4;
    uint16 private constant ROUNDS = 3;

    struct Ghost {
        bytes32 accepted;
        bool challenged;
        bytes32 ruled;
        uint256 bonds;
    }

    mapping(uint256 taskId => mapping(uint32 round => Ghost)) private _ghosts;
    /// @dev Wei that came into a task beside the funders': creation stakes, bonds, slashes.
    mapping(uint256 taskId => uint256) public returned;
    mapping(uint256 taskId => mapping(uint32 round => mapping(uint256 v => uint8))) private _said;
    ResultSummary private _truth;
    ResultSummary private _falsehood;
    uint256 private _seed;
    uint256 public finished;
    uint256 public voids;
    uint256 public paidRounds;
    uint256 public disputes;

    constructor() {
        setUp();
        for (uint256 i; i < TRAINERS; ++i) {
            trainers.push(makeAddr(string.concat("trainer", vm.toString(i))));
            _stake(trainers[i], (1 + i) * 1000e18);
        }
        for (uint256 v; v < VALIDATORS; ++v) {
            validators.push(makeAddr(string.concat("validator", vm.toString(v))));
            _stake(validators[v], (5 + v) * 1000e18);
        }
        _delegateStake(validators[0], makeAddr("delegator"), 1500e18);
        taskId = _approvedTask(ROUNDS, 100_000e18 + 7);
        vm.warp(block.timestamp + 1);
        round = roundManager.open(taskId);
    }

    // ---- The round goes on

    function play(uint256 seed) external {
        _seed = seed;
        RoundPhase phase = _phase();
        if (phase == RoundPhase.Commit) _playCommit();
        else if (phase == RoundPhase.Reveal) _playReveal();
        else if (phase == RoundPhase.Key) _playKey();
        else if (phase == RoundPhase.Availability) _playAvailability();
        else if (phase == RoundPhase.ResultCommit) _playResultCommit();
        else if (phase == RoundPhase.ResultReveal) _playResultReveal();
        else if (phase == RoundPhase.Acceptance) _playAcceptance();
        else if (phase == RoundPhase.Challenge) _playChallenge();
        else if (phase == RoundPhase.Disputed) _playDispute();
        else _playEnd();
    }

    /// @dev Only sometimes, so that most tasks have more than a round.
    function stop(uint256 seed) external {
        if (seed % 16 != 0 || _state() != TaskState.Approved) return;
        vm.prank(address(dao));
        taskManager.stop(taskId);
    }

    /// @dev Anyone may try; it works when and only when the round can no longer finish.
    function voidRound() external {
        RoundPhase before = _phase();
        vm.prank(stranger);
        try roundManager.voidRound(taskId, round) {
            assert(before != RoundPhase.Challenge && before != RoundPhase.Claimable && before != RoundPhase.Void);
            _noteVoid();
        } catch {}
    }

    /// @dev What has no right to happen: calls of strangers at any moment.
    function interfere(uint256 seed) external {
        _seed = seed;
        ResultSummary memory own = _falsehood;
        own.documentDigest = keccak256("a stranger's wish");
        vm.startPrank(stranger);
        try roundManager.rule(taskId, round, own) {
            assert(false);
        } catch {}
        try roundManager.accept(taskId, round, own) {
            assert(false);
        } catch {}
        try taskManager.stop(taskId) {
            assert(false);
        } catch {}
        try taskManager.payOut(taskId, round) {
            assert(false);
        } catch {}
        try taskManager.forfeitCreationStake(taskId, round, 1) {
            assert(false);
        } catch {}
        vm.stopPrank();
        if (_phase() != RoundPhase.Claimable) {
            try distributor.openClaims(taskId, round, _random() % 2 == 0 ? _truth : _falsehood) {
                assert(false);
            } catch {}
        }
    }

    /// @dev Objective slash cases of the last round, executed at once when their time has come.
    function prosecute(uint256 seed) external {
        address target = validators[seed % VALIDATORS];
        try court.open(taskId, round, target, Reason(seed % 3 == 0 ? 0 : seed % 3 == 1 ? 2 : 4), Cid(0x0129, "e")) {}
            catch {}
        uint256 count = court.caseCount();
        if (count != 0 && (seed >> 8) % 2 == 0) {
            uint256 before = taskManager.task(taskId).budget;
            try court.execute(1 + (seed >> 16) % count) {
                returned[taskId] += taskManager.task(taskId).budget - before;
            } catch {}
        }
    }

    // ---- Views for the invariants

    function ghost(uint256 task_, uint32 round_) external view returns (Ghost memory) {
        return _ghosts[task_][round_];
    }

    function contracts() external view returns (address[6] memory) {
        return [
            address(token),
            address(taskManager),
            address(roundManager),
            address(distributor),
            address(stakeManager),
            address(dao)
        ];
    }

    function trainer(uint256 i) external view returns (address) {
        return trainers[i];
    }

    function everybody() external view returns (address[] memory all) {
        all = new address[](TRAINERS + VALIDATORS + 10);
        for (uint256 i; i < TRAINERS; ++i) {
            all[i] = trainers[i];
        }
        for (uint256 v; v < VALIDATORS; ++v) {
            all[TRAINERS + v] = validators[v];
        }
        uint256 n = TRAINERS + VALIDATORS;
        all[n] = treasury;
        all[n + 1] = creator;
        all[n + 2] = funder;
        all[n + 3] = stranger;
        all[n + 4] = address(dao);
        all[n + 5] = address(taskManager);
        all[n + 6] = address(roundManager);
        all[n + 7] = address(distributor);
        all[n + 8] = address(stakeManager);
        // Slashes pass through; what reporters get is this handler's.
        all[n + 9] = address(this);
    }

    /// @dev With what anyone may call, and time: the round must come to its end. Whoever calls this restores the state.
    function end() external {
        vm.startPrank(makeAddr("anyone"));
        vm.warp(block.timestamp + 100 days);
        RoundPhase phase = _phase();
        if (phase == RoundPhase.Challenge) roundManager.finalize(taskId, round);
        else if (phase == RoundPhase.Acceptance) _endAcceptance();
        else if (phase != RoundPhase.Claimable && phase != RoundPhase.Void) roundManager.voidRound(taskId, round);
        vm.stopPrank();
        phase = _phase();
        assert(phase == RoundPhase.Claimable || phase == RoundPhase.Void);
    }

    /// @dev One of accept, dispute (and void when the ruling stays out), and void is always open.
    function _endAcceptance() private {
        try roundManager.accept(taskId, round, _truth) {
            vm.warp(_info().challengeEnd);
            roundManager.finalize(taskId, round);
            return;
        } catch {}
        try roundManager.accept(taskId, round, _falsehood) {
            vm.warp(_info().challengeEnd);
            roundManager.finalize(taskId, round);
            return;
        } catch {}
        try roundManager.dispute(taskId, round, _revealedHashes()) {
            vm.warp(_info().disputeEnd);
        } catch {}
        roundManager.voidRound(taskId, round);
    }

    // ---- Windows

    function _playCommit() private {
        for (uint256 v; v < VALIDATORS; ++v) {
            if (!_mostly() || roundManager.validator(taskId, round, validators[v]).stage != ValidatorStage.None) {
                continue;
            }
            // Slashed below the minimum, it stays out.
            vm.prank(validators[v]);
            try roundManager.join(taskId, round) {} catch {}
        }
        for (uint256 i; i < TRAINERS; ++i) {
            if (!_mostly()) continue;
            bytes32 commitment = _submissionCommitment(trainers[i], _cid(i), _salt(i));
            vm.prank(trainers[i]);
            try roundManager.commit(taskId, round, commitment) {} catch {}
        }
        if (_mostly()) _toReveal();
    }

    function _playReveal() private {
        for (uint256 i; i < TRAINERS; ++i) {
            if (!_mostly()) continue;
            vm.prank(trainers[i]);
            try roundManager.reveal(taskId, round, _cid(i), _salt(i)) {
                revealed.push(i);
            } catch {}
        }
        try roundManager.scheduleDraw(taskId, round) {} catch {}
        vm.roll(block.number + 1 + _random() % 300);
        try roundManager.draw(taskId, round) {} catch {}
        if (_mostly()) _toKey();
    }

    function _playKey() private {
        if (_mostly()) try roundManager.publishKey(taskId, round, _key(round)) {} catch {}
        if (_mostly()) _toAvailability();
    }

    function _playAvailability() private {
        try roundManager.scheduleDraw(taskId, round) {
            vm.roll(block.number + 2);
        } catch {}
        for (uint256 v; v < VALIDATORS; ++v) {
            if (!_mostly()) continue;
            uint256[] memory words = new uint256[](revealed.length == 0 ? 0 : 1);
            if (words.length != 0) words[0] = _mostly() ? _everything() : _everything() & _random();
            vm.prank(validators[v]);
            try roundManager.attest(taskId, round, words) {} catch {}
        }
        if (_mostly()) _toResultCommit();
    }

    function _playResultCommit() private {
        ResultSummary memory truth = _summary();
        if (_random() % 10 == 0) {
            truth = ResultSummary("shard", 0, 0, 0, 0, 0, truth.model, true);
        } else if (truth.claimants == 0) {
            (truth.sumWeights, truth.sumOwnWeights) = (0, 0);
        }
        if (_truth.documentDigest != truth.documentDigest || _noneCommitted()) {
            _truth = truth;
            _falsehood = truth;
            _falsehood.documentDigest = keccak256("a lie");
        }
        for (uint256 v; v < VALIDATORS; ++v) {
            if (!_mostly() || _said[taskId][round][v] != 0) continue;
            uint8 said = _mostly() ? 1 : 2;
            bytes32 commitment = _resultCommitment(validators[v], said == 1 ? _truth : _falsehood);
            vm.prank(validators[v]);
            try roundManager.commitResult(taskId, round, commitment) {
                _said[taskId][round][v] = said;
            } catch {}
        }
        if (_mostly()) _toResultReveal();
    }

    function _playResultReveal() private {
        for (uint256 v; v < VALIDATORS; ++v) {
            if (!_mostly() || _said[taskId][round][v] == 0) continue;
            vm.prank(validators[v]);
            try roundManager.revealResult(
                taskId, round, _said[taskId][round][v] == 1 ? _truth : _falsehood, _salt(v)
            ) {}
                catch {}
        }
        if (_mostly()) _toAcceptance();
    }

    function _playAcceptance() private {
        try roundManager.accept(taskId, round, _truth) {
            _ghosts[taskId][round].accepted = _hash(_truth);
            return;
        } catch {}
        try roundManager.accept(taskId, round, _falsehood) {
            _ghosts[taskId][round].accepted = _hash(_falsehood);
            return;
        } catch {}
        try roundManager.dispute(taskId, round, _revealedHashes()) {
            ++disputes;
            return;
        } catch {}
        vm.warp(block.timestamp + 30 days);
        roundManager.voidRound(taskId, round);
        _noteVoid();
    }

    function _playChallenge() private {
        if (_random() % 3 == 0 && block.timestamp < _info().challengeEnd) {
            ++disputes;
            _challengeBy(_random() % 2 == 0 ? stranger : funder);
            return;
        }
        vm.warp(_info().challengeEnd);
        roundManager.finalize(taskId, round);
        if (_phase() == RoundPhase.Void) _noteVoid();
    }

    function _playDispute() private {
        Ghost storage g = _ghosts[taskId][round];
        if (g.accepted != 0 && block.timestamp < _info().challengeEnd && _random() % 2 == 0) {
            _challengeBy(_random() % 2 == 0 ? stranger : funder);
            return;
        }
        if (_mostly() && block.timestamp < _info().disputeEnd) {
            ResultSummary memory ruling = _mostly() ? _truth : _falsehood;
            g.ruled = _hash(ruling);
            uint256 before = _fundsOfTask();
            vm.prank(address(dao));
            roundManager.rule(taskId, round, ruling);
            if (_phase() == RoundPhase.Void) _noteVoid();
            g.bonds = 0;
            // Lost bonds came in.
            uint256 afterwards = _fundsOfTask();
            if (afterwards > before) returned[taskId] += afterwards - before;
            return;
        }
        vm.warp(_info().disputeEnd);
        roundManager.voidRound(taskId, round);
        _noteVoid();
    }

    /// @dev Claims and forfeits of the closed round; then the next one, or the next task.
    function _playEnd() private {
        _claims();
        if (_state() == TaskState.Approved && taskManager.task(taskId).roundsOpened < ROUNDS) {
            _nextRound();
            return;
        }
        if (_state() == TaskState.Approved && _mostly()) {
            vm.prank(creator);
            taskManager.complete(taskId, _key(ROUNDS));
        }
        if (_state() == TaskState.Approved) {
            vm.warp(taskManager.expiresAt(taskId));
            uint256 stake = taskManager.task(taskId).creationStake;
            taskManager.expire(taskId);
            returned[taskId] += stake;
        }
        if (_mostly()) try taskManager.sweep(taskId) {} catch {}
        if (_mostly()) try taskManager.refund(taskId, funder) {} catch {}
        ++finished;
        taskId = _approvedTask(ROUNDS, 50_000e18 + finished);
        _nextRound();
    }

    function _claims() private {
        if (_phase() == RoundPhase.Claimable) {
            bool truthful = _info().acceptedHash == _hash(_truth);
            try distributor.openClaims(taskId, round, truthful ? _truth : _falsehood) {
                ++paidRounds;
            } catch {}
            for (uint256 i; i < revealed.length; ++i) {
                if (!_mostly()) continue;
                // A ruling can be a result without claimants.
                if (_truth.claimants != 0) try this.claimTrainer(i) {} catch {}
            }
            for (uint256 v; v < VALIDATORS; ++v) {
                if (_mostly()) try distributor.claimValidator(taskId, round, validators[v]) {} catch {}
            }
        }
        for (uint256 i; i < TRAINERS; ++i) {
            if (_mostly()) try roundManager.claimForfeit(taskId, round, trainers[i]) {} catch {}
        }
    }

    function claimTrainer(uint256 i) external {
        _claimTrainer(i);
    }

    function _nextRound() private {
        vm.warp(block.timestamp + 1);
        // A ruling, a slash or a forfeit never makes a new round impossible.
        round = roundManager.open(taskId);
        delete revealed;
    }

    function _challengeBy(address who) private {
        bytes32 digest = _mostly() ? _truth.documentDigest : _falsehood.documentDigest;
        uint256 bond = 2000e18;
        _give(who, bond);
        vm.startPrank(who);
        token.approve(address(roundManager), bond);
        try roundManager.challenge(taskId, round, Cid(0x0129, digest)) {
            _ghosts[taskId][round].challenged = true;
            _ghosts[taskId][round].bonds += bond;
        } catch {}
        vm.stopPrank();
    }

    function _noteVoid() private {
        ++voids;
        _ghosts[taskId][round].bonds = 0;
        VoidReason reason = _info().voidReason;
        if (reason != VoidReason.KeyWithheld && reason != VoidReason.ShardInvalid) return;
        uint256 submissions = _info().submissions;
        returned[taskId] += submissions == 0 ? 10_000e18 : uint256(10_000e18) % submissions;
    }

    /// @dev Budget and pools of the task that are not paid out: what a ruling can only add to.
    function _fundsOfTask() private view returns (uint256) {
        return token.balanceOf(address(taskManager));
    }

    function _revealedHashes() private view returns (bytes32[] memory) {
        bool someTruth = roundManager.agreement(taskId, round, _hash(_truth)).count != 0;
        bool someLies = roundManager.agreement(taskId, round, _hash(_falsehood)).count != 0;
        if (someTruth && someLies) return _hashes(_hash(_truth), _hash(_falsehood));
        return _hashes(someLies ? _hash(_falsehood) : _hash(_truth));
    }

    function _noneCommitted() private view returns (bool) {
        for (uint256 v; v < VALIDATORS; ++v) {
            if (_said[taskId][round][v] != 0) return false;
        }
        return true;
    }

    function _phase() private view returns (RoundPhase) {
        return roundManager.phaseOf(taskId, round);
    }

    function _state() private view returns (TaskState) {
        return taskManager.task(taskId).state;
    }

    function currentRound() external view returns (uint256, uint32, RoundInfo memory) {
        return (taskId, round, _info());
    }

    function _mostly() private returns (bool) {
        return _random() % 8 != 0;
    }

    function _random() private returns (uint256) {
        _seed = uint256(keccak256(abi.encode(_seed)));
        return _seed;
    }
}
