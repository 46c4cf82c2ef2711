// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ContentProof, IKeyEscrow} from "../interfaces/IKeyEscrow.sol";
import {SealedFile} from "../interfaces/IModelMarket.sol";
import {PositionalTree} from "../types/PositionalTree.sol";
import {ChaCha20} from "./ChaCha20.sol";

/// @title Pieces of a sealed file, `covey.sealed/1`
/// @notice The plaintext is cut into chunks of 64 KiB, each ChaCha20-Poly1305 (RFC 8439) with the content key and a nonce of its own:
/// 11 bytes of its number, big-endian, and a byte that is 1 for the last (the STREAM of Hoang, Reyhanitabar, Rogaway and
/// Vizár 2015, as age has it). Pieces are 1 KiB of the plaintext, 64 a chunk; a cipher piece is the same range of the
/// chunk's ciphertext.
library SealedPieces {
    uint256 internal constant CHUNK_BYTES = 65_536;
    uint256 internal constant PIECE_BYTES = 1024;
    uint256 private constant PIECES_OF_A_CHUNK = CHUNK_BYTES / PIECE_BYTES;
    /// @dev ChaCha20 makes 64 bytes a block.
    uint256 private constant BLOCKS_OF_A_PIECE = PIECE_BYTES / 64;

    /// @notice Whether the proof shows that the key opens a piece to something else than its leaf. Reverts where it proves nothing.
    function differs(SealedFile memory file, ContentProof calldata p) internal pure returns (bool) {
        bytes32 keyHash = keccak256(abi.encodePacked(p.key));
        if (keyHash != file.keyHash) revert IKeyEscrow.OtherKey(file.keyHash, keyHash);
        bytes memory piece = p.cipherPiece;
        uint256 index = p.index;
        uint256 count = (uint256(file.size) + PIECE_BYTES - 1) / PIECE_BYTES;
        if (index >= count || piece.length != _lengthOf(index, count, file.size)) {
            revert IKeyEscrow.InvalidPiece(index, piece.length);
        }
        bytes32 root = PositionalTree.rootFrom(PositionalTree.leafOf(piece), index, count, p.cipherPath);
        if (root != file.cipherRoot) revert IKeyEscrow.InvalidPath(file.cipherRoot, root);
        root = PositionalTree.rootFrom(p.plainLeaf, index, count, p.plainPath);
        if (root != file.plainRoot) revert IKeyEscrow.InvalidPath(file.plainRoot, root);
        return PositionalTree.leafOf(opened(p.key, index, file.size, piece)) != p.plainLeaf;
    }

    /// @notice The plaintext of a piece, or the ciphertext of its plaintext.
    function opened(bytes32 key, uint256 index, uint256 size, bytes memory piece) internal pure returns (bytes memory) {
        uint256 chunk = index / PIECES_OF_A_CHUNK;
        uint256 last = (size - 1) / CHUNK_BYTES;
        // Safe narrowings: a chunk's number has less than 64 bits, its blocks are 1,024 and the one of the tag's key.
        bytes12 nonce = bytes12(uint96(chunk << 8 | (chunk == last ? 1 : 0)));
        uint32 counter = uint32(1 + index % PIECES_OF_A_CHUNK * BLOCKS_OF_A_PIECE);
        return ChaCha20.xored(key, nonce, counter, piece);
    }

    function _lengthOf(uint256 index, uint256 count, uint256 size) private pure returns (uint256) {
        return index + 1 == count ? size - index * PIECE_BYTES : PIECE_BYTES;
    }
}
