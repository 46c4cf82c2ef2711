// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {DisputeVerdict, InferenceOrder, InferenceRequest, RequestState} from "../../src/interfaces/IInferenceDesk.sol";
import {HostTest} from "./HostTest.sol";
import {Asker} from "./Asker.sol";

/// @dev A host that serves, and a contract that asks it.
abstract contract AskedDeskTest is HostTest {
    uint256 internal constant BOND = 500e18;
    bytes internal constant RIGHT = "right";
    bytes internal constant WRONG = "wrong";

    Asker internal asker;

    function setUp() public virtual override {
        super.setUp();
        _enlisted();
        asker = new Asker(desk, token);
        _give(address(asker), 1000e18);
    }

    function _asked(uint32 gas_) internal returns (uint256) {
        InferenceOrder memory order = _order(100e18);
        order.callbackGas = gas_;
        return asker.ask(order, "question");
    }

    function _answered(uint256 id, bytes memory output) internal {
        vm.prank(node);
        desk.answer(id, node, output);
    }

    /// @dev The host said "wrong", the accuser says "right".
    function _disputed() internal returns (uint256 id) {
        id = _asked(200_000);
        _answered(id, WRONG);
        vm.prank(accuser);
        desk.dispute(id, RIGHT);
    }

    function _ruled(uint256 id, DisputeVerdict verdict) internal {
        vm.prank(address(dao));
        desk.rule(id, verdict);
    }

    function _assertOver(uint256 id, RequestState state) internal view {
        InferenceRequest memory r = desk.request(id);
        assertEq(uint8(r.state), uint8(state));
        assertEq(desk.held(), 0);
        assertEq(token.balanceOf(address(desk)), 0);
        assertEq(registry.host(node).holds, 0);
    }
}
