// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {RoundNumber, TaskId} from "../types/Ids.sol";
import {VoidReason} from "../types/Types.sol";

enum AttestationStage {
    None,
    Committed,
    Revealed
}

/// @param hash `Commitments.attestationHash` without its last three bytes (zeroed) once revealed, before that the commitment.
struct Attestation {
    AttestationStage stage;
    uint16 seats;
    bytes32 hash;
}

/// @notice Of one attempt, in seats of the validators.
/// @param ciphertextMissing Seats that revealed the shard's ciphertext to be missing.
/// @param committed How many validators committed; revealed: of those that revealed.
/// @param submissions How many there are to fetch; 0 before the first reveal.
struct AttestationCounts {
    uint16 committedSeats;
    uint16 revealedSeats;
    uint16 ciphertextMissing;
    uint16 committed;
    uint16 revealed;
    uint16 submissions;
}

/// @title What validators could fetch, and the shard's key
/// @notice Each seated validator commits, then reveals, what it could not fetch whole: submissions, and the shard's ciphertext.
/// A submission does not count when seats that make at least half of all lack it, or when fewer than a third of the revealing
/// seats have it; so neither a third of the seats nor silence decides what counts. The key is published only when something
/// counts.
interface IAttestations {
    event AttestationCommitted(
        TaskId indexed taskId,
        RoundNumber indexed round,
        address indexed validator,
        uint8 attempt,
        uint16 seats,
        bytes32 commitment
    );
    event AttestationRevealed(
        TaskId indexed taskId,
        RoundNumber indexed round,
        address indexed validator,
        uint8 attempt,
        uint16 seats,
        bool ciphertextMissing,
        uint256[] missing
    );
    event KeyPublished(TaskId indexed taskId, RoundNumber indexed round, bytes32 key);

    /// @notice The validator is at another step of its attestation than this needs.
    error WrongAttestationStage(address validator, AttestationStage expected, AttestationStage actual);
    /// @notice An attestation has one word for each 256 submissions.
    error BitmapLength(uint256 expected, uint256 got);
    /// @notice An attestation names a submission that does not exist.
    error BitmapOutOfRange(uint256 bitmap, uint32 submissions);
    /// @notice The key of the round's shard is public already.
    error KeyAlreadyPublished();
    /// @notice Nothing can be scored: too few seats revealed what they could fetch, nothing counts, or the shard is missing.
    error NothingCounted(VoidReason reason);

    /// @param commitment `Commitments.attestationCommitment`.
    function commitAttestation(TaskId taskId, RoundNumber round, bytes32 commitment) external;
    /// @param missing Bit i of word w is set when submission 256·w + i could not be fetched whole; a word per 256 submissions.
    function revealAttestation(
        TaskId taskId,
        RoundNumber round,
        bool ciphertextMissing,
        uint256[] calldata missing,
        bytes32 salt
    ) external;
    /// @notice Anyone who knows the key may publish it: the creator's commitment makes it the creator's key.
    function publishKey(TaskId taskId, RoundNumber round, bytes32 key) external;

    function attestation(TaskId taskId, RoundNumber round, uint8 attempt, address validator)
        external
        view
        returns (Attestation memory);
    function attestationCounts(TaskId taskId, RoundNumber round, uint8 attempt)
        external
        view
        returns (AttestationCounts memory);
    /// @notice Which submissions count, a word per 256, as the present attempt has it: empty until its reveals have ended.
    function countedBitmap(TaskId taskId, RoundNumber round) external view returns (uint256[] memory);
    /// @notice Seats of an attempt that revealed a submission to be missing.
    function missingSeats(TaskId taskId, RoundNumber round, uint8 attempt, uint32 index) external view returns (uint16);
    /// @notice Why nothing can be scored of the present attempt, after its reveals; None when something can.
    function failure(TaskId taskId, RoundNumber round) external view returns (VoidReason);
    /// @notice 0 until it was published.
    function keyOf(TaskId taskId, RoundNumber round) external view returns (bytes32);
    /// @notice Whether a validator of the present attempt revealed exactly this, and lacked by it something that counts: then it
    /// need not commit a result.
    function excused(
        TaskId taskId,
        RoundNumber round,
        address validator,
        bool ciphertextMissing,
        uint256[] calldata missing
    ) external view returns (bool);
}
