// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {AllocatedTotalHarness} from "../builders/AllocatedTotalHarness.sol";
import {IntegralReference} from "../builders/IntegralReference.sol";

contract InverseIntegralTest is Test {
    uint256 private constant DAY = 20_000;
    uint256 private constant START = DAY * 1 days + 5 hours;

    AllocatedTotalHarness private allocated;
    IntegralReference private exact;

    function setUp() public {
        vm.warp(START);
        allocated = new AllocatedTotalHarness();
        exact = new IntegralReference();
        exact.push(0);
    }

    function test_ATokenIsTheLeastThatCounts() public {
        vm.warp(START + 10);
        assertEq(allocated.until(block.timestamp), 10 * 1e18);
        allocated.change(0, 1);
        vm.warp(START + 20);
        assertEq(allocated.until(block.timestamp), 20 * 1e18);
        allocated.change(1, 4e18);
        vm.warp(START + 30);
        assertEq(allocated.until(block.timestamp), 20 * 1e18 + 10 * 0.25e18);
        assertEq(allocated.total(), 4e18);
    }

    function test_NothingIsBeforeItBegan() public {
        assertEq(allocated.until(DAY * 1 days), 0);
        vm.warp(START + 40 days);
        allocated.change(0, 5e18);
        assertEq(allocated.until(DAY * 1 days), 0);
        assertEq(allocated.until((DAY + 1) * 1 days), 19 hours * 1e18);
    }

    function test_ABeginningOfADayIsKnownWhateverCameAfterIt() public {
        allocated.change(0, 2e18);
        uint256 midnight = (DAY + 1) * 1 days;
        vm.warp(midnight);
        uint256 then = allocated.until(midnight);
        assertEq(then, 19 hours * 0.5e18);
        // In the second that ends the day, and in the one that begins the next.
        allocated.change(2e18, 8e18);
        assertEq(allocated.until(midnight), then);
        vm.warp(midnight + 3 days + 1);
        allocated.change(8e18, 1e18);
        allocated.change(1e18, 0);
        assertEq(allocated.until(midnight), then);
        assertEq(allocated.until(midnight + 2 days), then + 2 days * 0.125e18);
        assertEq(allocated.until(midnight + 3 days), then + 3 days * 0.125e18);
    }

    /// @dev The largest total and the last second of 40 bits, at the fastest growth before: nothing runs into anything.
    function test_TheBoundsHold() public {
        vm.warp(type(uint40).max - 1);
        allocated.change(0, 1e27);
        vm.warp(type(uint40).max);
        uint256 most = (uint256(type(uint40).max) - 1 - START) * 1e18;
        assertEq(allocated.until(block.timestamp), most + 1e9);
        allocated.change(1e27, 1e27 - 1);
        assertEq(allocated.total(), 1e27 - 1);
        assertEq(allocated.until(block.timestamp), most + 1e9);
        assertEq(allocated.until(START - 5 hours), 0);
        assertEq(allocated.until((DAY + 1) * 1 days), 19 hours * 1e18);
        // Even if time had begun in 1970.
        assertLt(uint256(type(uint40).max) * 1e18, 1 << 100);
    }

    /// forge-config: default.fuzz.runs = 500
    function testFuzz_IsWhatItsDefinitionSays(uint32[24] memory gaps, uint96[24] memory totals) public {
        uint256 total;
        uint256[] memory seen = new uint256[](200);
        uint256 day = DAY;
        for (uint256 i; i < 24; ++i) {
            // Several in a second, within a day, over days, and at midnight itself.
            uint256 gap = gaps[i] % [uint256(2), 1 hours, 1 days, 5 days][gaps[i] % 4];
            uint256 to = block.timestamp + gap;
            if (gaps[i] % 7 == 0) to = (block.timestamp / 1 days + 1) * 1 days;
            for (uint256 next = day + 1; next * 1 days <= to; ++next) {
                vm.warp(next * 1 days);
                seen[next - DAY] = allocated.until(block.timestamp);
                day = next;
            }
            vm.warp(to);
            uint256 now_ = totals[i] % (totals[i] % 3 == 0 ? 3e18 : 1e27);
            if (now_ != total) allocated.change(total, now_);
            total = now_;
            exact.push(total);
            assertEq(allocated.total(), total);
            assertEq(allocated.until(block.timestamp), exact.until(block.timestamp));
        }
        for (uint256 d = DAY; d <= day; ++d) {
            assertEq(allocated.until(d * 1 days), seen[d - DAY]);
            assertEq(allocated.until(d * 1 days), exact.until(d * 1 days));
        }
    }
}
