// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {AnswerCaseKind, IAnswerCases} from "../../src/interfaces/IAnswerCases.sol";
import {Answer} from "../../src/interfaces/IHostRegistry.sol";
import {AnswerCaseTest} from "../builders/AnswerCaseTest.sol";

/// @dev Two signed answers to one question.
contract AnswerCasesContradictionsTest is AnswerCaseTest {
    function test_TwoAnswersToOneQuestionProveThemselves() public {
        Answer memory one = _answer("one", 1);
        Answer memory two = _answer("two", 2);
        (bytes memory s1, bytes memory s2) = (_signed(one), _signed(two));
        vm.expectEmit(address(cases));
        emit IAnswerCases.AnswerContradicted(FIRST, node, accuser, one, two, 0.5e18);
        vm.prank(accuser);
        cases.contradict(node, one, s1, two, s2);
        assertEq(stakeManager.stakeOf(node).own, 15_000e18);
        assertEq(token.balanceOf(accuser), 10_000e18 + 500e18);
        assertEq(uint8(cases.answerCase(FIRST).kind), uint8(AnswerCaseKind.Contradiction));
        _assertOver();
        // Neither of the two is slashed for again, in whatever pair.
        vm.expectRevert(abi.encodeWithSelector(IAnswerCases.AnswerCaseExists.selector, FIRST));
        cases.contradict(node, two, s2, one, s1);
        Answer memory three = _answer("three", 3);
        bytes memory s3 = _signed(three);
        vm.expectRevert(abi.encodeWithSelector(IAnswerCases.AnswerCaseExists.selector, FIRST));
        cases.contradict(node, three, s3, two, s2);
        vm.expectRevert(abi.encodeWithSelector(IAnswerCases.AnswerCaseExists.selector, FIRST));
        vm.prank(accuser);
        cases.accuse(node, two, s2, keccak256("x"), evidence);
    }

    function test_WhatDiffersInAnythingButTheOutputIsNoContradiction() public {
        Answer memory one = _answer("one", 1);
        bytes memory s1 = _signed(one);
        Answer[4] memory others = [_answer("one", 2), _answer("two", 2), _answer("two", 2), _answer("two", 2)];
        others[1].model = keccak256("other model");
        others[2].scorer = keccak256("other core");
        others[3].input = keccak256("other input");
        for (uint256 i; i < 4; ++i) {
            bytes memory s = _signed(others[i]);
            vm.expectRevert(IAnswerCases.NotContradictory.selector);
            cases.contradict(node, one, s1, others[i], s);
        }
        Answer memory two = _answer("two", 2);
        bytes memory foreign = _sign(clientKey, registry.answerDigest(two));
        vm.expectRevert(abi.encodeWithSelector(IAnswerCases.AnswerUnsigned.selector, node, client));
        cases.contradict(node, one, s1, two, foreign);
    }

    function test_SelfAccusationShieldsNoAnswerFromAContradiction() public {
        Answer memory one = _answer("one", 1);
        Answer memory two = _answer("two", 2);
        (bytes memory s1, bytes memory s2) = (_signed(one), _signed(two));
        // The host has both accused and contested by friends, hoping that nobody rules.
        _accused("one", 1);
        _contested(FIRST);
        cases.contradict(node, one, s1, two, s2);
        assertEq(stakeManager.stakeOf(node).own, 15_000e18);
        // The accusation goes on for its bonds alone: one slash an answer.
        vm.prank(address(dao));
        cases.rule(FIRST, true);
        assertEq(stakeManager.stakeOf(node).own, 15_000e18);
        assertEq(cases.answerCase(FIRST).taken, 0);
        _assertOver();
    }
}
