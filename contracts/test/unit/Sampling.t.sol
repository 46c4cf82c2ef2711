// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Sampling} from "../../src/round/Sampling.sol";

contract SamplingTest is Test {
    /// forge-config: default.fuzz.runs = 2000
    function testFuzz_SeatsAddUpAndEachHasItsShareRoundedUpOrDown(
        uint96[16] memory stakes,
        uint8 candidates,
        uint256 seed,
        uint8 seats_
    ) public pure {
        uint256 n = bound(candidates, 1, 16);
        uint256 seats = bound(seats_, 4, 255);
        uint256 total;
        for (uint256 i; i < n; ++i) {
            // From dust to the whole supply, on a logarithmic scale.
            stakes[i] = uint96(bound(stakes[i], 1, 1e27) >> (uint256(keccak256(abi.encode(seed, i))) % 90)) + 1;
            total += stakes[i];
        }
        uint256 offset = seed % total;
        uint256 end;
        uint256 sum;
        for (uint256 i; i < n; ++i) {
            end += stakes[i];
            uint256 got = Sampling.seatsOf(end, stakes[i], offset, total, seats);
            _assertRounded(got, seats * stakes[i], total);
            sum += got;
        }
        assertEq(sum, seats);
    }

    /// @dev A candidate gets its exact part of the seats, rounded down or up.
    function _assertRounded(uint256 got, uint256 scaled, uint256 total) private pure {
        assertGe(got, scaled / total);
        assertLe(got, (scaled + total - 1) / total);
    }

    /// @dev Over all offsets a candidate's seats average exactly seats·stake/S: here every offset of a short line.
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_OverAllOffsetsSeatsAreExactlyProportional(uint8[5] memory stakes, uint8 seats_) public pure {
        uint256 seats = bound(seats_, 4, 255);
        uint256 total;
        for (uint256 i; i < 5; ++i) {
            stakes[i] = uint8(bound(stakes[i], 1, 30));
            total += stakes[i];
        }
        uint256 end;
        for (uint256 i; i < 5; ++i) {
            end += stakes[i];
            uint256 sum;
            for (uint256 offset; offset < total; ++offset) {
                sum += Sampling.seatsOf(end, stakes[i], offset, total, seats);
            }
            // Σ over S offsets of an average of seats·stake/S.
            assertEq(sum, seats * stakes[i]);
        }
    }

    /// @dev The definition itself: which points (j·S + o)/k, compared multiplied by k, fall into [start, end).
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_SeatsAreThePointsInTheInterval(uint96 start, uint96 length, uint96 rest, uint96 o, uint8 seats_)
        public
        pure
    {
        uint256 seats = bound(seats_, 4, 255);
        uint256 end = uint256(start) + length;
        uint256 total = end + rest;
        if (total == 0) return;
        uint256 offset = o % total;
        uint256 points;
        for (uint256 j; j < seats; ++j) {
            uint256 point = j * total + offset;
            if (point >= start * seats && point < end * seats) ++points;
        }
        assertEq(Sampling.seatsOf(end, length, offset, total, seats), points);
    }

    function test_ATinyCandidateAmongWhalesIsDrawnAsOftenAsItsStakeSays() public pure {
        // One of 10,000 of the line; 64 seats: at 64 of every 10,000 offsets it has a seat, and never two.
        uint256 drawn;
        for (uint256 offset; offset < 10_000; ++offset) {
            uint256 seats = Sampling.seatsOf(5001, 1, offset, 10_000, 64);
            assertLe(seats, 1);
            drawn += seats;
        }
        assertEq(drawn, 64);
    }

    function test_OneCandidateHasEverySeat() public pure {
        assertEq(Sampling.seatsOf(1e27, 1e27, 0, 1e27, 255), 255);
        assertEq(Sampling.seatsOf(1e27, 1e27, 1e27 - 1, 1e27, 255), 255);
        assertEq(Sampling.seatsOf(1, 1, 0, 1, 4), 4);
    }

    function test_TheSeedIsBoundToTaskAndRoundAndNeedsAKnownBlock() public {
        vm.roll(1000);
        bytes32 hash = keccak256("a block");
        vm.setBlockhash(998, hash);
        assertEq(Sampling.seedOf(998, 7, 3), keccak256(abi.encode(hash, uint256(7), uint32(3))));
        assertNotEq(Sampling.seedOf(998, 7, 3), Sampling.seedOf(998, 7, 4));
        assertEq(Sampling.seedOf(1000, 7, 3), bytes32(0));
        assertEq(Sampling.seedOf(1000 - 257, 7, 3), bytes32(0));
    }
}
