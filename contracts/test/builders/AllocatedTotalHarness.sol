// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {AllocatedTotal, InverseIntegral} from "../../src/stake/InverseIntegral.sol";

/// @dev One total, and the library's functions to call.
contract AllocatedTotalHarness {
    using InverseIntegral for AllocatedTotal;

    AllocatedTotal private state;

    constructor() {
        state.begin();
    }

    function change(uint256 before, uint256 now_) external {
        state.change(before, now_);
    }

    function total() external view returns (uint256) {
        return state.total();
    }

    function until(uint256 time) external view returns (uint256) {
        return state.until(time);
    }
}
