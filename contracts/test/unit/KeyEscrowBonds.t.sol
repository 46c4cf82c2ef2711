// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {BondState, IKeyEscrow} from "../../src/interfaces/IKeyEscrow.sol";
import {IModelMarket, ListingState} from "../../src/interfaces/IModelMarket.sol";
import {KeyEscrow} from "../../src/market/KeyEscrow.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {PausableDeposits} from "../../src/permission/PausableDeposits.sol";
import {OrderedModelTest} from "../builders/OrderedModelTest.sol";

/// @dev Bonds, and who may do what.
contract KeyEscrowBondsTest is OrderedModelTest {
    function test_OnlyASealedListingWithABondIsSold() public {
        _readyToList(seller);
        vm.startPrank(seller);
        uint256 open = market.listOwn(_manifest(), _saleTerms(PRICE, 0));
        uint256 bare = market.listSealed(_manifest(), _plainFile(), _saleTerms(PRICE, 0));
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.NotSealed.selector, open));
        keyEscrow.postBond(open);
        vm.stopPrank();
        bytes memory key = _publicKey(5);
        vm.expectPartialRevert(IModelMarket.WrongListingKind.selector);
        keyEscrow.order(open, PRICE, key);
        vm.expectRevert(
            abi.encodeWithSelector(IKeyEscrow.WrongBondState.selector, bare, BondState.Bonded, BondState.None)
        );
        keyEscrow.order(bare, PRICE, key);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.NotSeller.selector, stranger, seller));
        vm.prank(stranger);
        keyEscrow.postBond(bare);
        vm.expectRevert(
            abi.encodeWithSelector(IKeyEscrow.WrongBondState.selector, listingId, BondState.None, BondState.Bonded)
        );
        vm.prank(seller);
        keyEscrow.postBond(listingId);
        vm.startPrank(seller);
        market.delist(bare);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.WrongListingState.selector, bare, ListingState.Delisted));
        keyEscrow.postBond(bare);
        market.pause(listingId);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.WrongListingState.selector, listingId, ListingState.Paused));
        keyEscrow.order(listingId, PRICE, key);
    }

    function test_ABondLeavesOnceTheListingIsOffAndNoOrderIsOpen() public {
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.BondNeeded.selector, listingId, 1));
        keyEscrow.releaseBond(listingId);
        _deliver(orderId, SECRET, KEY);
        vm.prank(seller);
        market.delist(listingId);
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.BondNeeded.selector, listingId, 1));
        keyEscrow.releaseBond(listingId);
        vm.warp(block.timestamp + 3 days);
        keyEscrow.settle(orderId);
        vm.prank(stranger);
        keyEscrow.releaseBond(listingId);
        assertEq(token.balanceOf(seller), 1000e18);
        vm.expectRevert(
            abi.encodeWithSelector(IKeyEscrow.WrongBondState.selector, listingId, BondState.Bonded, BondState.Released)
        );
        keyEscrow.releaseBond(listingId);
    }

    function test_APauseStopsOrdersAndBondsAndNoExit() public {
        uint256 second = _order(makeAddr("second"), listingId, SECRET);
        uint40 until = uint40(block.timestamp + 30 days);
        vm.prank(address(dao));
        keyEscrow.pauseDeposits(until);
        bytes memory key = _publicKey(5);
        vm.expectRevert(abi.encodeWithSelector(PausableDeposits.DepositsArePaused.selector, until));
        keyEscrow.order(listingId, PRICE, key);
        vm.expectRevert(abi.encodeWithSelector(PausableDeposits.DepositsArePaused.selector, until));
        vm.prank(seller);
        keyEscrow.postBond(listingId);
        _deliver(orderId, SECRET, KEY);
        vm.warp(block.timestamp + 3 days);
        keyEscrow.settle(orderId);
        keyEscrow.refund(second);
        _withdraw(seller, address(token));
        vm.prank(seller);
        market.delist(listingId);
        keyEscrow.releaseBond(listingId);
        assertEq(token.balanceOf(address(keyEscrow)), 0);
    }

    function test_EveryAddressIsNeeded() public {
        address a = address(token);
        vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
        new KeyEscrow(address(0), a, a, a);
        vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
        new KeyEscrow(a, address(0), a, a);
        vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
        new KeyEscrow(a, a, address(0), a);
        vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
        new KeyEscrow(a, a, a, address(0));
    }
}
