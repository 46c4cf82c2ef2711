// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Delivery, IKeyEscrow, OrderState} from "../../src/interfaces/IKeyEscrow.sol";
import {IModelMarket} from "../../src/interfaces/IModelMarket.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {OrderedModelTest} from "../builders/OrderedModelTest.sol";

/// @dev Who orders, who delivers, and at which terms.
contract KeyEscrowOrdersTest is OrderedModelTest {
    function test_ABuyerPaysThePriceItAgreedToOrNothing() public {
        vm.prank(seller);
        market.setPrice(listingId, 2 * PRICE);
        bytes memory key = _publicKey(5);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.PriceMismatch.selector, 2 * PRICE, PRICE));
        keyEscrow.order(listingId, PRICE, key);
        // What was ordered keeps its price.
        _deliver(orderId, SECRET, KEY);
        vm.warp(keyEscrow.orderOf(orderId).disputeEnd);
        keyEscrow.settle(orderId);
        assertEq(keyEscrow.owed(seller, address(token)), 97.5e18);
    }

    function test_AnOrderKeepsTheFeeAndTheWindowsOfItsTime() public {
        _setPolicy(Param.MarketFee, 0.2e18);
        _setPolicy(Param.DisputeWindow, 1 hours);
        _deliver(orderId, SECRET, KEY);
        assertEq(keyEscrow.orderOf(orderId).disputeEnd, block.timestamp + 3 days);
        vm.warp(block.timestamp + 3 days);
        keyEscrow.settle(orderId);
        assertEq(keyEscrow.owed(seller, address(token)), 97.5e18);
        uint256 later = _order(makeAddr("later"), listingId, SECRET);
        _deliver(later, SECRET, KEY);
        vm.warp(block.timestamp + 1 hours);
        keyEscrow.settle(later);
        assertEq(keyEscrow.owed(seller, address(token)), 97.5e18 + 80e18);
    }

    function test_NobodyPaysTwiceForALicenceForEver() public {
        _deliver(orderId, SECRET, KEY);
        vm.prank(buyer);
        keyEscrow.settle(orderId);
        bytes memory key = _publicKey(5);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.AlreadyLicensed.selector, listingId, buyer));
        vm.prank(buyer);
        keyEscrow.order(listingId, PRICE, key);
    }

    function test_EachOrderOfABuyerNamesAKeyOfItsOwn() public {
        bytes memory key = _publicKey(SECRET);
        _give(buyer, 2 * PRICE);
        vm.startPrank(buyer);
        token.approve(address(keyEscrow), 2 * PRICE);
        // Two orders under way at once: the second is refused, and its price stays where it is.
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.PublicKeyRepeated.selector, buyer, publicKeyHash));
        keyEscrow.order(listingId, PRICE, key);
        // Nor once the first is over, or for another model.
        vm.warp(keyEscrow.orderOf(orderId).deliverBy);
        keyEscrow.refund(orderId);
        vm.stopPrank();
        uint256 another = _sold();
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.PublicKeyRepeated.selector, buyer, publicKeyHash));
        vm.prank(buyer);
        keyEscrow.order(another, PRICE, key);
        key = _publicKey(SECRET + 1);
        vm.prank(buyer);
        keyEscrow.order(another, PRICE, key);
        // A key that somebody else named keeps nobody from its own: no order is in the way of another's.
        _order(stranger, another, SECRET);
    }

    function test_OnlyTheSellerAndItsDeliveryKeyDeliver() public {
        bytes memory point = _publicKey(5);
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.NotDeliverer.selector, stranger, seller));
        vm.prank(stranger);
        keyEscrow.deliver(orderId, listingId, publicKeyHash, point, bytes32(0));
        vm.expectEmit(address(keyEscrow));
        emit IKeyEscrow.DeliveryKeySet(seller, stranger);
        vm.prank(seller);
        keyEscrow.setDeliveryKey(stranger);
        vm.expectEmit(address(keyEscrow));
        emit IKeyEscrow.KeyDelivered(orderId, listingId, point, bytes32("x"), uint40(block.timestamp + 3 days));
        vm.prank(stranger);
        keyEscrow.deliver(orderId, listingId, publicKeyHash, point, "x");
        vm.expectRevert(
            abi.encodeWithSelector(IKeyEscrow.WrongOrderState.selector, orderId, OrderState.Open, OrderState.Delivered)
        );
        vm.prank(seller);
        keyEscrow.deliver(orderId, listingId, publicKeyHash, point, "y");
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.UnknownOrder.selector, 99));
        keyEscrow.deliver(99, listingId, keccak256("key"), point, "y");
    }

    function test_AKeyForAnotherBuyerOrOfAnotherListingIsNotDelivered() public {
        bytes memory point = _publicKey(5);
        bytes32 others = keccak256(_publicKey(6));
        vm.startPrank(seller);
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.OtherDelivery.selector, orderId));
        keyEscrow.deliver(orderId, listingId, others, point, "x");
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.OtherDelivery.selector, orderId));
        keyEscrow.deliver(orderId, listingId + 1, publicKeyHash, point, "x");
        assertEq(keyEscrow.orderOf(orderId).deliveryHash, 0);
        keyEscrow.deliver(orderId, listingId, publicKeyHash, point, "x");
        vm.stopPrank();
        assertEq(uint8(keyEscrow.orderOf(orderId).state), uint8(OrderState.Delivered));
    }

    function test_NoPointThatIsNoneOfTheGroupGetsIn() public {
        bytes[5] memory wrong = [
            new bytes(128),
            bytes(hex""),
            bytes.concat(_publicKey(5), hex"00"),
            OFF_SUBGROUP,
            bytes.concat(_publicKey(5))
        ];
        wrong[4][127] ^= 0x01;
        _give(stranger, PRICE);
        vm.prank(stranger);
        token.approve(address(keyEscrow), PRICE);
        for (uint256 i; i < wrong.length; ++i) {
            vm.expectRevert(IKeyEscrow.InvalidPoint.selector);
            vm.prank(stranger);
            keyEscrow.order(listingId, PRICE, wrong[i]);
            vm.expectRevert(IKeyEscrow.InvalidPoint.selector);
            vm.prank(seller);
            keyEscrow.deliver(orderId, listingId, publicKeyHash, wrong[i], "wrapped");
        }
    }

    function test_BatchesSkipWhatOthersCouldHaveSpoilt() public {
        uint256 second = _order(makeAddr("second"), listingId, SECRET);
        vm.prank(seller);
        keyEscrow.refund(orderId);
        uint256 third = _order(makeAddr("third"), listingId, 5);
        bytes32 hash = publicKeyHash;
        Delivery[] memory deliveries = new Delivery[](4);
        deliveries[0] = Delivery(orderId, listingId, hash, _publicKey(3), "a");
        deliveries[1] = Delivery(second, listingId, hash, _publicKey(4), "b");
        // As after a reorganisation: made for another buyer's key, or of another listing.
        deliveries[2] = Delivery(third, listingId, hash, _publicKey(4), "c");
        deliveries[3] = Delivery(third, listingId + 1, keccak256(_publicKey(5)), _publicKey(4), "d");
        vm.prank(seller);
        keyEscrow.deliverMany(deliveries);
        assertEq(uint8(keyEscrow.orderOf(third).state), uint8(OrderState.Open));
        assertEq(uint8(keyEscrow.orderOf(second).state), uint8(OrderState.Delivered));
        uint256[] memory ids = new uint256[](2);
        (ids[0], ids[1]) = (orderId, second);
        keyEscrow.settleMany(ids);
        assertEq(keyEscrow.owed(seller, address(token)), 0);
        vm.warp(block.timestamp + 3 days);
        keyEscrow.settleMany(ids);
        assertEq(keyEscrow.owed(seller, address(token)), 97.5e18);
        keyEscrow.settleMany(ids);
        assertEq(keyEscrow.owed(seller, address(token)), 97.5e18);
    }
}
