// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {
    IRewardDistributor,
    Payout,
    RoundKey,
    RoundRewards,
    TrainerClaim,
    TrainerLeaf,
    Vesting
} from "../interfaces/IRewardDistributor.sol";
import {Agreement, IRoundManager, RoundInfo, ValidatorEntry} from "../interfaces/IRoundManager.sol";
import {IStakeManager} from "../interfaces/IStakeManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {ResultSummary, RoundPhase, StakeSnapshot} from "../types/Types.sol";
import {ClaimTree} from "./ClaimTree.sol";
import {Settlement} from "./Settlement.sol";
import {TaskReturns} from "./TaskReturns.sol";

/// @title Pays a finalized round
/// @notice Trust: the accepted result's sums and root, which only a wrong result that nobody challenged can make
/// contradict each other. Even then a role never pays more than its own part of its own round's pool, and validators,
/// whose weights come from the chain, are paid in full. Amounts depend on the round alone, never on who claims when.
/// @dev Everything that claims need is fixed when they open. Amounts are below the token's cap (2^90 wei), so uint96.
contract RewardDistributor is IRewardDistributor, TaskReturns, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    /// @dev In order of storage: each comment opens a slot. A claim writes slot 0 and its own; a trainer's reads 1, 5 and 6
    /// besides, a validator's 1, 3 and 4. Slots 2 and 7 are only for nodes with delegations, and for releases.
    struct Round {
        // 0: claims that are still open and what they got; `stakesAt` is the second whose stakes count.
        uint16 trainersLeft;
        uint8 validatorsLeft;
        uint40 stakesAt;
        uint96 trainersPaid;
        uint96 validatorsPaid;
        // 1
        uint96 pool;
        uint96 trainersPool;
        uint64 unlockRatio;
        // 2
        uint64 delegationWeight;
        uint32 vestingDuration;
        uint40 openedAt;
        uint32 claimants;
        // 3
        uint128 validatorWeights;
        uint128 validatorOwnWeights;
        // 4
        bytes29 resultPrefix;
        uint8 validatorPower;
        // 5
        bytes32 claimsRoot;
        // 6, 7
        uint256 sumWeights;
        uint256 sumOwnWeights;
        mapping(address node => Account) trainers;
        mapping(address validator => bool) validatorClaimed;
    }

    /// @dev A trainer's claim in one slot.
    struct Account {
        bool claimed;
        uint96 vesting;
        uint96 released;
    }

    enum Refusal {
        None,
        NotOpen,
        Claimed,
        Exhausted
    }

    /// @notice A claim was refused for something that has no error of its own.
    error UnknownRefusal(Refusal refusal);

    /// @notice Seconds after which what nobody claimed may be returned, for example because a document was lost.
    uint256 public constant CLAIM_PERIOD = 365 days;

    IPolicy public immutable policy;
    IRoundManager public immutable roundManager;
    IStakeManager public immutable stakeManager;

    mapping(uint256 taskId => mapping(uint32 round => Round)) private _rounds;

    constructor(
        address dao_,
        address token_,
        address policy_,
        address taskManager_,
        address roundManager_,
        address stakeManager_
    ) DaoAuthorized(dao_) TaskReturns(token_, taskManager_) {
        if (policy_ == address(0) || roundManager_ == address(0) || stakeManager_ == address(0)) {
            revert ZeroAddress();
        }
        policy = IPolicy(policy_);
        roundManager = IRoundManager(roundManager_);
        stakeManager = IStakeManager(stakeManager_);
        // For `addReward`, which takes delegators' parts. The stake manager takes nothing else from here.
        token.forceApprove(stakeManager_, type(uint256).max);
    }

    /// @inheritdoc IRewardDistributor
    function openClaims(uint256 taskId, uint32 round, ResultSummary calldata summary) external nonReentrant {
        Round storage r = _rounds[taskId][round];
        if (r.openedAt != 0) revert ClaimsAlreadyOpen(taskId, round);
        RoundInfo memory info = roundManager.round(taskId, round);
        if (info.phase != RoundPhase.Claimable) revert RoundNotClaimable(taskId, round);
        bytes32 hash = keccak256(abi.encode(summary));
        if (hash != info.acceptedHash) revert IRoundManager.SummaryMismatch(info.acceptedHash, hash);
        Agreement memory agreed = roundManager.agreement(taskId, round, hash);
        uint256 gamma = _fixPolicy(r, info.policyVersion);
        // The round manager bounds claimants by the submissions (at most 1,024) and validators by the seats (255).
        r.trainersLeft = uint256(summary.claimants).toUint16();
        r.validatorsLeft = uint256(agreed.count).toUint8();
        // A round counts with stakes as they were at the end of the second before it opened.
        r.stakesAt = info.openedAt - 1;
        r.openedAt = uint40(block.timestamp);
        r.claimants = summary.claimants;
        r.validatorWeights = agreed.sumWeights.toUint128();
        r.validatorOwnWeights = agreed.sumOwnWeights.toUint128();
        // The round manager keeps what a validator revealed without its last three bytes.
        r.resultPrefix = bytes29(hash);
        r.claimsRoot = summary.claimsRoot;
        r.sumWeights = summary.sumWeights;
        r.sumOwnWeights = summary.sumOwnWeights;

        uint256 pool = taskManager.payOut(taskId, round);
        uint256 trainersPool = Settlement.trainersPool(pool, gamma, summary.qualifyingOwnStake, agreed.ownStake);
        r.pool = pool.toUint96();
        r.trainersPool = trainersPool.toUint96();
        uint32 claims = summary.claimants + agreed.count;
        emit ClaimsOpened(taskId, round, pool, trainersPool, pool - trainersPool, claims);
        if (claims == 0) _carry(taskId, round, r);
    }

    /// @inheritdoc IRewardDistributor
    function claimTrainer(uint256 taskId, uint32 round, TrainerLeaf calldata leaf, bytes32[] calldata proof)
        external
        nonReentrant
    {
        (Payout memory p, Refusal refusal) = _claimTrainer(taskId, round, leaf, proof);
        if (refusal == Refusal.Exhausted) revert PoolExhausted(_rounds[taskId][round].trainersPool, p.total);
        if (refusal != Refusal.None) _refuse(taskId, round, leaf.node, refusal);
        _pay(leaf.node, p.unlocked, p.delegators);
    }

    /// @inheritdoc IRewardDistributor
    function claimValidator(uint256 taskId, uint32 round, address validator) external nonReentrant {
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
    function release(uint256 taskId, uint32 round, address node) external nonReentrant {
        uint256 amount = _release(taskId, round, node);
        if (amount == 0) revert NothingToRelease(node);
        _pay(node, amount, 0);
    }

    /// @inheritdoc IRewardDistributor
    function closeClaims(uint256 taskId, uint32 round) external nonReentrant {
        Round storage r = _rounds[taskId][round];
        if (r.trainersLeft == 0 && r.validatorsLeft == 0) revert ClaimsNotOpen(taskId, round);
        uint256 end = claimsEnd(taskId, round);
        if (block.timestamp < end) revert ClaimPeriodRunning(end);
        r.trainersLeft = 0;
        r.validatorsLeft = 0;
        _carry(taskId, round, r);
    }

    /// @inheritdoc IRewardDistributor
    function claimBasis(uint256 taskId, uint32 round)
        external
        view
        returns (bytes32 claimsRoot, uint32 claimants, uint256 sumOwnWeights)
    {
        Round storage r = _rounds[taskId][round];
        return (r.claimsRoot, r.claimants, r.sumOwnWeights);
    }

    /// @inheritdoc IRewardDistributor
    function rewards(uint256 taskId, uint32 round) external view returns (RoundRewards memory) {
        Round storage r = _rounds[taskId][round];
        return RoundRewards({
            opened: r.openedAt != 0,
            pool: r.pool,
            trainersPool: r.trainersPool,
            validatorsPool: r.pool - r.trainersPool,
            paid: r.trainersPaid + r.validatorsPaid,
            claimsLeft: uint32(r.trainersLeft) + r.validatorsLeft
        });
    }

    /// @inheritdoc IRewardDistributor
    function vesting(uint256 taskId, uint32 round, address node) external view returns (Vesting memory v) {
        Round storage r = _rounds[taskId][round];
        Account storage account = r.trainers[node];
        if (account.vesting == 0) return v;
        return Vesting(account.vesting, account.released, r.openedAt, r.openedAt + r.vestingDuration);
    }

    /// @inheritdoc IRewardDistributor
    function releasable(uint256 taskId, uint32 round, address node) public view returns (uint256) {
        Round storage r = _rounds[taskId][round];
        Account storage account = r.trainers[node];
        uint256 passed = block.timestamp - r.openedAt;
        uint256 duration = r.vestingDuration;
        if (passed >= duration) return account.vesting - account.released;
        // Rounds down: at the end the branch above pays the rest.
        return account.vesting * passed / duration - account.released;
    }

    /// @inheritdoc IRewardDistributor
    function claimsEnd(uint256 taskId, uint32 round) public view returns (uint256) {
        uint40 openedAt = _rounds[taskId][round].openedAt;
        return openedAt == 0 ? 0 : openedAt + CLAIM_PERIOD;
    }

    /// @inheritdoc IRewardDistributor
    function claimed(uint256 taskId, uint32 round, address node, bool asValidator) external view returns (bool) {
        Round storage r = _rounds[taskId][round];
        return asValidator ? r.validatorClaimed[node] : r.trainers[node].claimed;
    }

    /// @dev Fixes what claims need of the round's policy. Narrowings are safe by the catalogue's bounds: ratios are at
    /// most 1e18, the vesting at most four years, a power at most 4.
    function _fixPolicy(Round storage r, uint32 version) private returns (uint256 gamma) {
        Param[] memory params = new Param[](5);
        params[0] = Param.Gamma;
        params[1] = Param.UnlockRatio;
        params[2] = Param.VestingDuration;
        params[3] = Param.DelegationWeight;
        params[4] = Param.ValidatorStakeQuarterPower;
        uint256[] memory values = policy.read(params, version);
        r.unlockRatio = uint64(values[1]);
        r.vestingDuration = uint32(values[2]);
        r.delegationWeight = uint64(values[3]);
        r.validatorPower = uint8(values[4]);
        return values[0];
    }

    /// @return p What the claim pays; of a refused one nothing but its total where the pool is exhausted.
    function _claimTrainer(uint256 taskId, uint32 round, TrainerLeaf calldata leaf, bytes32[] calldata proof)
        private
        returns (Payout memory p, Refusal)
    {
        Round storage r = _rounds[taskId][round];
        Account storage account = r.trainers[leaf.node];
        if (account.claimed) return (p, Refusal.Claimed);
        if (r.trainersLeft == 0) return (p, Refusal.NotOpen);
        if (!ClaimTree.verify(proof, r.claimsRoot, leaf)) revert InvalidProof(leaf.node);
        // Whatever a result says, only nodes that submitted are paid.
        if (roundManager.submission(taskId, round, leaf.node).committedBlock == 0) revert InvalidProof(leaf.node);

        uint256 trainersPool = r.trainersPool;
        p.total = Settlement.part(trainersPool, leaf.weight, r.sumWeights);
        uint256 paid = r.trainersPaid + p.total;
        if (paid > trainersPool) return (p, Refusal.Exhausted);
        // Nobody delegated to a node whose two weights are equal. Its total cannot pass what it would get alone then, since
        // the sum of own weights is never the greater one (the round manager takes no such summary).
        if (leaf.weight > leaf.ownWeight) {
            uint256 alone = Settlement.part(trainersPool, leaf.ownWeight, r.sumOwnWeights);
            if (p.total > alone) {
                uint256 commission = stakeManager.stakeAt(leaf.node, r.stakesAt).commission;
                p.delegators = Settlement.delegatorsPart(p.total, alone, commission);
            }
        }
        p.node = p.total - p.delegators;
        p.unlocked = Settlement.unlocked(p.node, r.unlockRatio);
        p.vesting = p.node - p.unlocked;
        // Safe narrowings: each is at most the role's pool. The vesting runs from when claims opened, so that a late claim
        // costs nothing.
        r.trainers[leaf.node] = Account(true, uint96(p.vesting), 0);
        r.trainersPaid = uint96(paid);
        r.trainersLeft -= 1;
        emit TrainerClaimed(taskId, round, leaf.node, p);
        _carryAfterLast(taskId, round, r);
        return (p, Refusal.None);
    }

    function _claimValidator(uint256 taskId, uint32 round, address validator)
        private
        returns (Payout memory p, Refusal)
    {
        Round storage r = _rounds[taskId][round];
        if (r.validatorClaimed[validator]) return (p, Refusal.Claimed);
        if (r.validatorsLeft == 0) return (p, Refusal.NotOpen);
        ValidatorEntry memory entry = roundManager.validator(taskId, round, validator);
        if (entry.resultHash == bytes32(0) || bytes29(entry.resultHash) != r.resultPrefix) revert NotAgreed(validator);
        r.validatorClaimed[validator] = true;

        StakeSnapshot memory stake = stakeManager.stakeAt(validator, r.stakesAt);
        uint256 power = r.validatorPower;
        uint256 pool = r.pool - r.trainersPool;
        uint256 effective = stake.delegated == 0 ? stake.own : Settlement.effectiveStake(stake, r.delegationWeight);
        p.total = Settlement.part(pool, Settlement.stakePower(effective, power), r.validatorWeights);
        if (stake.delegated != 0) {
            uint256 alone = Settlement.part(pool, Settlement.stakePower(stake.own, power), r.validatorOwnWeights);
            p.delegators = Settlement.delegatorsPart(p.total, alone, stake.commission);
        }
        p.node = p.total - p.delegators;
        p.unlocked = p.node;
        // The sums are those of the same powers, added up by the round manager as results were revealed: all parts
        // together stay within the role's pool.
        r.validatorsPaid += uint96(p.total);
        r.validatorsLeft -= 1;
        emit ValidatorClaimed(taskId, round, validator, p);
        _carryAfterLast(taskId, round, r);
        return (p, Refusal.None);
    }

    /// @return amount Wei that the caller of this function has to send.
    function _release(uint256 taskId, uint32 round, address node) private returns (uint256 amount) {
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

    function _carryAfterLast(uint256 taskId, uint32 round, Round storage r) private {
        if (r.trainersLeft == 0 && r.validatorsLeft == 0) _carry(taskId, round, r);
    }

    /// @dev What rounding (or an empty role) left goes back to the task's budget, and so to its next round.
    function _carry(uint256 taskId, uint32 round, Round storage r) private {
        uint256 rest = r.pool - r.trainersPaid - r.validatorsPaid;
        emit CarriedOver(taskId, round, rest);
        if (rest != 0) _returnToTask(taskId, rest);
    }

    function _refuse(uint256 taskId, uint32 round, address node, Refusal refusal) private pure {
        if (refusal == Refusal.NotOpen) revert ClaimsNotOpen(taskId, round);
        if (refusal == Refusal.Claimed) revert AlreadyClaimed(node);
        revert UnknownRefusal(refusal);
    }
}
