// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {TaskManager} from "../../src/task/TaskManager.sol";

/// @dev Shows what the task manager owes.
contract TaskManagerHarness is TaskManager {
    constructor(address dao_, address token_, address policy_) TaskManager(dao_, token_, policy_) {}

    function held() external view returns (uint256) {
        return _held;
    }
}
