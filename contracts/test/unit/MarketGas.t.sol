// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {ContentProof, KeyProof} from "../../src/interfaces/IKeyEscrow.sol";
import {SaleTerms, SealedFile} from "../../src/interfaces/IModelMarket.sol";
import {SealedMarketTest} from "../builders/SealedMarketTest.sol";

/// @dev Whole transactions, as in `Gas.t.sol`: run with `--isolate`. The buyer has bought before, the seller was paid before.
contract MarketGas is SealedMarketTest {
    uint256 private constant SECRET = 77_777;

    uint256 private listingId;
    uint256 private orderId;
    bytes private publicKey;

    function setUp() public override {
        super.setUp();
        // A subscription, so that the same buyer orders again.
        SaleTerms memory terms = _saleTerms(PRICE, 0);
        terms.period = 30 days;
        listingId = _listSealed(seller, _file(9), terms);
        publicKey = _publicKey(SECRET + 2);
        uint256 first = _order(buyer, listingId, SECRET + 1);
        _deliver(first, SECRET + 1, KEY);
        vm.warp(block.timestamp + 3 days);
        keyEscrow.settle(first);
        orderId = _order(buyer, listingId, SECRET);
        _give(buyer, 10 * PRICE);
        vm.prank(buyer);
        token.approve(address(keyEscrow), 10 * PRICE);
        vm.roll(block.number + 1);
        vm.warp(block.timestamp + 60);
    }

    function test_listSealed() public {
        SealedFile memory file = _plainFile();
        _readyToList(seller);
        vm.prank(seller);
        uint256 id = market.listSealed(_manifest(), file, _saleTerms(PRICE, 0));
        _log("list a sealed model", 600_000);
        vm.prank(seller);
        keyEscrow.postBond(id);
        _log("post its bond", 200_000);
    }

    function test_buy() public {
        _readyToList(seller);
        vm.prank(seller);
        uint256 id = market.listOwn(_manifest(), _saleTerms(PRICE, 0));
        vm.startPrank(buyer);
        token.approve(address(market), PRICE);
        market.buy(id, PRICE);
        vm.stopPrank();
        _log("buy an open model", 250_000);
    }

    function test_order() public {
        vm.prank(buyer);
        keyEscrow.order(listingId, PRICE, publicKey);
        _log("order a sealed model", 300_000);
    }

    function test_deliverAndSettle() public {
        _deliver(orderId, SECRET, KEY);
        _log("deliver a key", 120_000);
        vm.warp(block.timestamp + 3 days);
        keyEscrow.settle(orderId);
        _log("settle an order", 150_000);
    }

    function test_refund() public {
        vm.warp(block.timestamp + 1 days);
        keyEscrow.refund(orderId);
        _log("refund an order", 110_000);
    }

    function test_disputeKey() public {
        _deliver(orderId, SECRET, keccak256("another key"));
        KeyProof memory proof = _keyProof(orderId, SECRET);
        vm.prank(buyer);
        keyEscrow.disputeKey(orderId, proof);
        _log("dispute a key", 350_000);
    }

    /// @dev A whole piece of 1,024 bytes and paths of seven hashes.
    function test_disputeContent() public {
        _deliver(orderId, SECRET, KEY);
        ContentProof memory proof = _contentProof(9);
        vm.prank(buyer);
        keyEscrow.disputeContent(orderId, proof);
        _log("dispute content", 500_000);
    }

    function _log(string memory what, uint256 limit) private {
        Vm.Gas memory gas = vm.lastCallGas();
        emit log_named_uint(what, gas.gasTotalUsed);
        assertLt(gas.gasTotalUsed, limit);
    }
}
