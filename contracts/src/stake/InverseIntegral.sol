// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Timeline} from "./Timeline.sol";

/// @dev A second adds this / wei allocated to the integral.
uint256 constant INVERSE_SCALE = 1e36;

/// @dev Moments are packed: total (90 bits) | integral up to its time (100) | archived before it (22) | time (see
/// Timeline), from the lowest.
/// @param latest The last change of the total.
/// @param archive The last change of each earlier day that had any, in order.
struct AllocatedTotal {
    uint256 latest;
    mapping(uint256 index => uint256 moment) archive;
}

/// @title The sum of all allocated stake, and the integral over time of its inverse
/// @notice What a token of allocated stake earns a second is the emission over the total of them: the integral makes that a
/// subtraction of two values, whatever changed between them. The last change of every day is kept, so that the integral at
/// each beginning of a day is known exactly, as if it had been read then: amounts of emission change with days.
/// @dev Bounds. The total is at most the token's supply, 1e27 < 2^90: it sums parts of what is in custody. With at least
/// a token taken as the total, the integral grows by at most 1e36 / 1e18 = 1e18 a second, and while seconds have 40 bits
/// (as everywhere here) it stays below 1e18 · 2^40 < 2^100. Days with changes are below 2^22 for 11,000 years.
///
/// Rounding: each stretch between two changes is floored, which loses less than 1. With all tokens there could ever be,
/// a second adds 1e9: so even a change in every second loses less than 1e-9 of the whole.
library InverseIntegral {
    /// @dev What the total counts as at least: a token. Else the first wei to be allocated would earn whole days.
    uint256 private constant LEAST = 1e18;
    uint256 private constant MASK_90 = (1 << 90) - 1;
    uint256 private constant MASK_100 = (1 << 100) - 1;
    uint256 private constant MASK_22 = (1 << 22) - 1;

    /// @dev Once, before anything else: the integral begins now.
    function begin(AllocatedTotal storage self) internal {
        self.latest = block.timestamp << Timeline.TIME_SHIFT;
    }

    /// @dev One part of the total was `before` and is `now_` from this second on, both in wei.
    function change(AllocatedTotal storage self, uint256 before, uint256 now_) internal {
        uint256 m = self.latest;
        uint256 archived = (m >> 190) & MASK_22;
        if (Timeline.timeOf(m) / 1 days != block.timestamp / 1 days) self.archive[archived++] = m;
        self.latest = ((m & MASK_90) - before + now_) | (_until(m, block.timestamp) << 90) | (archived << 190)
            | (block.timestamp << Timeline.TIME_SHIFT);
    }

    function total(AllocatedTotal storage self) internal view returns (uint256) {
        return self.latest & MASK_90;
    }

    /// @dev Up to `time`, which is now or the beginning of a day that has come; 0 before it began.
    function until(AllocatedTotal storage self, uint256 time) internal view returns (uint256) {
        uint256 m = self.latest;
        if (Timeline.timeOf(m) > time) {
            // No change lies between the last one of an earlier day and the beginning of this one.
            m = Timeline.find(self.archive, (m >> 190) & MASK_22, time);
            if (m == 0) return 0;
        }
        return _until(m, time);
    }

    function _until(uint256 m, uint256 time) private pure returns (uint256) {
        uint256 allocated = m & MASK_90;
        // Below 1e36 · 2^40.
        return
            ((m >> 90) & MASK_100) + INVERSE_SCALE * (time - Timeline.timeOf(m))
                / (allocated > LEAST ? allocated : LEAST);
    }
}
