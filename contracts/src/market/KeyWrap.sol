// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Bls12381} from "../beacon/Bls12381.sol";
import {KeyProof} from "../interfaces/IKeyEscrow.sol";

/// @title A key wrapped for one order, and the proof of which point it was wrapped with
/// @notice Diffie and Hellman's exchange in G1 of BLS12-381: the buyer's P = b·G, the seller's R = r·G, and S = r·P = b·R that both
/// know. Each hash names the chain, the contract and the order, so that nothing of one order says anything of another.
library KeyWrap {
    bytes32 internal constant WRAP = "covey.wrap/1";
    bytes32 internal constant DLEQ = "covey.dleq/1";

    /// @notice Wraps and unwraps: both are the same.
    function unwrapped(uint256 orderId, bytes32 wrapped, bytes memory shared) internal view returns (bytes32) {
        return wrapped ^ keccak256(abi.encode(WRAP, block.chainid, address(this), orderId, shared));
    }

    /// @notice Whether the proof shows that one b has P = b·G and S = b·R. Public key and point have been checked to be points
    /// (and not infinity) when they were brought; a shared point that is none of the subgroup reverts.
    /// @dev Sound: for another S there is at most one challenge (of 2^254.9) that A1 and A2 can answer, and the hash that
    /// chooses it has taken them, P, R and S in.
    function proves(uint256 orderId, KeyProof calldata p) internal view returns (bool) {
        uint256 negated = Bls12381.GROUP_ORDER - p.challenge % Bls12381.GROUP_ORDER;
        bytes memory a1 = Bls12381.combine(Bls12381.G1_GENERATOR, p.response, p.publicKey, negated);
        bytes memory a2 = Bls12381.combine(p.point, p.response, p.shared, negated);
        bytes32 hash =
            keccak256(abi.encode(DLEQ, block.chainid, address(this), orderId, p.publicKey, p.point, p.shared, a1, a2));
        return uint256(hash) % Bls12381.GROUP_ORDER == p.challenge;
    }
}
