// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";

/// @param perShare Wei that one share has earned since the pool began, × 2^80, modulo 2^160.
/// @param updatedAt Until when `perShare` counts, unix seconds; never after `end`.
/// @param end When the stream will have run dry, unix seconds.
/// @param rate Wei a second, × 2^32.
struct Stream {
    uint160 perShare;
    uint40 updatedAt;
    uint40 end;
    uint128 rate;
}

/// @title Rewards that flow by the second to whoever holds shares in that second
/// @notice Somebody who comes just before a reward and leaves just after it earns those seconds and no more.
/// @dev The accumulator of Synthetix's StakingRewards, with three differences: seconds without shares stop the stream
/// instead of losing what would have flowed; adding to a running stream never slows it; and the accumulator may wrap
/// around, as only differences count, so that no number of rewards can ever block an exit.
library RewardStream {
    using SafeCast for uint256;

    /// @dev `perShare` and `end` as of now, with `shares` since the last update.
    function peek(Stream storage self, uint256 shares)
        internal
        view
        returns (uint160 perShare, uint40 until, uint40 end)
    {
        (perShare, until, end) = (self.perShare, self.updatedAt, self.end);
        if (until >= end || until == block.timestamp) return (perShare, until, end);
        uint256 now_ = block.timestamp;
        if (shares == 0) {
            // Nobody to earn: the stream waits.
            end += uint40(now_ - until);
            until = uint40(now_);
        } else {
            uint256 to = now_ < end ? now_ : end;
            // Rounds down: Σ shares·perShare ≤ what flowed. One update loses less than shares/2^80 wei (827 wei if the
            // whole supply were in one pool). rate < 2^128 (see `add`), seconds < 2^40: the product stays below 2^216.
            // Wrapping, by cutting to 160 bits, is meant.
            unchecked {
                perShare += uint160(((uint256(self.rate) * (to - until)) << 48) / shares);
            }
            until = uint40(to);
        }
    }

    /// @dev Brings the stream to now. A stream that has run dry is left as it is, which saves the write.
    function update(Stream storage self, uint256 shares) internal returns (uint160 perShare) {
        uint40 until;
        uint40 end;
        (perShare, until, end) = peek(self, shares);
        if (until != self.updatedAt) {
            self.perShare = perShare;
            self.updatedAt = until;
            self.end = end;
        }
    }

    /// @dev Adds to a stream that is up to date, so that all that is left runs dry in `duration` seconds or, if that were
    /// slower than now, as fast as now. So at any later moment at least as much has flowed as would have without the
    /// addition, and adding a wei cannot stretch what others wait for; nor can it all flow in an instant.
    function add(Stream storage self, uint256 amount, uint256 duration) internal {
        uint256 rate = self.rate;
        uint256 left = self.end > block.timestamp ? self.end - block.timestamp : 0;
        // Rounds down, by less than a wei that stays in the contract; `amount` is at least one, so the rate never falls.
        uint256 total = ((rate * left) >> 32) + amount;
        if (left != 0) {
            // Whole seconds, rounded down: the rate that follows is never below `rate`. At least `left`, because
            // total·2^32 > rate·left.
            uint256 asFastAsNow = (total << 32) / rate;
            if (asFastAsNow < duration) duration = asFastAsNow;
        }
        // total ≤ 1e27 wei < 2^90 (the token's cap), so rate < 2^122.
        self.rate = ((total << 32) / duration).toUint128();
        self.updatedAt = uint40(block.timestamp);
        self.end = uint40(block.timestamp + duration);
    }

    /// @dev What shares have earned since `paid`, rounded down: Σ over positions ≤ what flowed. Differences are modulo
    /// 2^160, so a position never gets more than it earned. 96 bits × 160 bits cannot overflow.
    function earned(uint256 shares, uint160 perShare, uint160 paid) internal pure returns (uint256) {
        unchecked {
            return (shares * uint160(perShare - paid)) >> 80;
        }
    }

    /// @dev The `paid` with which `shares` (not 0) have earned `amount` at `perShare`: lets a position that grows keep what
    /// it earned without a slot for it. Rounds down, by less than shares/2^80 + 1 wei.
    function owing(uint256 amount, uint256 shares, uint160 perShare) internal pure returns (uint160) {
        uint256 difference = (amount << 80) / shares;
        // Only a position of less than 2^16 shares that earned a million tokens comes here; it cannot owe more.
        if (difference > type(uint160).max) difference = type(uint160).max;
        unchecked {
            return perShare - uint160(difference);
        }
    }
}
