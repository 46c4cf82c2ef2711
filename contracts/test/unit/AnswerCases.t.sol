// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {AnswerCases} from "../../src/host/AnswerCases.sol";
import {AnswerCase, AnswerCaseKind, AnswerCaseState, IAnswerCases} from "../../src/interfaces/IAnswerCases.sol";
import {Answer, IHostRegistry} from "../../src/interfaces/IHostRegistry.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {CONVICT_HOST_PERMISSION, RULE_ANSWER_PERMISSION} from "../../src/permission/Permissions.sol";
import {AnswerCaseId} from "../../src/types/Ids.sol";
import {Cid} from "../../src/types/Types.sol";
import {HostTest} from "../builders/HostTest.sol";

contract AnswerCasesTest is HostTest {
    AnswerCaseId private constant FIRST = AnswerCaseId.wrap(1);
    AnswerCaseId private constant SECOND = AnswerCaseId.wrap(2);
    uint256 private constant BOND = 500e18;

    Cid private evidence = Cid(0x0129, keccak256("evidence"));

    function setUp() public override {
        super.setUp();
        _enlisted();
    }

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

    function _accused(string memory output, uint64 nonce) private {
        Answer memory a = _answer(output, nonce);
        bytes memory signature = _signed(a);
        vm.prank(accuser);
        cases.accuse(node, a, signature, keccak256("what is right"), evidence);
    }

    function _contested(AnswerCaseId caseId) private returns (uint40 end) {
        vm.prank(friend);
        cases.contest(caseId);
        return cases.answerCase(caseId).end;
    }

    function _unsigned(Answer memory a, bytes memory signature, address by) private {
        vm.expectRevert(abi.encodeWithSelector(IAnswerCases.AnswerUnsigned.selector, node, by));
        vm.prank(accuser);
        cases.accuse(node, a, signature, keccak256("right"), evidence);
    }

    function _assertOver() private view {
        assertEq(cases.bondsHeld(), 0);
        assertEq(token.balanceOf(address(cases)), 0);
        assertEq(registry.host(node).holds, 0);
    }
}
