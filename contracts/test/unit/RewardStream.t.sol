// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {RewardStream, Stream} from "../../src/stake/RewardStream.sol";

contract RewardStreamTest is Test {
    using RewardStream for Stream;

    Stream private _stream;
    Stream private _other;

    function setUp() public {
        vm.warp(1_760_000_000);
    }

    /// forge-config: default.fuzz.runs = 2000
    function testFuzz_AnAdditionNeverSlowsAStream(
        uint256 first,
        uint256 added,
        uint256 moment,
        uint256 look,
        uint256 duration
    ) public {
        first = bound(first, 1, 1e26);
        added = bound(added, 1, 1e26);
        duration = bound(duration, 1 hours, 90 days);
        moment = bound(moment, 0, duration + 1 hours);
        look = bound(look, 0, 100 days);
        uint256 shares = 1000e18;
        _stream.add(first, duration);
        _other.add(first, duration);
        skip(moment);
        _stream.update(shares);
        _other.update(shares);
        uint256 rate = _stream.end > block.timestamp ? _stream.rate : 0;
        uint40 end = _stream.end;
        _stream.add(added, duration);
        assertGe(_stream.rate, rate);
        assertLe(_stream.end, block.timestamp + duration);
        if (end > block.timestamp) assertGe(_stream.end, end);
        skip(look);
        // At every later moment at least as much has flowed as without it, and never more than was put in.
        (uint160 perShare,,) = _stream.peek(shares);
        (uint160 without,,) = _other.peek(shares);
        assertGe(perShare + 1, without);
        assertLe(RewardStream.earned(shares, perShare, 0), first + added);
        skip(91 days);
        (perShare,,) = _stream.peek(shares);
        assertGe(RewardStream.earned(shares, perShare, 0) + 4, first + added);
    }

    function test_AWeiDoesNotStretchAStream() public {
        _stream.add(700e18, 7 days);
        (uint128 rate, uint40 end) = (_stream.rate, _stream.end);
        for (uint256 i; i < 100; ++i) {
            skip(1 minutes);
            _stream.update(1e18);
            _stream.add(1, 7 days);
        }
        assertEq(_stream.end, end);
        assertApproxEqRel(_stream.rate, rate, 1e6);
        assertGe(_stream.rate, rate);
    }

    function test_WhatIsAddedLateFlowsOverAWholePeriodOrAsFastAsBefore() public {
        _stream.add(700e18, 7 days);
        skip(6 days);
        _stream.update(1e18);
        // 100 tokens are left for a day. 200 more at the same speed: two more days.
        _stream.add(200e18, 7 days);
        // (But for a second: the wei that rounding took of what was left.)
        assertApproxEqAbs(_stream.end, block.timestamp + 3 days, 1);
        // 300 tokens are left for three days; with 700 more they make a faster stream of a whole period.
        _stream.add(700e18, 7 days);
        assertEq(_stream.end, block.timestamp + 7 days);
    }

    function test_SecondsWithoutSharesStopIt() public {
        _stream.add(700e18, 7 days);
        skip(1 days);
        assertEq(RewardStream.earned(1e18, _stream.update(1e18), 0), 100e18 - 1);
        skip(30 days);
        _stream.update(0);
        assertEq(_stream.end, block.timestamp + 6 days);
        skip(6 days);
        assertApproxEqAbs(RewardStream.earned(1e18, _stream.update(1e18), 0), 700e18, 3);
        assertLe(RewardStream.earned(1e18, _stream.perShare, 0), 700e18);
    }

    function test_AnAccumulatorThatWrapsBlocksNobodyAndPaysNobodyTooMuch() public {
        // A single share earns more than 2^80 wei a share: 160 bits overflow.
        uint160 paid = _stream.update(1);
        for (uint256 i; i < 4; ++i) {
            _stream.add(1e26, 1 hours);
            skip(1 hours);
            _stream.update(1);
        }
        uint256 earned = RewardStream.earned(1, _stream.perShare, paid);
        assertLe(earned, 4e26);
        // From here on it counts as ever.
        paid = _stream.perShare;
        _stream.add(1e20, 1 hours);
        skip(1 hours);
        assertApproxEqAbs(RewardStream.earned(1e18, _stream.update(1e18), paid), 1e20, 2);
    }

    /// forge-config: default.fuzz.runs = 2000
    function testFuzz_GrowingKeepsWhatWasEarned(uint256 earned, uint256 shares, uint160 perShare) public pure {
        earned = bound(earned, 0, 1e27);
        shares = bound(shares, 1e9, 64e27);
        uint256 kept = RewardStream.earned(shares, perShare, RewardStream.owing(earned, shares, perShare));
        assertLe(kept, earned);
        assertGe(kept + shares / (1 << 80) + 1, earned);
    }

    function test_TheFewestSharesCannotOweMoreThanTheAccumulatorHolds() public pure {
        uint160 paid = RewardStream.owing(1e27, 1, 5);
        assertEq(RewardStream.earned(1, 5, paid), (1 << 80) - 1);
    }
}
