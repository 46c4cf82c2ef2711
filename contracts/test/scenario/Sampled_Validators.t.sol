// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {ISlashCourt, Reason} from "../../src/interfaces/ISlashCourt.sol";
import {Cid, ResultSummary, RoundPhase} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract SampledValidatorsTest is RoundTest {
    /// @dev Three whales of a million and one candidate of 5000: 60 seats times 5000 of 3,005,000 are a tenth of a seat.
    function test_ATinyCandidateAmongWhalesHasASeatInATenthOfTheRoundsAndNeverTwo() public {
        taskId = _approvedTask(1, 100e18);
        for (uint256 v; v < 3; ++v) {
            validators.push(makeAddr(string.concat("whale", vm.toString(v))));
            _stake(validators[v], 1_000_000e18);
        }
        validators.push(makeAddr("tiny"));
        _stake(validators[3], 5000e18);
        _openRound();
        _toReveal();
        roundManager.scheduleDraw(taskId, round);
        vm.roll(_info().drawBlock + 1);
        uint256 start = vm.snapshotState();
        uint256 seats;
        for (uint256 i; i < 1000; ++i) {
            vm.setBlockhash(_info().drawBlock, keccak256(abi.encode("one of many worlds", i)));
            roundManager.draw(taskId, round);
            uint256 got = roundManager.validator(taskId, round, validators[3]).seats;
            assertLe(got, 1);
            seats += got;
            for (uint256 v; v < 3; ++v) {
                // 19.97 seats each: the whole steps inside the interval, and perhaps the one at each end.
                uint256 whale = roundManager.validator(taskId, round, validators[v]).seats;
                assertGe(whale, 18);
                assertLe(whale, 21);
            }
            vm.revertToState(start);
        }
        // 99.8 of 1000 expected, a standard deviation of 9.5: the fixed worlds above stay within three.
        assertGt(seats, 70);
        assertLt(seats, 130);
    }

    function test_WhoDrewNoSeatIsNeitherHeardNorBlamed() public {
        _setPolicy(Param.ValidatorSeats, 4);
        taskId = _approvedTask(2, 100e18);
        validators.push(makeAddr("whale"));
        _stake(validators[0], 10_000_000e18);
        _staked(1, 0);
        _openRound();
        address unlucky = makeAddr("unlucky");
        vm.prank(unlucky);
        vm.expectPartialRevert(IRoundManager.StakeTooLow.selector);
        roundManager.join(taskId, round);
        vm.warp(block.timestamp + 30 days);
        roundManager.voidRound(taskId, round);
        _stake(unlucky, 5000e18);
        validators.push(unlucky);
        _openRound();
        _allRevealed();
        _keyPublished();
        _toAvailability();
        _attest(0, 1);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.NoSeat.selector, unlucky));
        _attest(1, 1);
        _toResultCommit();
        validators.pop();
        ResultSummary memory truth = _summary();
        _results(truth, truth, 0);
        _finalized(truth);
        vm.expectPartialRevert(ISlashCourt.NotProven.selector);
        court.open(taskId, round, unlucky, Reason.ValidatorSilent, Cid(0x0129, bytes32(uint256(1))));
    }

    function test_ADrawThatExpiredIsScheduledAgainByAnyoneAndTheRoundGoesOn() public {
        _roundOf(2, 3);
        _toReveal();
        _reveal(0);
        _reveal(1);
        roundManager.scheduleDraw(taskId, round);
        // Nobody draws for 256 blocks: the chain has forgotten the seed.
        vm.roll(block.number + 300);
        vm.expectPartialRevert(IRoundManager.DrawExpired.selector);
        roundManager.draw(taskId, round);
        _keyPublished();
        _toAvailability();
        vm.expectPartialRevert(IRoundManager.DrawExpired.selector);
        _attest(0, 3);
        vm.prank(stranger);
        roundManager.scheduleDraw(taskId, round);
        vm.roll(block.number + 2);
        for (uint256 v; v < 3; ++v) {
            _attest(v, 3);
        }
        _toResultCommit();
        ResultSummary memory truth = _summary();
        _results(truth, truth, 0);
        _finalized(truth);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Claimable));
    }

    /// @dev The limit that the interface names: who builds the block of the seed sees the draw before others and can give
    /// up its block for another. It chooses between two draws then, and of those it still cannot choose either.
    function test_ABlocksBuilderHasOneMoreTryAndNoChoiceOfItsSeats() public {
        _roundOf(1, 2);
        _toReveal();
        roundManager.scheduleDraw(taskId, round);
        uint256 drawBlock = _info().drawBlock;
        vm.roll(drawBlock + 1);
        uint256 start = vm.snapshotState();
        uint256[2] memory seats;
        for (uint256 i; i < 2; ++i) {
            vm.setBlockhash(drawBlock, keccak256(abi.encode("a candidate block", i)));
            roundManager.draw(taskId, round);
            seats[i] = roundManager.validator(taskId, round, validators[0]).seats;
            vm.revertToState(start);
        }
        // Five of eleven parts of 60 seats: whatever the block, 27 or 28.
        for (uint256 i; i < 2; ++i) {
            assertTrue(seats[i] == 27 || seats[i] == 28);
        }
    }
}
