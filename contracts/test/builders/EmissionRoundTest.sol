// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {RoundTest} from "./RoundTest.sol";

/// @dev Rounds of tasks that have a part in the emission.
abstract contract EmissionRoundTest is RoundTest {
    /// @dev An approved task with this multiplier.
    function _weighted(uint16 rounds, uint64 multiplier) internal {
        taskId = _approvedTask(rounds, 100_000e18);
        vm.prank(address(dao));
        taskManager.setMultiplier(taskId, multiplier);
    }
}
