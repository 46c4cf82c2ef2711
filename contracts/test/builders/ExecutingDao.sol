// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Action} from "@aragon/osx-commons-contracts/src/executors/IExecutor.sol";
import {FakeDao} from "./FakeDao.sol";

/// @dev A DAO that executes for whoever may, all or nothing. The real one is in the scenario that installs the plugin.
contract ExecutingDao is FakeDao {
    bytes32 private constant EXECUTE = keccak256("EXECUTE_PERMISSION");

    bytes32 public lastCallId;
    uint256 public executions;

    error Forbidden(address who);
    error ActionFailed(uint256 index);

    function execute(bytes32 callId, Action[] calldata actions, uint256 allowFailureMap)
        external
        returns (bytes[] memory results, uint256)
    {
        if (!this.hasPermission(address(this), msg.sender, EXECUTE, "")) revert Forbidden(msg.sender);
        require(allowFailureMap == 0, "no action may fail");
        lastCallId = callId;
        ++executions;
        results = new bytes[](actions.length);
        for (uint256 i; i < actions.length; ++i) {
            bool ok;
            (ok, results[i]) = actions[i].to.call{value: actions[i].value}(actions[i].data);
            if (!ok) revert ActionFailed(i);
        }
        return (results, 0);
    }

    receive() external payable {}
}
