// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @dev Roots and paths of `PositionalTree` over leaves (hashes) that are all there, level by level.
library PositionalProof {
    function root(bytes32[] memory leaves) internal pure returns (bytes32) {
        uint64 count = uint64(leaves.length);
        while (leaves.length > 1) leaves = _up(leaves);
        return keccak256(abi.encodePacked(bytes1(0x02), count, leaves[0]));
    }

    function path(bytes32[] memory leaves, uint256 place) internal pure returns (bytes32[] memory short) {
        bytes32[] memory full = new bytes32[](64);
        uint256 length;
        for (; leaves.length > 1; place /= 2) {
            if (place ^ 1 < leaves.length) full[length++] = leaves[place ^ 1];
            leaves = _up(leaves);
        }
        short = new bytes32[](length);
        for (uint256 i; i < length; ++i) {
            short[i] = full[i];
        }
    }

    function _up(bytes32[] memory level) private pure returns (bytes32[] memory next) {
        next = new bytes32[]((level.length + 1) / 2);
        for (uint256 i; i < next.length; ++i) {
            next[i] = 2 * i + 1 == level.length
                ? level[2 * i]
                : keccak256(abi.encodePacked(bytes1(0x01), level[2 * i], level[2 * i + 1]));
        }
    }
}
