// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {IRewardDistributor, Payout, RoundRewards, TrainerLeaf, Vesting} from "../interfaces/IRewardDistributor.sol";
import {IRoundManager, RoundInfo, Submission, ValidatorEntry} from "../interfaces/IRoundManager.sol";
import {ITaskManager} from "../interfaces/ITaskManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {RoundPhase} from "../types/Types.sol";
import {ClaimTree} from "./ClaimTree.sol";
import {Settlement} from "./Settlement.sol";

/// @title Pays a finalized round
/// @notice Trust: the accepted result's sums and root. Should they contradict each other (only a wrong result that
/// nobody challenged can), a round still never pays more than its own pool.
/// @dev No stake can be delegated in this version; were there a delegators' part, it would be carried to the budget.
contract RewardDistributor is IRewardDistributor, DaoAuthorized, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    struct Round {
        bool opened;
        bool closed;
        uint32 claimsLeft;
        uint32 policyVersion;
        uint40 openedAt;
        uint256 pool;
        uint256 trainersPool;
        uint256 trainersTotal;
        uint256 paid;
        bytes32 acceptedHash;
        bytes32 claimsRoot;
        uint256 sumWeights;
        uint256 sumOwnWeights;
        uint256 validatorWeights;
        uint256 validatorOwnWeights;
        mapping(address node => bool) trainerClaimed;
        mapping(address validator => bool) validatorClaimed;
        mapping(address node => Vesting) vestings;
    }

    /// @notice Seconds after which what nobody claimed may be returned, for example because a document was lost.
    uint256 public constant CLAIM_PERIOD = 365 days;

    IERC20 public immutable token;
    IPolicy public immutable policy;
    ITaskManager public immutable taskManager;
    IRoundManager public immutable roundManager;

    mapping(uint256 taskId => mapping(uint32 round => Round)) private _rounds;

    constructor(address dao_, address token_, address policy_, address taskManager_, address roundManager_)
        DaoAuthorized(dao_)
    {
        if (token_ == address(0) || policy_ == address(0) || taskManager_ == address(0) || roundManager_ == address(0)) revert ZeroAddress();
        token = IERC20(token_);
        policy = IPolicy(policy_);
        taskManager = ITaskManager(taskManager_);
        roundManager = IRoundManager(roundManager_);
    }

    /// @inheritdoc IRewardDistributor
    function openClaims(uint256 taskId, uint32 round) external nonReentrant {
        Round storage r = _rounds[taskId][round];
        if (r.opened) revert ClaimsAlreadyOpen(taskId, round);
        if (roundManager.phaseOf(taskId, round) != RoundPhase.Claimable) revert RoundNotClaimable(taskId, round);
        RoundInfo memory info = roundManager.round(taskId, round);
        (, uint256 validatorsStake, uint256 weights, uint256 ownWeights, uint32 agreed) =
            roundManager.agreement(taskId, round, info.acceptedHash);
        uint256 pool = taskManager.payOut(taskId, round);
        uint256 trainersPool = Settlement.trainersPool(
            pool, policy.valueAt(Param.Gamma, info.policyVersion), info.accepted.qualifyingOwnStake, validatorsStake
        );
        uint32 claims = info.accepted.claimants + agreed;
        r.opened = true;
        r.claimsLeft = claims;
        r.policyVersion = info.policyVersion;
        r.openedAt = uint40(block.timestamp);
        r.pool = pool;
        r.trainersPool = trainersPool;
        r.acceptedHash = info.acceptedHash;
        r.claimsRoot = info.accepted.claimsRoot;
        r.sumWeights = info.accepted.sumWeights;
        r.sumOwnWeights = info.accepted.sumOwnWeights;
        r.validatorWeights = weights;
        r.validatorOwnWeights = ownWeights;
        emit ClaimsOpened(taskId, round, pool, trainersPool, pool - trainersPool, claims);
        if (claims == 0) _close(taskId, round, r);
    }

    /// @inheritdoc IRewardDistributor
    function claimTrainer(uint256 taskId, uint32 round, TrainerLeaf calldata leaf, bytes32[] calldata proof)
        external
        nonReentrant
    {
        Round storage r = _open(taskId, round);
        if (r.trainerClaimed[leaf.node]) revert AlreadyClaimed(leaf.node);
        if (!ClaimTree.verify(proof, r.claimsRoot, leaf)) revert InvalidProof(leaf.node);
        Submission memory s = roundManager.submission(taskId, round, leaf.index);
        if (s.node != leaf.node) revert InvalidProof(leaf.node);
        r.trainerClaimed[leaf.node] = true;

        Payout memory p;
        (p.total, p.delegators) = Settlement.share(
            r.trainersPool, leaf.weight, r.sumWeights, leaf.ownWeight, r.sumOwnWeights, s.stake.commission
        );
        r.trainersTotal += p.total;
        if (r.trainersTotal > r.trainersPool) revert PoolExhausted(r.trainersPool, r.trainersTotal);
        p.node = p.total - p.delegators;
        p.unlocked = Settlement.unlocked(p.node, policy.valueAt(Param.UnlockRatio, r.policyVersion));
        p.vesting = p.node - p.unlocked;
        if (p.vesting != 0) {
            // From when claims opened, so that a late claim costs nothing. Safe narrowing: below the token's cap.
            uint40 end = r.openedAt + uint40(policy.valueAt(Param.VestingDuration, r.policyVersion));
            r.vestings[leaf.node] = Vesting(uint128(p.vesting), 0, r.openedAt, end);
        }
        emit TrainerClaimed(taskId, round, leaf.node, p);
        _pay(taskId, round, r, leaf.node, p);
    }

    /// @inheritdoc IRewardDistributor
    function claimValidator(uint256 taskId, uint32 round, address validator) external nonReentrant {
        Round storage r = _open(taskId, round);
        if (r.validatorClaimed[validator]) revert AlreadyClaimed(validator);
        ValidatorEntry memory entry = roundManager.validator(taskId, round, validator);
        if (entry.resultHash == bytes32(0) || entry.resultHash != r.acceptedHash) revert NotAgreed(validator);
        r.validatorClaimed[validator] = true;

        uint256 power = policy.valueAt(Param.ValidatorStakeQuarterPower, r.policyVersion);
        uint256 effective =
            Settlement.effectiveStake(entry.stake, policy.valueAt(Param.DelegationWeight, r.policyVersion));
        Payout memory p;
        (p.total, p.delegators) = Settlement.share(
            r.pool - r.trainersPool,
            Settlement.stakePower(effective, power),
            r.validatorWeights,
            Settlement.stakePower(entry.stake.own, power),
            r.validatorOwnWeights,
            entry.stake.commission
        );
        p.node = p.total - p.delegators;
        p.unlocked = p.node;
        emit ValidatorClaimed(taskId, round, validator, p);
        _pay(taskId, round, r, validator, p);
    }

    /// @inheritdoc IRewardDistributor
    function release(uint256 taskId, uint32 round, address node) external nonReentrant {
        uint256 amount = releasable(taskId, round, node);
        if (amount == 0) revert NothingToRelease(node);
        // Safe narrowing: at most the vesting's uint128 total.
        _rounds[taskId][round].vestings[node].released += uint128(amount);
        emit Released(taskId, round, node, amount);
        token.safeTransfer(node, amount);
    }

    /// @inheritdoc IRewardDistributor
    function closeClaims(uint256 taskId, uint32 round) external nonReentrant {
        Round storage r = _open(taskId, round);
        uint256 end = claimsEnd(taskId, round);
        if (block.timestamp < end) revert ClaimPeriodRunning(end);
        _close(taskId, round, r);
    }

    /// @inheritdoc IRewardDistributor
    function rewards(uint256 taskId, uint32 round) external view returns (RoundRewards memory) {
        Round storage r = _rounds[taskId][round];
        return RoundRewards({
            opened: r.opened,
            pool: r.pool,
            trainersPool: r.trainersPool,
            validatorsPool: r.pool - r.trainersPool,
            paid: r.paid,
            claimsLeft: r.claimsLeft
        });
    }

    /// @inheritdoc IRewardDistributor
    function vesting(uint256 taskId, uint32 round, address node) external view returns (Vesting memory) {
        return _rounds[taskId][round].vestings[node];
    }

    /// @inheritdoc IRewardDistributor
    function releasable(uint256 taskId, uint32 round, address node) public view returns (uint256) {
        Vesting storage v = _rounds[taskId][round].vestings[node];
        if (block.timestamp >= v.end) return v.total - v.released;
        // Rounds down: at the end the branch above pays the rest.
        return uint256(v.total) * (block.timestamp - v.start) / (v.end - v.start) - v.released;
    }

    /// @inheritdoc IRewardDistributor
    function claimsEnd(uint256 taskId, uint32 round) public view returns (uint256) {
        uint40 openedAt = _rounds[taskId][round].openedAt;
        return openedAt == 0 ? 0 : openedAt + CLAIM_PERIOD;
    }

    /// @inheritdoc IRewardDistributor
    function claimed(uint256 taskId, uint32 round, address node, bool asValidator) external view returns (bool) {
        Round storage r = _rounds[taskId][round];
        return asValidator ? r.validatorClaimed[node] : r.trainerClaimed[node];
    }

    function _pay(uint256 taskId, uint32 round, Round storage r, address to, Payout memory p) private {
        r.paid += p.node;
        r.claimsLeft -= 1;
        token.safeTransfer(to, p.unlocked);
        if (r.claimsLeft == 0) _close(taskId, round, r);
    }

    /// @dev What rounding (or an empty role) left goes back to the task's budget, and so to its next round.
    function _close(uint256 taskId, uint32 round, Round storage r) private {
        r.closed = true;
        r.claimsLeft = 0;
        uint256 rest = r.pool - r.paid;
        emit CarriedOver(taskId, round, rest);
        if (rest != 0) {
            token.safeTransfer(address(taskManager), rest);
            taskManager.returnBudget(taskId, rest);
        }
    }

    function _open(uint256 taskId, uint32 round) private view returns (Round storage r) {
        r = _rounds[taskId][round];
        if (!r.opened || r.closed) revert ClaimsNotOpen(taskId, round);
    }
}
