// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {AnswerCases} from "../../src/host/AnswerCases.sol";
import {AnswerCase, AnswerCaseState, IAnswerCases} from "../../src/interfaces/IAnswerCases.sol";
import {Answer} from "../../src/interfaces/IHostRegistry.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {CONVICT_HOST_PERMISSION} from "../../src/permission/Permissions.sol";
import {AnswerCaseId} from "../../src/types/Ids.sol";
import {AnswerCaseTest} from "../builders/AnswerCaseTest.sol";

/// @dev What a case takes, of whom, and who is told.
contract AnswerCasesSlashesTest is AnswerCaseTest {
    function test_CasesTogetherTakeLessThanWasBound() public {
        for (uint64 i = 1; i <= 12; ++i) {
            _accused("wrong", i);
        }
        skip(3 days);
        for (uint64 i = 1; i <= 12; ++i) {
            cases.execute(AnswerCaseId.wrap(i));
        }
        // Each takes half of what the ones before left: the other half of the stake is not touched.
        assertGt(stakeManager.stakeOf(node).own, 10_000e18);
        assertEq(cases.answerCase(SECOND).taken, 2500e18);
        // Nothing is left to answer with, so it serves no longer until it binds what it has again.
        assertLt(registry.ownBound(node), 5e18);
        assertFalse(registry.isServing(node));
        registry.strike(node);
    }

    function test_StakeThatIsLeavingIsSlashedToo() public {
        _accused("wrong", 1);
        vm.prank(node);
        stakeManager.requestUnstake(node, 20_000e18);
        skip(3 days);
        cases.execute(FIRST);
        assertEq(cases.answerCase(FIRST).taken, 5000e18);
        (uint256 active, uint256 unstaking) = stakeManager.worth(node, node);
        assertEq(active + unstaking, 15_000e18);
    }

    function test_DelegatorsPayTheirPartWhenItIsCollected() public {
        vm.startPrank(stranger);
        token.approve(address(stakeManager), 10_000e18);
        stakeManager.delegateStake(node, 10_000e18);
        vm.stopPrank();
        skip(1);
        vm.prank(node);
        registry.renew();
        assertEq(registry.host(node).bound, 15_000e18);
        _accused("wrong", 1);
        skip(3 days);
        cases.execute(FIRST);
        assertEq(cases.answerCase(FIRST).taken, 7500e18);
        assertEq(cases.answerCase(FIRST).collected, 5000e18);
        assertEq(stakeManager.collect(node, stranger, 1), 2500e18);
        AnswerCase memory c = cases.answerCase(FIRST);
        assertEq(c.collected, 7500e18);
        assertEq(c.toReporter, 750e18);
        assertEq(token.balanceOf(address(dao)), 6750e18);
    }

    function test_OnlyTheDeskConvictsAndOnlyTheStakeManagerTellsOfSlashes() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                DaoAuthorized.DaoUnauthorized.selector, address(dao), address(cases), stranger, CONVICT_HOST_PERMISSION
            )
        );
        vm.prank(stranger);
        cases.convict(node, stranger, 1);
        vm.expectRevert(abi.encodeWithSelector(IAnswerCases.NotStakeManager.selector, stranger));
        vm.prank(stranger);
        cases.onSlashCollected(1, 1);
        vm.expectRevert(abi.encodeWithSelector(IAnswerCases.WrongAnswerCaseState.selector, FIRST, AnswerCaseState.None));
        cases.execute(FIRST);
        vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
        new AnswerCases(address(dao), address(token), address(policy), address(stakeManager), address(0));
    }

    /// @dev Whatever the ratio, the reporter's part and the treasury's are what was collected.
    /// forge-config: default.fuzz.runs = 256
    function testFuzz_ASlashIsDividedWithoutRest(uint256 ratio, uint256 cap, uint256 stake) public {
        ratio = bound(ratio, 0.02e18, 0.5e18);
        cap = bound(cap, 0, 10_000e18);
        stake = bound(stake, 5000e18, 1_000_000e18);
        address host = makeAddr("another host");
        _staked(host, stake, 1e18);
        vm.prank(host);
        registry.enlist(_terms());
        _setPolicy(Param.SlashWrongAnswer, ratio);
        _setPolicy(Param.ReporterCap, cap);
        Answer memory one = _answer("one", 1);
        Answer memory two = _answer("two", 2);
        (bytes memory s1, bytes memory s2) = (_signed(one), _signed(two));
        vm.prank(accuser);
        cases.contradict(host, one, s1, two, s2);
        AnswerCase memory c = cases.answerCase(FIRST);
        assertEq(c.taken, stake * ratio / 1e18);
        uint256 tenth = c.collected / 10;
        assertEq(c.toReporter, tenth < cap ? tenth : cap);
        assertEq(token.balanceOf(address(dao)), c.collected - c.toReporter);
        assertEq(token.balanceOf(address(cases)), 0);
    }
}
