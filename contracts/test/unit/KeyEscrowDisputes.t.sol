// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Bls12381} from "../../src/beacon/Bls12381.sol";
import {BondState, Fault, IKeyEscrow, KeyProof, OrderState} from "../../src/interfaces/IKeyEscrow.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {OrderedModelTest} from "../builders/OrderedModelTest.sol";

/// @dev Wrong keys are proven, and right ones are not. Wrong content: `SealedContent.t.sol`.
contract KeyEscrowDisputesTest is OrderedModelTest {
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
}
