// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ICoveyToken} from "../../src/interfaces/ICoveyToken.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {SET_CUSTODIAN_PERMISSION} from "../../src/permission/Permissions.sol";
import {TokenTest} from "../builders/TokenTest.sol";

/// @dev What custodians can do with tokens and votes, and what they cannot.
contract CustodyTest is TokenTest {
    ICoveyToken.CustodianKind private constant NONE = ICoveyToken.CustodianKind.None;
    ICoveyToken.CustodianKind private constant CUSTODIAN = ICoveyToken.CustodianKind.Custodian;
    ICoveyToken.CustodianKind private constant ESCROW = ICoveyToken.CustodianKind.Escrow;

    address private vault = makeAddr("vault");
    address private locker = makeAddr("locker");
    address private alice = makeAddr("alice");
    address private bob = makeAddr("bob");

    function setUp() public override {
        super.setUp();
        _setCustodian(vault, CUSTODIAN);
        _setCustodian(locker, ESCROW);
        vm.prank(alice);
        token.delegate(alice);
        vm.prank(bob);
        token.delegate(bob);
        _give(alice, 100);
        vm.startPrank(alice);
        token.approve(vault, type(uint256).max);
        token.approve(locker, type(uint256).max);
        vm.stopPrank();
        vm.roll(block.number + 1);
    }

    function test_ADepositMovesTokensAndLeavesVotesAndCheckpointsAsTheyWere() public {
        uint256 supply = token.getPastTotalSupply(block.number - 1);
        uint32 checkpoints = token.numCheckpoints(alice);
        vm.expectEmit();
        emit ICoveyToken.Deposited(vault, alice, 60);
        _deposit(vault, alice, 60);
        assertEq(token.balanceOf(alice), 40);
        assertEq(token.balanceOf(vault), 60);
        assertEq(token.custodyOf(vault, alice), 60);
        assertEq(token.totalCustody(vault), 60);
        assertEq(token.getVotes(alice), 100);
        assertEq(token.votingUnits(alice), 100);
        assertEq(token.votingUnits(vault), 0);
        assertEq(token.numCheckpoints(alice), checkpoints);
        vm.roll(block.number + 1);
        assertEq(token.getPastTotalSupply(block.number - 1), supply);
    }

    function test_AWithdrawalGivesTheTokensBackAndLeavesVotesAsTheyWere() public {
        _deposit(vault, alice, 60);
        vm.expectEmit();
        emit ICoveyToken.Withdrawn(vault, alice, 25);
        vm.prank(vault);
        token.withdraw(alice, 25);
        assertEq(token.balanceOf(alice), 65);
        assertEq(token.custodyOf(vault, alice), 35);
        assertEq(token.totalCustody(vault), 35);
        assertEq(token.getVotes(alice), 100);
        assertEq(token.numCheckpoints(alice), 1);
    }

    function test_ASeizedTokenStopsVoting() public {
        _deposit(vault, alice, 60);
        vm.expectEmit();
        emit ICoveyToken.Seized(vault, alice, 50);
        vm.prank(vault);
        token.seize(alice, 50);
        assertEq(token.getVotes(alice), 50);
        assertEq(token.votingUnits(alice), 50);
        assertEq(token.votingUnits(vault), 50);
        // What was seized is the custodian's own, and only that.
        vm.prank(vault);
        token.transfer(bob, 50);
        assertEq(token.getVotes(bob), 50);
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.CustodyBroken.selector, vault, 10, 9));
        vm.prank(vault);
        token.transfer(bob, 1);
    }

    function test_VotesFollowTheDelegationOfTheOwnerWhereverItsTokensAre() public {
        _deposit(vault, alice, 60);
        _deposit(locker, alice, 30);
        _setBonus(locker, alice, 60);
        assertEq(token.getVotes(alice), 160);
        vm.prank(alice);
        token.delegate(bob);
        assertEq(token.getVotes(alice), 0);
        assertEq(token.getVotes(bob), 160);
        vm.prank(alice);
        token.delegate(address(0));
        assertEq(token.getVotes(bob), 0);
        assertEq(token.votingUnits(alice), 160);
    }

    function test_OnlyCustodiansDeposit() public {
        vm.prank(alice);
        token.approve(stranger, 10);
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.NotCustodian.selector, stranger, CUSTODIAN));
        _deposit(stranger, alice, 10);
    }

    function test_ADepositNeedsTheOwnersAllowanceAndTokens() public {
        vm.prank(alice);
        token.approve(vault, 5);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, vault, 5, 6));
        _deposit(vault, alice, 6);
        _deposit(vault, alice, 5);
        assertEq(token.allowance(alice, vault), 0);
        vm.prank(alice);
        token.approve(vault, 96);
        vm.expectRevert(abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, alice, 95, 96));
        _deposit(vault, alice, 96);
    }

    function test_NoCustodyForNobodyOrForTheCustodianItself() public {
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.InvalidOwner.selector, address(0)));
        _deposit(vault, address(0), 0);
        _give(vault, 10);
        vm.prank(vault);
        token.approve(vault, 10);
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.InvalidOwner.selector, vault));
        _deposit(vault, vault, 10);
    }

    function test_ACustodianGivesBackOnlyWhatItHoldsForThatOwner() public {
        _deposit(vault, alice, 60);
        _give(vault, 1000);
        vm.startPrank(vault);
        bytes memory insufficient =
            abi.encodeWithSelector(ICoveyToken.CustodyInsufficient.selector, vault, alice, 60, 61);
        vm.expectRevert(insufficient);
        token.withdraw(alice, 61);
        vm.expectRevert(insufficient);
        token.seize(alice, 61);
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.CustodyInsufficient.selector, vault, bob, 0, 1));
        token.withdraw(bob, 1);
        vm.stopPrank();
    }

    function test_WhoNeverWasACustodianCannotEvenMoveNothing() public {
        vm.startPrank(stranger);
        bytes memory notCustodian = abi.encodeWithSelector(ICoveyToken.NotCustodian.selector, stranger, CUSTODIAN);
        vm.expectRevert(notCustodian);
        token.withdraw(alice, 0);
        vm.expectRevert(notCustodian);
        token.seize(alice, 0);
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.NotCustodian.selector, stranger, ESCROW));
        token.setBonus(alice, 0);
        vm.stopPrank();
    }

    function test_ACustodianCannotPartWithCustodyByTransferOrByAnotherCustodian() public {
        _deposit(vault, alice, 60);
        vm.startPrank(vault);
        token.approve(locker, 60);
        token.approve(bob, 60);
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.CustodyBroken.selector, vault, 60, 59));
        token.transfer(bob, 1);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.CustodyBroken.selector, vault, 60, 0));
        vm.prank(bob);
        token.transferFrom(vault, bob, 60);
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.InvalidOwner.selector, vault));
        _deposit(locker, vault, 10);
    }

    function test_CustodiansDoNotDepositWithEachOtherButWhoHasDepositedMayBecomeOne() public {
        vm.prank(bob);
        token.approve(vault, 100);
        _give(bob, 50);
        _deposit(vault, bob, 20);
        _setCustodian(bob, CUSTODIAN);
        vm.prank(vault);
        token.approve(bob, 10);
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.InvalidOwner.selector, bob));
        _deposit(vault, bob, 10);
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.InvalidOwner.selector, vault));
        _deposit(bob, vault, 10);
        // What it has is its own as before.
        vm.prank(alice);
        token.approve(bob, 40);
        _deposit(bob, alice, 40);
        assertEq(token.votingUnits(bob), 50);
        assertEq(token.getVotes(bob), 50);
        vm.startPrank(vault);
        token.seize(bob, 5);
        token.withdraw(bob, 15);
        vm.stopPrank();
        assertEq(token.getVotes(bob), 45);
        vm.prank(bob);
        token.withdraw(alice, 40);
        _setCustodian(bob, NONE);
        _deposit(vault, bob, 45);
        assertEq(token.getVotes(bob), 45);
    }

    function test_ACustodianThatDelegatesVotesOnlyWithItsOwn() public {
        _give(vault, 7);
        _deposit(vault, alice, 60);
        vm.prank(vault);
        token.delegate(bob);
        assertEq(token.getVotes(bob), 7);
        assertEq(token.getVotes(alice), 100);
        vm.prank(vault);
        token.seize(alice, 60);
        assertEq(token.getVotes(bob), 67);
        assertEq(token.getVotes(alice), 40);
    }

    function test_ABonusAddsVotesAndVotesInTotal() public {
        _deposit(locker, alice, 50);
        vm.expectEmit();
        emit ICoveyToken.BonusChanged(locker, alice, 100);
        _setBonus(locker, alice, 100);
        assertEq(token.bonusOf(locker, alice), 100);
        assertEq(token.getVotes(alice), 200);
        vm.roll(block.number + 1);
        assertEq(token.getPastTotalSupply(block.number - 1), token.totalSupply() + 100);
        _setBonus(locker, alice, 30);
        assertEq(token.getVotes(alice), 130);
        vm.roll(block.number + 1);
        assertEq(token.getPastTotalSupply(block.number - 1), token.totalSupply() + 30);
        assertEq(token.getPastTotalSupply(block.number - 2), token.totalSupply() + 100);
    }

    function test_ABonusIsAtMostTwiceWhatTheEscrowHolds() public {
        _deposit(locker, alice, 50);
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.BonusTooHigh.selector, alice, 101, 100));
        _setBonus(locker, alice, 101);
        _setBonus(locker, alice, 100);
        vm.startPrank(locker);
        bytes memory tooHigh = abi.encodeWithSelector(ICoveyToken.BonusTooHigh.selector, alice, 100, 98);
        vm.expectRevert(tooHigh);
        token.withdraw(alice, 1);
        vm.expectRevert(tooHigh);
        token.seize(alice, 1);
        token.setBonus(alice, 98);
        token.withdraw(alice, 1);
        vm.stopPrank();
    }

    function test_OnlyEscrowsGiveABonus() public {
        _deposit(vault, alice, 50);
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.NotCustodian.selector, vault, ESCROW));
        _setBonus(vault, alice, 1);
    }

    function test_AFormerEscrowCanOnlyLowerABonusAndGiveBack() public {
        _deposit(locker, alice, 50);
        _setBonus(locker, alice, 60);
        _setCustodian(locker, NONE);
        // Still counted, for its tokens are still there.
        assertEq(token.votingUnits(alice), 160);
        vm.prank(alice);
        token.delegate(bob);
        assertEq(token.getVotes(bob), 160);
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.NotCustodian.selector, locker, CUSTODIAN));
        _deposit(locker, alice, 1);
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.NotCustodian.selector, locker, ESCROW));
        _setBonus(locker, alice, 61);
        _setBonus(locker, alice, 0);
        vm.startPrank(locker);
        token.seize(alice, 20);
        token.withdraw(alice, 30);
        vm.stopPrank();
        assertEq(token.getVotes(bob), 80);
        assertEq(token.votingUnits(alice), 80);
    }

    function test_TheDaoNamesCustodians() public {
        vm.expectEmit();
        emit ICoveyToken.CustodianSet(bob, ESCROW);
        _setCustodian(bob, ESCROW);
        assertEq(uint8(token.custodianKind(bob)), uint8(ESCROW));
        vm.expectRevert(
            abi.encodeWithSelector(
                DaoAuthorized.DaoUnauthorized.selector, address(dao), address(token), stranger, SET_CUSTODIAN_PERMISSION
            )
        );
        vm.prank(stranger);
        token.setCustodian(stranger, CUSTODIAN);
        vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
        _setCustodian(address(0), CUSTODIAN);
    }

    function test_AnEmptyFormerCustodianMakesRoomAndAFullOneDoesNot() public {
        // The escrow of the builder, the vault and the locker are there already.
        for (uint256 i = 3; i < token.MAX_CUSTODIANS(); ++i) {
            _setCustodian(address(uint160(0x1000 + i)), CUSTODIAN);
        }
        bytes memory full = abi.encodeWithSelector(ICoveyToken.TooManyCustodians.selector, token.MAX_CUSTODIANS());
        vm.prank(address(dao));
        vm.expectRevert(full);
        token.setCustodian(bob, CUSTODIAN);
        _deposit(vault, alice, 60);
        _setCustodian(vault, NONE);
        assertEq(token.custodians().length, 8);
        vm.prank(address(dao));
        vm.expectRevert(full);
        token.setCustodian(bob, CUSTODIAN);
        vm.prank(vault);
        token.withdraw(alice, 60);
        _setCustodian(vault, NONE);
        assertEq(token.custodians().length, 7);
        _setCustodian(bob, CUSTODIAN);
        address[] memory listed = token.custodians();
        assertEq(listed.length, 8);
        for (uint256 i; i < listed.length; ++i) {
            assertNotEq(listed[i], vault);
        }
        // The last one, one that is listed already, and one that never was.
        _setCustodian(bob, NONE);
        _setCustodian(bob, NONE);
        _setCustodian(locker, CUSTODIAN);
        assertEq(token.custodians().length, 7);
        assertEq(token.votingUnits(alice), 100);
    }

    /// forge-config: default.fuzz.runs = 2000
    function testFuzz_AnyOrderOfDepositsAndWithdrawalsLeavesVotesToTheirOwner(
        uint8[12] memory actions,
        uint8[12] memory amounts
    ) public {
        _give(vault, 30);
        uint256 seized;
        for (uint256 i; i < 12; ++i) {
            address custodian = actions[i] & 1 == 0 ? vault : locker;
            uint256 held = token.custodyOf(custodian, alice);
            uint256 action = (actions[i] >> 1) % 4;
            if (action == 0) {
                _deposit(custodian, alice, amounts[i] % (token.balanceOf(alice) + 1));
            } else if (action == 1 && token.bonusOf(custodian, alice) == 0) {
                vm.prank(custodian);
                token.withdraw(alice, amounts[i] % (held + 1));
            } else if (action == 2 && token.bonusOf(custodian, alice) == 0) {
                uint256 part = amounts[i] % (held + 1);
                vm.prank(custodian);
                token.seize(alice, part);
                seized += part;
            } else if (action == 3 && custodian == locker) {
                _setBonus(locker, alice, amounts[i] % (2 * held + 1));
            }
            uint256 bonus = token.bonusOf(locker, alice);
            assertEq(token.getVotes(alice), 100 - seized + bonus);
            assertEq(token.votingUnits(alice), token.getVotes(alice));
            assertEq(token.votingUnits(vault) + token.votingUnits(locker), 30 + seized);
            assertLe(token.getVotes(alice), 300);
        }
        vm.roll(block.number + 1);
        assertEq(token.getPastTotalSupply(block.number - 1), token.totalSupply() + token.bonusOf(locker, alice));
    }

    function _deposit(address custodian, address owner, uint256 amount) private {
        vm.prank(custodian);
        token.deposit(owner, amount);
    }

    function _setBonus(address custodian, address owner, uint256 bonus) private {
        vm.prank(custodian);
        token.setBonus(owner, bonus);
    }
}
