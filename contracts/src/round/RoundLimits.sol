// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title What no vote changes about rounds
library RoundLimits {
    /// @notice How often the validators of one round are drawn at most.
    uint256 internal constant MAX_ATTEMPTS = 3;

    /// @notice Bounds the loop over bonds.
    uint256 internal constant MAX_CHALLENGES = 16;
}
