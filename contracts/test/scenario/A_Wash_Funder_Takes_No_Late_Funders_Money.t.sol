// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {BudgetVaultHarness} from "../builders/BudgetVaultHarness.sol";

/// @dev A creator's friend funds 1,000,000 for ten rounds, which pay nine tenths of it to the creator's own nodes. Somebody
/// else then funds 100,000, and the creator lets the last round be void.
contract A_Wash_Funder_Takes_No_Late_Funders_Money is Test {
    uint256 private constant WASH = 1_000_000e18;
    uint256 private constant LATE = 100_000e18;
    uint256 private constant ROUNDS = 10;

    address private friend = makeAddr("friend");
    address private outsider = makeAddr("outsider");

    /// @dev Version 1's rule: what is left is shared by all that anybody ever put in, spent or not.
    function test_ByGrossContributionsItTookEightTenthsOfIt() public pure {
        uint256 left = WASH / ROUNDS + LATE;
        uint256 toFriend = left * WASH / (WASH + LATE);
        assertEq(toFriend / 1e18, 181_818);
        // 100,000 of that were its own.
        assertGt(toFriend, WASH / ROUNDS + LATE * 8 / 10);
    }

    function test_ByUnitsEachGetsItsOwnUnspentPart() public {
        BudgetVaultHarness vault = new BudgetVaultHarness();
        vault.fund(friend, WASH);
        for (uint256 left = ROUNDS; left > 1; --left) {
            vault.open(left);
            vault.close(0, false);
        }
        assertEq(vault.unspent(), WASH / ROUNDS);
        vault.fund(outsider, LATE);
        (uint256 units, uint256 common) = vault.open(1);
        vault.close(units + common, true);
        assertApproxEqAbs(vault.redeem(friend), WASH / ROUNDS, 1);
        assertApproxEqAbs(vault.redeem(outsider), LATE, 1);
    }
}
