// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Reason} from "../../src/interfaces/ISlashCourt.sol";
import {CaseId} from "../../src/types/Ids.sol";
import {ResultSummary, RoundPhase} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Validators of 5000 to 8000 tokens have 5, 6, 7 and 8 of 26 seats.
contract ChallengeRuleVoidTest is RoundTest {
    uint256 private constant BOND = 2000e18;

    address private challenger = makeAddr("challenger");
    address private spammer = makeAddr("spammer");
    ResultSummary private truth;
    ResultSummary private lie;
    ResultSummary private nonsense;

    function setUp() public override {
        super.setUp();
        _aSeatPerThousand(4);
        _aTrainerSeatPerThousand(2);
        _taskWithRound(2, 100_000e18, 2, 4);
        _scorable();
        truth = _summary();
        lie = _lie();
        nonsense = _summary();
        nonsense.documentDigest = keccak256("nonsense");
    }

    function test_AColludingMajorityIsNotPaidWhenAChallengeIsRuledRight() public {
        // The last three lie: 21 of 26.
        _results(truth, lie, 3);
        _accepted(lie);
        _challenge(challenger, truth);
        _challenge(spammer, nonsense);
        _rule(truth);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Claimable));
        // The right challenger has its bond back, the spammer's is the treasury's.
        assertEq(token.balanceOf(challenger), BOND);
        assertEq(token.balanceOf(spammer), 0);
        assertEq(token.balanceOf(address(dao)), BOND);
        assertEq(token.balanceOf(address(results)), 0);
        // Only the honest validator is paid, and each liar pays the challenger its share: 0.3 of half of 6000, 7000 and 8000.
        _openClaims(truth);
        distributor.claimValidator(taskId, round, validators[0]);
        assertGt(token.balanceOf(validators[0]), 0);
        uint256 treasuryHad = token.balanceOf(address(dao));
        for (uint256 v = 1; v < 4; ++v) {
            _report(stranger, validators[v], Reason.ResultMismatch);
        }
        vm.warp(block.timestamp + 3 days);
        for (uint256 id = 1; id < 4; ++id) {
            court.execute(CaseId.wrap(id));
        }
        assertEq(token.balanceOf(challenger), BOND + 3150e18);
        assertEq(token.balanceOf(stranger), 1050e18);
        assertEq(token.balanceOf(address(dao)) - treasuryHad, 6300e18);
    }

    function test_AWrongChallengeCostsItsBondAndTheAcceptedResultStands() public {
        _results(truth, lie, 0);
        _accepted(truth);
        _challenge(spammer, nonsense);
        _rule(truth);
        assertEq(token.balanceOf(spammer), 0);
        assertEq(results.roundResult(taskId, round).accepted, _hash(truth));
        _openClaims(truth);
        _claimTrainer(0);
        assertGt(token.balanceOf(trainers[0]), 0);
    }

    function test_WithoutARulingWhatFewAgreedOnIsVoidAndEverybodyGetsTheirOwnBack() public {
        // Two of four reveal: 15 seats of 26, fewer than two thirds of all.
        _commitResult(2, truth);
        _commitResult(3, truth);
        _toResultReveal();
        _revealResult(2, truth);
        _revealResult(3, truth);
        _toAcceptance();
        _accepted(truth);
        _challenge(challenger, nonsense);
        uint40 end = _info().rulingEnd;
        vm.warp(end - 1);
        vm.expectRevert(_wrongPhase(RoundPhase.Claimable, RoundPhase.Ruling));
        results.finalize(taskId, round);
        vm.warp(end);
        vm.expectRevert(_wrongPhase(RoundPhase.Ruling, RoundPhase.Void));
        _rule(truth);
        results.finalize(taskId, round);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Void));
        assertEq(token.balanceOf(challenger), BOND);
        assertEq(taskManager.task(taskId).value, 100_000e18);
        // A void round slashes nobody for a result, and the next one opens.
        vm.expectRevert();
        this.report(validators[2]);
        _openRound();
        assertEq(taskManager.fundsOf(taskId, round).units, 100_000e18);
    }

    function test_WithoutARulingWhatTwoThirdsOfAllSeatsAgreedOnStandsAndTheBondIsLost() public {
        _results(truth, lie, 1);
        _accepted(truth);
        _challenge(challenger, nonsense);
        vm.warp(_info().rulingEnd);
        results.finalize(taskId, round);
        assertEq(uint8(_info().phase), uint8(RoundPhase.Claimable));
        assertEq(token.balanceOf(challenger), 0);
        assertEq(token.balanceOf(address(dao)), BOND);
    }

    function test_ADisagreementIsChallengedByWhoSaysOtherwiseAndRuledByTheDao() public {
        // 11 against 15 of 26: neither reaches two thirds.
        _results(truth, lie, 2);
        _accepted(lie);
        _challengeOnly(validators[0], truth);
        _rule(truth);
        _openClaims(truth);
        distributor.claimValidator(taskId, round, validators[1]);
        assertGt(token.balanceOf(validators[1]), 0);
        // What was public brings no reward.
        CaseId id = _report(stranger, validators[3], Reason.ResultMismatch);
        vm.warp(court.slashCase(id).appealEnd);
        court.execute(id);
        assertEq(court.slashCase(id).taken, 4000e18);
        assertEq(court.slashCase(id).toChallenger, 0);
    }

    function report(address target) external {
        _report(stranger, target, Reason.ResultMismatch);
    }

    function _rule(ResultSummary memory summary) private {
        vm.prank(address(dao));
        results.rule(taskId, round, summary);
    }
}
