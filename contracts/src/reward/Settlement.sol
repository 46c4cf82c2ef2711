// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {StakeSnapshot} from "../types/Types.sol";

/// @title The arithmetic of a round's settlement
/// @notice Integers only: amounts in wei, ratios scaled by 1e18. Every division rounds down, so that the parts never
/// exceed the whole; what rounding leaves is carried back to the task's budget.
library Settlement {
    uint256 internal constant ONE = 1e18;

    /// @notice Own stake plus what counts of the delegated stake.
    function effectiveStake(StakeSnapshot memory stake, uint256 delegationWeight) internal pure returns (uint256) {
        // Rounds down: delegated stake never counts for more than its weight.
        return stake.own + uint256(stake.delegated) * delegationWeight / ONE;
    }

    /// @notice floor(s^(k/4)) for k in 0…4 and s below 2^128.
    /// @dev Equal to isqrt(isqrt(s^k)), for nested integer roots floor like the fourth root itself.
    function stakePower(uint256 s, uint256 k) internal pure returns (uint256) {
        if (k == 0) return 1;
        if (k == 1) return Math.sqrt(Math.sqrt(s));
        if (k == 2) return Math.sqrt(s);
        if (k == 3) return _threeQuarters(s);
        return s;
    }

    /// @notice The trainers' part of a round's pool; validators get the rest.
    /// @param trainersStake Own stake of those with a valid submission (T).
    /// @param validatorsStake Own stake of those on the accepted result (V).
    /// @return floor(pool·(γ(T+V) + (1−2γ)T)/(T+V)); 0 when nobody qualifies.
    function trainersPool(uint256 pool, uint256 gamma, uint256 trainersStake, uint256 validatorsStake)
        internal
        pure
        returns (uint256)
    {
        uint256 both = trainersStake + validatorsStake;
        if (both == 0) return 0;
        return Math.mulDiv(pool, gamma * both + (ONE - 2 * gamma) * trainersStake, both * ONE);
    }

    /// @notice A node's part of its role's pool: floor(rolePool·weight/sum), 0 where there is no weight at all. With the
    /// weights of effective stakes it is the node's total; with those of own stakes what it would earn were nobody's
    /// stake delegated.
    function part(uint256 rolePool, uint256 weight, uint256 sum) internal pure returns (uint256) {
        return sum == 0 ? 0 : Math.mulDiv(rolePool, weight, sum);
    }

    /// @notice The delegators' part of a node's total: floor(max(total − alone, 0)·(1 − commission)). The node gets the
    /// rest, so that taking delegation never lowers its pay.
    function delegatorsPart(uint256 total, uint256 alone, uint256 commission) internal pure returns (uint256) {
        return total > alone ? (total - alone) * (ONE - commission) / ONE : 0;
    }

    /// @notice The part of a training node's pay that is paid at once; the rest vests.
    function unlocked(uint256 nodePart, uint256 unlockRatio) internal pure returns (uint256) {
        return nodePart * unlockRatio / ONE;
    }

    /// @dev floor(s^(3/4)). s^3 passes 2^256 from s = 2^85.3 (4.8e25 wei, within the token's cap), so large s search
    /// for the greatest x with x^4 <= s^3 by 512-bit comparison.
    function _threeQuarters(uint256 s) private pure returns (uint256) {
        if (s < 1 << 85) return Math.sqrt(Math.sqrt(s * s * s));
        (uint256 cubeHigh, uint256 cubeLow) = Math.mul512(s * s, s);
        // sqrt(s·isqrt(s)) is low by less than s^(1/4)/2 + 2, since isqrt(s) is low by less than 1.
        uint256 low = Math.sqrt(s * Math.sqrt(s));
        uint256 high = low + Math.sqrt(Math.sqrt(s)) + 2;
        while (low < high) {
            uint256 middle = (low + high + 1) / 2;
            (uint256 fourthHigh, uint256 fourthLow) = Math.mul512(middle * middle, middle * middle);
            if (fourthHigh < cubeHigh || (fourthHigh == cubeHigh && fourthLow <= cubeLow)) low = middle;
            else high = middle - 1;
        }
        return low;
    }
}
