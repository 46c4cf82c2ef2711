// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {ResultStage, ValidatorResult} from "../interfaces/IResults.sol";
import {IRewardDistributor, Payout, RoundKey, TrainerClaim, TrainerLeaf} from "../interfaces/IRewardDistributor.sol";
import {IStakeManager} from "../interfaces/IStakeManager.sol";
import {ISubmissions, Submission} from "../interfaces/ISubmissions.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {RoundNumber, TaskId} from "../types/Ids.sol";
import {ResultSummary, StakeSnapshot} from "../types/Types.sol";
import {ClaimTree} from "./ClaimTree.sol";
import {RewardOpening} from "./RewardOpening.sol";
import {RewardState} from "./RewardState.sol";
import {RoundSettlement} from "./RoundSettlement.sol";
import {TaskReturns} from "./TaskReturns.sol";

/// @title Pays a finalized round
/// @notice Trust: the accepted result's sums and root, which only a wrong result that nobody challenged can make
/// contradict each other. Even then training nodes never get more than their own part of their own round, and validators,
/// whose seats come from the chain, are paid in full. Amounts depend on the round alone, never on who claims when, and
/// never on who else of the other role is there.
contract RewardDistributor is RewardOpening, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    enum Refusal {
        None,
        NotOpen,
        Claimed,
        Exhausted
    }

    /// @notice A claim was refused for something that has no error of its own.
    error UnknownRefusal(Refusal refusal);

    ISubmissions public immutable submissions;
    IStakeManager public immutable stakeManager;

    constructor(
        address dao_,
        address token_,
        address policy_,
        address taskManager_,
        address roundManager_,
        address submissions_,
        address results_,
        address stakeManager_
    )
        DaoAuthorized(dao_)
        TaskReturns(token_, taskManager_)
        RewardState(results_)
        RewardOpening(policy_, roundManager_)
    {
        if (submissions_ == address(0) || stakeManager_ == address(0)) {
            revert ZeroAddress();
        }
        submissions = ISubmissions(submissions_);
        stakeManager = IStakeManager(stakeManager_);
        // For `addReward`, which takes delegators' parts. The stake manager takes nothing else from here.
        token.forceApprove(stakeManager_, type(uint256).max);
    }

    /// @inheritdoc IRewardDistributor
    function openClaims(TaskId taskId, RoundNumber round, ResultSummary calldata summary) external nonReentrant {
        _open(taskId, round, summary);
        Round storage r = _rounds[taskId][round];
        if (r.trainersLeft == 0 && r.validatorsLeft == 0) _carry(taskId, round, r);
    }

    /// @inheritdoc IRewardDistributor
    function claimTrainer(TaskId taskId, RoundNumber round, TrainerLeaf calldata leaf, bytes32[] calldata proof)
        external
        nonReentrant
    {
        (Payout memory p, Refusal refusal) = _claimTrainer(taskId, round, leaf, proof);
        if (refusal == Refusal.Exhausted) revert PoolExhausted(_rounds[taskId][round].trainersMost, p.total);
        if (refusal != Refusal.None) _refuse(taskId, round, leaf.node, refusal);
        _pay(leaf.node, p.unlocked, p.delegators);
    }

    /// @inheritdoc IRewardDistributor
    function claimValidator(TaskId taskId, RoundNumber round, address validator) external nonReentrant {
        (Payout memory p, Refusal refusal) = _claimValidator(taskId, round, validator);
        if (refusal != Refusal.None) _refuse(taskId, round, validator, refusal);
        _pay(validator, p.unlocked, p.delegators);
    }

    /// @inheritdoc IRewardDistributor
    /// @dev What nobody but the caller can get wrong (a proof, another node's leaf, a result that is not the accepted one)
    /// still reverts.
    function claimMany(
        address node,
        TrainerClaim[] calldata trainer,
        RoundKey[] calldata validator,
        RoundKey[] calldata vested
    ) external nonReentrant {
        uint256 toNode;
        uint256 toDelegators;
        for (uint256 i; i < trainer.length; ++i) {
            TrainerClaim calldata c = trainer[i];
            if (c.leaf.node != node) revert InvalidProof(c.leaf.node);
            (Payout memory p, Refusal refusal) = _claimTrainer(c.taskId, c.round, c.leaf, c.proof);
            if (refusal != Refusal.None) continue;
            toNode += p.unlocked;
            toDelegators += p.delegators;
        }
        for (uint256 i; i < validator.length; ++i) {
            (Payout memory p, Refusal refusal) = _claimValidator(validator[i].taskId, validator[i].round, node);
            if (refusal != Refusal.None) continue;
            toNode += p.unlocked;
            toDelegators += p.delegators;
        }
        for (uint256 i; i < vested.length; ++i) {
            toNode += _release(vested[i].taskId, vested[i].round, node);
        }
        _pay(node, toNode, toDelegators);
    }

    /// @inheritdoc IRewardDistributor
    function release(TaskId taskId, RoundNumber round, address node) external nonReentrant {
        uint256 amount = _release(taskId, round, node);
        if (amount == 0) revert NothingToRelease(node);
        _pay(node, amount, 0);
    }

    /// @inheritdoc IRewardDistributor
    function closeClaims(TaskId taskId, RoundNumber round) external nonReentrant {
        Round storage r = _rounds[taskId][round];
        if (r.trainersLeft == 0 && r.validatorsLeft == 0) revert ClaimsNotOpen(taskId, round);
        uint256 end = claimsEnd(taskId, round);
        if (block.timestamp < end) revert ClaimPeriodRunning(end);
        r.trainersLeft = 0;
        r.validatorsLeft = 0;
        _carry(taskId, round, r);
    }

    /// @return p What the claim pays; of a refused one nothing but its total where the pool is exhausted.
    function _claimTrainer(TaskId taskId, RoundNumber round, TrainerLeaf calldata leaf, bytes32[] calldata proof)
        private
        returns (Payout memory p, Refusal)
    {
        Round storage r = _rounds[taskId][round];
        if (r.trainers[leaf.node].claimed) return (p, Refusal.Claimed);
        if (r.trainersLeft == 0) return (p, Refusal.NotOpen);
        if (!ClaimTree.verify(proof, r.claimsRoot, leaf)) revert InvalidProof(leaf.node);
        Submission memory s = submissions.submission(taskId, round, leaf.node);
        // Whatever a result says, only nodes that submitted are paid.
        if (s.committedBlock == 0) revert InvalidProof(leaf.node);

        p.total = _trainerTotal(r, leaf.weight, s.seats);
        uint256 paid = r.trainersPaid + p.total;
        if (paid > r.trainersMost) return (p, Refusal.Exhausted);
        _split(taskId, round, r, leaf.node, p);
        p.unlocked = RoundSettlement.unlocked(p.node, r.unlockRatio);
        p.vesting = p.node - p.unlocked;
        // Safe narrowings: each is at most the role's part. The vesting runs from when claims opened, so that a late claim
        // costs nothing.
        r.trainers[leaf.node] = Account(true, uint96(p.vesting), 0);
        r.trainersPaid = uint96(paid);
        r.trainersLeft -= 1;
        emit TrainerClaimed(taskId, round, leaf.node, p);
        _carryAfterLast(taskId, round, r);
        return (p, Refusal.None);
    }

    function _claimValidator(TaskId taskId, RoundNumber round, address validator)
        private
        returns (Payout memory p, Refusal)
    {
        Round storage r = _rounds[taskId][round];
        if (r.validatorClaimed[validator]) return (p, Refusal.Claimed);
        if (r.validatorsLeft == 0) return (p, Refusal.NotOpen);
        ValidatorResult memory v = results.validatorResult(taskId, round, validator);
        if (v.stage != ResultStage.Revealed || bytes29(v.hash) != r.resultPrefix) revert NotAgreed(validator);
        r.validatorClaimed[validator] = true;

        p.total = RoundSettlement.validatorTotal(r.validatorsPart, v.seats, r.validatorSeats);
        _split(taskId, round, r, validator, p);
        p.unlocked = p.node;
        // Safe narrowing: the seats are those that the agreement sums, so all parts together stay within what is kept for them.
        r.validatorsPaid += uint96(p.total);
        r.validatorsLeft -= 1;
        emit ValidatorClaimed(taskId, round, validator, p);
        _carryAfterLast(taskId, round, r);
        return (p, Refusal.None);
    }

    /// @dev A leaf that weighs more than all together is none of a right result; it is refused before it could overflow.
    function _trainerTotal(Round storage r, uint256 weight, uint256 seats) private view returns (uint256) {
        if (weight > r.sumWeights) return type(uint96).max;
        uint256 part = r.trainersPart;
        uint256 ranks = r.rankWeights;
        if (ranks != 0) return RoundSettlement.trainerByRank(part, weight, ranks);
        return RoundSettlement.trainerByContribution(part, weight, r.sumWeights, seats, r.trainerSeats);
    }

    /// @dev Splits a total between the node and its delegators, by the stake that the round read of it.
    function _split(TaskId taskId, RoundNumber round, Round storage r, address node, Payout memory p) private view {
        StakeSnapshot memory stake = stakeManager.stakeAt(node, r.stakesAt);
        if (stake.delegated != 0) {
            uint256 ratio = roundManager.candidate(taskId, round, r.attempt, node).ratio;
            // Both round down, as when the node joined.
            uint256 own = stake.own * ratio / RoundSettlement.ONE;
            uint256 delegated = stake.delegated * ratio / RoundSettlement.ONE;
            delegated = RoundSettlement.counted(delegated, r.delegationWeight);
            p.delegators = RoundSettlement.delegatorsPart(p.total, own, delegated, stake.commission);
        }
        p.node = p.total - p.delegators;
    }

    /// @return amount Wei that the caller of this function has to send.
    function _release(TaskId taskId, RoundNumber round, address node) private returns (uint256 amount) {
        amount = releasable(taskId, round, node);
        if (amount == 0) return 0;
        // Safe narrowing: at most the vesting's total.
        _rounds[taskId][round].trainers[node].released += uint96(amount);
        emit Released(taskId, round, node, amount);
    }

    function _pay(address node, uint256 toNode, uint256 toDelegators) private {
        if (toNode != 0) token.safeTransfer(node, toNode);
        if (toDelegators != 0) stakeManager.addReward(node, toDelegators);
    }

    function _carryAfterLast(TaskId taskId, RoundNumber round, Round storage r) private {
        if (r.trainersLeft == 0 && r.validatorsLeft == 0) _carry(taskId, round, r);
    }

    /// @dev What claims left of what was kept for them goes back to the task.
    function _carry(TaskId taskId, RoundNumber round, Round storage r) private {
        uint256 rest = uint256(r.trainersMost) + r.validatorsMost - r.trainersPaid - r.validatorsPaid;
        emit CarriedOver(taskId, round, rest);
        if (rest != 0) _returnToRound(taskId, round, rest);
    }

    function _refuse(TaskId taskId, RoundNumber round, address node, Refusal refusal) private pure {
        if (refusal == Refusal.NotOpen) revert ClaimsNotOpen(taskId, round);
        if (refusal == Refusal.Claimed) revert AlreadyClaimed(node);
        revert UnknownRefusal(refusal);
    }
}
