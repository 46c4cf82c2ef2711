// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {AnswerCase, AnswerCaseState} from "../../src/interfaces/IAnswerCases.sol";
import {HostInfo, HostState} from "../../src/interfaces/IHostRegistry.sol";
import {Channel} from "../../src/interfaces/IInferenceChannels.sol";
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
}
