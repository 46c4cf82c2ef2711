// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Deadlines} from "../../src/interfaces/IRoundManager.sol";
import {Head, HeadLib, Status} from "../../src/round/Head.sol";
import {RoundPhase, Windows} from "../../src/types/Types.sol";

contract HeadTest is Test {
    /// @dev Everything written is read back, and nothing spills into a neighbour.
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_FieldsKeepApart(Windows memory w, uint40 now_, uint8 seats, uint8 power, uint16 maxTrainers)
        public
    {
        w = _windows(w);
        power %= 5;
        vm.warp(now_);
        Head h = HeadLib.create(w, seats, power, maxTrainers);
        _same(h, w, now_, seats, power, maxTrainers);
        assertEq(uint8(h.status()), uint8(Status.Running));
        assertEq(h.submissions(), 0);
        assertEq(h.attestedSeats(), 0);
        assertEq(h.revealedSeats(), 0);
        assertFalse(h.drawn() || h.keyPublished() || h.somethingMissing());

        h = h.withDrawn();
        assertTrue(h.drawn() && !h.keyPublished() && !h.somethingMissing());
        h = h.withKey();
        assertTrue(h.drawn() && h.keyPublished() && !h.somethingMissing());
        h = h.withSubmission().withSubmission();
        assertEq(h.submissions(), 2);
        h = h.withAttested(seats / 2, false);
        assertFalse(h.somethingMissing());
        h = h.withAttested(seats - seats / 2, true);
        assertTrue(h.somethingMissing());
        h = h.withRevealed(seats);
        for (uint8 s; s <= uint8(Status.Void); ++s) {
            h = h.withStatus(Status(s));
            assertEq(uint8(h.status()), s);
        }
        assertEq(h.attestedSeats(), seats);
        assertEq(h.revealedSeats(), seats);
        assertEq(h.submissions(), 2);
        assertTrue(h.drawn() && h.keyPublished() && h.somethingMissing());
        _same(h, w, now_, seats, power, maxTrainers);
        assertEq(h.isFull(), maxTrainers <= 2);
    }

    /// @dev At any moment after the opening the phase is that of the first deadline that has not passed.
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_ThePhaseFollowsTheClock(Windows memory w, uint32 passed) public {
        w = _windows(w);
        vm.warp(1_760_000_000);
        Head h = HeadLib.create(w, 64, 4, 64);
        Deadlines memory d = h.deadlines();
        uint40[6] memory ends = [d.commit, d.reveal, d.key, d.availability, d.resultCommit, d.resultReveal];
        // Around a deadline half of the time, anywhere else.
        vm.warp(passed % 2 == 0 ? ends[passed % 6] - passed % 3 % 2 : 1_760_000_000 + passed % 120_000_000);
        uint256 expected = uint256(RoundPhase.Commit);
        while (expected < uint256(RoundPhase.Acceptance) && block.timestamp >= ends[expected - 1]) {
            ++expected;
        }
        assertEq(uint256(h.phase()), expected);
        assertEq(uint256(h.withStatus(Status.Accepted).phase()), uint256(RoundPhase.Challenge));
        assertEq(uint256(h.withStatus(Status.Disputed).phase()), uint256(RoundPhase.Disputed));
        assertEq(uint256(h.withStatus(Status.Claimable).phase()), uint256(RoundPhase.Claimable));
        assertEq(uint256(h.withStatus(Status.Void).phase()), uint256(RoundPhase.Void));
        assertEq(uint256(h.withStatus(Status.None).phase()), uint256(RoundPhase.None));
    }

    /// @dev Windows as a task can have them: from a second to 60 days.
    function _windows(Windows memory w) private pure returns (Windows memory) {
        w.commit = uint32(bound(w.commit, 1, 60 days));
        w.reveal = uint32(bound(w.reveal, 1, 60 days));
        w.key = uint32(bound(w.key, 1, 60 days));
        w.availability = uint32(bound(w.availability, 1, 60 days));
        w.resultCommit = uint32(bound(w.resultCommit, 1, 60 days));
        w.resultReveal = uint32(bound(w.resultReveal, 1, 60 days));
        return w;
    }

    function _same(Head h, Windows memory w, uint256 openedAt, uint8 seats, uint8 power, uint16 maxTrainers)
        private
        pure
    {
        assertEq(h.openedAt(), openedAt);
        assertEq(h.endOf(0), openedAt);
        assertEq(h.endOf(1), openedAt + w.commit);
        assertEq(h.endOf(2), h.endOf(1) + w.reveal);
        assertEq(h.endOf(3), h.endOf(2) + w.key);
        assertEq(h.endOf(4), h.endOf(3) + w.availability);
        assertEq(h.endOf(5), h.endOf(4) + w.resultCommit);
        assertEq(h.endOf(6), h.endOf(5) + w.resultReveal);
        assertEq(h.seats(), seats);
        assertEq(h.stakePower(), power);
        assertEq(h.maxTrainers(), maxTrainers);
    }
}
