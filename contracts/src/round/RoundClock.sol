// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Deadlines} from "../interfaces/IRoundManager.sol";
import {RoundPhase, VoidReason, Windows} from "../types/Types.sol";

/// @dev What cannot be told from the clock; None is a round that was never opened.
enum Status {
    None,
    Running,
    Accepted,
    Challenged,
    Claimable,
    Void
}

/// @notice What happened when, in one slot. Moments are unix seconds, 0 before they come.
/// @param rejoinedAt When validators could join anew; 0 in the first attempt.
/// @param validatorsDrawnAt In this attempt.
/// @param listed Whether the task admits only training nodes of a list.
/// @param beaconWindow Seconds after a window within which its beacon must be brought.
struct Clock {
    Status status;
    VoidReason voidReason;
    uint8 attempt;
    uint16 trainerSeats;
    uint16 validatorSeats;
    bool listed;
    uint24 beaconWindow;
    uint40 openedAt;
    uint40 trainersDrawnAt;
    uint40 rejoinedAt;
    uint40 validatorsDrawnAt;
}

/// @notice Lengths of the windows, seconds (at most 60 days, the catalogue's bound of MaxWindow, far below 2^24), and when the
/// round closed.
struct Lengths {
    uint24 join;
    uint24 commit;
    uint24 reveal;
    uint24 attest;
    uint24 attestReveal;
    uint24 key;
    uint24 resultCommit;
    uint24 resultReveal;
    uint40 closedAt;
}

/// @title Where a round is, by its clock
/// @dev Sums of a moment of 40 bits and lengths of 24 bits.
library RoundClock {
    /// @notice A member of `Status` says no phase.
    error StatusWithoutPhase(Status status);

    /// @param most Windows that are longer end with it: tasks keep those that they were proposed with, and rounds must fit the
    /// cooldown of the policy in force.
    function lengthsOf(Windows memory w, uint256 most) internal pure returns (Lengths memory) {
        return Lengths({
            join: _length(w.join, most),
            commit: _length(w.commit, most),
            reveal: _length(w.reveal, most),
            attest: _length(w.attest, most),
            attestReveal: _length(w.attestReveal, most),
            key: _length(w.key, most),
            resultCommit: _length(w.resultCommit, most),
            resultReveal: _length(w.resultReveal, most),
            closedAt: 0
        });
    }

    function phase(Clock memory c, Lengths memory l) internal view returns (RoundPhase) {
        Status s = c.status;
        if (s == Status.Running) return _running(c, l);
        if (s == Status.None) return RoundPhase.None;
        if (s == Status.Accepted) return RoundPhase.Challenge;
        if (s == Status.Challenged) return RoundPhase.Ruling;
        if (s == Status.Claimable) return RoundPhase.Claimable;
        if (s == Status.Void) return RoundPhase.Void;
        revert StatusWithoutPhase(s);
    }

    /// @notice When the window ends for whose end the beacon's value draws the training nodes.
    function joinEnd(Clock memory c, Lengths memory l) internal pure returns (uint256) {
        return uint256(c.openedAt) + l.join;
    }

    function revealEnd(Clock memory c, Lengths memory l) internal pure returns (uint256) {
        return uint256(c.trainersDrawnAt) + l.commit + l.reveal;
    }

    /// @notice The same for the validators of this attempt: the reveals' end, or that of joining anew.
    function validatorDrawFrom(Clock memory c, Lengths memory l) internal pure returns (uint256) {
        return c.attempt == 0 ? revealEnd(c, l) : uint256(c.rejoinedAt) + l.join;
    }

    function deadlines(Clock memory c, Lengths memory l) internal pure returns (Deadlines memory d) {
        // Safe narrowing: moments have 40 bits and reach the year 36,000.
        d.join = uint40(joinEnd(c, l));
        d.trainerDraw = d.join + c.beaconWindow;
        if (c.trainersDrawnAt == 0) return d;
        d.commit = c.trainersDrawnAt + l.commit;
        d.reveal = d.commit + l.reveal;
        if (c.attempt != 0) d.validatorJoin = c.rejoinedAt + l.join;
        d.validatorDraw = uint40(validatorDrawFrom(c, l)) + c.beaconWindow;
        if (c.validatorsDrawnAt == 0) return d;
        d.attest = c.validatorsDrawnAt + l.attest;
        d.attestReveal = d.attest + l.attestReveal;
        d.key = d.attestReveal + l.key;
        d.resultCommit = d.key + l.resultCommit;
        d.resultReveal = d.resultCommit + l.resultReveal;
    }

    function _running(Clock memory c, Lengths memory l) private view returns (RoundPhase) {
        uint256 now_ = block.timestamp;
        if (c.trainersDrawnAt == 0) return now_ < joinEnd(c, l) ? RoundPhase.Join : RoundPhase.TrainerDraw;
        uint256 end = uint256(c.trainersDrawnAt) + l.commit;
        if (now_ < end) return RoundPhase.Commit;
        if (now_ < end + l.reveal) return RoundPhase.Reveal;
        if (c.validatorsDrawnAt == 0) {
            return now_ < validatorDrawFrom(c, l) ? RoundPhase.ValidatorJoin : RoundPhase.ValidatorDraw;
        }
        end = uint256(c.validatorsDrawnAt) + l.attest;
        if (now_ < end) return RoundPhase.Attest;
        end += l.attestReveal;
        if (now_ < end) return RoundPhase.AttestReveal;
        end += l.key;
        if (now_ < end) return RoundPhase.Key;
        end += l.resultCommit;
        if (now_ < end) return RoundPhase.ResultCommit;
        return now_ < end + l.resultReveal ? RoundPhase.ResultReveal : RoundPhase.Acceptance;
    }

    function _length(uint256 window, uint256 most) private pure returns (uint24) {
        // Safe narrowing: see `Lengths`.
        return uint24(window < most ? window : most);
    }
}
