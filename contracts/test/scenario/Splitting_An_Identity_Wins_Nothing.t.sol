// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {Seats} from "../../src/round/Seats.sol";
import {Role} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Influence costs stake, identities cost nothing.
contract SplittingAnIdentityWinsNothingTest is RoundTest {
    /// @dev Side by side its parts have, seed for seed, the very seats that the whole would have had.
    function testFuzz_PartsThatStandTogetherHaveTheSeatsOfTheWhole(
        uint256 total,
        uint256 start,
        uint256 length,
        uint256 seats,
        uint256 random
    ) public pure {
        total = bound(total, 1e18, 1e27);
        length = bound(length, 1, total);
        start = bound(start, 0, total - length);
        seats = bound(seats, 1, 1024);
        bytes32 seed = keccak256(abi.encode(random));
        uint256 role = random % 2;
        uint256 whole = Seats.inInterval(start + length, length, total, seats, role, seed);
        uint256 sum;
        uint256 at = start;
        while (at < start + length) {
            random = uint256(keccak256(abi.encode(random)));
            uint256 left = start + length - at;
            uint256 part = random % 4 == 0 ? left : 1 + random % left;
            at += part;
            sum += Seats.inInterval(at, part, total, seats, role, seed);
        }
        assertEq(sum, whole);
    }

    /// @dev Wherever a part stands, over many seeds it has k · length/S seats: so also all parts together.
    /// forge-config: default.fuzz.runs = 64
    function testFuzz_WhereverItStandsAPartExpectsItsShare(uint256 end, uint256 length, uint256 seats) public pure {
        uint256 total = 1e24;
        seats = bound(seats, 4, 255);
        length = bound(length, total / 100, total / 2);
        end = bound(end, length, total);
        uint256 sum;
        for (uint256 i; i < 2000; ++i) {
            sum += Seats.inInterval(end, length, total, seats, Seats.VALIDATORS, keccak256(abi.encode(i, end)));
        }
        // Only the two steps at its ends are chance: a variance of at most 1/2 a draw, so 32 for 2000; five of them.
        assertApproxEqAbs(sum, 2000 * seats * length / total, 160);
    }

    /// @dev The same with real candidates: a stake of 12,000 as one node, and as four among the others.
    function test_FourNodesOfAQuarterHaveAsManySeatsAsOneOverManyRounds() public {
        taskId = _approvedTask(1, 100_000e18);
        _staked(1, 2);
        address whole = makeAddr("whole");
        _stake(whole, 24_000e18);
        _allocate(whole, taskId, Role.Validator, 1e18);
        address[4] memory parts;
        for (uint256 i; i < 4; ++i) {
            parts[i] = makeAddr(string.concat("part", vm.toString(i)));
            _stake(parts[i], 6000e18);
            _allocate(parts[i], taskId, Role.Validator, 1e18);
        }
        vm.warp(block.timestamp + 1);
        vm.prank(creator);
        round = roundManager.open(taskId);
        _join(trainers[0], Role.Trainer);
        _join(parts[0], Role.Validator);
        _join(parts[1], Role.Validator);
        _join(validators[0], Role.Validator);
        _join(parts[2], Role.Validator);
        _join(whole, Role.Validator);
        _join(validators[1], Role.Validator);
        _join(parts[3], Role.Validator);
        _draw(Role.Trainer);
        _commit(0);
        _toReveal();
        _reveal(0);
        _toValidatorDraw();
        uint256 end = block.timestamp;
        uint256 source = beacon.fix(end);
        vm.roll(source + 1);
        uint256 start = vm.snapshotState();
        uint256[2] memory sums;
        uint256[5] memory got;
        for (uint256 i; i < 400; ++i) {
            vm.setBlockhash(source, keccak256(abi.encode("one of many worlds", i)));
            roundManager.draw(taskId, round, Role.Validator, "");
            got[4] = _seatsOf(whole);
            for (uint256 p; p < 4; ++p) {
                got[p] = _seatsOf(parts[p]);
            }
            vm.revertToState(start);
            sums[0] += got[4];
            sums[1] += got[0] + got[1] + got[2] + got[3];
        }
        // 240 seats of 59,000: 97.6 each.
        uint256 expected = uint256(400) * 240 * 24_000 / 59_000;
        assertApproxEqAbs(sums[0], expected, 80);
        assertApproxEqAbs(sums[1], expected, 160);
    }

    /// @dev Called from outside, so that each world's memory is given back.
    function drawWorld(uint256 i, uint256 source) external returns (uint256 tiny) {
        vm.setBlockhash(source, keccak256(abi.encode("one of many worlds", i)));
        roundManager.draw(taskId, round, Role.Validator, "");
        tiny = _seatsOf(validators[3]);
        assertLe(tiny, 1);
        for (uint256 v; v < 3; ++v) {
            // 19.97 seats each: the whole steps inside the interval, and perhaps the one at each end.
            assertGe(_seatsOf(validators[v]), 18);
            assertLe(_seatsOf(validators[v]), 21);
        }
    }

    /// @dev 60 seats times 5000 of 3,005,000 are a tenth of a seat.
    function test_ATinyCandidateAmongWhalesHasASeatInATenthOfTheRoundsAndNeverTwo() public {
        _setPolicy(Param.ValidatorSeats, 60);
        taskId = _approvedTask(1, 1000e18);
        _staked(1, 0);
        for (uint256 v; v < 4; ++v) {
            validators.push(makeAddr(v == 3 ? "tiny" : string.concat("whale", vm.toString(v))));
            _stake(validators[v], v == 3 ? 5000e18 : 1_000_000e18);
            _allocate(validators[v], taskId, Role.Validator, 1e18);
        }
        _openRound();
        _draw(Role.Trainer);
        _commit(0);
        _toReveal();
        _reveal(0);
        _toValidatorDraw();
        uint256 source = beacon.fix(block.timestamp);
        vm.roll(source + 1);
        uint256 start = vm.snapshotState();
        uint256 sum;
        for (uint256 i; i < 1000; ++i) {
            sum += this.drawWorld(i, source);
            vm.revertToState(start);
        }
        // 99.8 of 1000 expected, a standard deviation of 9.5: the fixed worlds above stay within three.
        assertGt(sum, 70);
        assertLt(sum, 130);
    }
}
