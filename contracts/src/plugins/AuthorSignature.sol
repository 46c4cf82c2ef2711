// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ISnapshotVoting} from "./ISnapshotVoting.sol";
import {VoteSignature} from "./VoteSignature.sol";

/// @title Whose proposal it is
/// @notice A proposal binds under its author's name, so its author has to send it or to have signed it: else anybody could have
/// the DAO vote on words that were never said. Wallets (ERC-1271) are asked as those of voters are.
library AuthorSignature {
    /// @param digest EIP-712 digest of the proposal.
    /// @param signature 65 bytes, or 64 by EIP-2098; of a wallet whatever it takes, nothing for what it approved on chain.
    function check(address author, bytes32 digest, bytes calldata signature) internal view {
        if (msg.sender == author || _signed(author, digest, signature)) return;
        bool asked = author.code.length != 0;
        uint256 position;
        assembly ("memory-safe") {
            position := signature.offset
        }
        if (!asked || !VoteSignature.byWallet(author, digest, position, signature.length)) {
            revert ISnapshotVoting.NotByAuthor(author, msg.sender);
        }
    }

    function _signed(address author, bytes32 digest, bytes calldata signature) private pure returns (bool) {
        bytes32 r;
        bytes32 s;
        uint8 v;
        if (signature.length == 65) {
            (r, s, v) = (bytes32(signature[:32]), bytes32(signature[32:64]), uint8(signature[64]));
        } else if (signature.length == 64) {
            bytes32 vs = bytes32(signature[32:]);
            // The highest bit is the parity (EIP-2098).
            (r, s, v) = (bytes32(signature[:32]), vs << 1 >> 1, 27 + uint8(uint256(vs) >> 255));
        } else {
            return false;
        }
        // An id is registered once, so that a second signature of the same words, which the curve allows, is good for nothing.
        address signer = ecrecover(digest, v, r, s);
        return signer != address(0) && signer == author;
    }
}
