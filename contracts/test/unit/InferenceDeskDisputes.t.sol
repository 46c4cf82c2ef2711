// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {AnswerCaseKind, AnswerCaseState} from "../../src/interfaces/IAnswerCases.sol";
import {DisputeVerdict, IInferenceDesk, RequestState} from "../../src/interfaces/IInferenceDesk.sol";
import {IHostRegistry} from "../../src/interfaces/IHostRegistry.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {RULE_ANSWER_PERMISSION} from "../../src/permission/Permissions.sol";
import {AnswerCaseId} from "../../src/types/Ids.sol";
import {AskedDeskTest} from "../builders/AskedDeskTest.sol";

/// @dev Who was right, and what it gets.
contract InferenceDeskDisputesTest is AskedDeskTest {
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
}
