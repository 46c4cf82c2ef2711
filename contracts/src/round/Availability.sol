// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title How many seats lack each of 256 submissions, counted for all of them at once
/// @notice Bit-sliced ("vertical") counters: plane p holds bit p of each of 256 counters, so that one addition to any set of
/// them is a ripple-carry adder of word operations, and the comparison of all with one number a walk over the planes.
/// Nothing is written for who has everything.
library Availability {
    /// @dev Counters stop at 255, as many seats as there can be.
    uint256 internal constant PLANES = 8;

    struct Counters {
        uint256[PLANES] planes;
    }

    /// @notice Adds `seats` to the counter of each bit of `missing`.
    /// @dev The caller keeps every counter at most 255: each seat attests once.
    function add(Counters storage counters, uint256 missing, uint256 seats) internal {
        uint256 carry;
        for (uint256 p; seats != 0 || carry != 0; ++p) {
            uint256 addend = seats & 1 == 0 ? 0 : missing;
            seats >>= 1;
            if (addend | carry == 0) continue;
            uint256 plane = counters.planes[p];
            counters.planes[p] = plane ^ addend ^ carry;
            carry = (plane & addend) | (carry & (plane ^ addend));
        }
    }

    /// @notice Bit i is set when counter i is at most `limit`.
    function atMost(Counters storage counters, uint256 limit) internal view returns (uint256) {
        uint256 below;
        uint256 equal = type(uint256).max;
        for (uint256 p = PLANES; p != 0;) {
            --p;
            uint256 plane = counters.planes[p];
            if ((limit >> p) & 1 == 0) {
                equal &= ~plane;
            } else {
                below |= equal & ~plane;
                equal &= plane;
            }
        }
        return below | equal;
    }

    function countOf(Counters storage counters, uint256 bit) internal view returns (uint256 count) {
        for (uint256 p; p < PLANES; ++p) {
            count |= ((counters.planes[p] >> bit) & 1) << p;
        }
    }

    /// @notice How many words hold a bit for each submission.
    function words(uint256 submissions) internal pure returns (uint256) {
        return (submissions + 255) / 256;
    }

    /// @notice The bits of a word that stand for submissions.
    function mask(uint256 submissions, uint256 word) internal pure returns (uint256) {
        uint256 left = submissions - 256 * word;
        return left >= 256 ? type(uint256).max : (1 << left) - 1;
    }
}
