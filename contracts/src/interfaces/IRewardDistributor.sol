// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {RoundNumber, TaskId} from "../types/Ids.sol";
import {ResultSummary} from "../types/Types.sol";

/// @param weight The rank weights of its seats where the ranking is by loss, its contribution where it is by contribution.
struct TrainerLeaf {
    uint32 index;
    address node;
    uint256 weight;
}

struct RoundKey {
    TaskId taskId;
    RoundNumber round;
}

struct TrainerClaim {
    TaskId taskId;
    RoundNumber round;
    TrainerLeaf leaf;
    bytes32[] proof;
}

/// @notice Amounts in wei; node = total - delegators = unlocked + vesting.
struct Payout {
    uint256 total;
    uint256 node;
    uint256 delegators;
    uint256 unlocked;
    uint256 vesting;
}

/// @notice Wei. pool = units + common; secured = fee + trainersPart + validatorsPart; fee + paid + carried = pool in the end.
/// @param stakeBehind Effective stake of the validators on the accepted result.
/// @param carried Gone back to the task so far.
/// @param paidSeats Of the accepted summary: seats of the training nodes that have a claim.
struct RoundRewards {
    bool opened;
    uint256 units;
    uint256 common;
    uint256 creationStake;
    uint256 stakeBehind;
    uint256 secured;
    uint256 fee;
    uint256 trainersPart;
    uint256 validatorsPart;
    uint256 paid;
    uint256 carried;
    uint32 paidSeats;
    uint32 claimsLeft;
}

struct Vesting {
    uint128 total;
    uint128 released;
    uint40 start;
    uint40 end;
}

/// @title Pays a finalized round: Merkle claims of training nodes, claims of validators, linear vesting
/// @notice The arithmetic is RoundSettlement's. What an absent or refused participant would have earned is nobody's: it is
/// carried to the task's next rounds.
interface IRewardDistributor {
    event ClaimsOpened(TaskId indexed taskId, RoundNumber indexed round, RoundRewards rewards);
    event TrainerClaimed(TaskId indexed taskId, RoundNumber indexed round, address indexed node, Payout payout);
    event ValidatorClaimed(TaskId indexed taskId, RoundNumber indexed round, address indexed validator, Payout payout);
    event Released(TaskId indexed taskId, RoundNumber indexed round, address indexed node, uint256 amount);
    /// @notice What was left after the last claim, or a year, went back to the task.
    event CarriedOver(TaskId indexed taskId, RoundNumber indexed round, uint256 amount);

    /// @notice The round's claims are not open.
    /// @custom:action Open them with the accepted summary first; anyone may.
    error ClaimsNotOpen(TaskId taskId, RoundNumber round);
    /// @notice The round's claims were opened before.
    error ClaimsAlreadyOpen(TaskId taskId, RoundNumber round);
    /// @notice The round is not finished with an accepted result.
    error RoundNotClaimable(TaskId taskId, RoundNumber round);
    /// @notice The node has claimed this round.
    error AlreadyClaimed(address node);
    /// @notice The leaf and its proof are not in the round's claims tree.
    /// @custom:action Prove with the result document that the round accepted.
    error InvalidProof(address node);
    /// @notice The validator did not reveal the accepted result, so that the round pays it nothing.
    error NotAgreed(address validator);
    /// @notice Nothing of the node has vested since the last release.
    error NothingToRelease(address node);
    /// @notice The claim is more than what its role's part has left: the leaves of the tree add up to more than its sum.
    error PoolExhausted(uint256 part, uint256 needed);
    /// @notice What nobody claimed stays claimable until this second.
    error ClaimPeriodRunning(uint256 end);

    /// @notice Settles a claimable round: takes what it can pay from the task, sends the fee to the treasury, leaves what nobody
    /// can have earned with the task. Anyone may call; the task's next round waits for it.
    /// @param summary The accepted result's.
    function openClaims(TaskId taskId, RoundNumber round, ResultSummary calldata summary) external;
    /// @notice Pays a training node. Anyone may call; the node is paid.
    function claimTrainer(TaskId taskId, RoundNumber round, TrainerLeaf calldata leaf, bytes32[] calldata proof)
        external;
    function claimValidator(TaskId taskId, RoundNumber round, address validator) external;
    /// @notice Pays one node for many rounds with one transfer: its training claims, its validator claims, and what of earlier
    /// claims has vested. What was claimed already or has nothing to give is skipped, so that nobody can spoil a batch.
    function claimMany(
        address node,
        TrainerClaim[] calldata trainer,
        RoundKey[] calldata validator,
        RoundKey[] calldata vested
    ) external;
    /// @notice Pays what of a claim has vested by now. Anyone may call; the node is paid.
    function release(TaskId taskId, RoundNumber round, address node) external;
    /// @notice Ends the claims of a round a year after they opened; what nobody claimed returns to the task's budget.
    /// Anyone may call. What has been claimed and still vests is not touched.
    function closeClaims(TaskId taskId, RoundNumber round) external;

    /// @notice What claims of a round are proven against; zeros before they are open.
    function claimBasis(TaskId taskId, RoundNumber round)
        external
        view
        returns (bytes32 claimsRoot, uint32 claimants, uint256 sumWeights);
    function rewards(TaskId taskId, RoundNumber round) external view returns (RoundRewards memory);
    function vesting(TaskId taskId, RoundNumber round, address node) external view returns (Vesting memory);
    function releasable(TaskId taskId, RoundNumber round, address node) external view returns (uint256);
    /// @notice When anyone may call `closeClaims`, unix seconds; 0 before claims are open.
    function claimsEnd(TaskId taskId, RoundNumber round) external view returns (uint256);
    function claimed(TaskId taskId, RoundNumber round, address node, bool asValidator) external view returns (bool);
}
