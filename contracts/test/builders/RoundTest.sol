// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {RoundInfo} from "../../src/interfaces/IRoundManager.sol";
import {Cid, ResultSummary} from "../../src/types/Types.sol";
import {CoveyTest} from "./CoveyTest.sol";
import {Merkle} from "./Merkle.sol";

/// @dev Steps of a round, each moving the clock where it needs to. Trainers hold 1000, 2000, … and validators
/// 5000, 6000, … tokens of stake.
abstract contract RoundTest is CoveyTest {
    uint256 internal taskId;
    uint32 internal round;
    address[] internal trainers;
    address[] internal validators;

    function _roundOf(uint256 trainerCount, uint256 validatorCount) internal {
        _taskWithRound(1, 100_000e18, trainerCount, validatorCount);
    }

    /// @dev An approved task whose first round is open, with everybody staked, joined and committed.
    function _taskWithRound(uint16 rounds, uint256 budget, uint256 trainerCount, uint256 validatorCount) internal {
        taskId = _approvedTask(rounds, budget);
        _staked(trainerCount, validatorCount);
        _openRound();
    }

    function _staked(uint256 trainerCount, uint256 validatorCount) internal {
        for (uint256 i; i < trainerCount; ++i) {
            trainers.push(makeAddr(string.concat("trainer", vm.toString(i))));
            _stake(trainers[i], (1 + i) * 1000e18);
        }
        for (uint256 i; i < validatorCount; ++i) {
            validators.push(makeAddr(string.concat("validator", vm.toString(i))));
            _stake(validators[i], (5 + i) * 1000e18);
        }
    }

    function _openRound() internal {
        round = roundManager.open(taskId);
        for (uint256 i; i < validators.length; ++i) {
            vm.prank(validators[i]);
            roundManager.join(taskId, round);
        }
        for (uint256 i; i < trainers.length; ++i) {
            vm.prank(trainers[i]);
            roundManager.commit(taskId, round, _submissionCommitment(trainers[i], _cid(i), _salt(i)));
        }
    }

    function _toReveal() internal {
        vm.warp(roundManager.round(taskId, round).deadlines.commit);
    }

    function _toKey() internal {
        vm.warp(roundManager.round(taskId, round).deadlines.reveal);
    }

    function _toAvailability() internal {
        vm.warp(roundManager.round(taskId, round).deadlines.key);
    }

    function _toResultCommit() internal {
        vm.warp(roundManager.round(taskId, round).deadlines.availability);
    }

    function _toResultReveal() internal {
        vm.warp(roundManager.round(taskId, round).deadlines.resultCommit);
    }

    function _toAcceptance() internal {
        vm.warp(roundManager.round(taskId, round).deadlines.resultReveal);
    }

    function _reveal(uint256 i) internal {
        vm.prank(trainers[i]);
        roundManager.reveal(taskId, round, _cid(i), _salt(i));
    }

    function _allRevealed() internal {
        _toReveal();
        for (uint256 i; i < trainers.length; ++i) {
            _reveal(i);
        }
    }

    function _keyPublished() internal {
        _toKey();
        vm.prank(creator);
        roundManager.publishKey(taskId, round, _key(round));
    }

    function _attest(uint256 v, uint256 bitmap) internal {
        vm.prank(validators[v]);
        roundManager.attest(taskId, round, bitmap);
    }

    function _allAttested(uint256 bitmap) internal {
        _toAvailability();
        for (uint256 v; v < validators.length; ++v) {
            _attest(v, bitmap);
        }
    }

    /// @dev Everything up to the first moment of the result commit window; all submissions are available.
    function _scorable() internal {
        _allRevealed();
        _keyPublished();
        _allAttested((1 << trainers.length) - 1);
        _toResultCommit();
    }

    function _commitResult(uint256 v, ResultSummary memory summary) internal {
        vm.prank(validators[v]);
        roundManager.commitResult(taskId, round, _resultCommitment(validators[v], summary));
    }

    function _revealResult(uint256 v, ResultSummary memory summary) internal {
        vm.prank(validators[v]);
        roundManager.revealResult(taskId, round, summary, _salt(v));
    }

    /// @dev The last `liars` validators say `lie`, the others `truth`; ends at the first moment of acceptance.
    function _results(ResultSummary memory truth, ResultSummary memory lie, uint256 liars) internal {
        uint256 honest = validators.length - liars;
        for (uint256 v; v < validators.length; ++v) {
            _commitResult(v, v < honest ? truth : lie);
        }
        _toResultReveal();
        for (uint256 v; v < validators.length; ++v) {
            _revealResult(v, v < honest ? truth : lie);
        }
        _toAcceptance();
    }

    function _accepted(ResultSummary memory summary) internal {
        roundManager.accept(taskId, round, summary);
    }

    function _finalized(ResultSummary memory summary) internal {
        _accepted(summary);
        vm.warp(roundManager.round(taskId, round).challengeEnd);
        roundManager.finalize(taskId, round);
    }

    /// @dev An honest round from its first commit to its finalization.
    function _honestRound() internal returns (ResultSummary memory summary) {
        _scorable();
        summary = _summary();
        _results(summary, summary, 0);
        _finalized(summary);
    }

    /// @dev What of `address`es earns: trainer i has rank i; weight = rank weight · own stake in wei.
    function _leaves() internal view returns (TrainerLeaf[] memory leaves) {
        leaves = new TrainerLeaf[](trainers.length);
        uint256 q = 1e18;
        uint256 ratio = policy.latest(Param.RankRatio);
        for (uint256 i; i < trainers.length; ++i) {
            uint256 weight = q * roundManager.submission(taskId, round, uint32(i)).stake.own;
            leaves[i] = TrainerLeaf(uint32(i), trainers[i], weight, weight);
            q = q * ratio / 1e18;
        }
    }

    function _summary() internal view returns (ResultSummary memory summary) {
        TrainerLeaf[] memory leaves = _leaves();
        summary.documentDigest = keccak256(abi.encode("result of round", round));
        summary.claimsRoot = Merkle.root(leaves);
        summary.claimants = uint32(leaves.length);
        summary.model = Cid(0x70, keccak256(abi.encode("model of round", round)));
        for (uint256 i; i < leaves.length; ++i) {
            summary.sumWeights += leaves[i].weight;
            summary.sumOwnWeights += leaves[i].ownWeight;
            summary.qualifyingOwnStake += roundManager.submission(taskId, round, uint32(i)).stake.own;
        }
    }

    function _lie() internal view returns (ResultSummary memory summary) {
        summary = _summary();
        summary.documentDigest = keccak256("a lie");
    }

    function _claimTrainer(uint256 i) internal {
        TrainerLeaf[] memory leaves = _leaves();
        distributor.claimTrainer(taskId, round, leaves[i], Merkle.proof(leaves, i));
    }

    function _challenge(address challenger, bytes32 documentDigest) internal {
        uint256 bond = policy.latest(Param.ChallengeBond);
        _give(challenger, bond);
        vm.startPrank(challenger);
        token.approve(address(roundManager), bond);
        roundManager.challenge(taskId, round, Cid(0x0129, documentDigest));
        vm.stopPrank();
    }

    function _info() internal view returns (RoundInfo memory) {
        return roundManager.round(taskId, round);
    }

    function _cid(uint256 i) internal pure returns (Cid memory) {
        return Cid(0x55, keccak256(abi.encode("submission", i)));
    }

    function _salt(uint256 i) internal pure returns (bytes32) {
        return keccak256(abi.encode("salt", i));
    }

    function _submissionCommitment(address node, Cid memory cid, bytes32 salt) internal view returns (bytes32) {
        return keccak256(abi.encode(taskId, round, node, cid, salt));
    }

    function _resultCommitment(address validator, ResultSummary memory summary) internal view returns (bytes32) {
        for (uint256 v; v < validators.length; ++v) {
            if (validators[v] == validator) {
                return keccak256(abi.encode(taskId, round, validator, keccak256(abi.encode(summary)), _salt(v)));
            }
        }
        revert("not a validator of the test");
    }
}
