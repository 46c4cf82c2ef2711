// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {BudgetVault} from "../../src/task/BudgetVault.sol";
import {BudgetVaultHarness} from "../builders/BudgetVaultHarness.sol";

contract BudgetVaultTest is Test {
    BudgetVaultHarness private vault;
    address private ann = makeAddr("ann");
    address private ben = makeAddr("ben");

    function setUp() public {
        vault = new BudgetVaultHarness();
    }

    function test_WhatIsNotSpentComesBackToWhoPutItIn() public {
        vault.fund(ann, 30e18);
        vault.fund(ben, 70e18);
        vault.end();
        assertEq(vault.redeem(ann), 30e18);
        assertEq(vault.redeem(ben), 70e18);
        assertEq(vault.redeem(ben), 0);
        assertEq(vault.held(), 0);
    }

    function test_ALateFunderPaysForNoRoundBeforeIt() public {
        vault.fund(ann, 100e18);
        vault.open(4);
        vault.close(0, false);
        vault.fund(ben, 75e18);
        // Spent from both alike.
        (uint256 units,) = vault.open(3);
        assertEq(units, 50e18);
        vault.close(0, false);
        vault.end();
        assertEq(vault.redeem(ben), 50e18);
        assertEq(vault.redeem(ann), 50e18);
    }

    function test_APoolIsTakenFromUnitsAndCommonPartInProportionAndGoesBackAsTaken() public {
        vault.fund(ann, 60e18);
        vault.addCommon(30e18);
        (uint256 units, uint256 common) = vault.open(3);
        assertEq(units, 20e18);
        assertEq(common, 10e18);
        vault.close(15e18, false);
        (units, common) = vault.open(1);
        assertEq(units, 50e18);
        assertEq(common, 25e18);
        vault.close(0, true);
        assertEq(vault.redeem(ann), 0);
        assertEq(vault.sweep(), 0);
    }

    function test_WhatIsFundedWhileARoundIsOpenBuysWhenItClosesAtTheValueThatItLeaves() public {
        vault.fund(ann, 100e18);
        vault.open(2);
        vault.fund(ben, 80e18);
        (uint256 units, uint256 waiting) = vault.valueOf(ben);
        assertEq(units, 0);
        assertEq(waiting, 80e18);
        // 30 of 50 come back: ann has 80, as ben.
        vault.close(30e18, false);
        (units, waiting) = vault.valueOf(ben);
        assertApproxEqAbs(units, 80e18, 1);
        assertEq(waiting, 0);
        // More of the same funder, in no round and in the next one.
        vault.fund(ben, 10e18);
        vault.open(2);
        vault.fund(ben, 5e18);
        vault.fund(ben, 5e18);
        (, waiting) = vault.valueOf(ben);
        assertEq(waiting, 10e18);
        vault.close(85e18, false);
        vault.end();
        assertApproxEqAbs(vault.redeem(ann), 80e18, 2);
        assertApproxEqAbs(vault.redeem(ben), 100e18, 2);
    }

    function test_WhatWaitedForTheLastRoundGoesBackAsItCame() public {
        vault.fund(ann, 100e18);
        vault.open(1);
        vault.fund(ben, 80e18);
        vault.close(25e18, true);
        assertEq(vault.redeem(ben), 80e18);
        assertEq(vault.redeem(ann), 25e18);
    }

    function test_AStopInTheMiddleOfARoundGivesAllOfItBack() public {
        vault.fund(ann, 100e18);
        vault.addCommon(7e18);
        vault.open(2);
        vault.fund(ben, 80e18);
        vault.close(53.5e18, true);
        assertEq(vault.redeem(ann), 100e18);
        assertEq(vault.redeem(ben), 80e18);
        assertEq(vault.sweep(), 7e18);
    }

    function test_TheRestOfTheCommonPartGoesToTheTreasuryAndNoFundersMoney() public {
        vault.fund(ann, 10e18);
        vault.addCommon(4e18);
        vault.end();
        assertEq(vault.sweep(), 4e18);
        assertEq(vault.sweep(), 0);
        // Emission for a task that ended meanwhile.
        vault.addCommon(1e18);
        assertEq(vault.redeem(ann), 10e18);
        assertEq(vault.sweep(), 1e18);
    }

    function test_ATaskOfEmissionAloneHasPools() public {
        vault.addCommon(9e18);
        (uint256 units, uint256 common) = vault.open(3);
        assertEq(units, 0);
        assertEq(common, 3e18);
        vault.close(1e18, false);
        vault.fund(ann, 7e18);
        (units, common) = vault.open(2);
        assertEq(units, 3.5e18);
        assertEq(common, 3.5e18);
    }

    /// @dev A round took 50 of 100, paid all of it, and turns out to have paid 10 less.
    function test_WhatAPastRoundGivesBackGoesToBothPartsAsItTookThemAlsoWhileAnotherIsOpen() public {
        vault.fund(ann, 60e18);
        vault.addCommon(40e18);
        (uint256 units, uint256 common) = vault.open(2);
        vault.close(0, false);
        vault.open(2);
        vault.giveBack(10e18, units, common);
        // Half of each part is in the open round.
        assertEq(vault.unspent(), 15e18 + 6e18);
        assertEq(vault.held(), 15e18 + 6e18 + 10e18 + 4e18);
        vault.close(0, true);
        assertEq(vault.redeem(ann), 21e18);
        assertEq(vault.sweep(), 14e18);
    }

    /// @dev Anyone may have anybody redeemed: it must gain nothing by it.
    function test_WhatComesBackAfterTheEndIsEverybodysWhoeverRedeemedBefore() public {
        vault.fund(ann, 30e18);
        vault.fund(ben, 70e18);
        (uint256 units, uint256 common) = vault.open(1);
        vault.close(10e18, true);
        assertEq(vault.redeem(ben), 7e18);
        vault.giveBack(20e18, units, common);
        (uint256 worth,) = vault.valueOf(ben);
        assertEq(worth, 14e18);
        assertEq(vault.redeem(ann), 9e18);
        assertEq(vault.redeem(ben), 14e18);
        assertEq(vault.redeem(ann) + vault.redeem(ben), 0);
        vault.giveBack(10e18, units, common);
        assertEq(vault.redeem(ann), 3e18);
        assertEq(vault.redeem(ben), 7e18);
        assertEq(vault.held(), 0);
    }

    /// @dev A first funder of one wei cannot make later ones buy nothing, whatever it sends to the contract.
    function test_TheFirstUnitCannotBeMadeDear() public {
        vault.fund(ann, 1);
        vault.open(1000);
        vault.close(0, false);
        vault.fund(ben, 100e18);
        vault.end();
        assertApproxEqAbs(vault.redeem(ben), 100e18, 1);
        assertLe(vault.redeem(ann), 1);
    }

    /// @dev The vault's own arithmetic where a gift could reach it, by way of a round that gives back: the price of a unit
    /// never passes its first.
    function testFuzz_WhoeverBuysLosesAtMostAWei(uint96 first, uint96 later, uint96 carried, uint8 rounds) public {
        uint256 one = bound(first, 1, 1e27);
        uint256 two = bound(later, 1, 1e27);
        vault.fund(ann, one);
        (uint256 units, uint256 common) = vault.open(bound(rounds, 1, 128));
        vault.close(bound(carried, 0, units + common), false);
        vault.fund(ben, two);
        vault.end();
        uint256 back = vault.redeem(ben);
        assertLe(back, two);
        assertGe(back + 1, two);
    }

    function test_EachStepHasItsTime() public {
        vm.expectRevert(BudgetVault.BudgetNotEnded.selector);
        vault.redeem(ann);
        vm.expectRevert(BudgetVault.BudgetNotEnded.selector);
        vault.sweep();
        vm.expectRevert(BudgetVault.BudgetRoundNotOpen.selector);
        vault.close(0, false);
        vm.expectRevert(abi.encodeWithSelector(BudgetVault.FundingTooSmall.selector, 0));
        vault.fund(ann, 0);
        vault.fund(ann, 10);
        vault.open(2);
        vm.expectRevert(abi.encodeWithSelector(BudgetVault.FundingTooSmall.selector, 0));
        vault.fund(ann, 0);
        vm.expectRevert(BudgetVault.BudgetRoundOpen.selector);
        vault.open(1);
        vm.expectRevert(BudgetVault.BudgetRoundOpen.selector);
        vault.end();
        vm.expectRevert(abi.encodeWithSelector(BudgetVault.CarriedTooMuch.selector, 6, 5));
        vault.close(6, false);
        vault.close(5, true);
        vm.expectRevert(BudgetVault.BudgetEnded.selector);
        vault.end();
        vm.expectRevert(BudgetVault.BudgetEnded.selector);
        vault.fund(ann, 1);
        vm.expectRevert(BudgetVault.BudgetEnded.selector);
        vault.open(1);
        assertEq(vault.redeem(ann), 10);
    }

    function test_TheWholeSupplyThrough128RoundsThatSpendAllDoesNotOverflow() public {
        vault.fund(ann, 1e27);
        for (uint256 left = 128; left > 1; --left) {
            vault.open(left);
            vault.close(0, false);
        }
        vault.fund(ben, 1e27);
        (uint256 units,) = vault.open(1);
        vault.fund(ben, 1e27);
        vault.close(units, true);
        assertApproxEqAbs(vault.redeem(ben), 2e27, 1);
        assertApproxEqAbs(vault.redeem(ann), uint256(1e27) / 128, 1);
    }
}
