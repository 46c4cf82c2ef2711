// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {BudgetVaultHarness} from "../builders/BudgetVaultHarness.sol";
import {BudgetVaultHandler} from "./BudgetVaultHandler.sol";

contract BudgetVaultInvariant is Test {
    BudgetVaultHarness private vault;
    BudgetVaultHandler private handler;

    function setUp() public {
        vault = new BudgetVaultHarness();
        handler = new BudgetVaultHandler(vault);
        targetContract(address(handler));
    }

    function invariant_AllUnitsTogetherRedeemAtMostWhatIsUnspent() public view {
        uint256 sum;
        for (uint256 i; i < handler.FUNDERS(); ++i) {
            (uint256 worth,) = vault.valueOf(handler.funderAt(i));
            sum += worth;
        }
        assertLe(sum, vault.unspent());
    }

    /// @dev In whatever order people fund, rounds take and give back, and funders redeem: nobody has more of another's money
    /// than a wei of rounding for each step, and nobody less of its own.
    function invariant_EachFunderHasWhatItPutInLessItsPartOfWhatWasSpentSince() public view {
        uint256 rounding = handler.operations() + 2;
        for (uint256 i; i < handler.FUNDERS(); ++i) {
            address funder = handler.funderAt(i);
            (uint256 worth, uint256 waiting) = vault.valueOf(funder);
            assertApproxEqAbs(worth + handler.redeemed(funder), handler.fair(funder) / 1e18, rounding);
            assertEq(waiting, handler.waiting(funder) / 1e18);
        }
    }

    function invariant_NothingIsLostAndTheCommonPartIsNobodys() public view {
        uint256 inRound = vault.isOpen() ? vault.pool() : 0;
        assertEq(vault.held() + inRound + handler.spent() + handler.paidOut(), handler.paidIn());
        uint256 waiting = handler.waitingTotal() / 1e18;
        assertEq(vault.held(), vault.unspent() + handler.common() + waiting);
    }
}
