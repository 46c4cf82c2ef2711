// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {AnswerCaseState, IAnswerCases} from "../../src/interfaces/IAnswerCases.sol";
import {Answer} from "../../src/interfaces/IHostRegistry.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {RULE_ANSWER_PERMISSION} from "../../src/permission/Permissions.sol";
import {AnswerCaseTest} from "../builders/AnswerCaseTest.sol";

/// @dev Contested cases: ruled, or not.
contract AnswerCasesRulingsTest is AnswerCaseTest {
    function test_TheDaoFindsAnAnswerWrongAndTheAccuserGetsBothBonds() public {
        _accused("wrong", 1);
        uint40 end = _contested(FIRST);
        assertEq(end, block.timestamp + 7 days);
        vm.expectRevert(
            abi.encodeWithSelector(
                DaoAuthorized.DaoUnauthorized.selector, address(dao), address(cases), accuser, RULE_ANSWER_PERMISSION
            )
        );
        vm.prank(accuser);
        cases.rule(FIRST, true);
        skip(3 days);
        // Contested: nobody executes it.
        vm.expectRevert(
            abi.encodeWithSelector(IAnswerCases.WrongAnswerCaseState.selector, FIRST, AnswerCaseState.Contested)
        );
        cases.execute(FIRST);
        vm.expectEmit(address(cases));
        emit IAnswerCases.AnswerRuled(FIRST, true);
        vm.prank(address(dao));
        cases.rule(FIRST, true);
        assertEq(token.balanceOf(accuser), 10_000e18 + BOND + 500e18);
        assertEq(token.balanceOf(friend), 10_000e18 - BOND);
        assertEq(stakeManager.stakeOf(node).own, 15_000e18);
        _assertOver();
    }

    function test_TheDaoFindsAnAnswerRightAndWhoStoodUpGetsBothBonds() public {
        _accused("right", 1);
        _contested(FIRST);
        vm.prank(address(dao));
        cases.rule(FIRST, false);
        assertEq(token.balanceOf(accuser), 10_000e18 - BOND);
        assertEq(token.balanceOf(friend), 10_000e18 + BOND);
        assertEq(stakeManager.stakeOf(node).own, 20_000e18);
        assertEq(uint8(cases.answerCase(FIRST).state), uint8(AnswerCaseState.Dismissed));
        _assertOver();
        // It was decided: nobody accuses it again.
        Answer memory a = _answer("right", 1);
        bytes memory signature = _signed(a);
        vm.expectRevert(abi.encodeWithSelector(IAnswerCases.AnswerCaseExists.selector, FIRST));
        vm.prank(accuser);
        cases.accuse(node, a, signature, keccak256("other"), evidence);
    }

    function test_WithoutARulingBondsGoBackAndNobodyIsSlashed() public {
        _accused("wrong", 1);
        uint40 end = _contested(FIRST);
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(IAnswerCases.AnswerWindowOpen.selector, FIRST, end));
        cases.lapse(FIRST);
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IAnswerCases.AnswerWindowPassed.selector, FIRST, end));
        vm.prank(address(dao));
        cases.rule(FIRST, true);
        vm.expectEmit(address(cases));
        emit IAnswerCases.AnswerCaseLapsed(FIRST);
        cases.lapse(FIRST);
        assertEq(token.balanceOf(accuser), 10_000e18);
        assertEq(token.balanceOf(friend), 10_000e18);
        assertEq(stakeManager.stakeOf(node).own, 20_000e18);
        _assertOver();
    }

    function test_AHostThatAccusesAndContestsItselfIsNotSafeFromOthers() public {
        _accused("wrong", 1);
        vm.warp(_contested(FIRST));
        cases.lapse(FIRST);
        // Nobody ruled, so nothing is decided: who brings evidence is heard.
        _accused("wrong", 1);
        assertEq(uint8(cases.answerCase(SECOND).state), uint8(AnswerCaseState.Open));
        vm.warp(cases.answerCase(SECOND).end);
        cases.execute(SECOND);
        assertEq(stakeManager.stakeOf(node).own, 15_000e18);
        _assertOver();
        // It was slashed for, and is over.
        Answer memory a = _answer("wrong", 1);
        bytes memory signature = _signed(a);
        vm.expectRevert(abi.encodeWithSelector(IAnswerCases.AnswerCaseExists.selector, SECOND));
        vm.prank(accuser);
        cases.accuse(node, a, signature, keccak256("other"), evidence);
    }
}
