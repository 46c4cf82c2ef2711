// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {IRoundManager, RoundInfo} from "../../src/interfaces/IRoundManager.sol";
import {Settlement} from "../../src/reward/Settlement.sol";
import {Cid, ResultSummary, RoundPhase, StakeSnapshot, VoidReason} from "../../src/types/Types.sol";
import {CoveyTest} from "./CoveyTest.sol";
import {Merkle} from "./Merkle.sol";

/// @dev Steps of a round, each moving the clock where it needs to. Trainers hold 1000, 2000, … and validators
/// 5000, 6000, … tokens of stake.
abstract contract RoundTest is CoveyTest {
    uint256 internal taskId;
    uint32 internal round;
    address[] internal trainers;
    address[] internal validators;
    /// @dev Places in `trainers` of those who revealed, in the order of their submissions' indexes.
    uint256[] internal revealed;

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

    /// @dev A round counts with the stakes of the second before it, so it opens a second after whatever came before.
    function _openRound() internal {
        vm.warp(block.timestamp + 1);
        delete revealed;
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

    /// @dev Anyone draws the seats once commits are in.
    function _drawn() internal {
        roundManager.scheduleDraw(taskId, round);
        vm.roll(_info().drawBlock + 1);
        roundManager.draw(taskId, round);
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
        uint32 index = roundManager.reveal(taskId, round, _cid(i), _salt(i));
        assertEq(index, revealed.length);
        revealed.push(i);
    }

    function _allRevealed() internal {
        _toReveal();
        for (uint256 i; i < trainers.length; ++i) {
            _reveal(i);
        }
        _drawn();
    }

    function _keyPublished() internal {
        _toKey();
        vm.prank(creator);
        roundManager.publishKey(taskId, round, _key(round));
    }

    /// @param bitmap Of the first 256 submissions; later words are all set.
    function _attest(uint256 v, uint256 bitmap) internal {
        uint256 count = revealed.length;
        uint256[] memory words = new uint256[]((count + 255) / 256);
        for (uint256 w; w < words.length; ++w) {
            uint256 rest = count - 256 * w;
            words[w] = rest >= 256 ? type(uint256).max : (1 << rest) - 1;
        }
        if (count != 0) words[0] = bitmap;
        vm.prank(validators[v]);
        roundManager.attest(taskId, round, words);
    }

    function _allAttested(uint256 bitmap) internal {
        _toAvailability();
        for (uint256 v; v < validators.length; ++v) {
            _attest(v, bitmap);
        }
    }

    /// @dev A bitmap in which every submission is there.
    function _everything() internal view returns (uint256) {
        return revealed.length >= 256 ? type(uint256).max : (1 << revealed.length) - 1;
    }

    /// @dev Everything up to the first moment of the result commit window; all submissions are available.
    function _scorable() internal {
        _allRevealed();
        _keyPublished();
        _allAttested(_everything());
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

    /// @dev Stake of a node as the round counts it.
    function _stakeIn(address node) internal view returns (StakeSnapshot memory) {
        return stakeManager.stakeAt(node, _info().openedAt - 1);
    }

    /// @dev What each submission earns: the earlier it was revealed, the better its rank.
    function _leaves() internal view virtual returns (TrainerLeaf[] memory leaves) {
        leaves = new TrainerLeaf[](revealed.length);
        uint32 version = _info().policyVersion;
        uint256 ratio = policy.valueAt(Param.RankRatio, version);
        uint256 power = policy.valueAt(Param.TrainerStakeQuarterPower, version);
        uint256 delegationWeight = policy.valueAt(Param.DelegationWeight, version);
        uint256 rankWeight = 1e18;
        for (uint256 i; i < leaves.length; ++i) {
            address node = trainers[revealed[i]];
            StakeSnapshot memory stake = _stakeIn(node);
            leaves[i] = TrainerLeaf({
                index: uint32(i),
                node: node,
                weight: rankWeight * Settlement.stakePower(Settlement.effectiveStake(stake, delegationWeight), power),
                ownWeight: rankWeight * Settlement.stakePower(stake.own, power)
            });
            rankWeight = rankWeight * ratio / 1e18;
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
            summary.sumOwnWeights += leaves[i].ownWeight;
            summary.qualifyingOwnStake += _stakeIn(leaves[i].node).own;
        }
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

    /// @dev So that validators of 5000, 6000, … tokens have exactly 5, 6, … seats, whatever the draw.
    function _aSeatPerThousand(uint256 validatorCount) internal {
        uint256 seats;
        for (uint256 v; v < validatorCount; ++v) {
            seats += 5 + v;
        }
        _setPolicy(Param.ValidatorSeats, seats);
    }

    function _hash(ResultSummary memory summary) internal pure returns (bytes32) {
        return keccak256(abi.encode(summary));
    }

    function _hashes(bytes32 one) internal pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](1);
        hashes[0] = one;
    }

    /// @dev Ascending, as `dispute` wants them.
    function _hashes(bytes32 one, bytes32 other) internal pure returns (bytes32[] memory hashes) {
        hashes = new bytes32[](2);
        (hashes[0], hashes[1]) = one < other ? (one, other) : (other, one);
    }

    function _words(uint256 word) internal pure returns (uint256[] memory words) {
        words = new uint256[](1);
        words[0] = word;
    }

    function _wrongPhase(RoundPhase expected, RoundPhase actual) internal view returns (bytes memory) {
        return abi.encodeWithSelector(IRoundManager.WrongPhase.selector, taskId, round, expected, actual);
    }

    function _expectVoided(VoidReason reason) internal {
        vm.expectEmit(address(roundManager));
        emit IRoundManager.RoundVoided(taskId, round, reason);
        roundManager.voidRound(taskId, round);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Void));
        assertEq(uint8(_info().voidReason), uint8(reason));
    }

    function _expectCannotVoid(RoundPhase phase) internal {
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.CannotVoid.selector, phase));
        roundManager.voidRound(taskId, round);
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
