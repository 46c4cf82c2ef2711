// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IKeyEscrow, OrderState} from "../../src/interfaces/IKeyEscrow.sol";
import {IModelMarket, SaleTerms} from "../../src/interfaces/IModelMarket.sol";
import {IPayouts} from "../../src/interfaces/IPayouts.sol";
import {KeyEscrow} from "../../src/market/KeyEscrow.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {SealedMarketTest} from "../builders/SealedMarketTest.sol";
import {ITokenReceiver, StrangeToken} from "../builders/StrangeTokens.sol";

/// @dev Sales in a token that the DAO allowed and that misbehaves afterwards.
contract TokensOfASaleTest is SealedMarketTest {
    uint256 private constant SECRET = 4242;

    StrangeToken private strange;
    uint256 private listingId;

    function setUp() public override {
        super.setUp();
        strange = new StrangeToken();
        vm.prank(address(dao));
        market.setPaymentToken(address(strange), true);
        SaleTerms memory terms = _saleTerms(PRICE, 0);
        terms.token = address(strange);
        listingId = _listSealed(seller, _plainFile(), terms);
    }

    function test_OnlyTheDaoAllowsTokens() public {
        assertTrue(market.isPaymentToken(address(token)));
        assertTrue(market.isPaymentToken(address(strange)));
        vm.expectPartialRevert(DaoAuthorized.DaoUnauthorized.selector);
        market.setPaymentToken(address(7), true);
        vm.startPrank(address(dao));
        vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
        market.setPaymentToken(address(0), true);
        // COVEY always is one.
        market.setPaymentToken(address(token), false);
        vm.stopPrank();
        assertTrue(market.isPaymentToken(address(token)));
        SaleTerms memory terms = _saleTerms(1, 0);
        terms.token = address(7);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.TokenNotAllowed.selector, address(7)));
        market.listOwn(_manifest(), terms);
    }

    function test_ATokenThatIsRefusedLaterIsNotTakenAndLeavesAllTheSame() public {
        uint256 delivered = _ordered(buyer);
        uint256 open = _ordered(makeAddr("open"));
        _deliver(delivered, SECRET, KEY);
        vm.prank(address(dao));
        market.setPaymentToken(address(strange), false);
        bytes memory key = _publicKey(SECRET);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.TokenNotAllowed.selector, address(strange)));
        keyEscrow.order(listingId, PRICE, key);
        vm.warp(block.timestamp + 3 days);
        keyEscrow.settle(delivered);
        keyEscrow.refund(open);
        _withdraw(seller, address(strange));
        assertEq(strange.balanceOf(address(keyEscrow)), 0);
    }

    function test_ABuyerWhomTheTokenRefusesIsOwedAndTheSellerGetsItsBond() public {
        uint256 orderId = _ordered(buyer);
        vm.prank(seller);
        market.delist(listingId);
        strange.refuse(buyer, true);
        vm.warp(block.timestamp + 1 days);
        keyEscrow.refund(orderId);
        assertEq(keyEscrow.owed(buyer, address(strange)), PRICE);
        keyEscrow.releaseBond(listingId);
        assertEq(token.balanceOf(seller), 1000e18);
        strange.refuse(buyer, false);
        _withdraw(buyer, address(strange));
        assertEq(strange.balanceOf(buyer), PRICE);
    }

    function test_ATreasuryOrASellerThatTheTokenRefusesHoldsNoSettlementUp() public {
        uint256 orderId = _ordered(buyer);
        _deliver(orderId, SECRET, KEY);
        strange.refuse(address(dao), true);
        strange.refuse(seller, true);
        vm.warp(block.timestamp + 3 days);
        keyEscrow.settle(orderId);
        assertEq(keyEscrow.owed(address(dao), address(strange)), 2.5e18);
        assertEq(keyEscrow.owed(seller, address(strange)), 97.5e18);
        assertEq(keyEscrow.licenceEnd(listingId, buyer), type(uint40).max);
    }

    function test_ATokenThatTakesAFeeOfTransfersIsNotTaken() public {
        strange.setFee(1);
        strange.mint(buyer, PRICE);
        bytes memory key = _publicKey(SECRET);
        vm.startPrank(buyer);
        strange.approve(address(keyEscrow), PRICE);
        vm.expectRevert(abi.encodeWithSelector(IPayouts.PaymentShort.selector, address(strange), PRICE, PRICE - 1));
        keyEscrow.order(listingId, PRICE, key);
        vm.stopPrank();
    }

    /// @dev A buyer that is called with its refund, and calls back for another.
    function test_ABuyerThatCallsBackIsPaidOnce() public {
        ReenteringBuyer hostile = new ReenteringBuyer(keyEscrow);
        uint256 orderId = _ordered(address(hostile));
        uint256 other = _ordered(buyer);
        strange.setCalls(true);
        vm.warp(block.timestamp + 1 days);
        hostile.aim(orderId);
        keyEscrow.refund(orderId);
        // Its call back failed, and so did the transfer that it failed in: it is owed what it did not take.
        assertEq(keyEscrow.owed(address(hostile), address(strange)), PRICE);
        assertEq(uint8(keyEscrow.orderOf(orderId).state), uint8(OrderState.Refunded));
        hostile.aim(other);
        address[] memory tokens = new address[](1);
        tokens[0] = address(strange);
        vm.expectRevert();
        keyEscrow.withdraw(address(hostile), tokens);
        hostile.aim(0);
        keyEscrow.withdraw(address(hostile), tokens);
        keyEscrow.refund(other);
        assertEq(strange.balanceOf(address(hostile)), PRICE);
        assertEq(strange.balanceOf(buyer), PRICE);
        assertEq(strange.balanceOf(address(keyEscrow)), 0);
    }

    function _ordered(address by) private returns (uint256 orderId) {
        bytes memory key = _publicKey(SECRET);
        strange.mint(by, PRICE);
        vm.startPrank(by);
        strange.approve(address(keyEscrow), PRICE);
        orderId = keyEscrow.order(listingId, PRICE, key);
        vm.stopPrank();
    }
}

contract ReenteringBuyer is ITokenReceiver {
    KeyEscrow private immutable ESCROW;
    uint256 private _target;

    constructor(KeyEscrow escrow) {
        ESCROW = escrow;
    }

    function aim(uint256 orderId) external {
        _target = orderId;
    }

    function onToken(address, uint256) external {
        if (_target != 0) ESCROW.refund(_target);
    }
}
