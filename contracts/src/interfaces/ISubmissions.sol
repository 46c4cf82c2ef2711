// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {RoundNumber, TaskId} from "../types/Ids.sol";
import {Cid} from "../types/Types.sol";

/// @notice What a node revealed in a round, all zero when it revealed nothing.
/// @param index Its number, in the order of reveals.
/// @param seats Its weight.
/// @param committedBlock Number of the block of its commit, never 0 of a reveal; of identical content the earlier commit
/// counts, then the lower index.
struct Submission {
    uint32 index;
    uint16 seats;
    uint40 committedBlock;
    bool forfeitPaid;
}

/// @param committed Nodes that committed; revealed: submissions, numbered from 0.
/// @param revealedSeats Σ seats of those that revealed.
struct SubmissionCounts {
    uint32 committed;
    uint32 revealed;
    uint32 revealedSeats;
}

/// @title Submissions of a round: commit and reveal
/// @notice Only seated training nodes commit, so there are at most as many submissions as seats.
interface ISubmissions {
    event SubmissionCommitted(
        TaskId indexed taskId, RoundNumber indexed round, address indexed node, uint16 seats, bytes32 commitment
    );
    event SubmissionRevealed(
        TaskId indexed taskId,
        RoundNumber indexed round,
        address indexed node,
        uint32 index,
        uint16 seats,
        Cid cid,
        bytes32 parameterRoot,
        uint40 committedBlock
    );

    /// @notice The node has committed in this round.
    error AlreadyCommitted(address node);
    /// @notice The node has no commitment that is left to reveal.
    error NotCommitted(address node);
    /// @notice What is revealed is not what was committed.
    /// @custom:action What is revealed must be what was committed, to the salt; it is in the state folder.
    error CommitmentMismatch(address node, bytes32 expected, bytes32 got);
    /// @notice A commitment is a hash, which is not zero.
    error EmptyCommitment();
    /// @notice Content of this kind cannot stand here: the codec of its CID is another one.
    error UnsupportedCodec(uint64 codec);
    /// @notice The node has no part of a forfeited creation stake to take in this round.
    error NothingForfeited(TaskId taskId, RoundNumber round, address node);

    /// @param commitment `Commitments.submissionCommitment`.
    function commit(TaskId taskId, RoundNumber round, bytes32 commitment) external;
    function reveal(TaskId taskId, RoundNumber round, Cid calldata cid, bytes32 parameterRoot, bytes32 salt)
        external
        returns (uint32 index);
    /// @notice Pays a node that had revealed its part of a forfeited creation stake. Anyone may call.
    function claimForfeit(TaskId taskId, RoundNumber round, address node) external;

    function submission(TaskId taskId, RoundNumber round, address node) external view returns (Submission memory);
    /// @notice What a node committed and has not revealed: the commitment without its last eight bytes (zeroed), its seats,
    /// and in which block.
    function commitmentOf(TaskId taskId, RoundNumber round, address node)
        external
        view
        returns (bytes32 commitment, uint16 seats, uint40 committedBlock);
    function counts(TaskId taskId, RoundNumber round) external view returns (SubmissionCounts memory);
}
