// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Budget, BudgetVault} from "../../src/task/BudgetVault.sol";

/// @dev One budget, and the library's functions to call.
contract BudgetVaultHarness {
    using BudgetVault for Budget;

    Budget private budget;

    function fund(address funder, uint256 amount) external returns (uint256 units) {
        return budget.fund(funder, amount);
    }

    function addCommon(uint256 amount) external {
        budget.addCommon(amount);
    }

    function open(uint256 roundsLeft) external returns (uint256 units, uint256 common) {
        return budget.open(roundsLeft);
    }

    function close(uint256 carried, bool last) external {
        budget.close(carried, last);
    }

    function giveBack(uint256 amount, uint256 units, uint256 common) external {
        budget.giveBack(amount, units, common);
    }

    function end() external {
        budget.end();
    }

    function redeem(address funder) external returns (uint256) {
        return budget.redeem(funder);
    }

    function sweep() external returns (uint256) {
        return budget.sweep();
    }

    function valueOf(address funder) external view returns (uint256 units, uint256 waiting) {
        return budget.valueOf(funder);
    }

    function held() external view returns (uint256) {
        return uint256(budget.value) + budget.common + budget.waitingNow();
    }

    function unspent() external view returns (uint256) {
        return budget.value;
    }

    function isOpen() external view returns (bool) {
        return budget.roundOpen;
    }

    function isEnded() external view returns (bool) {
        return budget.ended;
    }

    function pool() external view returns (uint256) {
        return uint256(budget.takenUnits) + budget.takenCommon;
    }
}
