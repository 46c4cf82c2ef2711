// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {AnswerCase, AnswerCaseState, IAnswerCases} from "../../src/interfaces/IAnswerCases.sol";
import {Answer, IHostRegistry} from "../../src/interfaces/IHostRegistry.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {AnswerCaseTest} from "../builders/AnswerCaseTest.sol";

/// @dev What can be accused, until when, and what it brings.
contract AnswerCasesAccusationsTest is AnswerCaseTest {
    function test_AnUncontestedAccusationSlashesTheHost() public {
        Answer memory a = _answer("wrong", 1);
        uint40 end = uint40(block.timestamp + 3 days);
        bytes memory signature = _signed(a);
        vm.expectEmit(address(cases));
        emit IAnswerCases.AnswerAccused(FIRST, node, accuser, a, keccak256("right"), 0.5e18, BOND, evidence, end);
        vm.prank(accuser);
        cases.accuse(node, a, signature, keccak256("right"), evidence);
        assertEq(cases.bondsHeld(), BOND);
        assertEq(registry.host(node).holds, 1);
        // An accusation alone freezes nothing.
        assertEq(stakeManager.openCases(node), 0);
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(IAnswerCases.AnswerWindowOpen.selector, FIRST, end));
        cases.execute(FIRST);
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IAnswerCases.AnswerWindowPassed.selector, FIRST, end));
        vm.prank(friend);
        cases.contest(FIRST);
        vm.expectEmit(address(cases));
        emit IAnswerCases.AnswerCaseExecuted(FIRST, 5000e18);
        vm.prank(stranger);
        cases.execute(FIRST);
        // Half of what was bound; a tenth of it to the accuser, with its bond.
        assertEq(stakeManager.stakeOf(node).own, 15_000e18);
        assertEq(token.balanceOf(accuser), 10_000e18 + 500e18);
        assertEq(token.balanceOf(address(dao)), 4500e18);
        assertEq(cases.bondsHeld(), 0);
        assertEq(token.balanceOf(address(cases)), 0);
        assertEq(registry.host(node).holds, 0);
        AnswerCase memory c = cases.answerCase(FIRST);
        assertEq(uint8(c.state), uint8(AnswerCaseState.Executed));
        assertEq(c.taken, 5000e18);
        assertEq(c.collected, 5000e18);
        assertEq(c.toReporter, 500e18);
        vm.expectRevert(
            abi.encodeWithSelector(IAnswerCases.WrongAnswerCaseState.selector, FIRST, AnswerCaseState.Executed)
        );
        cases.execute(FIRST);
        vm.expectRevert(abi.encodeWithSelector(IAnswerCases.AnswerCaseExists.selector, FIRST));
        vm.prank(accuser);
        cases.accuse(node, a, signature, keccak256("right"), evidence);
    }

    function test_WhatTheHostDidNotSignIsNoCase() public {
        Answer memory a = _answer("wrong", 1);
        bytes memory signature = _signed(a);
        _unsigned(a, _sign(clientKey, registry.answerDigest(a)), client);
        _unsigned(a, "", address(0));
        vm.expectRevert(abi.encodeWithSelector(IAnswerCases.OutputUndisputed.selector, a.output));
        vm.prank(accuser);
        cases.accuse(node, a, signature, a.output, evidence);
        vm.expectRevert(abi.encodeWithSelector(IAnswerCases.HostNotAccusable.selector, stranger));
        vm.prank(accuser);
        cases.accuse(stranger, a, signature, keccak256("right"), evidence);
        a.nonce = 2;
        vm.expectRevert();
        vm.prank(accuser);
        cases.accuse(node, a, signature, keccak256("right"), evidence);
    }

    function test_WhoAccusesItselfGetsATenthOfWhatItLoses() public {
        _give(node, BOND);
        vm.prank(node);
        token.approve(address(cases), BOND);
        Answer memory a = _answer("wrong", 1);
        bytes memory signature = _signed(a);
        vm.prank(node);
        cases.accuse(node, a, signature, keccak256("right"), evidence);
        // Leaving meanwhile frees nothing: not before the case ends, and not before cases can no longer be opened.
        vm.startPrank(node);
        registry.resign();
        vm.stopPrank();
        skip(3 days);
        vm.expectRevert(abi.encodeWithSelector(IHostRegistry.HostHolds.selector, node, 1));
        registry.release(node);
        cases.execute(FIRST);
        assertEq(token.balanceOf(node), BOND + 500e18);
        assertEq(stakeManager.stakeOf(node).own, 15_000e18);
        registry.release(node);
    }

    function test_TheReporterGetsAtMostTheCap() public {
        _setPolicy(Param.ReporterCap, 100e18);
        _accused("wrong", 1);
        skip(3 days);
        cases.execute(FIRST);
        assertEq(cases.answerCase(FIRST).toReporter, 100e18);
        assertEq(token.balanceOf(address(dao)), 4900e18);
    }

    function test_AHostThatLeftAnswersForWhatItDidUntilItsCasesEnd() public {
        vm.prank(node);
        registry.resign();
        skip(3 days - 1);
        _accused("wrong", 1);
        skip(1);
        Answer memory a = _answer("wrong", 2);
        bytes memory signature = _signed(a);
        vm.expectRevert(abi.encodeWithSelector(IAnswerCases.HostNotAccusable.selector, node));
        vm.prank(accuser);
        cases.accuse(node, a, signature, keccak256("right"), evidence);
        skip(3 days);
        cases.execute(FIRST);
        assertEq(cases.answerCase(FIRST).taken, 5000e18);
        registry.release(node);
    }

    function _unsigned(Answer memory a, bytes memory signature, address by) private {
        vm.expectRevert(abi.encodeWithSelector(IAnswerCases.AnswerUnsigned.selector, node, by));
        vm.prank(accuser);
        cases.accuse(node, a, signature, keccak256("right"), evidence);
    }
}
