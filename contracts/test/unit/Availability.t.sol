// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Availability} from "../../src/round/Availability.sol";

contract AvailabilityTest is Test {
    using Availability for Availability.Counters;

    uint256 private constant SUBMISSIONS = 1024;

    mapping(uint256 word => Availability.Counters) private counters;

    /// @dev Random attestations over 1024 submissions, their seats random parts of at most 255 together.
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_BitSlicedCountersEqualNaiveCounting(uint256 seed, uint8 limit, uint8 validators) public {
        uint256[] memory naive = new uint256[](SUBMISSIONS);
        uint256 left = 255;
        for (uint256 v; v < validators % 12 && left != 0; ++v) {
            uint256 seats = 1 + uint256(keccak256(abi.encode(seed, v))) % left;
            // From time to time one holds all that is left, so that counters reach 255.
            if (seats % 5 == 0) seats = left;
            left -= seats;
            for (uint256 w; w < 4; ++w) {
                uint256 missing = uint256(keccak256(abi.encode(seed, v, w)));
                // Also attestations that lack everything.
                if (missing % 7 == 0) missing = type(uint256).max;
                counters[w].add(missing, seats);
                for (uint256 i; i < 256; ++i) {
                    if ((missing >> i) & 1 == 1) naive[256 * w + i] += seats;
                }
            }
        }
        for (uint256 w; w < 4; ++w) {
            uint256 atMost = counters[w].atMost(limit);
            for (uint256 i; i < 256; ++i) {
                uint256 count = naive[256 * w + i];
                if ((atMost >> i) & 1 != (count <= limit ? 1 : 0)) fail();
                // Each counter costs eight cold reads, so a part of them.
                if (i % 32 == seed % 32) assertEq(counters[w].countOf(i), count);
            }
        }
    }

    function test_EveryCounterReaches255AndNoFurther() public {
        counters[0].add(type(uint256).max, 255);
        assertEq(counters[0].countOf(0), 255);
        assertEq(counters[0].countOf(255), 255);
        assertEq(counters[0].atMost(254), 0);
        assertEq(counters[0].atMost(255), type(uint256).max);
        vm.expectRevert();
        this.addOne();
    }

    function addOne() external {
        counters[0].add(1, 1);
    }

    function test_NothingMissingWritesNothing() public {
        vm.record();
        counters[0].add(0, 255);
        (, bytes32[] memory writes) = vm.accesses(address(this));
        assertEq(writes.length, 0);
        for (uint256 p; p < 8; ++p) {
            assertEq(counters[0].planes[p], 0);
        }
    }

    function test_WordsAndMasksOfSubmissions() public pure {
        assertEq(Availability.words(0), 0);
        assertEq(Availability.words(1), 1);
        assertEq(Availability.words(256), 1);
        assertEq(Availability.words(257), 2);
        assertEq(Availability.words(1024), 4);
        assertEq(Availability.mask(1, 0), 1);
        assertEq(Availability.mask(256, 0), type(uint256).max);
        assertEq(Availability.mask(257, 0), type(uint256).max);
        assertEq(Availability.mask(257, 1), 1);
        assertEq(Availability.mask(1000, 3), (1 << 232) - 1);
    }
}
