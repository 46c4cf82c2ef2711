// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {AnswerCase, AnswerCaseState} from "../../src/interfaces/IAnswerCases.sol";
import {HostInfo, HostState} from "../../src/interfaces/IHostRegistry.sol";
import {Channel, ChannelState} from "../../src/interfaces/IInferenceChannels.sol";
import {InferenceRequest, RequestState} from "../../src/interfaces/IInferenceDesk.sol";
import {AnswerCaseId} from "../../src/types/Ids.sol";
import {HostTest} from "../builders/HostTest.sol";
import {HostsHandler} from "./HostsHandler.sol";

/// forge-config: default.invariant.runs = 32
contract HostsInvariant is HostTest {
    HostsHandler private handler;
    /// @dev Of which half is bound: enough for several slashes until it serves no longer.
    uint256 private constant STAKE = 2_020_000e18;

    function setUp() public override {
        super.setUp();
        _staked(node, 2_000_000e18, 0.5e18);
        _enlisted();
        _give(client, 1_000_000e18);
        handler = new HostsHandler(
            [node, client, address(dao)], [clientKey, signerKey], _terms(), registry, channels, cases, desk
        );
        targetContract(address(handler));
    }

    function invariant_ChannelsHoldWhatWasPaidInAndNeitherRedeemedNorReturned() public view {
        assertEq(channels.held(), handler.deposited() - handler.redeemed() - handler.returned());
        assertEq(token.balanceOf(address(channels)), channels.held());
    }

    function invariant_AChannelPaysItsLargestVoucherAtMost() public view {
        for (uint256 i; i < handler.count(); ++i) {
            bytes32 channel = handler.channels(i);
            Channel memory c = channels.channelInfo(channel);
            assertLe(c.redeemed, handler.largestVoucher(channel));
            assertLe(c.redeemed, c.deposit);
        }
    }

    function invariant_TheDeskHoldsWhatItTookAndDidNotPayOut() public view {
        assertEq(desk.held(), handler.escrowed() - handler.cleared());
        assertEq(token.balanceOf(address(desk)), desk.held());
    }

    function invariant_TheCourtHoldsBondsAndNothingElse() public view {
        assertEq(cases.bondsHeld(), handler.bonds() - handler.bondsBack());
        assertEq(token.balanceOf(address(cases)), cases.bondsHeld());
    }

    function invariant_StakeIsBoundUntilTheHostIsReleased() public view {
        HostInfo memory h = registry.host(node);
        assertEq(stakeManager.allocation(node, HOSTING).readers, h.state == HostState.None ? 0 : 1);
        assertEq(stakeManager.allocation(node, HOSTING).bound, h.ratio);
        uint256 holds;
        for (uint256 i = 1; i <= cases.caseCount(); ++i) {
            AnswerCaseState state = cases.answerCase(AnswerCaseId.wrap(i)).state;
            if (state == AnswerCaseState.Open || state == AnswerCaseState.Contested) ++holds;
        }
        for (uint256 i = 1; i <= desk.requestCount(); ++i) {
            RequestState state = desk.request(i).state;
            if (state == RequestState.Answered || state == RequestState.Disputed) ++holds;
        }
        assertEq(h.holds, holds);
        if (h.state == HostState.None) assertEq(holds, 0);
    }

    function invariant_OnlyExecutedCasesTakeStake() public view {
        uint256 taken;
        for (uint256 i = 1; i <= cases.caseCount(); ++i) {
            AnswerCase memory c = cases.answerCase(AnswerCaseId.wrap(i));
            if (c.state != AnswerCaseState.Executed) assertEq(c.taken, 0);
            taken += c.taken;
        }
        // A wei of rounding for each slash, in favour of the host.
        assertApproxEqAbs(stakeManager.stakeOf(node).own, STAKE - taken, cases.caseCount() + 1);
    }

    /// @dev Calls that fail are let go there, so one that always fails would be missed by nobody: here each of them happens.
    function test_EveryStepOfTheHandlerCanHappen() public {
        handler.open(2e18);
        handler.topUp(0, 1e18);
        handler.redeem(0, 1e18);
        handler.close(0, 1);
        handler.close(0, 0);
        assertEq(uint8(channels.channelInfo(handler.channels(0)).state), uint8(ChannelState.Closed));
        assertEq(handler.returned(), 2e18);
        handler.accuse("output");
        handler.judge(0, 0);
        handler.judge(0, 2);
        assertEq(uint8(cases.answerCase(AnswerCaseId.wrap(1)).state), uint8(AnswerCaseState.Executed));
        handler.contradict(bytes32(uint256(8)));
        handler.accuse("another");
        handler.judge(2, 0);
        handler.accuse("a third");
        handler.ask(1e18);
        handler.answer(0);
        handler.dispute(0);
        handler.finish(0, 0);
        handler.finish(0, 1);
        handler.ask(1e18);
        _passDays(8);
        handler.judge(2, 3);
        handler.judge(3, 1);
        handler.finish(1, 2);
        assertEq(uint8(desk.request(1).state), uint8(RequestState.Delivered));
        assertEq(uint8(desk.request(2).state), uint8(RequestState.Refunded));
        handler.leave(0);
        _passDays(4);
        handler.leave(1);
        assertEq(uint8(registry.host(node).state), uint8(HostState.None));
        handler.enlist();
        assertEq(uint8(registry.host(node).state), uint8(HostState.Enlisted));
        assertEq(desk.held() + cases.bondsHeld() + channels.held(), 0);
        invariant_OnlyExecutedCasesTakeStake();
    }

    function _passDays(uint256 count) private {
        for (uint256 i; i < count; i += 2) {
            handler.pass(2 days);
        }
    }
}
