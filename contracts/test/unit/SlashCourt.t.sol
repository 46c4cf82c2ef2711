// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {CaseState, ISlashCourt, Reason, SlashCase} from "../../src/interfaces/ISlashCourt.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {OVERTURN_PERMISSION, RETURN_BUDGET_PERMISSION} from "../../src/permission/Permissions.sol";
import {SlashCourt} from "../../src/slash/SlashCourt.sol";
import {Cid, ResultSummary, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract SlashCourtTest is RoundTest {
    Cid private evidence = Cid(0x0129, keccak256("evidence"));
    address private reporter = makeAddr("reporter");
    address private delegator = makeAddr("delegator");

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
        assertEq(c.reporterShare, 0.1e18);
        assertEq(c.reporter, reporter);
        assertEq(c.evidence.digest, evidence.digest);
        assertEq(stakeManager.openCases(validators[3]), 1);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.CaseExists.selector, 1));
        _openCase(validators[3], Reason.ResultMismatch);
        assertEq(court.caseCount(), 1);
    }

    function test_AnExecutedCaseReturnsNineTenthsToARunningTask() public {
        _liarsRound(2);
        _openCase(validators[3], Reason.ResultMismatch);
        uint256 budget = taskManager.task(taskId).budget;
        uint40 end = court.slashCase(1).appealEnd;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.AppealWindowOpen.selector, 1, end));
        court.execute(1);
        vm.warp(end);
        vm.expectEmit(address(court));
        emit ISlashCourt.SlashDistributed(1, 2160e18, 240e18, false);
        vm.expectEmit(address(court));
        emit ISlashCourt.CaseExecuted(1, 2400e18);
        vm.prank(stranger);
        court.execute(1);
        assertEq(token.balanceOf(reporter), 240e18);
        assertEq(taskManager.task(taskId).budget, budget + 2160e18);
        assertEq(stakeManager.stakeOf(validators[3]).own, 5600e18);
        assertEq(stakeManager.openCases(validators[3]), 0);
        SlashCase memory c = court.slashCase(1);
        assertEq(c.taken, 2400e18);
        assertEq(c.collected, 2400e18);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.WrongCaseState.selector, 1, CaseState.Executed));
        court.execute(1);
    }

    function test_DelegatedStakeIsSlashedToTheSamePartAsItIsCollected() public {
        taskId = _approvedTask(2, 100_000e18);
        _staked(2, 4);
        _delegateStake(validators[3], delegator, 1000e18);
        _openRound();
        _lied();
        _openCase(validators[3], Reason.ResultMismatch);
        assertEq(court.slashCase(1).amount, 2700e18, "30 % of 8000 own and 1000 delegated");
        _execute(1);
        SlashCase memory c = court.slashCase(1);
        assertEq(c.taken, 2700e18);
        assertEq(c.collected, 2400e18, "the delegator's part is still with it");
        assertEq(token.balanceOf(reporter), 240e18);
        uint256 budget = taskManager.task(taskId).budget;
        vm.expectEmit(address(court));
        emit ISlashCourt.SlashDistributed(1, 270e18, 30e18, false);
        stakeManager.collect(validators[3], delegator, 1);
        assertEq(court.slashCase(1).collected, 2700e18);
        assertEq(token.balanceOf(reporter), 270e18);
        assertEq(taskManager.task(taskId).budget, budget + 270e18);
        assertEq(stakeManager.stakeOf(validators[3]).delegated, 700e18);
    }

    function test_ASlashForATaskThatIsOverGoesToTheTreasury() public {
        _liarsRound(1);
        _openCase(validators[3], Reason.ResultMismatch);
        vm.prank(creator);
        taskManager.complete(taskId, _key(1));
        vm.warp(court.slashCase(1).appealEnd);
        vm.expectEmit(address(court));
        emit ISlashCourt.SlashDistributed(1, 2160e18, 240e18, true);
        court.execute(1);
        assertEq(token.balanceOf(address(dao)), 2160e18);
    }

    function test_ACourtThatLostItsPermissionSendsWhatItCollectsToTheTreasury() public {
        _liarsRound(2);
        _openCase(validators[3], Reason.ResultMismatch);
        dao.revoke(address(taskManager), address(court), RETURN_BUDGET_PERMISSION);
        _execute(1);
        assertEq(token.balanceOf(address(dao)), 2160e18);
        assertEq(token.balanceOf(address(court)), 0);
    }

    function test_NobodyCanSpendTooLittleGasToSendASlashToTheTreasury() public {
        _liarsRound(2);
        _openCase(validators[3], Reason.ResultMismatch);
        vm.warp(court.slashCase(1).appealEnd);
        for (uint256 gas = 20_000; gas < 600_000; gas += 5000) {
            uint256 snapshot = vm.snapshotState();
            (bool done,) = address(court).call{gas: gas}(abi.encodeCall(court.execute, (1)));
            if (done) assertEq(token.balanceOf(address(dao)), 0);
            vm.revertToState(snapshot);
        }
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
        _roundOf(3, 9);
        _toReveal();
        _reveal(0);
        _reveal(1);
        _drawn();
        _keyPublished();
        _toAvailability();
        // Submission 1 is served to nobody; validator 5 is silent.
        for (uint256 v; v < 9; ++v) {
            if (v != 5) _attest(v, 1);
        }
        _toResultCommit();
        ResultSummary memory truth = _summary();
        // Validator 4 attested and commits no result, validator 0 commits one and does not reveal it.
        for (uint256 v; v < 9; ++v) {
            if (v != 4 && v != 5) _commitResult(v, truth);
        }
        _toResultReveal();
        for (uint256 v = 1; v < 9; ++v) {
            if (v != 4 && v != 5) _revealResult(v, truth);
        }
        _toAcceptance();
        _expectNotProven(validators[0], Reason.ResultNotRevealed);
        _expectNotProven(validators[5], Reason.ValidatorSilent);
        _expectNotProven(trainers[2], Reason.SubmissionNotRevealed);
        _finalized(truth);

        _expectNotProven(validators[1], Reason.ResultMismatch);
        _expectNotProven(validators[1], Reason.ResultNotRevealed);
        _expectNotProven(validators[1], Reason.ValidatorSilent);
        _expectNotProven(validators[0], Reason.ResultMismatch);
        _expectNotProven(validators[0], Reason.ValidatorSilent);
        _expectNotProven(validators[5], Reason.ResultNotRevealed);
        for (uint256 reason; reason <= uint256(type(Reason).max); ++reason) {
            _expectNotProven(stranger, Reason(reason));
        }
        _expectNotProven(trainers[0], Reason.SubmissionNotRevealed);
        _expectNotProven(trainers[0], Reason.SubmissionUnavailable);
        _expectNotProven(trainers[2], Reason.SubmissionUnavailable);

        _openCase(validators[0], Reason.ResultNotRevealed);
        assertEq(court.slashCase(1).amount, 5000e18 * 0.05e18 / 1e18);
        _openCase(trainers[1], Reason.SubmissionUnavailable);
        assertEq(court.slashCase(2).amount, 2000e18 * 0.05e18 / 1e18);
        _openCase(trainers[2], Reason.SubmissionNotRevealed);
        assertEq(court.slashCase(3).amount, 3000e18 * 0.05e18 / 1e18);
        _openCase(validators[4], Reason.ResultNotRevealed);
        assertEq(court.slashCase(4).amount, 9000e18 * 0.05e18 / 1e18);
        _openCase(validators[5], Reason.ValidatorSilent);
        assertEq(court.slashCase(5).amount, 10_000e18 * 0.01e18 / 1e18);
    }

    function test_SilentValidatorsAndKeptBackResultsAreProvenOfTheRoundsThatTheyMadeVoid() public {
        _roundOf(1, 4);
        _allRevealed();
        _keyPublished();
        // One of four attests: no quorum, so nothing counts.
        _toAvailability();
        _attest(0, 1);
        _toResultCommit();
        roundManager.voidRound(taskId, round);
        assertEq(uint8(_info().voidReason), uint8(VoidReason.NothingCounted));
        _openCase(validators[1], Reason.ValidatorSilent);
        _expectNotProven(validators[0], Reason.ValidatorSilent);
        _expectNotProven(validators[0], Reason.ResultNotRevealed);
        _expectNotProven(validators[1], Reason.ResultMismatch);
    }

    function test_ValidatorsThatAllKeepTheirResultsBackAreProven() public {
        _roundOf(2, 4);
        _toReveal();
        _reveal(0);
        _drawn();
        _keyPublished();
        _toAvailability();
        for (uint256 v; v < 3; ++v) {
            _attest(v, 1);
        }
        _toResultCommit();
        ResultSummary memory truth = _summary();
        _commitResult(0, truth);
        _toAcceptance();
        roundManager.voidRound(taskId, round);
        assertEq(uint8(_info().voidReason), uint8(VoidReason.NoResults));
        _openCase(validators[0], Reason.ResultNotRevealed);
        _openCase(validators[1], Reason.ResultNotRevealed);
        _openCase(validators[3], Reason.ValidatorSilent);
        // The training nodes' faults had no part in it.
        _expectNotProven(trainers[1], Reason.SubmissionNotRevealed);
        _expectNotProven(trainers[0], Reason.SubmissionUnavailable);
    }

    function test_AVoidRoundProvesNothingAgainstAnybodyElse() public {
        _roundOf(2, 2);
        _toReveal();
        _reveal(0);
        _drawn();
        // The creator withholds the key.
        _toAvailability();
        roundManager.voidRound(taskId, round);
        assertEq(uint8(_info().voidReason), uint8(VoidReason.KeyWithheld));
        for (uint256 reason; reason <= uint256(type(Reason).max); ++reason) {
            _expectNotProven(validators[0], Reason(reason));
            _expectNotProven(trainers[0], Reason(reason));
            _expectNotProven(trainers[1], Reason(reason));
        }
    }

    function test_AnUnknownRoundProvesNothing() public {
        vm.expectPartialRevert(IRoundManager.WrongPhase.selector);
        court.open(9, 0, stranger, Reason.ResultMismatch, evidence);
    }

    function test_ACandidateWithoutASeatIsNotSilent() public {
        _setPolicy(Param.ValidatorSeats, 4);
        taskId = _approvedTask(1, 100_000e18);
        _staked(1, 1);
        validators.push(makeAddr("whale"));
        _stake(validators[1], 5_000_000e18);
        _openRound();
        _allRevealed();
        _keyPublished();
        _toAvailability();
        if (roundManager.validator(taskId, round, validators[0]).seats != 0) {
            // The one in a thousand draws; the fixed chain of the test does not have it.
            revert("choose another block");
        }
        _attest(1, 1);
        _toResultCommit();
        ResultSummary memory truth = _summary();
        _commitResult(1, truth);
        _toResultReveal();
        _revealResult(1, truth);
        _toAcceptance();
        _finalized(truth);
        _expectNotProven(validators[0], Reason.ValidatorSilent);
    }

    function test_ASubmissionThatOneValidatorHadIsNotUnavailable() public {
        // Submission 1 is served to nobody, 2 to the first validator, 3 to all but the last two, who hold more than a third.
        _roundOf(4, 4);
        _allRevealed();
        _keyPublished();
        _toAvailability();
        _attest(0, 13);
        _attest(1, 9);
        _attest(2, 1);
        _attest(3, 1);
        _finishedAfterAvailability();
        assertEq(roundManager.countedBitmap(taskId, round)[0], 1);
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
        _toResultCommit();
        ResultSummary memory truth = _summary();
        for (uint256 v = 2; v < 4; ++v) {
            _commitResult(v, truth);
        }
        _toResultReveal();
        for (uint256 v = 2; v < 4; ++v) {
            _revealResult(v, truth);
        }
        _toAcceptance();
        _finalized(truth);
        _openCase(trainers[1], Reason.SubmissionUnavailable);
        assertEq(court.slashCase(1).target, trainers[1]);
    }

    function test_AFullRoundBlamesNobodyForNotRevealing() public {
        _setPolicy(Param.MaxTrainers, 1);
        _roundOf(2, 1);
        _toReveal();
        _reveal(0);
        _drawn();
        _keyPublished();
        _allAttested(1);
        _finishedAfterAvailability();
        _expectNotProven(trainers[1], Reason.SubmissionNotRevealed);
    }

    function test_RatioWindowAndReportersShareAreThoseOfTheRoundsPolicy() public {
        _liarsRound(2);
        _setPolicy(Param.SlashResultMismatch, 0.5e18);
        _setPolicy(Param.ReporterShare, 0);
        _openCase(validators[3], Reason.ResultMismatch);
        assertEq(court.slashCase(1).ratio, 0.3e18);
        assertEq(court.slashCase(1).reporterShare, 0.1e18);
    }

    function test_WithoutAReportersShareTheTaskGetsAll() public {
        _setPolicy(Param.ReporterShare, 0);
        _liarsRound(2);
        _openCase(validators[3], Reason.ResultMismatch);
        uint256 budget = taskManager.task(taskId).budget;
        _execute(1);
        assertEq(token.balanceOf(reporter), 0);
        assertEq(taskManager.task(taskId).budget, budget + 2400e18);
    }

    function test_NoCaseTakesMoreThanHalfWhateverThePolicySays() public {
        _liarsRound(2);
        // The catalogue stops at a half already; here a policy without bounds answers.
        uint256[] memory values = new uint256[](4);
        (values[0], values[1], values[2], values[3]) = (3 days, 0.9e18, 0.1e18, 56 days);
        vm.mockCall(address(policy), abi.encodePacked(policy.read.selector), abi.encode(values));
        _openCase(validators[3], Reason.ResultMismatch);
        vm.clearMockedCalls();
        assertEq(court.slashCase(1).ratio, 0.5e18);
        assertEq(court.slashCase(1).amount, 4000e18);
    }

    function test_SeveralCasesOfOnePoolTakeWhatEachSaysUntilNothingIsLeft() public {
        _setPolicy(Param.SlashResultMismatch, 0.5e18);
        _liarsRound(2);
        _openCase(validators[3], Reason.ResultMismatch);
        _lieAgain(2);
        _lieAgain(3);
        assertEq(stakeManager.openCases(validators[3]), 3);
        assertEq(court.slashCase(3).amount, 4000e18, "each by the stake before its own round");
        vm.warp(court.slashCase(3).appealEnd);
        for (uint256 id = 3; id > 0; --id) {
            court.execute(id);
            assertEq(stakeManager.openCases(validators[3]), id - 1);
        }
        assertEq(court.slashCase(3).taken, 4000e18);
        assertEq(court.slashCase(2).taken, 4000e18);
        assertEq(court.slashCase(1).taken, 0);
        assertEq(stakeManager.stakeOf(validators[3]).own, 0);
    }

    function test_UnstakingDoesNotEscapeACase() public {
        _liarsRound(2);
        vm.prank(validators[3]);
        stakeManager.requestUnstake(validators[3], 8000e18);
        _openCase(validators[3], Reason.ResultMismatch);
        _execute(1);
        (, uint256 unstaking) = stakeManager.worth(validators[3], validators[3]);
        assertEq(unstaking, 5600e18);
    }

    function test_OldFaultsAreNotProsecuted() public {
        _liarsRound(2);
        uint256 end = _info().openedAt + 56 days;
        vm.warp(end + 1);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.TooLate.selector, taskId, round, end));
        _openCase(validators[3], Reason.ResultMismatch);
        vm.warp(end);
        _openCase(validators[3], Reason.ResultMismatch);
    }

    function test_UnknownCasesAreRefused() public {
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.WrongCaseState.selector, 7, CaseState.None));
        court.execute(7);
    }

    function test_OnlyTheStakeManagerSaysWhatWasCollected() public {
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.NotStakeManager.selector, stranger));
        vm.prank(stranger);
        court.onSlashCollected(1, 1e18);
    }

    function test_EveryAddressIsNeeded() public {
        address[6] memory given;
        for (uint256 missing; missing < 6; ++missing) {
            for (uint256 i; i < 6; ++i) {
                given[i] = i == missing ? address(0) : address(token);
            }
            vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
            new SlashCourt(given[0], given[1], given[2], given[3], given[4], given[5]);
        }
    }

    /// @dev However it is split by collections, the reporter gets its share of each, and not a wei stays in the court.
    function testFuzz_EveryCollectionIsSplitAndNothingStays(uint96[3] memory delegated, uint64 share) public {
        taskId = _approvedTask(2, 100_000e18);
        _staked(1, 5);
        address liar = validators[4];
        address[3] memory owners = [makeAddr("d0"), makeAddr("d1"), makeAddr("d2")];
        uint256 all = 9000e18;
        for (uint256 i; i < 3; ++i) {
            uint256 amount = bound(delegated[i], 10e18, 200e18);
            all += amount;
            _delegateStake(liar, owners[i], amount);
        }
        _setPolicy(Param.ReporterShare, bound(share, 0, 0.25e18));
        _openRound();
        _lied();
        _openCase(liar, Reason.ResultMismatch);
        uint256 budget = taskManager.task(taskId).budget;
        _execute(1);
        for (uint256 i; i < 3; ++i) {
            stakeManager.collect(liar, owners[i], 1);
        }
        SlashCase memory c = court.slashCase(1);
        assertEq(uint256(c.taken), all * 0.3e18 / 1e18);
        assertLe(c.collected, c.taken);
        assertLe(c.taken - c.collected, 4);
        assertEq(token.balanceOf(reporter) + taskManager.task(taskId).budget - budget, c.collected);
        assertLe(token.balanceOf(reporter), uint256(c.collected) * c.reporterShare / 1e18);
        assertEq(token.balanceOf(address(court)), 0);
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
        _lied();
    }

    function _lied() private {
        _scorable();
        ResultSummary memory truth = _summary();
        _results(truth, _lie(), 1);
        _finalized(truth);
    }

    /// @dev Another task that runs beside the others, with the same liar.
    function _lieAgain(uint256 expectedTask) private {
        taskId = _approvedTask(1, 50_000e18);
        assertEq(taskId, expectedTask);
        _openRound();
        _lied();
        _openCase(validators[3], Reason.ResultMismatch);
    }

    function _execute(uint256 caseId) private {
        vm.warp(court.slashCase(caseId).appealEnd);
        court.execute(caseId);
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
