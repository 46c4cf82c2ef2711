// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice What a round may spend: `units` of funders, `common` of the task.
struct RoundPool {
    uint256 units;
    uint256 common;
}

/// @notice What may be lost when the round's verdict or its key turns out to be false.
/// @param behind Effective stake of the validators on the accepted result, each once.
/// @param creation The creator's stake as read at the opening.
struct SecuringStake {
    uint256 behind;
    uint256 creation;
}

/// @notice Numbers of the round's policy, scaled by 1e18.
struct SecurityRatios {
    uint256 security;
    uint256 creation;
}

/// @notice fee + trainers + validators = secured.
struct RoundParts {
    uint256 fee;
    uint256 trainers;
    uint256 validators;
}

/// @title The arithmetic of a round's settlement
/// @notice Amounts in wei, ratios scaled by 1e18; every division rounds down, so that parts never exceed their whole. A part
/// depends on the participant's own seats and, among trainers, on the score; never on whether somebody of the other role
/// or a silent validator is there: what those would have earned is nobody's, and carried.
/// @dev Bounds: the token's supply is 1e27 < 2^90 wei, ratios are at most 2^60, seats below 2^16. Amount · ratio < 2^150;
/// products of three go through `mulDiv`.
library RoundSettlement {
    uint256 internal constant ONE = 1e18;

    /// @notice Where ranking is by contribution, a trainer gets at most so many times its seats' share.
    uint256 internal constant CONTRIBUTION_CAP = 3;

    /// @notice Delegated stake as it counts.
    function counted(uint256 delegated, uint256 delegationWeight) internal pure returns (uint256) {
        // Rounds down: never more than its weight.
        return delegated * delegationWeight / ONE;
    }

    /// @notice The most that the round pays, fee included: no more than its verdict can lose, and of the funders' part no
    /// more than its key can. At most the pool.
    function secured(RoundPool memory pool, SecuringStake memory stake, SecurityRatios memory ratios)
        internal
        pure
        returns (uint256)
    {
        // Both round down: towards paying less than what is at stake.
        uint256 byVerdict = stake.behind * ratios.security / ONE;
        uint256 byKey = stake.creation * ratios.creation / ONE;
        return Math.min(byVerdict, Math.min(pool.units, byKey) + pool.common);
    }

    /// @notice Splits what is secured. The split does not depend on who is there.
    function parts(uint256 secured_, uint256 roundFee, uint256 trainerShare)
        internal
        pure
        returns (RoundParts memory p)
    {
        p.fee = secured_ * roundFee / ONE;
        uint256 rest = secured_ - p.fee;
        p.trainers = rest * trainerShare / ONE;
        // What remains: at most one wei more than its share.
        p.validators = rest - p.trainers;
    }

    /// @notice A validator on the accepted result gets its seats' share of all seats, drawn or not.
    /// @dev Rounds down, and Σ seats ≤ validatorSeats: together at most the part.
    function validatorTotal(uint256 validatorsPart, uint256 seats, uint256 validatorSeats)
        internal
        pure
        returns (uint256)
    {
        return validatorsPart * seats / validatorSeats;
    }

    /// @notice The weights of `seats` consecutive ranks, of which the first weighs `weight`.
    /// @return sum Σ weight·q^i over i < seats, floored at each multiplication.
    /// @return next The weight of the rank after them.
    function span(uint256 weight, uint256 seats, uint256 rankRatio) internal pure returns (uint256 sum, uint256 next) {
        for (; seats != 0; --seats) {
            sum += weight;
            // Below 2^60 · 2^60.
            weight = weight * rankRatio / ONE;
        }
        return (sum, weight);
    }

    /// @notice W: the weights of all ranks of a round, taken or not.
    function allRanks(uint256 trainerSeats, uint256 rankRatio) internal pure returns (uint256 sum) {
        (sum,) = span(ONE, trainerSeats, rankRatio);
    }

    /// @notice What one of several equal scores has of the weights that they span together, by seats.
    /// @dev Rounds down: equals together never weigh more than their ranks.
    function tied(uint256 spanned, uint256 seats, uint256 spannedSeats) internal pure returns (uint256) {
        return spanned * seats / spannedSeats;
    }

    /// @notice A trainer's total where ranking is by loss.
    /// @param weights W. It does not shrink when ranks stay empty, so nobody gains by another's absence.
    function trainerByRank(uint256 trainersPart, uint256 weight, uint256 weights) internal pure returns (uint256) {
        return Math.mulDiv(trainersPart, weight, weights);
    }

    /// @notice A trainer's total where ranking is by contribution.
    /// @param contribution Positive, like all that `contributions` sums.
    function trainerByContribution(
        uint256 trainersPart,
        uint256 contribution,
        uint256 contributions,
        uint256 seats,
        uint256 trainerSeats
    ) internal pure returns (uint256) {
        return Math.min(
            Math.mulDiv(trainersPart, contribution, contributions),
            trainersPart * CONTRIBUTION_CAP * seats / trainerSeats
        );
    }

    /// @notice What all claims of trainers take together at most, by their ratio in the accepted summary.
    /// @dev Each leaf's part of the ratio is rounded up and each claim down: claims · 1e18 ≤ part · ratio, so that the
    /// quotient, rounded down, is enough for all of them. It exceeds them by at most a wei and 1e-18 of the part for each
    /// claimant.
    function trainersMost(uint256 trainersPart, uint256 trainersRatio) internal pure returns (uint256) {
        return trainersPart * trainersRatio / ONE;
    }

    /// @notice The delegators' part of a node's total; the node gets the rest, and so what rounding leaves.
    /// @param delegatedCounted Delegated stake as it counts (see `counted`).
    function delegatorsPart(uint256 total, uint256 own, uint256 delegatedCounted, uint256 commission)
        internal
        pure
        returns (uint256)
    {
        if (delegatedCounted == 0) return 0;
        // Below 2^180 and 2^151.
        return Math.mulDiv(total * delegatedCounted, ONE - commission, (own + delegatedCounted) * ONE);
    }

    /// @notice The part of a trainer's own pay that is paid at once; the rest vests.
    function unlocked(uint256 nodePart, uint256 unlockRatio) internal pure returns (uint256) {
        return nodePart * unlockRatio / ONE;
    }
}
