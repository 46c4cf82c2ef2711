// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Seats} from "../../src/round/Seats.sol";

contract SeatsTest is Test {
    string private constant VECTORS = "contracts/test/vectors/seats.json";
    uint256 private constant CASES = 24;

    /// @dev `protocol` reads the same file.
    function test_TheGoldenVectorsHold() public {
        vm.pauseGasMetering();
        string memory json = vm.readFile(VECTORS);
        assertTrue(vm.keyExistsJson(json, ".cases[23]"));
        assertFalse(vm.keyExistsJson(json, ".cases[24]"));
        for (uint256 c; c < CASES; ++c) {
            string memory path = string.concat(".cases[", vm.toString(c), "]");
            uint256[] memory stakes = vm.parseJsonUintArray(json, string.concat(path, ".stakes"));
            uint256[] memory expected = vm.parseJsonUintArray(json, string.concat(path, ".expected"));
            assertEq(stakes.length, expected.length, path);
            assertNotEq(stakes.length, 0, path);
            bytes32 seed = vm.parseJsonBytes32(json, string.concat(path, ".seed"));
            uint256 role = vm.parseJsonUint(json, string.concat(path, ".role"));
            uint256 seats = vm.parseJsonUint(json, string.concat(path, ".seats"));
            uint256 total = _sum(stakes);
            uint256 end;
            for (uint256 i; i < stakes.length; ++i) {
                end += stakes[i];
                assertEq(Seats.inInterval(end, stakes[i], total, seats, role, seed), expected[i], path);
            }
        }
    }

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
    function testFuzz_SeatsAreThePointsInTheInterval(
        uint96 start,
        uint96 length,
        uint96 rest,
        bytes32 seed,
        uint8 seats_,
        uint8 role
    ) public pure {
        uint256 seats = bound(seats_, 1, 255);
        uint256 end = uint256(start) + length;
        uint256 total = end + rest;
        if (total == 0) return;
        uint256 points;
        for (uint256 j; j < seats; ++j) {
            uint256 u = uint256(keccak256(abi.encode(seed, uint256(role % 2), j))) >> 192;
            uint256 point = (j * 2 ** 64 + u) * total / (seats * 2 ** 64);
            assertEq(Seats.point(j, total, seats, role % 2, seed), point);
            // Each in its own step, compared multiplied by k.
            assertLe(point * seats, (j + 1) * total);
            assertGe((point + 1) * seats, j * total);
            if (point >= start && point < end) ++points;
        }
        assertEq(Seats.inInterval(end, length, total, seats, role % 2, seed), points);
    }

    /// @dev For fixed points an interval has what its two parts have, wherever it is cut.
    function testFuzz_TwoPartsSideBySideHaveTheSeatsOfTheWhole(
        uint96 start,
        uint96 first,
        uint96 second,
        uint96 rest,
        bytes32 seed,
        uint16 seats_
    ) public pure {
        uint256 seats = bound(seats_, 1, 1024);
        uint256 middle = uint256(start) + first;
        uint256 end = middle + second;
        uint256 total = end + rest + 1;
        uint256 whole = Seats.inInterval(end, uint256(first) + second, total, seats, Seats.VALIDATORS, seed);
        uint256 parts = Seats.inInterval(middle, first, total, seats, Seats.VALIDATORS, seed)
            + Seats.inInterval(end, second, total, seats, Seats.VALIDATORS, seed);
        assertEq(parts, whole);
    }

    /// @dev Three candidates in each of their six orders, each order over worlds of its own: everyone has its share.
    function test_TheOrderOfJoiningChangesNoExpectedNumber() public pure {
        uint256[3] memory stakes = [uint256(1e18), 10e18, 40e18 + 7];
        uint8[3][6] memory orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
        uint256 total = stakes[0] + stakes[1] + stakes[2];
        uint256 worlds = 2000;
        uint256 seats = 20;
        for (uint256 o; o < 6; ++o) {
            uint256[3] memory drawn;
            for (uint256 w; w < worlds; ++w) {
                bytes32 seed = keccak256(abi.encode(o, w));
                uint256 end;
                for (uint256 i; i < 3; ++i) {
                    uint256 who = orders[o][i];
                    end += stakes[who];
                    drawn[who] += Seats.inInterval(end, stakes[who], total, seats, Seats.TRAINERS, seed);
                }
            }
            for (uint256 i; i < 3; ++i) {
                // Chance is in the two steps at its ends: a variance of at most 1/2 a draw, of 1000 for all, so 32; four of it.
                assertApproxEqAbs(drawn[i], worlds * seats * stakes[i] / total, 128);
            }
        }
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
        uint256 same;
        for (uint256 j; j < 10; ++j) {
            uint256 trainers = Seats.point(j, 1e27, 10, Seats.TRAINERS, bytes32("seed"));
            if (trainers == Seats.point(j, 1e27, 10, Seats.VALIDATORS, bytes32("seed"))) ++same;
        }
        assertEq(same, 0);
    }

    function test_OneCandidateHasEverySeat() public pure {
        assertEq(Seats.inInterval(1e27, 1e27, 1e27, 1024, Seats.TRAINERS, bytes32(0)), 1024);
        assertEq(Seats.inInterval(1, 1, 1, 4, Seats.VALIDATORS, bytes32(type(uint256).max)), 4);
        assertEq(Seats.inInterval(type(uint128).max, type(uint128).max, type(uint128).max, 1024, 0, bytes32("x")), 1024);
    }

    function _sum(uint256[] memory list) private pure returns (uint256 sum) {
        for (uint256 i; i < list.length; ++i) {
            sum += list[i];
        }
    }
}
