// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {RoundNumber, TaskId} from "./Ids.sol";
import {Cid} from "./Types.sol";

/// @title What is committed before it is revealed
/// @notice A commitment names its task, its round and its author, so that nobody's fits anywhere else.
/// @dev Each function is keccak256(abi.encode(its parameters in their order)): `scripts/abi.ts` reads them off the source
/// for `contracts/abi/structs.ts`, by which clients hash.
library Commitments {
    /// @param parameterRoot keccak256 Merkle root over the file in chunks of 1 KiB.
    function submissionCommitment(
        TaskId taskId,
        RoundNumber round,
        address node,
        Cid calldata cid,
        bytes32 parameterRoot,
        bytes32 salt
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(taskId, round, node, cid, parameterRoot, salt));
    }

    /// @param attempt How often the round had been repeated.
    /// @param missing Bit i of word w is set when submission 256·w + i could not be fetched whole.
    function attestationCommitment(
        TaskId taskId,
        RoundNumber round,
        uint8 attempt,
        address validator,
        bool ciphertextMissing,
        uint256[] calldata missing,
        bytes32 salt
    ) internal pure returns (bytes32) {
        return keccak256(abi.encode(taskId, round, attempt, validator, ciphertextMissing, missing, salt));
    }

    /// @notice What stays on chain of a revealed attestation.
    function attestationHash(bool ciphertextMissing, uint256[] calldata missing) internal pure returns (bytes32) {
        return keccak256(abi.encode(ciphertextMissing, missing));
    }

    function resultCommitment(TaskId taskId, RoundNumber round, address validator, bytes32 resultHash, bytes32 salt)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(taskId, round, validator, resultHash, salt));
    }

    function challengeCommitment(TaskId taskId, RoundNumber round, address challenger, bytes32 resultHash, bytes32 salt)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(taskId, round, challenger, resultHash, salt));
    }

    function keyCommitment(bytes32 key) internal pure returns (bytes32) {
        return keccak256(abi.encode(key));
    }
}
