// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {TaskInfo} from "../../src/interfaces/ITaskManager.sol";
import {TaskState} from "../../src/types/Types.sol";

/// @dev What the emission asks of tasks and rounds, to be set at will. The real ones are in the scenarios.
contract TasksDouble {
    IERC20 private immutable TOKEN;
    uint256 private _held;
    mapping(uint256 taskId => TaskInfo) private _tasks;
    mapping(uint256 taskId => uint256) public stakeBehind;

    constructor(address token_) {
        TOKEN = IERC20(token_);
    }

    function set(uint256 taskId, TaskState state, uint16 roundsLeft, uint64 multiplier, uint256 stake) external {
        TaskInfo storage t = _tasks[taskId];
        (t.state, t.rounds, t.roundsOpened, t.multiplier) = (state, 100, 100 - roundsLeft, multiplier);
        stakeBehind[taskId] = stake;
    }

    function returnBudget(uint256 taskId, uint256 amount) external {
        _held += amount;
        require(TOKEN.balanceOf(address(this)) >= _held, "not received");
        _tasks[taskId].budget += amount;
    }

    function task(uint256 taskId) external view returns (TaskInfo memory) {
        return _tasks[taskId];
    }
}
