// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Seats drawn by stake, each within its own step
/// @notice Candidates of a role lie end to end on a line of length S = Σ effective stake, in the order of joining. The line
/// has k steps of S/k; seat j is the point ⌊(j·2^64 + u_j)·S / (k·2^64)⌋ of step j, u_j being 64 random bits of its own.
/// A candidate has the seats whose points lie in its interval [end − length, end). Stratified sampling (W. G. Cochran,
/// "Sampling Techniques", 1977, chapter 5): expected seats are exactly k·length/S up to the rounding of one wei, however a
/// stake is split over identities or placed on the line; with one random start for all points, identities spaced one step
/// apart won or lost all seats together.
library Seats {
    uint256 internal constant TRAINERS = 0;
    uint256 internal constant VALIDATORS = 1;

    /// @notice Seats of the interval [end − length, end).
    /// @param total S in wei, above 0 and below 2^128; `end` is at most S, `length` at most `end`.
    /// @param seats k, above 0 and below 2^32.
    function inInterval(uint256 end, uint256 length, uint256 total, uint256 seats, uint256 role, bytes32 seed)
        internal
        pure
        returns (uint256)
    {
        return pointsBelow(end, total, seats, role, seed) - pointsBelow(end - length, total, seats, role, seed);
    }

    /// @notice How many of the k points lie below x.
    /// @dev Points ascend, since each is in its own step: those of the steps that end at or before x lie below it, those of
    /// the steps that begin at or after x do not, and only the point of the step that x is in must be computed. With
    /// j = ⌊x·k/S⌋: the point of step i is below (i + 1)·S/k, so for i < j it is below j·S/k ≤ x; and the point of step
    /// i > j is at least ⌊i·S/k⌋ ≥ x, as i·S/k ≥ (j + 1)·S/k > x and x is whole.
    function pointsBelow(uint256 x, uint256 total, uint256 seats, uint256 role, bytes32 seed)
        internal
        pure
        returns (uint256 step)
    {
        step = x * seats / total;
        if (step < seats && point(step, total, seats, role, seed) < x) ++step;
    }

    /// @notice Where seat `j` lies, in wei from the line's beginning.
    /// @dev Below 2^32 · 2^64 · 2^128: no overflow.
    function point(uint256 j, uint256 total, uint256 seats, uint256 role, bytes32 seed)
        internal
        pure
        returns (uint256)
    {
        uint256 u = uint256(keccak256(abi.encode(seed, role, j))) >> 192;
        return ((j << 64) + u) * total / (seats << 64);
    }
}
