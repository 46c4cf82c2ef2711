// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {BlockSeed} from "../../src/round/BlockSeed.sol";
import {Seats} from "../../src/round/Seats.sol";

contract SeatsTest is Test {
    string private constant VECTORS = "contracts/test/vectors/seats.json";

    function test_TheGoldenVectorsHold() public view {
        string memory json = vm.readFile(VECTORS);
        uint256 cases = 24;
        assertFalse(vm.keyExistsJson(json, ".cases[24]"));
        for (uint256 c; c < cases; ++c) {
            string memory path = string.concat(".cases[", vm.toString(c), "]");
            uint256[] memory stakes = vm.parseJsonUintArray(json, string.concat(path, ".stakes"));
            uint256[] memory expected = vm.parseJsonUintArray(json, string.concat(path, ".expected"));
            assertEq(stakes.length, expected.length);
            bytes32 seed = vm.parseJsonBytes32(json, string.concat(path, ".seed"));
            uint256 role = vm.parseJsonUint(json, string.concat(path, ".role"));
            uint256 seats = vm.parseJsonUint(json, string.concat(path, ".seats"));
            uint256 total;
            for (uint256 i; i < stakes.length; ++i) {
                total += stakes[i];
            }
            uint256 end;
            for (uint256 i; i < stakes.length; ++i) {
                end += stakes[i];
                assertEq(Seats.inInterval(end, stakes[i], total, seats, role, seed), expected[i], path);
            }
        }
    }

    /// forge-config: default.fuzz.runs = 2000
    function testFuzz_AllSeatsAreGivenAndNobodyGetsMoreThanOneAtEachEndBesideItsWholeSteps(
        uint96[16] memory stakes,
        uint8 candidates,
        bytes32 seed,
        uint16 seats_,
        uint8 role
    ) public pure {
        uint256 n = bound(candidates, 1, 16);
        uint256 seats = bound(seats_, 1, 1024);
        uint256 total;
        for (uint256 i; i < n; ++i) {
            // From dust to the whole supply, on a logarithmic scale.
            stakes[i] = uint96(bound(stakes[i], 1, 1e27) >> (uint256(keccak256(abi.encode(seed, i))) % 90)) + 1;
            total += stakes[i];
        }
        uint256 end;
        uint256 sum;
        for (uint256 i; i < n; ++i) {
            end += stakes[i];
            uint256 got = Seats.inInterval(end, stakes[i], total, seats, role % 2, seed);
            uint256 share = seats * stakes[i] / total;
            assertGe(got + 1, share);
            assertLe(got, share + 2);
            sum += got;
        }
        assertEq(sum, seats);
    }

    /// @dev The definition itself: points are computed one by one and counted.
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_SeatsAreThePointsInTheInterval(
        uint96 start,
        uint96 length,
        uint96 rest,
        bytes32 seed,
        uint8 seats_
    ) public pure {
        uint256 seats = bound(seats_, 1, 255);
        uint256 end = uint256(start) + length;
        uint256 total = end + rest;
        if (total == 0) return;
        uint256 points;
        for (uint256 j; j < seats; ++j) {
            uint256 point = Seats.point(j, total, seats, Seats.TRAINERS, seed);
            // Each in its own step, compared multiplied by k.
            assertLe(point * seats, (j + 1) * total);
            assertGe((point + 1) * seats, j * total);
            if (point >= start && point < end) ++points;
        }
        assertEq(Seats.inInterval(end, length, total, seats, Seats.TRAINERS, seed), points);
    }

    /// @dev However a stake is split, the parts have the seats of the whole: an interval is the union of its parts.
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_SplittingAStakeChangesNothing(
        uint96 start,
        uint96 first,
        uint96 second,
        uint96 rest,
        bytes32 seed
    ) public pure {
        uint256 middle = uint256(start) + first;
        uint256 end = middle + second;
        uint256 total = end + rest + 1;
        uint256 whole = Seats.inInterval(end, uint256(first) + second, total, 240, Seats.VALIDATORS, seed);
        uint256 parts = Seats.inInterval(middle, first, total, 240, Seats.VALIDATORS, seed)
            + Seats.inInterval(end, second, total, 240, Seats.VALIDATORS, seed);
        assertEq(parts, whole);
    }

    /// @dev Over many draws a candidate's seats average seats·stake/S, wherever it stands.
    function test_ATinyCandidateAmongWhalesIsDrawnAsOftenAsItsStakeSays() public pure {
        // One of 1,000 of the line and 10 seats: one seat in a hundred draws.
        uint256 drawn;
        for (uint256 n; n < 20_000; ++n) {
            uint256 got = Seats.inInterval(501, 1, 1000, 10, Seats.VALIDATORS, bytes32(n));
            assertLe(got, 1);
            drawn += got;
        }
        // Expected 200, standard deviation 14.
        assertApproxEqAbs(drawn, 200, 60);
    }

    function test_TheRolesOfOneRoundAreDrawnApart() public pure {
        bool differ;
        for (uint256 j; j < 10; ++j) {
            differ = differ
                || Seats.point(j, 1e27, 10, Seats.TRAINERS, bytes32("seed"))
                    != Seats.point(j, 1e27, 10, Seats.VALIDATORS, bytes32("seed"));
        }
        assertTrue(differ);
    }

    function test_OneCandidateHasEverySeat() public pure {
        assertEq(Seats.inInterval(1e27, 1e27, 1e27, 1024, Seats.TRAINERS, bytes32(0)), 1024);
        assertEq(Seats.inInterval(1, 1, 1, 4, Seats.VALIDATORS, bytes32(type(uint256).max)), 4);
        assertEq(Seats.inInterval(type(uint128).max, type(uint128).max, type(uint128).max, 1024, 0, bytes32("x")), 1024);
    }

    function test_TheSeedIsBoundToChainContractTaskAndRoundAndNeedsAKnownBlock() public {
        vm.roll(1000);
        bytes32 hash = keccak256("a block");
        vm.setBlockhash(998, hash);
        assertEq(
            BlockSeed.seedOf(998, 7, 3),
            keccak256(abi.encode(hash, block.chainid, address(this), uint256(7), uint32(3)))
        );
        assertNotEq(BlockSeed.seedOf(998, 7, 3), BlockSeed.seedOf(998, 7, 4));
        assertNotEq(BlockSeed.seedOf(998, 7, 3), BlockSeed.seedOf(998, 8, 3));
        assertEq(BlockSeed.seedOf(1000, 7, 3), bytes32(0));
        assertEq(BlockSeed.seedOf(1000 - 257, 7, 3), bytes32(0));
    }
}
