// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {CaseState, ISlashCourt, Reason, SlashCase} from "../../src/interfaces/ISlashCourt.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {OVERTURN_PERMISSION} from "../../src/permission/Permissions.sol";
import {Cid, ResultSummary} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract SlashCourtTest is RoundTest {
    Cid private evidence = Cid(0x0129, keccak256("evidence"));
    address private reporter = makeAddr("reporter");

    function test_AMismatchOpensACaseAndFreezesTheStake() public {
        _liarsRound(2);
        uint256 amount = 8000e18 * 0.3e18 / 1e18;
        uint40 end = uint40(block.timestamp + 3 days);
        vm.expectEmit();
        emit ISlashCourt.CaseOpened(
            1, validators[3], reporter, taskId, round, Reason.ResultMismatch, 0.3e18, amount, evidence, end
        );
        _openCase(validators[3], Reason.ResultMismatch);
        SlashCase memory c = court.slashCase(1);
        assertEq(uint8(c.state), uint8(CaseState.Open));
        assertEq(c.amount, amount);
        assertEq(stakeManager.openCases(validators[3]), 1);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.CaseExists.selector, 1));
        _openCase(validators[3], Reason.ResultMismatch);
        assertEq(court.caseCount(), 1);
    }

    function test_AnExecutedCaseReturnsNineTenthsToARunningTask() public {
        _liarsRound(2);
        _openCase(validators[3], Reason.ResultMismatch);
        uint256 budget = taskManager.task(taskId).budget;
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.AppealWindowOpen.selector, 1, court.slashCase(1).appealEnd));
        court.execute(1);
        vm.warp(court.slashCase(1).appealEnd);
        vm.expectEmit();
        emit ISlashCourt.CaseExecuted(1, 2400e18, 2160e18, 240e18);
        court.execute(1);
        assertEq(token.balanceOf(reporter), 240e18);
        assertEq(taskManager.task(taskId).budget, budget + 2160e18);
        assertEq(stakeManager.stakeOf(validators[3]).own, 5600e18);
        assertEq(stakeManager.openCases(validators[3]), 0);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.WrongCaseState.selector, 1, CaseState.Executed));
        court.execute(1);
    }

    function test_ASlashForATaskThatIsOverGoesToTheTreasury() public {
        _liarsRound(1);
        _openCase(validators[3], Reason.ResultMismatch);
        vm.prank(creator);
        taskManager.complete(taskId, _key(1));
        vm.warp(court.slashCase(1).appealEnd);
        court.execute(1);
        assertEq(token.balanceOf(address(dao)), 2160e18);
    }

    function test_TheDaoOverturnsOnlyInsideTheAppealWindow() public {
        _liarsRound(2);
        _openCase(validators[3], Reason.ResultMismatch);
        vm.expectRevert(
            abi.encodeWithSelector(
                DaoAuthorized.DaoUnauthorized.selector, address(dao), address(court), stranger, OVERTURN_PERMISSION
            )
        );
        vm.prank(stranger);
        court.overturn(1);
        uint40 end = court.slashCase(1).appealEnd;
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.AppealWindowClosed.selector, 1, end));
        vm.prank(address(dao));
        court.overturn(1);
        vm.warp(end - 1);
        vm.expectEmit();
        emit ISlashCourt.CaseOverturned(1);
        vm.prank(address(dao));
        court.overturn(1);
        assertEq(stakeManager.openCases(validators[3]), 0);
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.WrongCaseState.selector, 1, CaseState.Overturned));
        court.execute(1);
        // What the DAO overturned cannot be tried again.
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.CaseExists.selector, 1));
        _openCase(validators[3], Reason.ResultMismatch);
    }

    function test_EveryReasonIsCheckedAgainstTheRound() public {
        _roundOf(3, 4);
        _toReveal();
        _reveal(0);
        _reveal(1);
        _keyPublished();
        // Submission 1 is served to nobody.
        _allAttested(1);
        _toResultCommit();
        ResultSummary memory truth = _summary();
        for (uint256 v; v < 4; ++v) {
            _commitResult(v, truth);
        }
        _toResultReveal();
        for (uint256 v = 1; v < 4; ++v) {
            _revealResult(v, truth);
        }
        _toAcceptance();
        _expectNotProven(validators[0], Reason.ResultNotRevealed);
        _finalized(truth);

        _expectNotProven(validators[1], Reason.ResultMismatch);
        _expectNotProven(validators[1], Reason.ResultNotRevealed);
        _expectNotProven(validators[0], Reason.ResultMismatch);
        _expectNotProven(stranger, Reason.ResultMismatch);
        _expectNotProven(stranger, Reason.SubmissionNotRevealed);
        _expectNotProven(trainers[0], Reason.SubmissionNotRevealed);
        _expectNotProven(trainers[0], Reason.SubmissionUnavailable);
        _expectNotProven(trainers[2], Reason.SubmissionUnavailable);

        _openCase(validators[0], Reason.ResultNotRevealed);
        assertEq(court.slashCase(1).amount, 5000e18 * 0.05e18 / 1e18);
        _openCase(trainers[1], Reason.SubmissionUnavailable);
        assertEq(court.slashCase(2).amount, 2000e18 * 0.05e18 / 1e18);
        _openCase(trainers[2], Reason.SubmissionNotRevealed);
        assertEq(court.slashCase(3).amount, 3000e18 * 0.05e18 / 1e18);
    }

    function test_ASubmissionThatOneValidatorHadIsNotUnavailable() public {
        // Validators 0 to 3 hold 5, 6, 7 and 8 of 26. Submission 1 is served to nobody, 2 to the first, 3 to all but the last
        // two, who hold more than a third.
        _roundOf(4, 4);
        _allRevealed();
        _keyPublished();
        _toAvailability();
        _attest(0, 13);
        _attest(1, 9);
        _attest(2, 1);
        _attest(3, 1);
        _finishedAfterAvailability();
        assertEq(_info().countedBitmap, 1);
        _expectNotProven(trainers[0], Reason.SubmissionUnavailable);
        _expectNotProven(trainers[2], Reason.SubmissionUnavailable);
        _expectNotProven(trainers[3], Reason.SubmissionUnavailable);
        _openCase(trainers[1], Reason.SubmissionUnavailable);
        assertEq(court.slashCase(1).amount, 2000e18 * 0.05e18 / 1e18);
    }

    function test_ASubmissionIsUnavailableWhenNobodyWhoAttestedHadIt() public {
        _roundOf(2, 4);
        _allRevealed();
        _keyPublished();
        _toAvailability();
        _attest(2, 1);
        _attest(3, 1);
        // The first two validators do not attest, and so say nothing for submission 1.
        _finishedAfterAvailability();
        _openCase(trainers[1], Reason.SubmissionUnavailable);
        assertEq(court.slashCase(1).target, trainers[1]);
    }

    function test_TheLastOf32ValidatorsSparesANode() public {
        _setPolicy(Param.MaxValidators, 32);
        _roundOf(2, 32);
        _allRevealed();
        _keyPublished();
        _toAvailability();
        for (uint256 v; v < 32; ++v) {
            _attest(v, v == 31 ? 3 : 1);
        }
        _finishedAfterAvailability();
        assertEq(_info().countedBitmap, 1);
        _expectNotProven(trainers[1], Reason.SubmissionUnavailable);
    }

    function test_TheRatioIsThatOfTheRoundsPolicy() public {
        _liarsRound(2);
        _setPolicy(Param.SlashResultMismatch, 0.5e18);
        _openCase(validators[3], Reason.ResultMismatch);
        assertEq(court.slashCase(1).ratio, 0.3e18);
    }

    function test_UnstakingDoesNotEscapeACase() public {
        _liarsRound(2);
        vm.prank(validators[3]);
        stakeManager.requestUnstake(8000e18);
        _openCase(validators[3], Reason.ResultMismatch);
        vm.warp(court.slashCase(1).appealEnd);
        court.execute(1);
        (uint256 unstaking,) = stakeManager.unstakingOf(validators[3]);
        assertEq(unstaking, 5600e18);
    }

    function test_UnknownCasesAreRefused() public {
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.WrongCaseState.selector, 7, CaseState.None));
        court.execute(7);
    }

    function _finishedAfterAvailability() private {
        _toResultCommit();
        ResultSummary memory truth = _summary();
        _results(truth, truth, 0);
        _finalized(truth);
    }

    /// @dev Two trainers, four validators with 5000…8000 of stake; the last one lies.
    function _liarsRound(uint16 rounds) private {
        _taskWithRound(rounds, 100_000e18, 2, 4);
        _scorable();
        ResultSummary memory truth = _summary();
        _results(truth, _lie(), 1);
        _finalized(truth);
    }

    function _openCase(address target, Reason reason) private {
        vm.prank(reporter);
        court.open(taskId, round, target, reason, evidence);
    }

    function _expectNotProven(address target, Reason reason) private {
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.NotProven.selector, taskId, round, target, reason));
        court.open(taskId, round, target, reason, evidence);
    }
}
