// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @notice A CIDv1 with a sha2-256 multihash, the only kind of content address that Covey puts on chain.
/// @param codec Multicodec of the block: 0x55 raw, 0x70 dag-pb, 0x0129 dag-json.
/// @param digest The 32 bytes of the sha2-256 multihash.
struct Cid {
    uint64 codec;
    bytes32 digest;
}

/// @notice Length of each step of a round, in seconds.
struct Windows {
    uint32 commit;
    uint32 reveal;
    uint32 key;
    uint32 availability;
    uint32 resultCommit;
    uint32 resultReveal;
}

/// @notice What the chain enforces of a task; the document at its CID holds the rest and must repeat these.
/// @param rounds How many rounds the task has.
/// @param minTrainerStake Own stake in wei that a training node needs to reveal (at least the policy's).
/// @param minValidatorStake Own stake in wei that a validator needs to join (at least the policy's).
/// @param keyCommitments keccak256(abi.encode(key)) of each round's shard key, then of the final hold-out's:
/// `rounds + 1` of them.
struct TaskTerms {
    uint16 rounds;
    Windows windows;
    uint128 minTrainerStake;
    uint128 minValidatorStake;
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

enum RoundPhase {
    None,
    Commit,
    Reveal,
    Key,
    Availability,
    ResultCommit,
    ResultReveal,
    Acceptance,
    Challenge,
    Disputed,
    Claimable,
    Void
}

/// @notice Why a round paid nobody.
enum VoidReason {
    None,
    TaskStopped,
    NoCandidates,
    NoSubmissions,
    KeyWithheld,
    NothingCounted,
    NoResults,
    NoRuling,
    ShardInvalid
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
/// @param claimsRoot Root of the OpenZeppelin standard Merkle tree over (uint32 index, address node, uint256 weight,
/// uint256 ownWeight), one leaf a training node with a positive weight.
/// @param claimants Number of leaves.
/// @param sumWeights Sum of `weight` (rank weight times stake power of effective stake).
/// @param sumOwnWeights Sum of `ownWeight` (rank weight times stake power of own stake alone).
/// @param qualifyingOwnStake Sum of the own stake in wei of nodes with a valid submission (T of the role split).
/// @param model CID of the base model for the next round: the aggregate in federated mode.
/// @param shardInvalid The published key opens no shard that has the promised hash: nothing could be scored. Such a
/// round is void once nobody challenged it, as if the key had been withheld. Claimants and sums are then 0.
struct ResultSummary {
    bytes32 documentDigest;
    bytes32 claimsRoot;
    uint32 claimants;
    uint256 sumWeights;
    uint256 sumOwnWeights;
    uint256 qualifyingOwnStake;
    Cid model;
    bool shardInvalid;
}
