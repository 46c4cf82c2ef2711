// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {InferenceDesk} from "../../src/host/InferenceDesk.sol";
import {AnswerCaseKind, AnswerCaseState} from "../../src/interfaces/IAnswerCases.sol";
import {
    DisputeVerdict,
    IInferenceCallback,
    IInferenceDesk,
    InferenceOrder,
    InferenceRequest,
    RequestState
} from "../../src/interfaces/IInferenceDesk.sol";
import {IHostRegistry} from "../../src/interfaces/IHostRegistry.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {PausableDeposits} from "../../src/permission/PausableDeposits.sol";
import {RULE_ANSWER_PERMISSION} from "../../src/permission/Permissions.sol";
import {CoveyToken} from "../../src/token/CoveyToken.sol";
import {AnswerCaseId} from "../../src/types/Ids.sol";
import {Cid} from "../../src/types/Types.sol";
import {HostTest} from "../builders/HostTest.sol";

enum Behaviour {
    Keep,
    Revert,
    Burn,
    Bomb,
    Reenter
}

/// @dev A contract that asks, and then behaves in its callback.
contract Asker is IInferenceCallback {
    InferenceDesk private immutable DESK;
    Behaviour public behaviour;
    bytes public got;
    uint256 public asked;

    constructor(InferenceDesk desk, CoveyToken token) {
        DESK = desk;
        token.approve(address(desk), type(uint256).max);
    }

    function behave(Behaviour behaviour_) external {
        behaviour = behaviour_;
    }

    function ask(InferenceOrder memory order, bytes memory input) public returns (uint256) {
        return DESK.ask(order, input);
    }

    function onAnswer(uint256 requestId, bytes calldata output) external {
        require(msg.sender == address(DESK), "not the desk");
        if (behaviour == Behaviour.Revert) revert("no");
        if (behaviour == Behaviour.Burn) while (true) {}
        if (behaviour == Behaviour.Bomb) {
            assembly ("memory-safe") {
                return(0, 100000)
            }
        }
        if (behaviour == Behaviour.Reenter) {
            (bool again,) = address(DESK).call(abi.encodeCall(DESK.deliver, (requestId, output)));
            (bool back,) = address(DESK).call(abi.encodeCall(DESK.refund, (requestId)));
            require(!again && !back, "paid twice");
            InferenceOrder memory order;
            order.fee = 1e18;
            order.answerWindow = 1 hours;
            order.disputeWindow = 1 hours;
            asked = DESK.ask(order, "next");
        }
        got = output;
    }
}

