// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IRoundManager} from "../interfaces/IRoundManager.sol";
import {CODEC_DAG_PB, CODEC_RAW} from "../types/Codecs.sol";
import {ResultSummary} from "../types/Types.sol";

/// @title Which summaries a round could have
/// @notice Not whether one is right, which only recomputing shows: whether later steps can handle it. So no agreement
/// and no ruling can lock a round's pool behind an overflow.
library Summaries {
    /// @dev Bytes of an encoded summary: nine words.
    uint256 private constant LENGTH = 288;

    /// @dev Stakes are below 2^96 wei (the token's cap is below 2^90). A weight is a rank weight of at most 1e18 < 2^60
    /// times a stake power, and there are at most 1024 of them: sums stay below 2^160. With delegation a stake power
    /// only grows. Whether a claimant's leaf fits its root is checked when it claims.
    function requireValid(ResultSummary calldata s, uint256 submissions) internal pure {
        if (s.claimants > submissions) revert IRoundManager.InvalidSummary("claimants");
        if (s.qualifyingOwnStake > type(uint96).max) revert IRoundManager.InvalidSummary("qualifyingOwnStake");
        if (s.sumWeights > type(uint160).max || (s.sumWeights == 0) != (s.claimants == 0)) {
            revert IRoundManager.InvalidSummary("sumWeights");
        }
        if (s.sumOwnWeights > s.sumWeights) revert IRoundManager.InvalidSummary("sumOwnWeights");
        if (s.model.codec != CODEC_RAW && s.model.codec != CODEC_DAG_PB) revert IRoundManager.InvalidSummary("model");
        if (s.shardInvalid && (s.claimants != 0 || s.qualifyingOwnStake != 0)) {
            revert IRoundManager.InvalidSummary("shardInvalid");
        }
    }

    /// @notice keccak256(abi.encode(s)).
    /// @dev The struct has no dynamic part, so that its calldata is its encoding. Reading its narrow fields (`requireValid`
    /// does, of all of them) refuses calldata with dirty bits, so no two hashes stand for the same summary.
    function hash(ResultSummary calldata s) internal pure returns (bytes32 result) {
        assembly ("memory-safe") {
            let free := mload(0x40)
            calldatacopy(free, s, LENGTH)
            result := keccak256(free, LENGTH)
        }
    }
}
