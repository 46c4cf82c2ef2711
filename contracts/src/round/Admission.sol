// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {IRoundManager} from "../interfaces/IRoundManager.sol";

/// @title Who a task admits as training nodes
/// @notice OpenZeppelin's standard Merkle tree over (address node): leaves are hashed twice.
library Admission {
    /// @param root 0 admits everybody.
    function check(bytes32 root, address node, bytes32[] calldata proof) internal pure {
        if (root == bytes32(0)) return;
        bytes32 leaf = keccak256(bytes.concat(keccak256(abi.encode(node))));
        if (!MerkleProof.verifyCalldata(proof, root, leaf)) revert IRoundManager.NotAdmitted(node, root);
    }
}
