// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {IRoundManager, RoundInfo, ValidatorEntry, ValidatorStage} from "../../src/interfaces/IRoundManager.sol";
import {RoundPhase, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev The draw of the seats, attestations, and which submissions count.
contract RoundManagerSeatsTest is RoundTest {
    function test_TheDrawTakesTheHashOfTheNextBlockAndIsMadeOnce() public {
        _roundOf(1, 3);
        vm.expectRevert(_wrongPhase(RoundPhase.Reveal, RoundPhase.Commit));
        roundManager.scheduleDraw(taskId, round);
        _toReveal();
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.DrawNotReady.selector, 0, 1000));
        roundManager.draw(taskId, round);
        vm.expectEmit(address(roundManager));
        emit IRoundManager.DrawScheduled(taskId, round, 1001);
        roundManager.scheduleDraw(taskId, round);
        assertEq(_info().drawBlock, 1001);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.DrawScheduledFor.selector, 1001));
        roundManager.scheduleDraw(taskId, round);
        vm.roll(1001);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.DrawNotReady.selector, 1001, 1001));
        roundManager.draw(taskId, round);
        assertEq(roundManager.validator(taskId, round, validators[0]).seats, 0);

        vm.roll(1002);
        bytes32 blockHash = keccak256("block 1001");
        vm.setBlockhash(1001, blockHash);
        bytes32 seed = keccak256(abi.encode(blockHash, block.chainid, address(roundManager), taskId, round));
        vm.expectEmit(address(roundManager));
        emit IRoundManager.SeatsDrawn(taskId, round, 1001, seed, 18_000e18, 60);
        roundManager.draw(taskId, round);
        RoundInfo memory info = _info();
        assertTrue(info.drawn);
        uint256 seats;
        for (uint256 v; v < 3; ++v) {
            seats += roundManager.validator(taskId, round, validators[v]).seats;
        }
        assertEq(seats, 60);
        vm.expectRevert(IRoundManager.AlreadyDrawn.selector);
        roundManager.draw(taskId, round);
        vm.expectRevert(IRoundManager.AlreadyDrawn.selector);
        roundManager.scheduleDraw(taskId, round);
    }

    function test_ADrawThatNobodyMadeInTimeIsScheduledAgain() public {
        _roundOf(1, 1);
        _toReveal();
        roundManager.scheduleDraw(taskId, round);
        vm.roll(1001 + 256);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.DrawScheduledFor.selector, 1001));
        roundManager.scheduleDraw(taskId, round);
        vm.roll(1001 + 257);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.DrawExpired.selector, 1001, 1258));
        roundManager.draw(taskId, round);
        roundManager.scheduleDraw(taskId, round);
        assertEq(_info().drawBlock, 1259);
        vm.roll(1260);
        roundManager.draw(taskId, round);
        assertTrue(_info().drawn);
    }

    function test_WithoutCandidatesThereIsNothingToDraw() public {
        _roundOf(1, 0);
        _toReveal();
        vm.expectRevert(IRoundManager.NothingToDraw.selector);
        roundManager.scheduleDraw(taskId, round);
    }

    function test_AfterTheAvailabilityWindowADrawIsTooLate() public {
        _roundOf(1, 1);
        _toReveal();
        roundManager.scheduleDraw(taskId, round);
        vm.roll(1002);
        _toResultCommit();
        vm.expectRevert(_wrongPhase(RoundPhase.Reveal, RoundPhase.ResultCommit));
        roundManager.draw(taskId, round);
        vm.expectRevert(_wrongPhase(RoundPhase.Reveal, RoundPhase.ResultCommit));
        roundManager.scheduleDraw(taskId, round);
        // Nobody could attest, so nobody was silent.
        ValidatorEntry memory entry = roundManager.validator(taskId, round, validators[0]);
        assertEq(uint8(entry.stage), uint8(ValidatorStage.Joined));
        assertEq(entry.seats, 0);
    }

    function test_TheFirstAttestationDrawsWhereNobodyHas() public {
        _roundOf(1, 1);
        _toReveal();
        _reveal(0);
        roundManager.scheduleDraw(taskId, round);
        _keyPublished();
        _toAvailability();
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.DrawNotReady.selector, 1001, 1000));
        _attest(0, 1);
        vm.roll(1002);
        _attest(0, 1);
        assertTrue(_info().drawn);
        assertEq(_info().attestedSeats, 60);
    }

    function test_AttestingIsForSeatsOnceAndForRevealedSubmissionsOnly() public {
        _aSeatPerThousand(2);
        _roundOf(3, 2);
        _toReveal();
        _reveal(0);
        _reveal(2);
        _drawn();
        _keyPublished();
        vm.expectRevert(_wrongPhase(RoundPhase.Availability, RoundPhase.Key));
        _attest(0, 3);
        _toAvailability();
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.NoSeat.selector, stranger));
        vm.prank(stranger);
        roundManager.attest(taskId, round, _words(1));
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.BitmapOutOfRange.selector, 4, 2));
        _attest(0, 4);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.BitmapLength.selector, 1, 2));
        vm.prank(validators[0]);
        roundManager.attest(taskId, round, new uint256[](2));
        vm.expectEmit(address(roundManager));
        emit IRoundManager.AvailabilityAttested(taskId, round, validators[0], 5, _words(2));
        _attest(0, 2);
        vm.expectRevert(_wrongStage(0, ValidatorStage.Joined, ValidatorStage.Attested));
        _attest(0, 2);
        assertEq(_info().attestedSeats, 5);
        ValidatorEntry memory entry = roundManager.validator(taskId, round, validators[0]);
        assertEq(uint8(entry.stage), uint8(ValidatorStage.Attested));
        assertEq(entry.seats, 5);
        assertEq(roundManager.missingSeats(taskId, round, 0), 5);
        assertEq(roundManager.missingSeats(taskId, round, 1), 0);
    }

    function test_ACandidateThatDrewNoSeatHasNothingToDo() public {
        // 5000 of 10,005,000 tokens and four seats: the whale has all of them at nearly every offset.
        _setPolicy(Param.ValidatorSeats, 4);
        taskId = _approvedTask(1, 100e18);
        validators.push(makeAddr("whale"));
        _stake(validators[0], 10_000_000e18);
        validators.push(makeAddr("minnow"));
        _stake(validators[1], 5000e18);
        _staked(1, 0);
        _openRound();
        _allRevealed();
        _keyPublished();
        _toAvailability();
        assertEq(roundManager.validator(taskId, round, validators[1]).seats, 0);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.NoSeat.selector, validators[1]));
        _attest(1, 1);
        _attest(0, 1);
        assertEq(_info().attestedSeats, 4);
    }

    function test_NobodyAttestsWithoutTheKey() public {
        _roundOf(1, 1);
        _allRevealed();
        _toAvailability();
        vm.expectRevert(IRoundManager.KeyMissing.selector);
        _attest(0, 1);
    }

    function test_WhatCountsIsKnownAfterTheWindow() public {
        _roundOf(2, 3);
        _allRevealed();
        _keyPublished();
        _allAttested(3);
        assertEq(roundManager.countedBitmap(taskId, round).length, 0);
        _toResultCommit();
        assertEq(roundManager.countedBitmap(taskId, round), _words(3));
    }

    function test_TwoThirdsOfTheAttestingSeatsMakeASubmissionCount() public {
        // Seats 5, 6, 7, of which the first 5 stay silent: 13 attest, so 9 have to have it and 4 may miss it.
        _aSeatPerThousand(3);
        _roundOf(3, 3);
        _allRevealed();
        _keyPublished();
        _toAvailability();
        _attest(1, 6);
        _attest(2, 5);
        _toResultCommit();
        // Missing: the first 6 seats, the second 7, the third none.
        assertEq(roundManager.countedBitmap(taskId, round), _words(4));
        assertEq(roundManager.missingSeats(taskId, round, 0), 6);
        assertEq(roundManager.missingSeats(taskId, round, 1), 7);
    }

    function test_ExactlyTwoThirdsAreEnoughAndASeatLessIsNot() public {
        // Three times 20 of 60 seats; and then 40 of 60 have it.
        for (uint256 v; v < 3; ++v) {
            validators.push(makeAddr(string.concat("equal", vm.toString(v))));
            _stake(validators[v], 5000e18);
        }
        taskId = _approvedTask(2, 100e18);
        _staked(1, 0);
        _openRound();
        _allRevealed();
        _keyPublished();
        _toAvailability();
        _attest(0, 1);
        _attest(1, 0);
        _attest(2, 1);
        _toResultCommit();
        assertEq(roundManager.countedBitmap(taskId, round), _words(1));
        vm.warp(block.timestamp + 1 days);
        roundManager.voidRound(taskId, round);

        // One seat more, which one of the three gets: 40 of 61 do not suffice.
        _setPolicy(Param.ValidatorSeats, 61);
        _openRound();
        _allRevealed();
        _keyPublished();
        _toAvailability();
        uint256 had;
        for (uint256 v; v < 3; ++v) {
            uint256 seats = roundManager.validator(taskId, round, validators[v]).seats;
            // Those with 20 have it, who has 21 has not.
            _attest(v, seats == 20 ? 1 : 0);
            if (seats == 20) had += 20;
        }
        assertEq(had, 40);
        _toResultCommit();
        assertEq(roundManager.countedBitmap(taskId, round), _words(0));
        _expectVoided(VoidReason.NothingCounted);
    }

    function test_WithoutAQuorumOfAttestationsNothingCounts() public {
        // Seats 5, 6, 7 of 18: only 7 attest.
        _aSeatPerThousand(3);
        _roundOf(1, 3);
        _allRevealed();
        _keyPublished();
        _toAvailability();
        _attest(2, 1);
        _toResultCommit();
        assertEq(roundManager.countedBitmap(taskId, round).length, 0);
        _expectVoided(VoidReason.NothingCounted);
    }

    /// @dev Whole attestations through the contract against naive counting.
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_WhatCountsIsWhatTwoThirdsOfTheAttestingSeatsHave(uint256 seed) public {
        uint256 submissions = 1 + seed % 6;
        uint256 validatorCount = 1 + (seed >> 8) % 5;
        _roundOf(submissions, validatorCount);
        _allRevealed();
        _keyPublished();
        _toAvailability();
        uint256 attested;
        uint256[] memory had = new uint256[](submissions);
        for (uint256 v; v < validatorCount; ++v) {
            uint256 r = uint256(keccak256(abi.encode(seed, v)));
            if (r % 5 == 0) continue;
            uint256 bitmap = (r >> 8) & (r >> 16 | r >> 24 | r >> 32) & _everything();
            _attest(v, bitmap);
            uint256 seats = roundManager.validator(taskId, round, validators[v]).seats;
            attested += seats;
            for (uint256 i; i < submissions; ++i) {
                if ((bitmap >> i) & 1 == 1) had[i] += seats;
            }
        }
        _toResultCommit();
        uint256[] memory counted = roundManager.countedBitmap(taskId, round);
        if (attested * 2 < 60) {
            assertEq(counted.length, 0);
            return;
        }
        uint256 threshold = policy.latest(Param.AvailabilityThreshold);
        for (uint256 i; i < submissions; ++i) {
            assertEq((counted[0] >> i) & 1 == 1, had[i] * 1e18 >= threshold * attested);
            assertEq(roundManager.missingSeats(taskId, round, uint32(i)), attested - had[i]);
        }
    }

    function _wrongStage(uint256 v, ValidatorStage expected, ValidatorStage actual)
        private
        view
        returns (bytes memory)
    {
        return abi.encodeWithSelector(IRoundManager.WrongStage.selector, validators[v], expected, actual);
    }
}
