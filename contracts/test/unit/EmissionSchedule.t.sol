// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {EmissionSchedule} from "../../src/emission/EmissionSchedule.sol";

contract EmissionScheduleTest is Test {
    uint256 private constant COMMUNITY = 470_000_000e18;
    uint256 private constant MOST_DAILY = 1_566_666e18;

    function test_TheDefaultScheduleIsNeverCut() public pure {
        _assertNeverCut(1_500_000e18);
    }

    /// @dev The policy's bound on the daily amount is what fits with the default decay and period.
    function test_TheLargestDailyAmountIsNeverCutEither() public pure {
        _assertNeverCut(MOST_DAILY);
    }

    function test_AboveThatTheBoundCutsFromTheFirstDay() public pure {
        uint256 daily = MOST_DAILY + 1e18;
        assertLt(EmissionSchedule.amount(0, COMMUNITY, daily, 0.9e18, 30), daily);
    }

    function test_TheDefaultScheduleAddsUpToFourHundredFiftyMillion() public pure {
        uint256 minted;
        uint256 mints;
        for (; mints < 20_000; ++mints) {
            uint256 amount = EmissionSchedule.amount(mints, COMMUNITY - minted, 1_500_000e18, 0.9e18, 30);
            if (amount == 0) break;
            minted += amount;
        }
        // E·p/(1 − d), short of it only by what flooring the ratio's power loses.
        assertApproxEqRel(minted, 450_000_000e18, 1e6);
        assertLe(minted, 450_000_000e18);
    }

    function test_WithoutDecayAfterOnePeriodAtMostTheWholeShareGoesInIt() public pure {
        uint256 left = COMMUNITY;
        for (uint256 i; i < 3; ++i) {
            left -= EmissionSchedule.amount(i, left, type(uint128).max, 0, 3);
        }
        assertEq(left, 0);
        assertEq(EmissionSchedule.amount(3, left, type(uint128).max, 0, 3), 0);
    }

    function test_PowersOfRatios() public pure {
        assertEq(EmissionSchedule.power(0.9e18, 0), 1e18);
        assertEq(EmissionSchedule.power(0, 0), 1e18);
        assertEq(EmissionSchedule.power(0, 7), 0);
        assertEq(EmissionSchedule.power(0.9e18, 1), 0.9e18);
        assertEq(EmissionSchedule.power(0.9e18, 2), 0.81e18);
        assertEq(EmissionSchedule.power(0.5e18, 10), 976_562_500_000_000);
        assertEq(EmissionSchedule.power(0.999e18, type(uint256).max), 0);
    }

    /// @dev Squaring floors elsewhere than one multiplication after the other does; it never gives more than the exact
    /// power, and a bound on what it loses is one unit (of 1e-18) a multiplication.
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_APowerIsTheProductButForRounding(uint256 ratio, uint256 exponent) public pure {
        ratio = bound(ratio, 0, 0.999e18);
        exponent = bound(exponent, 0, 200);
        uint256 power = EmissionSchedule.power(ratio, exponent);
        uint256 low = 1e18;
        uint256 high = 1e18;
        for (uint256 i; i < exponent; ++i) {
            low = low * ratio / 1e18;
            high = (high * ratio + 1e18 - 1) / 1e18;
        }
        assertLe(power, high);
        assertGe(power + 2 * exponent, low);
    }

    /// @dev The heart of it: whatever the policy says of each day, no day is more than what is left.
    /// forge-config: default.fuzz.runs = 5000
    function testFuzz_NoDayIsMoreThanWhatIsLeft(
        uint256 mints,
        uint256 left,
        uint256 daily,
        uint256 decay,
        uint256 period
    ) public pure {
        mints = bound(mints, 0, 1e9);
        left = bound(left, 0, COMMUNITY);
        decay = bound(decay, 0, 0.999e18);
        period = bound(period, 1, 365);
        // Far above what the policy allows: the bound does not need it.
        daily = bound(daily, 0, 1e36);
        assertLe(EmissionSchedule.amount(mints, left, daily, decay, period), left);
    }

    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_NoScheduleThatFitsIsCut(uint256 daily, uint256 decay, uint256 period) public pure {
        decay = bound(decay, 0, 0.999e18);
        period = bound(period, 1, 40);
        daily = bound(daily, 0, COMMUNITY * (1e18 - decay) / (period * 1e18));
        uint256 minted;
        for (uint256 i; i < 300; ++i) {
            uint256 amount = EmissionSchedule.amount(i, COMMUNITY - minted, daily, decay, period);
            // The smallest floor of the power is what rounding may add to what comes later: 300 days lose under 1e-15.
            uint256 scheduled = daily * EmissionSchedule.power(decay, i / period) / 1e18;
            assertApproxEqAbs(amount, scheduled, 1 + daily / 1e15);
            assertLe(amount, scheduled);
            minted += amount;
        }
        assertLe(minted, COMMUNITY);
    }

    function _assertNeverCut(uint256 daily) private pure {
        uint256 minted;
        uint256 perPeriod = daily;
        for (uint256 mints; mints < 3000; ++mints) {
            perPeriod = daily * EmissionSchedule.power(0.9e18, mints / 30) / 1e18;
            uint256 amount = EmissionSchedule.amount(mints, COMMUNITY - minted, daily, 0.9e18, 30);
            assertEq(amount, perPeriod);
            minted += amount;
        }
    }
}
