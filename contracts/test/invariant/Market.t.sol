// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {BondState, OrderState} from "../../src/interfaces/IKeyEscrow.sol";
import {KeyEscrow} from "../../src/market/KeyEscrow.sol";
import {PlainToken} from "../builders/StrangeTokens.sol";
import {MarketHandler} from "./MarketHandler.sol";

contract MarketInvariant is Test {
    MarketHandler private handler;
    address[2] private tokens;

    function setUp() public {
        handler = new MarketHandler();
        handler.setUp();
        tokens = [handler.covey(), address(handler.plain())];
        bytes4[] memory selectors = new bytes4[](9);
        selectors[0] = MarketHandler.orderModel.selector;
        selectors[1] = MarketHandler.deliverKey.selector;
        selectors[2] = MarketHandler.settleOrder.selector;
        selectors[3] = MarketHandler.refundOrder.selector;
        selectors[4] = MarketHandler.disputeDelivery.selector;
        selectors[5] = MarketHandler.priceOrDelist.selector;
        selectors[6] = MarketHandler.releaseBond.selector;
        selectors[7] = MarketHandler.withdrawAll.selector;
        selectors[8] = MarketHandler.letTimePass.selector;
        targetSelector(FuzzSelector(address(handler), selectors));
        targetContract(address(handler));
    }

    /// @dev Per token: what was paid in = what was paid out + prices of open and delivered orders + bonds + what is owed; nobody but
    /// buyers, seller and treasury is paid; a listing counts its open orders; only a lie costs a bond, and once.
    /// forge-config: default.invariant.runs = 6
    /// forge-config: default.invariant.depth = 50
    function invariant_TheEscrowHoldsWhatItOwesAndPaysNobodyElse() public view {
        for (uint256 i; i < 2; ++i) {
            assertEq(PlainToken(tokens[i]).balanceOf(handler.orders()), handler.held(tokens[i]));
            assertEq(handler.inAllHands(tokens[i]), handler.everything(tokens[i]));
        }
        for (uint256 id = 1; id <= handler.LISTINGS(); ++id) {
            assertEq(handler.bondOf(id).openOrders, handler.openOrders(id));
            assertLe(handler.proven(id), handler.lied(id) ? 1 : 0);
            assertEq(handler.proven(id) == 1, handler.bondOf(id).state == BondState.Fraudulent);
        }
    }

    /// @dev Refusals are let go there, so a step that is always refused would be missed by nobody: here each of them happens.
    function test_EveryStepOfTheHandlerCanHappen() public {
        KeyEscrow escrow = KeyEscrow(handler.orders());
        handler.orderModel(0, 0, 11);
        handler.deliverKey(0, 5);
        assertEq(uint8(escrow.orderOf(1).state), uint8(OrderState.Delivered));
        handler.letTimePass(2 days);
        handler.letTimePass(2 days);
        handler.settleOrder(0, 0);
        assertEq(uint8(escrow.orderOf(1).state), uint8(OrderState.Settled));
        handler.withdrawAll(0);
        assertEq(handler.held(tokens[0]), handler.LISTINGS() * 1000e18);
        handler.orderModel(1, 1, 12);
        handler.refundOrder(1, 1);
        assertEq(uint8(escrow.orderOf(2).state), uint8(OrderState.Refunded));
        handler.orderModel(2, 2, 13);
        handler.deliverKey(2, 4);
        handler.disputeDelivery(2);
        assertEq(handler.proven(3), 1);
        handler.priceOrDelist(0, 5e18, 1);
        assertEq(escrow.market().listing(1).price, 5e18);
        handler.priceOrDelist(0, 0, 16);
        handler.releaseBond(0);
        assertEq(uint8(handler.bondOf(1).state), uint8(BondState.Released));
        invariant_TheEscrowHoldsWhatItOwesAndPaysNobodyElse();
    }
}
