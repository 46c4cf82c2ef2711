// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Bls12381} from "../../src/beacon/Bls12381.sol";
import {
    Bond,
    BondState,
    Delivery,
    Fault,
    IKeyEscrow,
    KeyProof,
    Order,
    OrderState
} from "../../src/interfaces/IKeyEscrow.sol";
import {IModelMarket, ListingState, SaleTerms} from "../../src/interfaces/IModelMarket.sol";
import {IPayouts} from "../../src/interfaces/IPayouts.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {KeyEscrow} from "../../src/market/KeyEscrow.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {PausableDeposits} from "../../src/permission/PausableDeposits.sol";
import {SealedMarketTest} from "../builders/SealedMarketTest.sol";

contract KeyEscrowTest is SealedMarketTest {
    uint256 private constant SECRET = 77_777;
    /// @dev x = 4: on the curve and of another order.
    bytes private constant OFF_SUBGROUP = abi.encodePacked(
        uint256(0),
        uint256(4),
        uint256(0x0a989badd40d6212b33cffc3f3763e9b),
        uint256(0xc760f988c9926b26da9dd85e928483446346b8ed00e1de5d5ea93e354abe706c)
    );

    uint256 private listingId;
    uint256 private orderId;
    bytes32 private publicKeyHash;

    function setUp() public override {
        super.setUp();
        listingId = _sold();
        orderId = _order(buyer, listingId, SECRET);
        publicKeyHash = keccak256(_publicKey(SECRET));
    }

    // Delivery and money

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

    function test_NobodyPaysTwiceForALicenceForEver() public {
        _deliver(orderId, SECRET, KEY);
        vm.prank(buyer);
        keyEscrow.settle(orderId);
        bytes memory key = _publicKey(5);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.AlreadyLicensed.selector, listingId, buyer));
        vm.prank(buyer);
        keyEscrow.order(listingId, PRICE, key);
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

    // Bonds

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

    // Wrong keys

    function test_AWrongKeyCostsTheBondAndEveryOpenOrderIsRefunded() public {
        uint256 open = _order(makeAddr("open"), listingId, 5);
        uint256 delivered = _order(makeAddr("delivered"), listingId, 6);
        _deliver(delivered, 6, KEY);
        _deliver(orderId, SECRET, keccak256("another key"));
        uint256 treasuryBefore = token.balanceOf(address(dao));
        KeyProof memory proof = _keyProof(orderId, SECRET);
        vm.expectEmit(address(keyEscrow));
        emit IKeyEscrow.FraudProven(listingId, orderId, buyer, Fault.WrongKey, 100e18, 900e18);
        vm.prank(buyer);
        keyEscrow.disputeKey(orderId, proof);
        assertEq(token.balanceOf(buyer), PRICE + 100e18);
        assertEq(token.balanceOf(address(dao)) - treasuryBefore, 900e18);
        assertEq(uint8(keyEscrow.bondOf(listingId).state), uint8(BondState.Fraudulent));
        vm.warp(block.timestamp + 3 days);
        vm.expectPartialRevert(IKeyEscrow.WrongBondState.selector);
        keyEscrow.settle(delivered);
        keyEscrow.refund(open);
        keyEscrow.refund(delivered);
        assertEq(token.balanceOf(makeAddr("open")), PRICE);
        assertEq(token.balanceOf(makeAddr("delivered")), PRICE);
        assertEq(token.balanceOf(address(keyEscrow)), 0);
        bytes memory key = _publicKey(9);
        vm.expectPartialRevert(IKeyEscrow.WrongBondState.selector);
        keyEscrow.order(listingId, PRICE, key);
        vm.prank(seller);
        market.delist(listingId);
        vm.expectPartialRevert(IKeyEscrow.WrongBondState.selector);
        keyEscrow.releaseBond(listingId);
    }

    function test_TheReporterGetsNoMoreThanTheCap() public {
        _setPolicy(Param.ReporterCap, 7e18);
        _deliver(orderId, SECRET, keccak256("another key"));
        KeyProof memory proof = _keyProof(orderId, SECRET);
        vm.prank(buyer);
        keyEscrow.disputeKey(orderId, proof);
        assertEq(token.balanceOf(buyer), PRICE + 7e18);
    }

    /// @dev A seller who orders from itself to save its bond from a buyer's dispute.
    function test_WhoDisputesItsOwnListingLosesNineTenthsOfItsBond() public {
        _deliver(orderId, SECRET, keccak256("another key"));
        uint256 own = _order(seller, listingId, 5);
        _deliver(own, 5, keccak256("another key"));
        KeyProof memory proof = _keyProof(own, 5);
        vm.prank(seller);
        keyEscrow.disputeKey(own, proof);
        assertEq(token.balanceOf(seller), PRICE + 100e18);
        // The buyer is whole either way: its own proof pays no second reward.
        proof = _keyProof(orderId, SECRET);
        vm.prank(buyer);
        keyEscrow.disputeKey(orderId, proof);
        assertEq(token.balanceOf(buyer), PRICE);
        assertEq(token.balanceOf(address(keyEscrow)), 0);
    }

    function test_ARightKeyCannotBeDisputed() public {
        _deliver(orderId, SECRET, KEY);
        KeyProof memory proof = _keyProof(orderId, SECRET);
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.KeyIsRight.selector, orderId));
        vm.prank(buyer);
        keyEscrow.disputeKey(orderId, proof);
    }

    function test_OnlyTheBuyerDisputesAndOnlyWithinItsWindow() public {
        _deliver(orderId, SECRET, keccak256("another key"));
        KeyProof memory proof = _keyProof(orderId, SECRET);
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.NotBuyer.selector, stranger, buyer));
        vm.prank(stranger);
        keyEscrow.disputeKey(orderId, proof);
        uint40 end = keyEscrow.orderOf(orderId).disputeEnd;
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.DisputeTooLate.selector, end));
        vm.prank(buyer);
        keyEscrow.disputeKey(orderId, proof);
        vm.warp(end - 1);
        vm.prank(buyer);
        keyEscrow.disputeKey(orderId, proof);
    }

    function test_NoProofOfAnotherOrderOrDeliveryCounts() public {
        uint256 other = SECRET + 1;
        bytes memory publicKey = _publicKey(SECRET);
        uint256 second = _order(buyer, listingId, other);
        // The seller uses the same scalar twice.
        _deliver(orderId, SECRET, KEY);
        pointOf[second] = pointOf[orderId];
        wrappedOf[second] = _wrap(second, keccak256("another key"), _times(pointOf[orderId], other));
        _deliverRaw(seller, second, pointOf[second], wrappedOf[second]);
        KeyProof memory proof = _keyProof(second, other);
        vm.startPrank(buyer);
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.OtherDelivery.selector, orderId));
        keyEscrow.disputeKey(orderId, proof);
        proof.wrapped = wrappedOf[orderId];
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.OtherDelivery.selector, orderId));
        keyEscrow.disputeKey(orderId, proof);
        proof.publicKey = publicKey;
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.InvalidKeyProof.selector, orderId));
        keyEscrow.disputeKey(orderId, proof);
        proof = _keyProof(second, other);
        proof.publicKey = _publicKey(5);
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.OtherDelivery.selector, second));
        keyEscrow.disputeKey(second, proof);
        proof = _keyProof(second, other);
        vm.chainId(block.chainid + 1);
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.InvalidKeyProof.selector, second));
        keyEscrow.disputeKey(second, proof);
        vm.stopPrank();
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

    function test_ASharedPointThatIsNoneOfTheGroupProvesNothing() public {
        _deliver(orderId, SECRET, KEY);
        KeyProof memory proof = _keyProof(orderId, SECRET);
        vm.startPrank(buyer);
        proof.shared = OFF_SUBGROUP;
        vm.expectPartialRevert(Bls12381.PointRefused.selector);
        keyEscrow.disputeKey(orderId, proof);
        proof.shared = bytes.concat(proof.shared, new bytes(160));
        vm.expectRevert(IKeyEscrow.InvalidPoint.selector);
        keyEscrow.disputeKey(orderId, proof);
        proof.shared = new bytes(128);
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.InvalidKeyProof.selector, orderId));
        keyEscrow.disputeKey(orderId, proof);
        vm.stopPrank();
    }

    /// @dev A right key: whatever a buyer claims of the shared point, as a prover does or with another answer, nothing is won.
    /// forge-config: default.fuzz.runs = 24
    function testFuzz_NoForgedProofWinsAgainstARightKey(uint256 factor, uint256 challenge, uint256 response) public {
        _deliver(orderId, SECRET, KEY);
        bytes memory forged = _times(pointOf[orderId], bound(factor, 1, ORDER - 1));
        KeyProof memory proof = _keyProofOver(orderId, SECRET, forged);
        vm.startPrank(buyer);
        if (keccak256(forged) != keccak256(_times(pointOf[orderId], SECRET))) {
            vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.InvalidKeyProof.selector, orderId));
            keyEscrow.disputeKey(orderId, proof);
        }
        (proof.challenge, proof.response) = (challenge, response);
        vm.expectRevert(abi.encodeWithSelector(IKeyEscrow.InvalidKeyProof.selector, orderId));
        keyEscrow.disputeKey(orderId, proof);
        vm.stopPrank();
    }

    /// forge-config: default.fuzz.runs = 24
    function testFuzz_EveryWrongKeyIsProven(uint256 secret, bytes32 key) public {
        vm.assume(key != KEY);
        secret = bound(secret, 1, ORDER - 1);
        uint256 id = _order(makeAddr("fuzzer"), listingId, secret);
        _deliver(id, secret, key);
        KeyProof memory proof = _keyProof(id, secret);
        vm.prank(makeAddr("fuzzer"));
        keyEscrow.disputeKey(id, proof);
        assertEq(uint8(keyEscrow.orderOf(id).state), uint8(OrderState.Refunded));
    }

    // Rights

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
