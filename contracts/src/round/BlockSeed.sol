// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Seed of a draw from the hash of one block that was fixed before it was built
/// @notice The block's builder alone can discard it (and its reward) for another try. PREVRANDAO (EIP-4399) has the same
/// limit, and cannot be read for a past block, so who calls could choose the moment.
library BlockSeed {
    /// @dev Ethereum keeps the hashes of this many last blocks.
    uint256 internal constant BLOCK_HASHES = 256;

    /// @notice Bound to chain, contract, task and round, so that no two draws ever share a seed. 0 when the chain no longer
    /// (or not yet) knows the hash.
    function seedOf(uint256 drawBlock, uint256 taskId, uint32 round) internal view returns (bytes32) {
        bytes32 hash = blockhash(drawBlock);
        if (hash == bytes32(0)) return hash;
        return keccak256(abi.encode(hash, block.chainid, address(this), taskId, round));
    }
}
