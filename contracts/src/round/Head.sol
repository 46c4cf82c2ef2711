// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Deadlines} from "../interfaces/IRoundManager.sol";
import {RoundPhase, Windows} from "../types/Types.sol";

/// @notice What every step of a round reads, in one slot, so that a step costs one cold read of it. From the lowest bit:
///
///     status 8 | submissions 16 | openedAt 40 | six windows of 24 | seats 8 | attested 8 | revealed 8
///     | drawn 1 | key published 1 | something missing 1 | spare 2 | stake power 3 | maxTrainers 16
///
/// `attested` and `revealed` count seats (at most 255); a window is at most 60 days (the catalogue's bound of MaxWindow),
/// far below 2^24 seconds.
type Head is uint256;

/// @dev What cannot be told from the clock; None is a round that was never opened.
enum Status {
    None,
    Running,
    Accepted,
    Disputed,
    Claimable,
    Void
}

using HeadLib for Head global;

/// @title Reading and changing a round's head
library HeadLib {
    /// @notice A member of `Status` says no phase.
    error StatusWithoutPhase(Status status);

    uint256 private constant SUBMISSIONS = 8;
    uint256 private constant OPENED_AT = 24;
    uint256 private constant WINDOWS = 64;
    uint256 private constant SEATS = 208;
    uint256 private constant ATTESTED = 216;
    uint256 private constant REVEALED = 224;
    uint256 private constant DRAWN = 1 << 232;
    uint256 private constant KEY_PUBLISHED = 1 << 233;
    uint256 private constant SOMETHING_MISSING = 1 << 234;
    uint256 private constant POWER = 237;
    uint256 private constant MAX_TRAINERS = 240;

    /// @dev Assumes what the policy's and the task manager's bounds promise: windows below 2^24, seats at most 255,
    /// a stake power of at most 4, maxTrainers below 2^16.
    function create(Windows memory w, uint256 seats_, uint256 power, uint256 maxTrainers_)
        internal
        view
        returns (Head)
    {
        uint256 windows = uint256(w.commit) | uint256(w.reveal) << 24 | uint256(w.key) << 48 | uint256(w.availability)
            << 72 | uint256(w.resultCommit) << 96 | uint256(w.resultReveal) << 120;
        return Head.wrap(
            uint256(Status.Running) | block.timestamp << OPENED_AT | windows << WINDOWS | seats_ << SEATS | power
                << POWER | maxTrainers_ << MAX_TRAINERS
        );
    }

    function status(Head h) internal pure returns (Status) {
        return Status(uint8(Head.unwrap(h)));
    }

    function submissions(Head h) internal pure returns (uint256) {
        return uint16(Head.unwrap(h) >> SUBMISSIONS);
    }

    function openedAt(Head h) internal pure returns (uint256) {
        return uint40(Head.unwrap(h) >> OPENED_AT);
    }

    function seats(Head h) internal pure returns (uint256) {
        return uint8(Head.unwrap(h) >> SEATS);
    }

    function attestedSeats(Head h) internal pure returns (uint256) {
        return uint8(Head.unwrap(h) >> ATTESTED);
    }

    function revealedSeats(Head h) internal pure returns (uint256) {
        return uint8(Head.unwrap(h) >> REVEALED);
    }

    function drawn(Head h) internal pure returns (bool) {
        return Head.unwrap(h) & DRAWN != 0;
    }

    function keyPublished(Head h) internal pure returns (bool) {
        return Head.unwrap(h) & KEY_PUBLISHED != 0;
    }

    /// @dev Whether any attestation lacked any submission.
    function somethingMissing(Head h) internal pure returns (bool) {
        return Head.unwrap(h) & SOMETHING_MISSING != 0;
    }

    /// @dev k of the validators' stake power s^(k/4).
    function stakePower(Head h) internal pure returns (uint256) {
        return (Head.unwrap(h) >> POWER) & 7;
    }

    function maxTrainers(Head h) internal pure returns (uint256) {
        return Head.unwrap(h) >> MAX_TRAINERS;
    }

    function isFull(Head h) internal pure returns (bool) {
        return submissions(h) >= maxTrainers(h);
    }

    function withStatus(Head h, Status s) internal pure returns (Head) {
        return Head.wrap((Head.unwrap(h) & ~uint256(0xff)) | uint256(s));
    }

    function withDrawn(Head h) internal pure returns (Head) {
        return Head.wrap(Head.unwrap(h) | DRAWN);
    }

    function withKey(Head h) internal pure returns (Head) {
        return Head.wrap(Head.unwrap(h) | KEY_PUBLISHED);
    }

    /// @dev Cannot carry into the next field: submissions stop at maxTrainers, which has as many bits.
    function withSubmission(Head h) internal pure returns (Head) {
        return Head.wrap(Head.unwrap(h) + (1 << SUBMISSIONS));
    }

    /// @dev Cannot carry, like the next: all validators together have `seats` of them, which has as many bits.
    function withAttested(Head h, uint256 seats_, bool missing) internal pure returns (Head) {
        return Head.wrap((Head.unwrap(h) + (seats_ << ATTESTED)) | (missing ? SOMETHING_MISSING : 0));
    }

    function withRevealed(Head h, uint256 seats_) internal pure returns (Head) {
        return Head.wrap(Head.unwrap(h) + (seats_ << REVEALED));
    }

    /// @dev When the first `windows` windows have passed, unix seconds.
    function endOf(Head h, uint256 windows) internal pure returns (uint256 end) {
        end = openedAt(h);
        uint256 word = Head.unwrap(h) >> WINDOWS;
        for (uint256 i; i < windows; ++i) {
            end += uint24(word);
            word >>= 24;
        }
    }

    function deadlines(Head h) internal pure returns (Deadlines memory) {
        // Safe narrowing: openedAt has 40 bits and reaches the year 36,000.
        return Deadlines({
            commit: uint40(endOf(h, 1)),
            reveal: uint40(endOf(h, 2)),
            key: uint40(endOf(h, 3)),
            availability: uint40(endOf(h, 4)),
            resultCommit: uint40(endOf(h, 5)),
            resultReveal: uint40(endOf(h, 6))
        });
    }

    /// @notice Where the round is now: a running one by the clock alone.
    function phase(Head h) internal view returns (RoundPhase) {
        Status s = status(h);
        if (s == Status.Running) {
            uint256 end = openedAt(h);
            uint256 word = Head.unwrap(h) >> WINDOWS;
            // The phases of the six windows follow each other from Commit to ResultReveal; after them is Acceptance.
            uint256 p = uint256(RoundPhase.Commit);
            unchecked {
                // A sum of a 40-bit number and six of 24 bits.
                for (; p < uint256(RoundPhase.Acceptance); ++p) {
                    end += uint24(word);
                    if (block.timestamp < end) break;
                    word >>= 24;
                }
            }
            return RoundPhase(p);
        }
        if (s == Status.None) return RoundPhase.None;
        if (s == Status.Accepted) return RoundPhase.Challenge;
        if (s == Status.Disputed) return RoundPhase.Disputed;
        if (s == Status.Claimable) return RoundPhase.Claimable;
        if (s == Status.Void) return RoundPhase.Void;
        revert StatusWithoutPhase(s);
    }
}
