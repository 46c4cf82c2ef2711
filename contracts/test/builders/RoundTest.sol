// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {IResults} from "../../src/interfaces/IResults.sol";
import {IRoundManager, RoundInfo} from "../../src/interfaces/IRoundManager.sol";
import {Accusation, Reason} from "../../src/interfaces/ISlashCourt.sol";
import {RoundSettlement} from "../../src/reward/RoundSettlement.sol";
import {CaseId, RoundNumber, TaskId} from "../../src/types/Ids.sol";
import {Cid, Ranking, ResultSummary, Role, RoundPhase, StakeSnapshot, VoidReason} from "../../src/types/Types.sol";
import {CoveyTest} from "./CoveyTest.sol";
import {Merkle} from "./Merkle.sol";

/// @dev Steps of a round, each moving the clock where it needs to. Trainers hold 1000, 2000, … and validators
/// 5000, 6000, … tokens of stake, all of it allocated to the task.
abstract contract RoundTest is CoveyTest {
    TaskId internal taskId;
    RoundNumber internal round;
    address[] internal trainers;
    address[] internal validators;
    /// @dev Places in `trainers` of those who revealed, in the order of their submissions' indexes.
    uint256[] internal revealed;

    function _roundOf(uint256 trainerCount, uint256 validatorCount) internal {
        _taskWithRound(1, 100_000e18, trainerCount, validatorCount);
    }

    /// @dev An approved task whose first round is open, with everybody staked, allocated and joined.
    function _taskWithRound(uint16 rounds, uint256 budget, uint256 trainerCount, uint256 validatorCount) internal {
        taskId = _approvedTask(rounds, budget);
        _staked(trainerCount, validatorCount);
        _openRound();
    }

    function _staked(uint256 trainerCount, uint256 validatorCount) internal {
        for (uint256 i; i < trainerCount; ++i) {
            trainers.push(makeAddr(string.concat("trainer", vm.toString(i))));
            _stake(trainers[i], (1 + i) * 1000e18);
            _allocate(trainers[i], taskId, Role.Trainer, 1e18);
        }
        for (uint256 i; i < validatorCount; ++i) {
            validators.push(makeAddr(string.concat("validator", vm.toString(i))));
            _stake(validators[i], (5 + i) * 1000e18);
            _allocate(validators[i], taskId, Role.Validator, 1e18);
        }
    }

    /// @dev A round counts with the stakes of the second before it, so it opens a second after whatever came before.
    function _openRound() internal {
        vm.warp(block.timestamp + 1);
        delete revealed;
        vm.prank(creator);
        round = roundManager.open(taskId);
        for (uint256 i; i < trainers.length; ++i) {
            _join(trainers[i], Role.Trainer);
        }
        _validatorsJoin();
    }

    function _validatorsJoin() internal {
        for (uint256 i; i < validators.length; ++i) {
            _join(validators[i], Role.Validator);
        }
    }

    function _join(address node, Role role) internal {
        vm.prank(node);
        roundManager.join(taskId, round, role, new bytes32[](0));
    }

    /// @dev Anyone draws the seats once the window has ended.
    function _draw(Role role) internal {
        uint256 end = role == Role.Trainer ? _info().deadlines.trainerDraw : _info().deadlines.validatorDraw;
        end -= policy.valueAt(Param.BeaconWindow, _info().policyVersion);
        if (block.timestamp < end) vm.warp(end);
        beacon.fix(end);
        vm.roll(block.number + 2);
        roundManager.draw(taskId, round, role, "");
    }

    /// @dev To the commit window, everybody with a seat committed.
    function _allCommitted() internal {
        _draw(Role.Trainer);
        for (uint256 i; i < trainers.length; ++i) {
            if (_seatsOf(trainers[i]) != 0) _commit(i);
        }
    }

    function _commit(uint256 i) internal {
        bytes32 commitment = _submissionCommitment(i);
        vm.prank(trainers[i]);
        submissions.commit(taskId, round, commitment);
    }

    function _toReveal() internal {
        vm.warp(_info().deadlines.commit);
    }

    function _toValidatorDraw() internal {
        vm.warp(_info().deadlines.reveal);
    }

    function _toAttestReveal() internal {
        vm.warp(_info().deadlines.attest);
    }

    function _toKey() internal {
        vm.warp(_info().deadlines.attestReveal);
    }

    function _toResultCommit() internal {
        vm.warp(_info().deadlines.key);
    }

    function _toResultReveal() internal {
        vm.warp(_info().deadlines.resultCommit);
    }

    function _toAcceptance() internal {
        vm.warp(_info().deadlines.resultReveal);
    }

    function _reveal(uint256 i) internal {
        vm.prank(trainers[i]);
        uint32 index = submissions.reveal(taskId, round, _cid(i), _root(i), _salt(i));
        assertEq(index, revealed.length);
        revealed.push(i);
    }

    /// @dev From joining to the drawn validators; everybody with a seat committed and revealed.
    function _allRevealed() internal {
        _allCommitted();
        _toReveal();
        for (uint256 i; i < trainers.length; ++i) {
            if (_seatsOf(trainers[i]) != 0) _reveal(i);
        }
        _draw(Role.Validator);
    }

    /// @param missing Of the first 256 submissions; later words lack nothing.
    function _commitAttestation(uint256 v, bool ciphertextMissing, uint256 missing) internal {
        bytes32 commitment = keccak256(
            abi.encode(taskId, round, _info().attempt, validators[v], ciphertextMissing, _missing(missing), _salt(v))
        );
        vm.prank(validators[v]);
        attestations.commitAttestation(taskId, round, commitment);
    }

    function _revealAttestation(uint256 v, bool ciphertextMissing, uint256 missing) internal {
        uint256[] memory words = _missing(missing);
        vm.prank(validators[v]);
        attestations.revealAttestation(taskId, round, ciphertextMissing, words, _salt(v));
    }

    /// @dev All validators with a seat attest that `missing` is missing; ends at the first moment of the key window.
    function _allAttested(uint256 missing) internal {
        for (uint256 v; v < validators.length; ++v) {
            if (_seatsOf(validators[v]) != 0) _commitAttestation(v, false, missing);
        }
        _toAttestReveal();
        for (uint256 v; v < validators.length; ++v) {
            if (_seatsOf(validators[v]) != 0) _revealAttestation(v, false, missing);
        }
        _toKey();
    }

    function _keyPublished() internal {
        vm.prank(creator);
        attestations.publishKey(taskId, round, _key(RoundNumber.unwrap(round)));
    }

    /// @dev Everything up to the first moment of the result commit window; all submissions are there.
    function _scorable() internal {
        _allRevealed();
        _allAttested(0);
        _keyPublished();
        _toResultCommit();
    }

    function _commitResult(uint256 v, ResultSummary memory summary) internal {
        bytes32 commitment = keccak256(abi.encode(taskId, round, validators[v], _hash(summary), _salt(v)));
        vm.prank(validators[v]);
        results.commitResult(taskId, round, commitment);
    }

    function _revealResult(uint256 v, ResultSummary memory summary) internal {
        vm.prank(validators[v]);
        results.revealResult(taskId, round, summary, _salt(v));
    }

    /// @dev The last `liars` validators say `lie`, the others `truth`; ends at the first moment of acceptance.
    function _results(ResultSummary memory truth, ResultSummary memory lie, uint256 liars) internal {
        uint256 honest = validators.length - liars;
        for (uint256 v; v < validators.length; ++v) {
            if (_seatsOf(validators[v]) != 0) _commitResult(v, v < honest ? truth : lie);
        }
        _toResultReveal();
        for (uint256 v; v < validators.length; ++v) {
            if (_seatsOf(validators[v]) != 0) _revealResult(v, v < honest ? truth : lie);
        }
        _toAcceptance();
    }

    function _accepted(ResultSummary memory summary) internal {
        results.accept(taskId, round, summary);
    }

    function _finalized(ResultSummary memory summary) internal {
        _accepted(summary);
        vm.warp(_info().challengeEnd);
        results.finalize(taskId, round);
    }

    /// @dev An honest round from its draw to its finalization.
    function _honestRound() internal returns (ResultSummary memory summary) {
        _scorable();
        summary = _summary();
        _results(summary, summary, 0);
        _finalized(summary);
    }

    /// @dev Seats of a node in the round's present attempt.
    function _seatsOf(address node) internal view returns (uint16) {
        return roundManager.candidate(taskId, round, _info().attempt, node).seats;
    }

    /// @dev Stake of a node as the round counts it.
    function _stakeIn(address node) internal view returns (StakeSnapshot memory stake) {
        stake = stakeManager.stakeAt(node, _info().openedAt - 1);
        uint256 ratio = roundManager.candidate(taskId, round, _info().attempt, node).ratio;
        stake.own = uint128(stake.own * ratio / 1e18);
        stake.delegated = uint128(stake.delegated * ratio / 1e18);
    }

    /// @dev What each submission earns. By loss: the earlier it was revealed, the better its ranks; by contribution: a billion
    /// units less for each later one.
    function _leaves() internal view virtual returns (TrainerLeaf[] memory leaves) {
        leaves = new TrainerLeaf[](revealed.length);
        uint256 ratio = policy.valueAt(Param.RankRatio, _info().policyVersion);
        uint256 next = 1e18;
        for (uint256 i; i < leaves.length; ++i) {
            address node = trainers[revealed[i]];
            uint256 weight;
            if (_ranking() == Ranking.Loss) (weight, next) = RoundSettlement.span(next, _seatsOf(node), ratio);
            else weight = (leaves.length - i) * 1e9;
            leaves[i] = TrainerLeaf({index: uint32(i), node: node, weight: weight});
        }
    }

    function _summary() internal view returns (ResultSummary memory) {
        return _summaryOf(_leaves());
    }

    function _summaryOf(TrainerLeaf[] memory leaves) internal view returns (ResultSummary memory summary) {
        summary.documentDigest = keccak256(abi.encode("result of round", round));
        summary.claimsRoot = Merkle.root(leaves);
        summary.claimants = uint32(leaves.length);
        summary.model = Cid(0x70, keccak256(abi.encode("model of round", round)));
        for (uint256 i; i < leaves.length; ++i) {
            summary.sumWeights += leaves[i].weight;
            summary.paidSeats += _seatsOf(leaves[i].node);
        }
        summary.trainersRatio = _trainersRatio(leaves, summary.sumWeights);
    }

    /// @dev The same result, but nothing was valid.
    function _withoutClaims(ResultSummary memory summary) internal pure returns (ResultSummary memory) {
        (summary.claimants, summary.paidSeats, summary.sumWeights, summary.claimsRoot) = (0, 0, 0, bytes32(0));
        summary.trainersRatio = 0;
        return summary;
    }

    /// @dev As Types.sol says it; quotients rounded up.
    function _trainersRatio(TrainerLeaf[] memory leaves, uint256 sum) internal view returns (uint64) {
        uint256 seats = _info().trainerSeats;
        uint256 ratio;
        if (taskManager.task(taskId).ranking == Ranking.Loss) {
            uint256 rankRatio = policy.valueAt(Param.RankRatio, _info().policyVersion);
            ratio = Math.ceilDiv(1e18 * sum, RoundSettlement.allRanks(seats, rankRatio));
        } else {
            for (uint256 i; i < leaves.length; ++i) {
                uint256 share = Math.ceilDiv(1e18 * leaves[i].weight, sum);
                ratio += Math.min(share, Math.ceilDiv(3e18 * _submittedSeats(leaves[i].node), seats));
            }
        }
        return uint64(Math.min(ratio, 1e18));
    }

    function _submittedSeats(address node) private view returns (uint256) {
        return submissions.submission(taskId, round, node).seats;
    }

    function _lie() internal view returns (ResultSummary memory summary) {
        summary = _summary();
        summary.documentDigest = keccak256("a lie");
    }

    /// @param index Of the submission.
    function _claimTrainer(uint256 index) internal {
        TrainerLeaf[] memory leaves = _leaves();
        distributor.claimTrainer(taskId, round, leaves[index], Merkle.proof(leaves, index));
    }

    function _openClaims(ResultSummary memory summary) internal {
        distributor.openClaims(taskId, round, summary);
    }

    /// @dev With the bond, two blocks after the last thing that happened.
    function _challenge(address challenger, ResultSummary memory summary) internal {
        _bonded(challenger);
        _commitChallenge(challenger, summary);
        _challengeOnly(challenger, summary);
    }

    function _bonded(address challenger) internal {
        uint256 bond = policy.latest(Param.ChallengeBond);
        _give(challenger, bond);
        vm.prank(challenger);
        token.approve(address(results), bond);
    }

    /// @dev Ends in the block after the commitment's.
    function _commitChallenge(address challenger, ResultSummary memory summary) internal {
        vm.prank(challenger);
        results.commitChallenge(taskId, round, _challengeCommitment(challenger, summary));
        vm.roll(block.number + 1);
    }

    function _challengeOnly(address challenger, ResultSummary memory summary) internal {
        vm.prank(challenger);
        results.challenge(taskId, round, summary, _salt(0));
    }

    function _challengeCommitment(address challenger, ResultSummary memory summary) internal view returns (bytes32) {
        return keccak256(abi.encode(taskId, round, challenger, _hash(summary), _salt(0)));
    }

    /// @dev Opens a case about this round's present attempt.
    function _report(address reporter, address target, Reason reason) internal returns (CaseId) {
        Accusation memory a;
        (a.taskId, a.round, a.attempt, a.target, a.reason) = (taskId, round, _info().attempt, target, reason);
        a.evidence = Cid(0x0129, keccak256("evidence"));
        vm.prank(reporter);
        return court.open(a);
    }

    function _info() internal view returns (RoundInfo memory) {
        return roundManager.round(taskId, round);
    }

    /// @dev So that validators of 5000, 6000, … tokens have exactly 5, 6, … seats, whatever the draw.
    function _aSeatPerThousand(uint256 validatorCount) internal {
        uint256 seats;
        for (uint256 v; v < validatorCount; ++v) {
            seats += 5 + v;
        }
        _setPolicy(Param.ValidatorSeats, seats);
    }

    /// @dev The same for trainers of 1000, 2000, … tokens: 1, 2, … seats.
    function _aTrainerSeatPerThousand(uint256 trainerCount) internal {
        _setPolicy(Param.TrainerSeats, trainerCount * (trainerCount + 1) / 2);
    }

    function _hash(ResultSummary memory summary) internal pure returns (bytes32) {
        return keccak256(abi.encode(summary));
    }

    /// @dev A word for each 256 submissions, the first as given.
    function _missing(uint256 word) internal view returns (uint256[] memory words) {
        words = new uint256[]((submissions.counts(taskId, round).revealed + 255) / 256);
        if (words.length != 0) words[0] = word;
    }

    function _wrongPhase(RoundPhase expected, RoundPhase actual) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IRoundManager.WrongPhase.selector, taskId, round, expected, actual);
    }

    function _expectVoided(VoidReason reason) internal {
        vm.expectEmit(address(roundManager));
        emit IRoundManager.RoundVoided(taskId, round, reason);
        results.voidRound(taskId, round);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Void));
        assertEq(uint8(_info().voidReason), uint8(reason));
    }

    /// @dev The round goes back to joining; the validators of the test join anew and are drawn.
    function _expectRepeated(VoidReason reason) internal {
        uint8 attempt = _info().attempt + 1;
        uint40 joinEnd = uint40(block.timestamp) + WINDOW;
        vm.expectEmit(address(roundManager));
        emit IRoundManager.RoundRepeated(taskId, round, attempt, reason, joinEnd);
        results.voidRound(taskId, round);
        assertEq(uint8(_info().phase), uint8(RoundPhase.ValidatorJoin));
    }

    function _expectCannotVoid() internal {
        vm.expectRevert(abi.encodeWithSelector(IResults.CannotVoid.selector, taskId, round));
        results.voidRound(taskId, round);
    }

    function _cid(uint256 i) internal pure returns (Cid memory) {
        return Cid(0x55, keccak256(abi.encode("submission", i)));
    }

    function _root(uint256 i) internal pure returns (bytes32) {
        return keccak256(abi.encode("parameters", i));
    }

    function _salt(uint256 i) internal pure returns (bytes32) {
        return keccak256(abi.encode("salt", i));
    }

    function _submissionCommitment(uint256 i) internal view returns (bytes32) {
        return keccak256(abi.encode(taskId, round, trainers[i], _cid(i), _root(i), _salt(i)));
    }
}
