// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {PRICE_MIN, PRICE_ONE, SharePrice} from "../../src/stake/SharePrice.sol";

/// @dev What the comments of SharePrice derive, over all that can occur: prices of 1/64 to 1, the cap of the token.
contract SharePriceTest is Test {
    uint256 private constant CAP = 1e27;

    /// forge-config: default.fuzz.runs = 2000
    function testFuzz_ADepositBuysAtMostItsWorthAndLosesAtMostAWei(uint256 amount, uint256 price) public pure {
        amount = bound(amount, 1, CAP);
        price = bound(price, PRICE_MIN, PRICE_ONE);
        uint256 shares = SharePrice.buy(amount, price);
        assertGe(shares, 1);
        assertLt(shares, 1 << 96);
        // As real numbers: rounded up, a share too many would be worth less than a wei, and show only when slashed.
        assertLe(shares * price, amount * PRICE_ONE);
        assertGe(SharePrice.worth(shares, price) + 1, amount);
    }

    /// forge-config: default.fuzz.runs = 2000
    function testFuzz_SellingGivesExactlyWhatWasAskedFor(uint256 amount, uint256 held, uint256 price) public pure {
        held = bound(held, 1, 64 * CAP);
        price = bound(price, PRICE_MIN, PRICE_ONE);
        uint256 worth = SharePrice.worth(held, price);
        vm.assume(worth != 0);
        amount = bound(amount, 1, worth);
        uint256 shares = SharePrice.sell(amount, held, price);
        assertLe(shares, held);
        assertEq(SharePrice.worth(shares, price), amount);
        if (amount == worth) assertEq(shares, held);
    }

    /// forge-config: default.fuzz.runs = 2000
    function testFuzz_APoolNeverLosesLessThanItsSlashAndPartsNeverSumUpToMore(
        uint256[5] memory shares,
        uint256 price,
        uint256 amount
    ) public pure {
        price = bound(price, 1, PRICE_ONE);
        uint256 all;
        for (uint256 i; i < shares.length; ++i) {
            // Wei and whales side by side.
            shares[i] = i < 2 ? bound(shares[i], 0, 3) : bound(shares[i], 0, 10 * CAP);
            all += shares[i];
        }
        uint256 worth = SharePrice.worth(all, price);
        vm.assume(worth != 0);
        amount = bound(amount, 1, worth);
        uint256 afterwards = SharePrice.slashed(amount, all, price);
        assertLt(afterwards, price);
        // Real numbers, times 1e31.
        assertGe(all * (price - afterwards), amount * PRICE_ONE);
        assertLt(all * (price - afterwards), (amount + 1) * PRICE_ONE);
        uint256 parts;
        for (uint256 i; i < shares.length; ++i) {
            uint256 part = SharePrice.part(shares[i], price, afterwards);
            parts += part;
            // What was there before covers the part and what is left.
            uint256 before = (shares[i] * price + PRICE_ONE - 1) / PRICE_ONE;
            assertGe(before, part + SharePrice.worth(shares[i], afterwards));
        }
        assertLe(parts, amount);
        assertGe(parts + shares.length, amount);
    }

    function test_ASlashOfEverythingEndsAtZero() public pure {
        assertEq(SharePrice.slashed(100, 100, PRICE_ONE), 0);
        // 150 shares of two thirds of a wei are worth 99 and a fraction: taking 99 takes the fraction too.
        assertEq(SharePrice.slashed(99, 150, PRICE_ONE * 2 / 3), 0);
        assertEq(SharePrice.part(150, PRICE_ONE * 2 / 3, 0), 99);
    }

    function test_RoundPercentagesAreExact() public pure {
        uint256 price = SharePrice.slashed(300e18, 1000e18, PRICE_ONE);
        assertEq(price, PRICE_ONE * 7 / 10);
        assertEq(SharePrice.worth(1000e18, price), 700e18);
        assertEq(SharePrice.part(1000e18, PRICE_ONE, price), 300e18);
    }
}
