// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {MerkleProof} from "@openzeppelin/contracts/utils/cryptography/MerkleProof.sol";
import {TrainerLeaf} from "../interfaces/IRewardDistributor.sol";

/// @title The Merkle tree of a result document's claims
/// @notice OpenZeppelin's standard tree: leaves are hashed twice, so that an inner node can never pass for a leaf.
library ClaimTree {
    function verify(bytes32[] calldata proof, bytes32 root, TrainerLeaf calldata leaf) internal pure returns (bool) {
        bytes32 hash = keccak256(bytes.concat(keccak256(abi.encode(leaf.index, leaf.node, leaf.weight))));
        return MerkleProof.verifyCalldata(proof, root, hash);
    }
}
