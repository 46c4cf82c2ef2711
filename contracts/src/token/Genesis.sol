// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title Who gets what of the one billion, and how fast it unlocks
/// @notice Wei and seconds. The community's 47 % is not here: only the emission mints it, as rounds earn it. What is liquid at
/// genesis is taken out of the ecosystem's share. Reasons: docs/decisions, genesis schedule.
library Genesis {
    uint256 internal constant CAP = 1_000_000_000e18;
    /// @dev 47 %.
    uint256 internal constant COMMUNITY = 470_000_000e18;
    /// @dev 17 %, over four years.
    uint256 internal constant TEAM = 170_000_000e18;
    uint64 internal constant TEAM_DURATION = 4 * 365 days;
    /// @dev 16.3 %, over three years.
    uint256 internal constant INVESTORS = 163_000_000e18;
    uint64 internal constant INVESTORS_DURATION = 3 * 365 days;
    /// @dev 19.7 %: 12.8 % liquid and 6.9 % over five years.
    uint256 internal constant LIQUID = 128_000_000e18;
    uint256 internal constant ECOSYSTEM_VESTING = 69_000_000e18;
    uint64 internal constant ECOSYSTEM_DURATION = 5 * 365 days;
}
