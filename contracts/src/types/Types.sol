// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @notice A CIDv1 with a sha2-256 multihash, the only kind of content address that Covey puts on chain.
/// @param codec Multicodec of the block: 0x55 raw, 0x70 dag-pb, 0x0129 dag-json.
/// @param digest The 32 bytes of the sha2-256 multihash.
struct Cid {
    uint64 codec;
    bytes32 digest;
}

/// @notice Length of each step of a round, in seconds. Between `join` and `commit`, and between `reveal` and `attest`, the
/// round waits for its beacon.
struct Windows {
    uint32 join;
    uint32 commit;
    uint32 reveal;
    uint32 attest;
    uint32 attestReveal;
    uint32 key;
    uint32 resultCommit;
    uint32 resultReveal;
}

/// @notice By what trainers are paid: places in the order of losses (arena), or what each gave (federated).
enum Ranking {
    Loss,
    Contribution
}

/// @notice What the chain enforces of a task; the document at its CID holds the rest and must repeat these.
/// @param rounds How many rounds the task has.
/// @param minTrainerStake Own allocated stake in wei that a training node needs to join (at least the policy's).
/// @param minValidatorStake Own allocated stake in wei that a validator needs to join (at least the policy's).
/// @param admissionRoot 0: any node may train. Else the root of an OpenZeppelin standard Merkle tree over (address node).
/// @param keyCommitments keccak256(abi.encode(key)) of each round's shard key, then of the final hold-out's:
/// `rounds + 1` of them.
struct TaskTerms {
    uint16 rounds;
    Windows windows;
    Ranking ranking;
    uint128 minTrainerStake;
    uint128 minValidatorStake;
    bytes32 admissionRoot;
    bytes32[] keyCommitments;
}

enum TaskState {
    None,
    Proposed,
    Approved,
    Completed,
    Rejected,
    Stopped
}

/// @notice Where a round is. ValidatorJoin comes in a round that repeats only; TrainerDraw and ValidatorDraw wait for the beacon.
enum RoundPhase {
    None,
    Join,
    TrainerDraw,
    Commit,
    Reveal,
    ValidatorJoin,
    ValidatorDraw,
    Attest,
    AttestReveal,
    Key,
    ResultCommit,
    ResultReveal,
    Acceptance,
    Challenge,
    Ruling,
    Claimable,
    Void
}

/// @notice Why a round paid nobody, or why it repeated.
enum VoidReason {
    None,
    TaskStopped,
    NoCandidates,
    Unsecured,
    NoSeed,
    NoSubmissions,
    NotAttested,
    NothingCounted,
    CiphertextMissing,
    KeyWithheld,
    NoResults,
    NoRuling,
    ShardInvalid
}

/// @notice What a node's stake is allocated to in a task. Task 0 is no task: hosts of models allocate under it.
enum Role {
    None,
    Trainer,
    Validator,
    Host
}

/// @notice A node's stake at one moment, in wei; commission scaled by 1e18 (a multiple of 1e12).
struct StakeSnapshot {
    uint128 own;
    uint128 delegated;
    uint64 commission;
}

/// @notice What a result document says to the contracts. The result hash on which validators agree is
/// keccak256(abi.encode(ResultSummary)).
/// @param documentDigest sha2-256 digest of the DAG-JSON result document (codec 0x0129).
/// @param claimsRoot Root of the OpenZeppelin standard Merkle tree over (uint32 index, address node, uint256 weight),
/// one leaf a training node with a positive weight; 0 without leaves.
/// @param claimants Number of leaves.
/// @param paidSeats Σ seats of the leaves' nodes.
/// @param sumWeights Σ `weight`: rank weights (1e18 is the first rank's) where the ranking is by loss, contributions (2^-32
/// nat) where it is by contribution.
/// @param trainersRatio How much of the trainers' part the leaves can claim together, 1e18 = all; at most 1e18. By loss
/// ceil(1e18 · sumWeights / W), W the weights of all ranks, taken or not; by contribution the sum over the leaves of the
/// smaller of ceil(1e18 · weight / sumWeights) and ceil(1e18 · 3 · seats / trainerSeats).
/// @param model CID of the base model for the next round.
/// @param refereeRoot Commits to the steps of the computation, for a referee that decides challenges on chain; no contract
/// reads it yet.
/// @param shardInvalid The published key opens no shard that has the promised hash: nothing could be scored. Such a
/// round is void once nobody challenged it, as if the key had been withheld. Claimants and sums are then 0.
struct ResultSummary {
    bytes32 documentDigest;
    bytes32 claimsRoot;
    uint32 claimants;
    uint32 paidSeats;
    uint256 sumWeights;
    uint64 trainersRatio;
    Cid model;
    bytes32 refereeRoot;
    bool shardInvalid;
}
