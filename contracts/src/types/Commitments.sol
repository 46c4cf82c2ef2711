// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Cid} from "./Types.sol";

/// @title What is committed before it is revealed
/// @notice A commitment names its task, its round and its author, so that nobody's fits anywhere else.
/// @dev Each function is keccak256(abi.encode(its parameters in their order)): `scripts/abi.ts` reads them off the source
/// for `contracts/abi/structs.ts`, by which clients hash.
library Commitments {
    function submissionCommitment(uint256 taskId, uint32 round, address node, Cid calldata cid, bytes32 salt)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(taskId, round, node, cid, salt));
    }

    function resultCommitment(uint256 taskId, uint32 round, address validator, bytes32 resultHash, bytes32 salt)
        internal
        pure
        returns (bytes32)
    {
        return keccak256(abi.encode(taskId, round, validator, resultHash, salt));
    }

    function keyCommitment(bytes32 key) internal pure returns (bytes32) {
        return keccak256(abi.encode(key));
    }
}
