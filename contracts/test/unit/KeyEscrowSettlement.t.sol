// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Bond, IKeyEscrow, Order, OrderState} from "../../src/interfaces/IKeyEscrow.sol";
import {SaleTerms} from "../../src/interfaces/IModelMarket.sol";
import {IPayouts} from "../../src/interfaces/IPayouts.sol";
import {OrderedModelTest} from "../builders/OrderedModelTest.sol";

/// @dev Where the price of an order goes, and which licence it gives.
contract KeyEscrowSettlementTest is OrderedModelTest {
    function test_ADeliveredOrderPaysTheSellerAndTheTreasuryAfterTheDisputeWindow() public {
        assertEq(token.balanceOf(address(keyEscrow)), PRICE + 1000e18);
        uint256 treasuryBefore = token.balanceOf(address(dao));
        _deliver(orderId, SECRET, KEY);
        Order memory o = keyEscrow.orderOf(orderId);
        assertEq(o.disputeEnd, block.timestamp + 3 days);
        vm.warp(o.disputeEnd - 1);
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.DisputeWindowOpen.selector, o.disputeEnd));
        keyEscrow.settle(orderId);
        vm.warp(o.disputeEnd);
        vm.expectEmit(address(keyEscrow));
        emit IKeyEscrow.OrderSettled(orderId, listingId, buyer, PRICE, 2.5e18, 97.5e18, type(uint40).max);
        keyEscrow.settle(orderId);
        assertEq(token.balanceOf(address(dao)) - treasuryBefore, 2.5e18);
        assertEq(keyEscrow.owed(seller, address(token)), 97.5e18);
        assertEq(keyEscrow.licenceEnd(listingId, buyer), type(uint40).max);
        Bond memory b = keyEscrow.bondOf(listingId);
        assertEq(b.sales, 1);
        assertEq(b.openOrders, 0);
        _withdraw(seller, address(token));
        assertEq(token.balanceOf(seller), 97.5e18);
        assertEq(token.balanceOf(address(keyEscrow)), b.amount);
        address[] memory tokens = new address[](1);
        tokens[0] = address(token);
        vm.expectRevert(abi.encodeWithSelector(IPayouts.NothingOwed.selector, seller, address(token)));
        keyEscrow.withdraw(seller, tokens);
        vm.expectRevert(
            abi.encodeWithSelector(
                IKeyEscrow.WrongOrderState.selector, orderId, OrderState.Delivered, OrderState.Settled
            )
        );
        keyEscrow.settle(orderId);
    }

    function test_TheBuyerMaySettleBefore() public {
        _deliver(orderId, SECRET, KEY);
        vm.prank(buyer);
        keyEscrow.settle(orderId);
        assertEq(keyEscrow.owed(seller, address(token)), 97.5e18);
    }

    function test_WhatIsNotDeliveredInTimeGoesBackToTheBuyerByAnybody() public {
        uint40 deliverBy = keyEscrow.orderOf(orderId).deliverBy;
        assertEq(deliverBy, block.timestamp + 1 days);
        vm.warp(deliverBy - 1);
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.NotRefundable.selector, orderId, deliverBy));
        keyEscrow.refund(orderId);
        vm.warp(deliverBy);
        bytes memory point = _publicKey(5);
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.DeliveryTooLate.selector, deliverBy));
        vm.prank(seller);
        keyEscrow.deliver(orderId, listingId, publicKeyHash, point, bytes32(0));
        vm.prank(stranger);
        keyEscrow.refund(orderId);
        assertEq(token.balanceOf(buyer), PRICE);
        assertEq(token.balanceOf(stranger), 0);
        assertEq(keyEscrow.bondOf(listingId).openOrders, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IKeyEscrow.WrongOrderState.selector, orderId, OrderState.Open, OrderState.Refunded)
        );
        keyEscrow.refund(orderId);
    }

    function test_TheSellerMayGiveUpAnOrderButNoneThatItDelivered() public {
        uint256 second = _order(makeAddr("second"), listingId, SECRET);
        vm.prank(seller);
        keyEscrow.refund(orderId);
        assertEq(token.balanceOf(buyer), PRICE);
        _deliver(second, SECRET, keccak256("junk"));
        // Else a seller would save its bond from a dispute that it sees coming.
        vm.expectRevert(
            abi.encodeWithSelector(IKeyEscrow.WrongOrderState.selector, second, OrderState.Open, OrderState.Delivered)
        );
        vm.prank(seller);
        keyEscrow.refund(second);
    }

    function test_ASubscriptionRunsFromItsDeliveryAndOnFromItsEnd() public {
        SaleTerms memory terms = _saleTerms(PRICE, 0);
        terms.period = 30 days;
        listingId = _listSealed(seller, _plainFile(), terms);
        orderId = _order(buyer, listingId, SECRET + 1);
        _deliver(orderId, SECRET + 1, KEY);
        uint256 delivered = block.timestamp;
        // However late it is settled.
        vm.warp(delivered + 10 days);
        keyEscrow.settle(orderId);
        assertEq(keyEscrow.licenceEnd(listingId, buyer), delivered + 30 days);
        orderId = _order(buyer, listingId, SECRET + 2);
        _deliver(orderId, SECRET + 2, KEY);
        vm.warp(block.timestamp + 3 days);
        keyEscrow.settle(orderId);
        assertEq(keyEscrow.licenceEnd(listingId, buyer), delivered + 60 days);
        vm.warp(delivered + 100 days);
        orderId = _order(buyer, listingId, SECRET + 3);
        _deliver(orderId, SECRET + 3, KEY);
        vm.warp(block.timestamp + 3 days);
        keyEscrow.settle(orderId);
        assertEq(keyEscrow.licenceEnd(listingId, buyer), delivered + 130 days);
    }
}
