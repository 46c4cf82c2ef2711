// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";

/// @dev A tree of sorted pairs over double-hashed leaves; an odd node at the end of a layer moves up as it is.
library Merkle {
    function leafHash(TrainerLeaf memory l) internal pure returns (bytes32) {
        return keccak256(bytes.concat(keccak256(abi.encode(l.index, l.node, l.weight))));
    }

    function root(TrainerLeaf[] memory leaves) internal pure returns (bytes32) {
        if (leaves.length == 0) return bytes32(0);
        bytes32[] memory layer = _hashes(leaves);
        while (layer.length > 1) layer = _up(layer);
        return layer[0];
    }

    function proof(TrainerLeaf[] memory leaves, uint256 position) internal pure returns (bytes32[] memory path) {
        bytes32[] memory layer = _hashes(leaves);
        bytes32[] memory full = new bytes32[](16);
        uint256 length;
        while (layer.length > 1) {
            uint256 sibling = position ^ 1;
            if (sibling < layer.length) full[length++] = layer[sibling];
            position /= 2;
            layer = _up(layer);
        }
        path = new bytes32[](length);
        for (uint256 i; i < length; ++i) {
            path[i] = full[i];
        }
    }

    function _hashes(TrainerLeaf[] memory leaves) private pure returns (bytes32[] memory layer) {
        layer = new bytes32[](leaves.length);
        for (uint256 i; i < leaves.length; ++i) {
            layer[i] = leafHash(leaves[i]);
        }
    }

    function _up(bytes32[] memory layer) private pure returns (bytes32[] memory next) {
        next = new bytes32[]((layer.length + 1) / 2);
        for (uint256 i; i < next.length; ++i) {
            if (2 * i + 1 == layer.length) {
                next[i] = layer[2 * i];
            } else {
                (bytes32 a, bytes32 b) = (layer[2 * i], layer[2 * i + 1]);
                next[i] = a < b ? keccak256(abi.encode(a, b)) : keccak256(abi.encode(b, a));
            }
        }
    }
}
