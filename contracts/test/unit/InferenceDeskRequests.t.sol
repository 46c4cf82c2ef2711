// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {DisputeVerdict, IInferenceDesk, InferenceOrder, RequestState} from "../../src/interfaces/IInferenceDesk.sol";
import {PausableDeposits} from "../../src/permission/PausableDeposits.sol";
import {Cid} from "../../src/types/Types.sol";
import {AskedDeskTest} from "../builders/AskedDeskTest.sol";

/// @dev Asking, answering, and what becomes of the fee.
contract InferenceDeskRequestsTest is AskedDeskTest {
    function test_AnUndisputedAnswerReachesTheAsker() public {
        uint256 id = _asked(100_000);
        assertEq(id, 1);
        assertEq(desk.held(), 100e18);
        assertEq(desk.request(id).input.digest, sha256("question"));
        assertEq(desk.request(id).input.codec, 0x55);
        uint40 end = uint40(block.timestamp + 6 hours);
        vm.expectEmit(address(desk));
        emit IInferenceDesk.InferenceAnswered(id, node, RIGHT, end);
        _answered(id, RIGHT);
        assertEq(registry.host(node).holds, 1);
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(IInferenceDesk.RequestWindowOpen.selector, id, end));
        desk.deliver(id, RIGHT);
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IInferenceDesk.RequestWindowPassed.selector, id, end));
        vm.prank(accuser);
        desk.dispute(id, WRONG);
        vm.expectRevert(abi.encodeWithSelector(IInferenceDesk.OutputMismatch.selector, sha256(RIGHT), sha256(WRONG)));
        desk.deliver(id, WRONG);
        vm.expectEmit(address(desk));
        emit IInferenceDesk.InferenceDelivered(id, node, 97.5e18, 2.5e18, true);
        vm.prank(stranger);
        desk.deliver(id, RIGHT);
        assertEq(asker.got(), RIGHT);
        assertEq(token.balanceOf(node), 97.5e18);
        assertEq(token.balanceOf(address(dao)), 2.5e18);
        _assertOver(id, RequestState.Delivered);
        vm.expectRevert(abi.encodeWithSelector(IInferenceDesk.WrongRequestState.selector, id, RequestState.Delivered));
        desk.deliver(id, RIGHT);
    }

    function test_WithoutAnAnswerTheFeeGoesBack() public {
        uint256 id = _asked(0);
        uint40 end = desk.request(id).end;
        vm.expectRevert(abi.encodeWithSelector(IInferenceDesk.RequestWindowOpen.selector, id, end));
        desk.refund(id);
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IInferenceDesk.RequestWindowPassed.selector, id, end));
        _answered(id, RIGHT);
        vm.expectEmit(address(desk));
        emit IInferenceDesk.InferenceRefunded(id, address(asker), 100e18);
        desk.refund(id);
        assertEq(token.balanceOf(address(asker)), 1000e18);
        _assertOver(id, RequestState.Refunded);
    }

    function test_OnlyHostsThatServeAnswerAndOnlyWhoWasAsked() public {
        address other = makeAddr("other host");
        InferenceOrder memory order = _order(10e18);
        order.host = other;
        uint256 id = asker.ask(order, "question");
        vm.expectRevert(abi.encodeWithSelector(IInferenceDesk.NotAnswering.selector, id, node, node));
        _answered(id, RIGHT);
        id = _asked(0);
        vm.expectRevert(abi.encodeWithSelector(IInferenceDesk.NotAnswering.selector, id, node, stranger));
        vm.prank(stranger);
        desk.answer(id, node, RIGHT);
        vm.expectRevert(abi.encodeWithSelector(IInferenceDesk.NotAnswering.selector, id, stranger, stranger));
        vm.prank(stranger);
        desk.answer(id, stranger, RIGHT);
        vm.prank(signer);
        desk.answer(id, node, RIGHT);
        vm.expectRevert(abi.encodeWithSelector(IInferenceDesk.WrongRequestState.selector, id, RequestState.Answered));
        _answered(id, WRONG);
        id = _asked(0);
        vm.prank(node);
        stakeManager.requestUnstake(node, 15_000e18);
        vm.expectRevert(abi.encodeWithSelector(IInferenceDesk.NotAnswering.selector, id, node, node));
        _answered(id, RIGHT);
    }

    function test_OrdersAreChecked() public {
        InferenceOrder memory order = _order(1e18);
        _refuses(order, "", abi.encodeWithSelector(IInferenceDesk.InputInvalid.selector, 0, 8192));
        order.input = Cid(0x0129, keccak256("request"));
        _refuses(order, "question", abi.encodeWithSelector(IInferenceDesk.InputInvalid.selector, 8, 8192));
        asker.ask(order, "");
        assertEq(desk.request(1).input.codec, 0x0129);
        order.input = Cid(0, 0);
        _refuses(order, new bytes(8193), abi.encodeWithSelector(IInferenceDesk.InputInvalid.selector, 8193, 8192));
        order.callbackGas = 1_000_001;
        _refuses(order, "q", abi.encodeWithSelector(IInferenceDesk.CallbackGasTooHigh.selector, 1_000_001, 1_000_000));
        order = _order(1e18);
        order.answerWindow = 599;
        _refuses(order, "q", _outOfBounds(599, 30 days));
        order.answerWindow = 30 days + 1;
        _refuses(order, "q", _outOfBounds(30 days + 1, 30 days));
        order = _order(1e18);
        order.disputeWindow = 599;
        _refuses(order, "q", _outOfBounds(599, 3 days));
        order.disputeWindow = 3 days + 1;
        _refuses(order, "q", _outOfBounds(3 days + 1, 3 days));
        uint256 id = _asked(0);
        vm.expectRevert(abi.encodeWithSelector(IInferenceDesk.OutputLength.selector, 0, 4096));
        _answered(id, "");
        vm.expectRevert(abi.encodeWithSelector(IInferenceDesk.OutputLength.selector, 4097, 4096));
        _answered(id, new bytes(4097));
    }

    function test_AnAccountAsksWithoutACallback() public {
        InferenceOrder memory order = _order(0);
        order.callbackGas = 100_000;
        vm.prank(client);
        uint256 id = desk.ask(order, "question");
        _answered(id, RIGHT);
        skip(6 hours);
        vm.expectEmit(address(desk));
        emit IInferenceDesk.InferenceDelivered(id, node, 0, 0, false);
        desk.deliver(id, RIGHT);
    }

    function test_APauseStopsAskingAlone() public {
        uint256 id = _asked(0);
        uint40 until = uint40(block.timestamp + 1 days);
        vm.prank(address(dao));
        desk.pauseDeposits(until);
        vm.expectRevert(abi.encodeWithSelector(PausableDeposits.DepositsArePaused.selector, until));
        _asked(0);
        _answered(id, RIGHT);
        vm.prank(accuser);
        desk.dispute(id, WRONG);
        _ruled(id, DisputeVerdict.HostRight);
        desk.deliver(id, RIGHT);
    }

    function _refuses(InferenceOrder memory order, bytes memory input, bytes memory error_) private {
        vm.expectRevert(error_);
        asker.ask(order, input);
    }

    function _outOfBounds(uint256 window, uint256 maximum) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IInferenceDesk.RequestWindowOutOfBounds.selector, window, 600, maximum);
    }
}
