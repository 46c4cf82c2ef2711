// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IResults} from "../interfaces/IResults.sol";
import {SubmissionCounts} from "../interfaces/ISubmissions.sol";
import {CODEC_DAG_PB, CODEC_RAW} from "../types/Codecs.sol";
import {ResultSummary} from "../types/Types.sol";

/// @title Which summaries a round could have
/// @notice Not whether one is right, which only recomputing shows: whether later steps can handle it. So no agreement
/// and no ruling can lock a round's pool behind an overflow.
library Summaries {
    /// @dev Bytes of an encoded summary: ten words.
    uint256 private constant LENGTH = 320;
    /// @dev All of the trainers' part.
    uint256 private constant ALL = 1e18;

    /// @dev Each claimant revealed and so has a seat, which it alone has. A rank weight is below 2^60 a seat; contributions
    /// are sums that the core keeps below 2^64 an update: together, of at most 1,024, far below 2^160. Whether a claimant's
    /// leaf fits its root is checked when it claims, and so is whether all that claim fit the ratio: leaves, root, sums and
    /// ratio are parts of one result, and who revealed or challenged with it answers for all of them alike.
    function requireValid(ResultSummary calldata s, SubmissionCounts memory counts) internal pure {
        bool nobody = s.claimants == 0;
        if (s.claimants > counts.revealed) revert IResults.InvalidSummary("claimants");
        if (s.paidSeats > counts.revealedSeats || s.paidSeats < s.claimants || (nobody && s.paidSeats != 0)) {
            revert IResults.InvalidSummary("paidSeats");
        }
        if (s.sumWeights > type(uint160).max || (s.sumWeights == 0) != nobody) {
            revert IResults.InvalidSummary("sumWeights");
        }
        if (s.trainersRatio > ALL || (s.trainersRatio == 0) != nobody) {
            revert IResults.InvalidSummary("trainersRatio");
        }
        if (s.model.codec != CODEC_RAW && s.model.codec != CODEC_DAG_PB) revert IResults.InvalidSummary("model");
        if (s.shardInvalid && !nobody) revert IResults.InvalidSummary("shardInvalid");
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
