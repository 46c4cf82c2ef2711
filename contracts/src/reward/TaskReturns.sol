// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ITaskManager} from "../interfaces/ITaskManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {RoundNumber, TaskId} from "../types/Ids.sol";

/// @title Gives back to a task what a round did not pay, and to the DAO's treasury when the task manager does not take it
/// @notice Claims end here, so this must never fail: were the DAO to take RETURN_BUDGET_PERMISSION from this contract (for
/// example when a successor replaces it), what it returns goes to the treasury instead.
abstract contract TaskReturns is DaoAuthorized {
    using SafeERC20 for IERC20;

    /// @notice The contract calls this itself, so that a failure can be undone.
    error OnlySelf(address caller);

    IERC20 public immutable token;
    ITaskManager public immutable taskManager;

    constructor(address token_, address taskManager_) {
        if (token_ == address(0) || taskManager_ == address(0)) revert ZeroAddress();
        token = IERC20(token_);
        taskManager = ITaskManager(taskManager_);
    }

    /// @notice Sends and books `amount` wei at once, or neither. Only this contract calls it, to be able to catch it.
    function sendToRound(TaskId taskId, RoundNumber round, uint256 amount) external {
        if (msg.sender != address(this)) revert OnlySelf(msg.sender);
        token.safeTransfer(address(taskManager), amount);
        taskManager.returnToRound(taskId, round, amount);
    }

    /// @dev A caller cannot force the treasury's branch with little gas: it needs more than a 64th of what the try takes,
    /// so both fail then.
    function _returnToRound(TaskId taskId, RoundNumber round, uint256 amount) internal {
        try this.sendToRound(taskId, round, amount) {}
        catch {
            token.safeTransfer(DAO, amount);
        }
    }
}
