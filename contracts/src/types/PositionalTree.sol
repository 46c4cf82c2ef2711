// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title A Merkle tree in which places can be proven
/// @notice Leaves stand in their order, in the shape of RFC 6962 (section 2.1): the left half of n leaves is the largest
/// power of two below n. Prefixes keep leaf, node and root apart, and the root holds the number of leaves:
///
///     leaf = keccak256(0x00 ‖ bytes)     node = keccak256(0x01 ‖ left ‖ right)
///     root = keccak256(0x02 ‖ uint64 number of leaves ‖ top)
///
/// The same as `positional-tree.ts` of the protocol.
library PositionalTree {
    function leafOf(bytes memory content) internal pure returns (bytes32) {
        return keccak256(bytes.concat(bytes1(0x00), content));
    }

    /// @notice The root to which `path` leads from a leaf's place; 0, which is none, where the path is not as long as the place's.
    /// @param index Below `count`, which is below 2^64.
    /// @param path Hashes beside the way up, the lowest first.
    function rootFrom(bytes32 leaf, uint256 index, uint256 count, bytes32[] calldata path)
        internal
        pure
        returns (bytes32)
    {
        uint256 used;
        bytes32 top = leaf;
        for (uint256 width = count; width > 1; (index, width) = (index / 2, (width + 1) / 2)) {
            // What has nothing to its right moves up as it is.
            if (index % 2 == 0 && index + 1 == width) continue;
            if (used == path.length) return bytes32(0);
            bytes32 beside = path[used++];
            top = index % 2 == 1
                ? keccak256(abi.encodePacked(bytes1(0x01), beside, top))
                : keccak256(abi.encodePacked(bytes1(0x01), top, beside));
        }
        if (used != path.length) return bytes32(0);
        return keccak256(abi.encodePacked(bytes1(0x02), uint64(count), top));
    }
}
