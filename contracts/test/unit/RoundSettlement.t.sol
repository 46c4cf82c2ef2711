// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {Test} from "forge-std/Test.sol";
import {
    RoundParts,
    RoundPool,
    RoundSettlement,
    SecuringStake,
    SecurityRatios
} from "../../src/reward/RoundSettlement.sol";

contract RoundSettlementTest is Test {
    uint256 private constant ONE = 1e18;
    uint256 private constant SUPPLY = 1e27;
    /// @dev Twelve trainers of at most 21 seats.
    uint256 private constant SEATS = 12 * 21;

    function testFuzz_FeeAndBothPartsAreWhatIsSecuredWhichIsNeverMoreThanThePoolOrWhatCanBeLost(uint256[8] memory n)
        public
        pure
    {
        RoundPool memory pool = RoundPool(bound(n[0], 0, SUPPLY), bound(n[1], 0, SUPPLY));
        SecuringStake memory stake = SecuringStake(bound(n[2], 0, SUPPLY), bound(n[3], 0, SUPPLY));
        SecurityRatios memory ratios = SecurityRatios(bound(n[4], 0, ONE), bound(n[5], 0.25e18, ONE));
        uint256 secured = RoundSettlement.secured(pool, stake, ratios);
        assertLe(secured, pool.units + pool.common);
        assertLe(secured, stake.behind * ratios.security / ONE);
        if (secured > pool.common) assertLe(secured - pool.common, stake.creation);
        RoundParts memory p = RoundSettlement.parts(secured, bound(n[6], 0, 0.05e18), bound(n[7], 0.2e18, 0.9e18));
        assertEq(p.fee + p.trainers + p.validators, secured);
    }

    /// forge-config: default.fuzz.runs = 2000
    function testFuzz_RanksTogetherAreNeverPaidMoreThanTheirPartAndABetterScoreNeverLess(
        uint128 part_,
        uint8[12] memory seats,
        uint8[12] memory scores,
        uint64 ratio
    ) public pure {
        uint256 part = bound(part_, 0, SUPPLY);
        for (uint256 i; i < 12; ++i) {
            (seats[i], scores[i]) = (seats[i] % 22, scores[i] % 16);
        }
        uint256 q = bound(ratio, 0, ONE);
        (uint256 sum, uint256[] memory paid) = _paidByRank(part, seats, scores, q, 12);
        assertLe(sum, part);
        // Flooring a tie costs at most one unit of weight.
        uint256 unit = part / RoundSettlement.allRanks(SEATS, q) + 2;
        for (uint256 i; i < 12; ++i) {
            for (uint256 j; j < 12; ++j) {
                if (scores[i] < scores[j] && seats[i] >= seats[j]) assertGe(paid[i] + unit, paid[j]);
            }
        }
    }

    /// @dev Who was behind moves up a rank, and the last rank stays empty, its weight in W: together they get less.
    function testFuzz_LeavingATrainerOutLowersWhatTrainersAreTogetherPaid(
        uint128 part_,
        uint8[12] memory seats,
        uint8[12] memory scores
    ) public pure {
        uint256 part = bound(part_, 0, SUPPLY);
        for (uint256 i; i < 12; ++i) {
            (seats[i], scores[i]) = (seats[i] % 22, scores[i] % 16);
        }
        (uint256 all,) = _paidByRank(part, seats, scores, 0.9e18, 12);
        (uint256 without,) = _paidByRank(part, seats, scores, 0.9e18, 11);
        assertLe(without, all + 12 * (part / RoundSettlement.allRanks(SEATS, 0.9e18) + 2));
    }

    function testFuzz_SilentValidatorsRaiseNobodysPay(uint128 part_, uint8 seats_, uint8 silent_) public pure {
        uint256 part = bound(part_, 0, SUPPLY);
        uint256 seats = bound(seats_, 1, 239);
        uint256 silent = bound(silent_, 0, 240 - seats);
        uint256 mine = RoundSettlement.validatorTotal(part, seats, 240);
        uint256 others = RoundSettlement.validatorTotal(part, 240 - seats - silent, 240);
        assertLe(mine + others, part);
        assertLe(mine, part * seats / 240);
    }

    /// @dev With the stake behind the result a round's pay falls when validators of the accepted side are left out.
    function testFuzz_LeavingAValidatorOutNeverRaisesWhatIsSecured(uint256[3] memory n, uint128 behind_, uint128 less_)
        public
        pure
    {
        RoundPool memory pool = RoundPool(bound(n[0], 0, SUPPLY), bound(n[1], 0, SUPPLY));
        uint256 behind = bound(behind_, 0, SUPPLY);
        uint256 less = bound(less_, 0, behind);
        SecurityRatios memory ratios = SecurityRatios(0.4e18, ONE);
        uint256 creation = bound(n[2], 0, SUPPLY);
        assertLe(
            RoundSettlement.secured(pool, SecuringStake(less, creation), ratios),
            RoundSettlement.secured(pool, SecuringStake(behind, creation), ratios)
        );
    }

    function testFuzz_SplittingAValidatorChangesNothingButRounding(uint128 part_, uint8 first_, uint8 second_)
        public
        pure
    {
        uint256 part = bound(part_, 0, SUPPLY);
        (uint256 first, uint256 second) = (bound(first_, 1, 120), bound(second_, 1, 120));
        uint256 whole = RoundSettlement.validatorTotal(part, first + second, 240);
        uint256 split =
            RoundSettlement.validatorTotal(part, first, 240) + RoundSettlement.validatorTotal(part, second, 240);
        assertLe(split, whole);
        assertGe(split + 1, whole);
    }

    /// @dev Equal scores, so on the same ranks.
    function testFuzz_SplittingARankedTrainerChangesNothingButRounding(
        uint128 part_,
        uint8 first_,
        uint8 second_,
        uint64 ratio_
    ) public pure {
        uint256 part = bound(part_, 0, SUPPLY);
        (uint256 first, uint256 second) = (bound(first_, 1, 32), bound(second_, 1, 32));
        uint256 ratio = bound(ratio_, 0.5e18, ONE);
        uint256 weights = RoundSettlement.allRanks(64, ratio);
        (uint256 spanned,) = RoundSettlement.span(ONE, first + second, ratio);
        uint256 whole = RoundSettlement.trainerByRank(part, spanned, weights);
        uint256 split = RoundSettlement.trainerByRank(
            part, RoundSettlement.tied(spanned, first, first + second), weights
        ) + RoundSettlement.trainerByRank(part, RoundSettlement.tied(spanned, second, first + second), weights);
        assertLe(split, whole);
        // Each half loses less than a unit of weight and a wei.
        assertGe(split + 2 * (part / weights + 2), whole);
    }

    /// @dev The cap is by seats as well: however contribution and seats are divided, the parts get no more than the whole.
    function testFuzz_SplittingAContributorNeverPays(
        uint128 part_,
        uint8 first_,
        uint8 second_,
        uint96 contribution,
        uint96 moved_
    ) public pure {
        uint256 part = bound(part_, 0, SUPPLY);
        (uint256 first, uint256 second) = (bound(first_, 1, 32), bound(second_, 1, 32));
        uint256 sum = uint256(contribution) * 3 + 2;
        uint256 moved = bound(moved_, 0, contribution);
        uint256 split = RoundSettlement.trainerByContribution(part, moved, sum, first, 64)
            + RoundSettlement.trainerByContribution(part, contribution - moved, sum, second, 64);
        assertLe(split, RoundSettlement.trainerByContribution(part, contribution, sum, first + second, 64));
    }

    function testFuzz_DelegatorsAndNodeShareByStakeThatCounts(
        uint128 total_,
        uint128 own_,
        uint128 delegated_,
        uint64 weight,
        uint64 commission
    ) public pure {
        uint256 total = bound(total_, 0, SUPPLY);
        uint256 own = bound(own_, 0, SUPPLY);
        uint256 d = RoundSettlement.counted(bound(delegated_, 0, SUPPLY), bound(weight, 0, ONE));
        uint256 c = bound(commission, 0, ONE);
        uint256 got = RoundSettlement.delegatorsPart(total, own, d, c);
        assertLe(got, total);
        // A delegator never earns more for a counted token than the node's own.
        assertLe(got, own + d == 0 ? 0 : Math.mulDiv(total, d, own + d));
        if (c == ONE || d == 0) assertEq(got, 0);
        if (c == 0 && own == 0 && d != 0) assertEq(got, total);
    }

    function test_TheCapIsThreeTimesTheSeatsShare() public pure {
        assertEq(RoundSettlement.trainerByContribution(6400, 1, 1, 4, 64), 1200);
        assertEq(RoundSettlement.trainerByContribution(6400, 1, 1, 22, 64), 6400);
        assertEq(RoundSettlement.trainerByContribution(6400, 1, 100, 4, 64), 64);
    }

    function test_TheLargestNumbersDoNotOverflow() public pure {
        uint256 max = type(uint96).max;
        RoundPool memory pool = RoundPool(max, max);
        assertEq(RoundSettlement.secured(pool, SecuringStake(max, max), SecurityRatios(ONE, ONE)), max);
        assertEq(RoundSettlement.delegatorsPart(max, max, max, 0), max / 2);
        assertEq(RoundSettlement.allRanks(1024, ONE), 1024e18);
        assertEq(RoundSettlement.trainerByRank(max, 1024e18, 1024e18), max);
        assertEq(RoundSettlement.trainerByContribution(max, type(uint128).max, type(uint128).max, 1024, 1024), max);
    }

    /// @dev The first `count` of twelve, as the rule of the protocol ranks them: equal scores share what they span.
    function _paidByRank(uint256 part, uint8[12] memory seats, uint8[12] memory scores, uint256 q, uint256 count)
        private
        pure
        returns (uint256 sum, uint256[] memory paid)
    {
        uint256 weights = RoundSettlement.allRanks(SEATS, q);
        paid = new uint256[](count);
        uint256 weight = ONE;
        for (uint256 score; score < 16; ++score) {
            uint256 spannedSeats;
            for (uint256 i; i < count; ++i) {
                if (scores[i] == score) spannedSeats += seats[i];
            }
            if (spannedSeats == 0) continue;
            uint256 spanned;
            (spanned, weight) = RoundSettlement.span(weight, spannedSeats, q);
            for (uint256 i; i < count; ++i) {
                if (scores[i] != score) continue;
                uint256 own = RoundSettlement.tied(spanned, seats[i], spannedSeats);
                paid[i] = RoundSettlement.trainerByRank(part, own, weights);
                sum += paid[i];
            }
        }
    }
}
