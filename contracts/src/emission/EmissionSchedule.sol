// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title How much a day may emit
/// @notice Amounts in wei, ratios scaled by 1e18; every division rounds down.
/// In period n of p days a day is scheduled as E·d^n, so that all days add up to E·p/(1 − d). What the community share
/// has left, R, bounds it: a period that began with R' and has emitted R'·(1 − d)/p on each of j days has
/// R = R'·(p − j·(1 − d))/p left, so "(1 − d)/p of what the period began with" reads R·(1 − d)/(p − j·(1 − d)). Then
///  - under any policy, however it changes, no day exceeds R (j < p makes the fraction at most 1);
///  - a schedule that fits (E·p/(1 − d) ≤ R at the start) is never cut: if R' ≥ p·E/(1 − d) at the start of a period, then
///    R'− j·E ≥ E·(p − j·(1 − d))/(1 − d), so each of its bounds is at least E; and R' − p·E ≥ p·(d·E)/(1 − d), which is
///    the same condition for the next period. Days that emit less than they may leave more.
library EmissionSchedule {
    uint256 internal constant ONE = 1e18;

    /// @param day Whole days since emission began.
    /// @param remaining Wei of the community share not minted yet.
    /// @param daily E, wei a day in the first period.
    /// @param decay d, what remains of the amount from one period to the next; below 1e18.
    /// @param period p, days in a period; at least 1.
    function amount(uint256 day, uint256 remaining, uint256 daily, uint256 decay, uint256 period)
        internal
        pure
        returns (uint256)
    {
        uint256 scheduled = daily * power(decay, day / period) / ONE;
        uint256 lost = ONE - decay;
        return Math.min(scheduled, remaining * lost / (period * ONE - (day % period) * lost));
    }

    /// @notice ratio^exponent by squaring, low bits first, floored at each multiplication: at most 2·log2(exponent) + 1 of
    /// them. 0^0 is 1.
    function power(uint256 ratio, uint256 exponent) internal pure returns (uint256 result) {
        result = ONE;
        while (exponent != 0) {
            if (exponent & 1 == 1) result = result * ratio / ONE;
            exponent >>= 1;
            if (exponent != 0) ratio = ratio * ratio / ONE;
        }
    }
}
