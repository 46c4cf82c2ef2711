// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {Reason} from "../../src/interfaces/ISlashCourt.sol";
import {Cid, ResultSummary, RoundPhase} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract ChallengeRuleVoidTest is RoundTest {
    address private challenger = makeAddr("challenger");
    address private spammer = makeAddr("spammer");
    ResultSummary private truth;
    ResultSummary private lie;

    function setUp() public override {
        super.setUp();
        // Two rounds, so that lost bonds have a budget to return to. Seats 5, 6, 7 and 8.
        _aSeatPerThousand(4);
        _taskWithRound(2, 100_000e18, 2, 4);
        _scorable();
        truth = _summary();
        lie = _lie();
    }

    function test_AColludingMajorityIsNotPaidWhenAChallengeIsRuledRight() public {
        // The last three lie: 21 of 26.
        _results(truth, lie, 3);
        _accepted(lie);
        _challenge(challenger, truth.documentDigest);
        _challenge(spammer, keccak256("nonsense"));
        vm.expectEmit();
        emit IRoundManager.RoundRuled(taskId, round, keccak256(abi.encode(truth)), truth);
        vm.prank(address(dao));
        roundManager.rule(taskId, round, truth);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Claimable));
        // The right challenger has its bond back, the spammer's went to the budget.
        assertEq(token.balanceOf(challenger), 2000e18);
        assertEq(token.balanceOf(spammer), 0);
        assertEq(taskManager.task(taskId).budget, 50_000e18 + 2000e18);
        assertEq(token.balanceOf(address(roundManager)), 0);
        // Only the honest validator is paid, and each liar can be slashed.
        _openClaims(truth);
        distributor.claimValidator(taskId, round, validators[0]);
        assertGt(token.balanceOf(validators[0]), 0);
        for (uint256 v = 1; v < 4; ++v) {
            court.open(taskId, round, validators[v], Reason.ResultMismatch, Cid(0x0129, bytes32(v)));
        }
    }

    function test_AWrongChallengeCostsItsBondAndTheAcceptedResultStands() public {
        _results(truth, lie, 0);
        _accepted(truth);
        _challenge(spammer, keccak256("nonsense"));
        vm.prank(address(dao));
        roundManager.rule(taskId, round, truth);
        assertEq(token.balanceOf(spammer), 0);
        assertEq(_info().acceptedHash, keccak256(abi.encode(truth)));
        _openClaims(truth);
        _claimTrainer(0);
        assertGt(token.balanceOf(trainers[0]), 0);
    }

    function test_WithoutARulingTheRoundIsVoidAtItsHardEndAndEverybodyGetsTheirOwnBack() public {
        _results(truth, lie, 0);
        _accepted(truth);
        _challenge(challenger, keccak256("another result"));
        uint40 end = _info().disputeEnd;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.CannotVoid.selector, RoundPhase.Disputed));
        roundManager.voidRound(taskId, round);
        vm.warp(end);
        // Too late for a ruling.
        vm.expectPartialRevert(IRoundManager.WrongPhase.selector);
        vm.prank(address(dao));
        roundManager.rule(taskId, round, truth);
        vm.expectEmit();
        emit IRoundManager.BondReturned(taskId, round, challenger, 2000e18);
        roundManager.voidRound(taskId, round);
        assertEq(token.balanceOf(challenger), 2000e18);
        assertEq(taskManager.task(taskId).budget, 100_000e18);
        // A void round slashes nobody, and the next one opens.
        vm.expectRevert();
        court.open(taskId, round, validators[0], Reason.ResultMismatch, Cid(0x0129, bytes32(0)));
        roundManager.open(taskId);
        assertEq(taskManager.poolOf(taskId, 1), 100_000e18);
    }

    function test_ADisagreementIsDisputedByAnyoneAndRuledByTheDao() public {
        // 11 against 15 of 26: neither reaches two thirds.
        _results(truth, lie, 2);
        uint40 end = uint40(block.timestamp + 7 days);
        vm.expectEmit();
        emit IRoundManager.RoundDisputed(taskId, round, end);
        vm.prank(stranger);
        roundManager.dispute(taskId, round, _hashes(_hash(truth), _hash(lie)));
        vm.prank(address(dao));
        roundManager.rule(taskId, round, truth);
        _openClaims(truth);
        distributor.claimValidator(taskId, round, validators[1]);
        assertGt(token.balanceOf(validators[1]), 0);
    }
}
