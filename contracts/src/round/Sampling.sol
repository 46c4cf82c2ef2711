// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Seats by systematic sampling proportional to stake
/// @notice W. G. Madow, "On the theory of systematic sampling, II" (1949): candidates lie end to end on a line of length
/// S = Σ stake; one random start o in [0, S) fixes k points at equal distances S/k, and every point is a seat of whose
/// interval it falls into. A candidate's expected seats are exactly k·stake/S, and it gets that number rounded down or
/// up, never less and never more. Points and intervals are compared multiplied by k, so nothing is rounded.
library Sampling {
    /// @dev Ethereum keeps the hashes of this many last blocks.
    uint256 internal constant BLOCK_HASHES = 256;

    /// @notice Seats of the interval [end − length, end).
    /// @param total S in wei, above 0 and below 2^128; `offset` below it, `seats` below 2^128.
    function seatsOf(uint256 end, uint256 length, uint256 offset, uint256 total, uint256 seats)
        internal
        pure
        returns (uint256)
    {
        return _pointsBelow(end, offset, total, seats) - _pointsBelow(end - length, offset, total, seats);
    }

    /// @dev Point j lies at (j·S + o)/k, so it lies below x when j < (x·k − o)/S: rounding up counts those j from 0.
    /// At x = S these are k, since 0 <= o < S.
    function _pointsBelow(uint256 x, uint256 offset, uint256 total, uint256 seats) private pure returns (uint256) {
        uint256 scaled = x * seats;
        return scaled <= offset ? 0 : Math.ceilDiv(scaled - offset, total);
    }

    /// @notice Seed of a draw whose block is known.
    /// @dev The hash of a block that was not yet built when the draw was scheduled. Its builder alone can discard the block
    /// (and its reward) for another try. PREVRANDAO (EIP-4399) has the same limit, and cannot be read for a past block, so
    /// who calls could choose the moment: therefore the hash of one block that was fixed before. 0 when the chain no
    /// longer (or not yet) knows the hash.
    function seedOf(uint256 drawBlock, uint256 taskId, uint32 round) internal view returns (bytes32) {
        bytes32 hash = blockhash(drawBlock);
        return hash == bytes32(0) ? hash : keccak256(abi.encode(hash, taskId, round));
    }
}
