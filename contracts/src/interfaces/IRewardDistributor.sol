// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ResultSummary} from "../types/Types.sol";

struct TrainerLeaf {
    uint32 index;
    address node;
    uint256 weight;
    uint256 ownWeight;
}

struct RoundKey {
    uint256 taskId;
    uint32 round;
}

struct TrainerClaim {
    uint256 taskId;
    uint32 round;
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

struct RoundRewards {
    bool opened;
    uint256 pool;
    uint256 trainersPool;
    uint256 validatorsPool;
    uint256 paid;
    uint32 claimsLeft;
}

struct Vesting {
    uint128 total;
    uint128 released;
    uint40 start;
    uint40 end;
}

/// @title Pays a finalized round: Merkle claims of training nodes, claims of validators, linear vesting
interface IRewardDistributor {
    event ClaimsOpened(
        uint256 indexed taskId,
        uint32 indexed round,
        uint256 pool,
        uint256 trainersPool,
        uint256 validatorsPool,
        uint32 claims
    );
    event TrainerClaimed(uint256 indexed taskId, uint32 indexed round, address indexed node, Payout payout);
    event ValidatorClaimed(uint256 indexed taskId, uint32 indexed round, address indexed validator, Payout payout);
    event Released(uint256 indexed taskId, uint32 indexed round, address indexed node, uint256 amount);
    event CarriedOver(uint256 indexed taskId, uint32 indexed round, uint256 amount);

    /// @notice The round's claims are not open.
    /// @custom:action Open them with the accepted summary first; anyone may.
    error ClaimsNotOpen(uint256 taskId, uint32 round);
    /// @notice The round's claims were opened before.
    error ClaimsAlreadyOpen(uint256 taskId, uint32 round);
    /// @notice The round is not finished with an accepted result.
    error RoundNotClaimable(uint256 taskId, uint32 round);
    /// @notice The node has claimed this round.
    error AlreadyClaimed(address node);
    /// @notice The leaf and its proof are not in the round's claims tree.
    /// @custom:action Prove with the result document that the round accepted.
    error InvalidProof(address node);
    /// @notice The validator did not reveal the accepted result, so that the round pays it nothing.
    error NotAgreed(address validator);
    /// @notice Nothing of the node has vested since the last release.
    error NothingToRelease(address node);
    /// @notice The claim is more than what the pool of its role has left: the weights of the tree add up to more than
    /// its sum.
    error PoolExhausted(uint256 pool, uint256 needed);
    /// @notice What nobody claimed stays claimable until this second.
    error ClaimPeriodRunning(uint256 end);

    /// @notice Fetches the pool of a claimable round and fixes the role split. Anyone may call.
    /// @param summary The accepted result's.
    function openClaims(uint256 taskId, uint32 round, ResultSummary calldata summary) external;
    /// @notice Pays a training node. Anyone may call; the node is paid.
    function claimTrainer(uint256 taskId, uint32 round, TrainerLeaf calldata leaf, bytes32[] calldata proof) external;
    function claimValidator(uint256 taskId, uint32 round, address validator) external;
    /// @notice Pays one node for many rounds with one transfer: its training claims, its validator claims, and what of earlier
    /// claims has vested. What was claimed already or has nothing to give is skipped, so that nobody can spoil a batch.
    function claimMany(
        address node,
        TrainerClaim[] calldata trainer,
        RoundKey[] calldata validator,
        RoundKey[] calldata vested
    ) external;
    /// @notice Pays what of a claim has vested by now. Anyone may call; the node is paid.
    function release(uint256 taskId, uint32 round, address node) external;
    /// @notice Ends the claims of a round a year after they opened; what nobody claimed returns to the task's budget.
    /// Anyone may call. What has been claimed and still vests is not touched.
    function closeClaims(uint256 taskId, uint32 round) external;

    /// @notice What claims of a round are proven against; zeros before they are open.
    function claimBasis(uint256 taskId, uint32 round)
        external
        view
        returns (bytes32 claimsRoot, uint32 claimants, uint256 sumOwnWeights);
    function rewards(uint256 taskId, uint32 round) external view returns (RoundRewards memory);
    function vesting(uint256 taskId, uint32 round, address node) external view returns (Vesting memory);
    function releasable(uint256 taskId, uint32 round, address node) external view returns (uint256);
    /// @notice When anyone may call `closeClaims`, unix seconds; 0 before claims are open.
    function claimsEnd(uint256 taskId, uint32 round) external view returns (uint256);
    function claimed(uint256 taskId, uint32 round, address node, bool asValidator) external view returns (bool);
}
