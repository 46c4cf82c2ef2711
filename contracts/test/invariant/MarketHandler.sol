// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Bond, KeyProof, Order, OrderState} from "../../src/interfaces/IKeyEscrow.sol";
import {SaleTerms} from "../../src/interfaces/IModelMarket.sol";
import {SealedMarketTest} from "../builders/SealedMarketTest.sol";
import {PlainToken} from "../builders/StrangeTokens.sol";

/// @dev Sellers, buyers and strangers who do to sealed sales whatever they may, in two tokens, in any order. A call that is refused
/// changes nothing, so refusals are let go.
contract MarketHandler is SealedMarketTest {
    uint256 public constant LISTINGS = 4;
    uint256 public constant BUYERS = 3;

    PlainToken public plain;
    /// @dev Every wei that anybody of these has in the beginning; nobody else may ever have one of them.
    mapping(address paidIn => uint256) public everything;
    mapping(uint256 listingId => bool) public lied;
    mapping(uint256 listingId => uint256) public proven;
    mapping(uint256 orderId => uint256) private _secretOf;

    function setUp() public override {
        super.setUp();
        plain = new PlainToken();
        vm.prank(address(dao));
        market.setPaymentToken(address(plain), true);
        for (uint256 i; i < LISTINGS; ++i) {
            SaleTerms memory terms = _saleTerms(PRICE, 0);
            if (i % 2 == 1) terms.token = address(plain);
            if (i > 1) terms.period = 1 days;
            _listSealed(seller, _plainFile(), terms);
        }
        for (uint256 i; i < BUYERS; ++i) {
            address by = buyerAt(i);
            _give(by, 1_000_000e18);
            plain.mint(by, 1_000_000e18);
            vm.startPrank(by);
            token.approve(address(keyEscrow), type(uint256).max);
            plain.approve(address(keyEscrow), type(uint256).max);
            vm.stopPrank();
        }
        everything[address(token)] = _inAllHands(address(token));
        everything[address(plain)] = _inAllHands(address(plain));
    }

    function orders() external view returns (address) {
        return address(keyEscrow);
    }

    function covey() external view returns (address) {
        return address(token);
    }

    function buyerAt(uint256 i) public pure returns (address) {
        return address(uint160(0xb0b0 + i % BUYERS));
    }

    function inAllHands(address paidIn) external view returns (uint256) {
        return _inAllHands(paidIn);
    }

    /// @dev What the escrow must hold of a token: open and delivered prices, bonds, and what it owes.
    function held(address paidIn) external view returns (uint256 sum) {
        for (uint256 id = 1; id <= keyEscrow.orderCount(); ++id) {
            Order memory o = keyEscrow.orderOf(id);
            if (o.state != OrderState.Open && o.state != OrderState.Delivered) continue;
            if (market.listing(o.listingId).token == paidIn) sum += o.price;
        }
        for (uint256 id = 1; id <= LISTINGS; ++id) {
            if (paidIn == address(token)) sum += keyEscrow.bondOf(id).amount;
        }
        sum += keyEscrow.owed(seller, paidIn) + keyEscrow.owed(address(dao), paidIn);
        for (uint256 i; i < BUYERS; ++i) {
            sum += keyEscrow.owed(buyerAt(i), paidIn);
        }
    }

    function openOrders(uint256 listingId) external view returns (uint256 count) {
        for (uint256 id = 1; id <= keyEscrow.orderCount(); ++id) {
            Order memory o = keyEscrow.orderOf(id);
            if (o.listingId != listingId) continue;
            if (o.state == OrderState.Open || o.state == OrderState.Delivered) ++count;
        }
    }

    function bondOf(uint256 listingId) external view returns (Bond memory) {
        return keyEscrow.bondOf(listingId);
    }

    function orderModel(uint256 who, uint256 which, uint256 secret) external {
        uint256 listingId = 1 + which % LISTINGS;
        secret = bound(secret, 1, ORDER - 1);
        bytes memory key = _publicKey(secret);
        uint256 price = market.listing(listingId).price;
        vm.prank(buyerAt(who));
        try keyEscrow.order(listingId, price, key) returns (uint256 id) {
            _secretOf[id] = secret;
        } catch {}
    }

    /// @dev Three in four keys are right.
    function deliverKey(uint256 which, uint256 lie) external {
        uint256 id = _orderAt(which);
        if (id == 0) return;
        uint256 r = uint256(keccak256(abi.encode("delivery", id))) % ORDER;
        bytes memory point = _publicKey(r);
        bytes32 key = lie % 4 == 0 ? keccak256(abi.encode("junk", lie)) : KEY;
        bytes32 wrapped = _wrap(id, key, _times(_publicKey(_secretOf[id]), r));
        Order memory o = keyEscrow.orderOf(id);
        // One in eight is of another listing or for another key, as after a reorganisation: it never gets in.
        uint256 other = lie % 16;
        uint256 listingId = other == 1 ? o.listingId + 1 : o.listingId;
        bytes32 publicKeyHash = other == 2 ? keccak256(point) : o.publicKeyHash;
        vm.prank(seller);
        try keyEscrow.deliver(id, listingId, publicKeyHash, point, wrapped) {
            assertEq(listingId, o.listingId);
            assertEq(publicKeyHash, o.publicKeyHash);
            (pointOf[id], wrappedOf[id]) = (point, wrapped);
            if (key != KEY) lied[o.listingId] = true;
        } catch {}
    }

    function settleOrder(uint256 which, uint256 who) external {
        uint256 id = _orderAt(which);
        vm.prank(who % 2 == 0 ? stranger : buyerAt(who));
        try keyEscrow.settle(id) {} catch {}
    }

    function refundOrder(uint256 which, uint256 who) external {
        uint256 id = _orderAt(which);
        vm.prank(who % 2 == 0 ? stranger : seller);
        try keyEscrow.refund(id) {} catch {}
    }

    /// @dev Buyers dispute whatever they were sent, right keys too.
    function disputeDelivery(uint256 which) external {
        uint256 id = _orderAt(which);
        if (id == 0 || pointOf[id].length == 0) return;
        Order memory o = keyEscrow.orderOf(id);
        bool before = keyEscrow.bondOf(o.listingId).amount != 0;
        // Made before the prank, which the first precompile would use up.
        KeyProof memory proof = _keyProof(id, _secretOf[id]);
        vm.prank(o.buyer);
        try keyEscrow.disputeKey(id, proof) {
            if (before) proven[o.listingId] += 1;
        } catch {}
    }

    function priceOrDelist(uint256 which, uint128 price, uint256 what) external {
        vm.startPrank(seller);
        if (what % 16 == 0) {
            try market.delist(1 + which % LISTINGS) {} catch {}
        } else {
            try market.setPrice(1 + which % LISTINGS, uint128(bound(price, 1, 1000e18))) {} catch {}
        }
        vm.stopPrank();
    }

    function releaseBond(uint256 which) external {
        vm.prank(stranger);
        try keyEscrow.releaseBond(1 + which % LISTINGS) {} catch {}
    }

    function withdrawAll(uint256 who) external {
        address[] memory tokens = new address[](2);
        (tokens[0], tokens[1]) = (address(token), address(plain));
        vm.prank(stranger);
        try keyEscrow.withdraw(who % 2 == 0 ? seller : buyerAt(who), tokens) {} catch {}
    }

    function letTimePass(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 2 days));
    }

    function _orderAt(uint256 which) private view returns (uint256) {
        uint256 count = keyEscrow.orderCount();
        return count == 0 ? 0 : 1 + which % count;
    }

    function _inAllHands(address paidIn) private view returns (uint256 sum) {
        PlainToken t = PlainToken(paidIn);
        sum = t.balanceOf(address(keyEscrow)) + t.balanceOf(seller) + t.balanceOf(address(dao));
        for (uint256 i; i < BUYERS; ++i) {
            sum += t.balanceOf(buyerAt(i));
        }
    }
}
