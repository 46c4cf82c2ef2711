// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @title Until when a licence runs
library Licences {
    /// @notice The end of a licence that never ends.
    uint40 internal constant FOR_EVER = type(uint40).max;

    /// @notice One period more, from `from` or from where the licence ends; for ever where the period is 0.
    /// @dev Never overflows, so that no order can be kept from being settled.
    function extended(uint40 end, uint256 from, uint256 period) internal pure returns (uint40) {
        if (period == 0) return FOR_EVER;
        // Safe narrowing: at most FOR_EVER.
        return uint40(Math.min(FOR_EVER, Math.max(from, end) + period));
    }
}