contract InferenceDeskTest is HostTest {
    uint256 private constant BOND = 500e18;
    bytes private constant RIGHT = "right";
    bytes private constant WRONG = "wrong";

    Asker private asker;

    function setUp() public override {
        super.setUp();
        _enlisted();
        asker = new Asker(desk, token);
        _give(address(asker), 1000e18);
    }

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

    function test_ADisputedHostThatWasRightGetsTheBond() public {
        uint256 id = _disputed();
        vm.expectRevert(
            abi.encodeWithSelector(
                DaoAuthorized.DaoUnauthorized.selector, address(dao), address(desk), stranger, RULE_ANSWER_PERMISSION
            )
        );
        vm.prank(stranger);
        desk.rule(id, DisputeVerdict.HostRight);
        _ruled(id, DisputeVerdict.HostRight);
        vm.expectRevert(abi.encodeWithSelector(IInferenceDesk.OutputMismatch.selector, sha256(WRONG), sha256(RIGHT)));
        desk.deliver(id, RIGHT);
        desk.deliver(id, WRONG);
        assertEq(asker.got(), WRONG);
        assertEq(token.balanceOf(node), BOND + 97.5e18);
        assertEq(token.balanceOf(accuser), 10_000e18 - BOND);
        assertEq(stakeManager.stakeOf(node).own, 20_000e18);
        _assertOver(id, RequestState.Delivered);
    }

    function test_ADisputerThatWasRightIsPaidAndTheHostSlashed() public {
        uint256 id = _disputed();
        _ruled(id, DisputeVerdict.DisputerRight);
        assertEq(stakeManager.stakeOf(node).own, 15_000e18);
        assertEq(cases.answerCase(AnswerCaseId.wrap(1)).requestId, id);
        assertEq(uint8(cases.answerCase(AnswerCaseId.wrap(1)).kind), uint8(AnswerCaseKind.Request));
        assertEq(uint8(cases.answerCase(AnswerCaseId.wrap(1)).state), uint8(AnswerCaseState.Executed));
        desk.deliver(id, RIGHT);
        assertEq(asker.got(), RIGHT);
        // Its bond back, a tenth of the slash, and the fee.
        assertEq(token.balanceOf(accuser), 10_000e18 + 500e18 + 97.5e18);
        assertEq(token.balanceOf(node), 0);
        _assertOver(id, RequestState.Delivered);
    }

    function test_WhereBothWereWrongTheAskerGetsItsFeeBack() public {
        uint256 id = _disputed();
        _ruled(id, DisputeVerdict.BothWrong);
        assertEq(token.balanceOf(address(asker)), 1000e18);
        assertEq(token.balanceOf(accuser), 10_000e18 - BOND);
        assertEq(token.balanceOf(address(dao)), BOND + 5000e18);
        assertEq(cases.answerCase(AnswerCaseId.wrap(1)).toReporter, 0);
        _assertOver(id, RequestState.Refunded);
    }

    function test_WithoutARulingEverybodyGetsItsMoneyBack() public {
        uint256 id = _disputed();
        uint40 end = desk.request(id).end;
        assertEq(end, block.timestamp + 6 hours + 7 days);
        vm.expectRevert(abi.encodeWithSelector(IInferenceDesk.RequestWindowOpen.selector, id, end));
        desk.refund(id);
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IInferenceDesk.RequestWindowPassed.selector, id, end));
        vm.prank(address(dao));
        desk.rule(id, DisputeVerdict.HostRight);
        desk.refund(id);
        assertEq(token.balanceOf(address(asker)), 1000e18);
        assertEq(token.balanceOf(accuser), 10_000e18);
        assertEq(stakeManager.stakeOf(node).own, 20_000e18);
        _assertOver(id, RequestState.Refunded);
    }

    function test_AHostLeavesWithAnOpenRequestOnlyOnceItIsOver() public {
        uint256 id = _disputed();
        vm.prank(node);
        registry.resign();
        skip(5 days);
        vm.expectRevert(abi.encodeWithSelector(IHostRegistry.HostHolds.selector, node, 1));
        registry.release(node);
        _ruled(id, DisputeVerdict.DisputerRight);
        assertEq(stakeManager.stakeOf(node).own, 15_000e18);
        registry.release(node);
    }

    function test_WhoDisputesSaysSomethingElse() public {
        uint256 id = _asked(0);
        _answered(id, WRONG);
        vm.expectRevert(abi.encodeWithSelector(IInferenceDesk.NothingDisputed.selector, id));
        vm.prank(accuser);
        desk.dispute(id, WRONG);
    }

    function test_NoCallbackHoldsUpMoney() public {
        Behaviour[3] memory bad = [Behaviour.Revert, Behaviour.Burn, Behaviour.Bomb];
        for (uint256 i; i < 3; ++i) {
            asker.behave(bad[i]);
            uint256 id = _asked(100_000);
            _answered(id, RIGHT);
            skip(6 hours);
            uint256 paid = token.balanceOf(node);
            uint256 before = gasleft();
            // A megabyte of an answer is no failure, and is not copied.
            vm.expectEmit(address(desk));
            emit IInferenceDesk.InferenceDelivered(id, node, 97.5e18, 2.5e18, bad[i] == Behaviour.Bomb);
            desk.deliver(id, RIGHT);
            assertLt(before - gasleft(), 350_000);
            assertEq(token.balanceOf(node) - paid, 97.5e18);
            _assertOver(id, RequestState.Delivered);
        }
    }

    function test_ACallbackMayAskAgainAndGetsNothingTwice() public {
        asker.behave(Behaviour.Reenter);
        uint256 id = _asked(1_000_000);
        _answered(id, RIGHT);
        skip(6 hours);
        desk.deliver(id, RIGHT);
        assertEq(asker.got(), RIGHT);
        assertEq(asker.asked(), id + 1);
        assertEq(desk.held(), 1e18);
        assertEq(token.balanceOf(address(desk)), 1e18);
    }

    function test_NobodyMakesACallbackFailByTooLittleGas() public {
        uint256 id = _asked(1_000_000);
        _answered(id, RIGHT);
        skip(6 hours);
        vm.expectPartialRevert(IInferenceDesk.CallbackGasMissing.selector);
        desk.deliver{gas: 1_050_000}(id, RIGHT);
        desk.deliver{gas: 1_300_000}(id, RIGHT);
        assertEq(asker.got(), RIGHT);
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

    /// @dev Whoever was right, and whatever the fee: what came in went out.
    /// forge-config: default.fuzz.runs = 256
    function testFuzz_FeesAndBondsAddUp(uint128 fee, uint256 share, uint8 verdict) public {
        fee = uint128(bound(fee, 0, 1000e18));
        share = bound(share, 0, 0.2e18);
        verdict = uint8(bound(verdict, 0, 2));
        _setPolicy(Param.MarketFee, share);
        uint256 id = asker.ask(_order(fee), "question");
        _answered(id, WRONG);
        vm.prank(accuser);
        desk.dispute(id, RIGHT);
        uint256 treasuryBefore = token.balanceOf(address(dao));
        _ruled(id, DisputeVerdict(verdict));
        uint256 slashed = token.balanceOf(address(dao)) - treasuryBefore;
        if (DisputeVerdict(verdict) == DisputeVerdict.BothWrong) {
            assertEq(token.balanceOf(address(asker)), 1000e18);
            assertEq(slashed, BOND + 5000e18);
        } else {
            desk.deliver(id, DisputeVerdict(verdict) == DisputeVerdict.HostRight ? WRONG : RIGHT);
            uint256 cut = uint256(fee) * share / 1e18;
            assertEq(token.balanceOf(address(dao)) - treasuryBefore - slashed, cut);
            uint256 paid = verdict == 0 ? token.balanceOf(node) - BOND : token.balanceOf(accuser) - 10_500e18;
            assertEq(paid, fee - cut);
        }
        assertEq(desk.held(), 0);
        assertEq(token.balanceOf(address(desk)), 0);
    }

    function _asked(uint32 gas_) private returns (uint256) {
        InferenceOrder memory order = _order(100e18);
        order.callbackGas = gas_;
        return asker.ask(order, "question");
    }

    function _answered(uint256 id, bytes memory output) private {
        vm.prank(node);
        desk.answer(id, node, output);
    }

    /// @dev The host said "wrong", the accuser says "right".
    function _disputed() private returns (uint256 id) {
        id = _asked(200_000);
        _answered(id, WRONG);
        vm.prank(accuser);
        desk.dispute(id, RIGHT);
    }

    function _ruled(uint256 id, DisputeVerdict verdict) private {
        vm.prank(address(dao));
        desk.rule(id, verdict);
    }

    function _refuses(InferenceOrder memory order, bytes memory input, bytes memory error_) private {
        vm.expectRevert(error_);
        asker.ask(order, input);
    }

    function _outOfBounds(uint256 window, uint256 maximum) private pure returns (bytes memory) {
        return abi.encodeWithSelector(IInferenceDesk.RequestWindowOutOfBounds.selector, window, 600, maximum);
    }

    function _assertOver(uint256 id, RequestState state) private view {
        InferenceRequest memory r = desk.request(id);
        assertEq(uint8(r.state), uint8(state));
        assertEq(desk.held(), 0);
        assertEq(token.balanceOf(address(desk)), 0);
        assertEq(registry.host(node).holds, 0);
    }
}
