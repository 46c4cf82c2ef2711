// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {Accusation, CaseState, ISlashCourt, Reason, SlashCase} from "../../src/interfaces/ISlashCourt.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {OVERTURN_PERMISSION} from "../../src/permission/Permissions.sol";
import {SlashCourt} from "../../src/slash/SlashCourt.sol";
import {CaseId} from "../../src/types/Ids.sol";
import {Cid, ResultSummary, Role, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Four validators with 5000 to 8000 of stake have 5, 6, 7 and 8 of 26 seats, three trainers 1, 2 and 3 of 6.
contract SlashCourtTest is RoundTest {
    CaseId private constant FIRST = CaseId.wrap(1);

    Cid private evidence = Cid(0x0129, keccak256("evidence"));
    address private reporter = makeAddr("reporter");
    address private delegator = makeAddr("delegator");
    address private liar;

    function setUp() public override {
        super.setUp();
        _aSeatPerThousand(4);
        _aTrainerSeatPerThousand(3);
        liar = makeAddr("validator3");
    }

    function test_AMismatchOpensACaseAndFreezesTheStake() public {
        _liarsRound();
        uint40 end = uint40(block.timestamp + 3 days);
        vm.expectEmit(address(court));
        emit ISlashCourt.CaseOpened(
            FIRST, liar, reporter, taskId, round, 0, Reason.ResultMismatch, 0.5e18, 4000e18, evidence, end
        );
        _case(liar, Reason.ResultMismatch);
        SlashCase memory c = court.slashCase(FIRST);
        assertEq(uint8(c.state), uint8(CaseState.Open));
        assertEq(c.amount, 4000e18);
        assertEq(c.reporterCap, 1000e18);
        assertEq(c.challengerShare, 0, "nobody had challenged");
        assertEq(c.reporter, reporter);
        assertEq(c.evidence.digest, evidence.digest);
        assertEq(stakeManager.openCases(liar), 1);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.CaseExists.selector, FIRST));
        _case(liar, Reason.ResultMismatch);
        assertEq(court.caseCount(), 1);
    }

    function test_AnExecutedCasePaysTheReporterATenthAndTheTreasuryTheRest() public {
        _liarsRound();
        _case(liar, Reason.ResultMismatch);
        uint256 budget = taskManager.task(taskId).value;
        uint40 end = court.slashCase(FIRST).appealEnd;
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.AppealWindowOpen.selector, FIRST, end));
        court.execute(FIRST);
        vm.warp(end);
        vm.expectEmit(address(court));
        emit ISlashCourt.SlashDistributed(FIRST, 3600e18, 400e18, 0);
        vm.expectEmit(address(court));
        emit ISlashCourt.CaseExecuted(FIRST, 4000e18);
        vm.prank(stranger);
        court.execute(FIRST);
        assertEq(token.balanceOf(reporter), 400e18);
        assertEq(token.balanceOf(address(dao)), 3600e18);
        assertEq(taskManager.task(taskId).value, budget, "nothing returns to the task");
        assertEq(stakeManager.stakeOf(liar).own, 4000e18);
        assertEq(stakeManager.openCases(liar), 0);
        SlashCase memory c = court.slashCase(FIRST);
        assertEq(c.taken, 4000e18);
        assertEq(c.collected, 4000e18);
        assertEq(c.toReporter, 400e18);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.WrongCaseState.selector, FIRST, CaseState.Executed));
        court.execute(FIRST);
    }

    function test_WhoChallengedWithTheRightResultGetsItsShareOfEachWrongOne() public {
        address challenger = makeAddr("challenger");
        _roundOf(3, 4);
        _scorable();
        ResultSummary memory truth = _summary();
        // Three of four lie; the one who does not has 5 of 26 seats.
        _results(truth, _lie(), 3);
        _accepted(_lie());
        _challenge(challenger, truth);
        vm.prank(address(dao));
        results.rule(taskId, round, truth);
        assertEq(token.balanceOf(challenger), 2000e18);
        _case(liar, Reason.ResultMismatch);
        assertEq(court.slashCase(FIRST).challengerShare, 0.3e18);
        _execute(FIRST);
        assertEq(token.balanceOf(challenger), 2000e18 + 1200e18);
        assertEq(token.balanceOf(reporter), 400e18);
        assertEq(token.balanceOf(address(dao)), 2400e18);
        assertEq(court.slashCase(FIRST).toChallenger, 1200e18);
        _expectNotProven(validators[0], Reason.ResultMismatch);
    }

    function test_TheReporterGetsNoMoreThanTheCapHoweverItIsCollected() public {
        _setPolicy(Param.ReporterCap, 405e18);
        taskId = _approvedTask(1, 100_000e18);
        _staked(3, 4);
        _delegateStake(liar, delegator, 1000e18);
        _openRound();
        _lied();
        _case(liar, Reason.ResultMismatch);
        assertEq(court.slashCase(FIRST).amount, 4500e18, "half of 8000 own and 1000 delegated");
        _execute(FIRST);
        assertEq(court.slashCase(FIRST).taken, 4500e18);
        assertEq(court.slashCase(FIRST).collected, 4000e18, "the delegator's part is still with it");
        assertEq(token.balanceOf(reporter), 400e18);
        vm.expectEmit(address(court));
        emit ISlashCourt.SlashDistributed(FIRST, 495e18, 5e18, 0);
        stakeManager.collect(liar, delegator, 1);
        assertEq(court.slashCase(FIRST).collected, 4500e18);
        assertEq(token.balanceOf(reporter), 405e18);
        assertEq(token.balanceOf(address(dao)), 4095e18);
        assertEq(stakeManager.stakeOf(liar).delegated, 500e18);
    }

    function test_OnlyWhatTheRoundReadIsSlashed() public {
        taskId = _approvedTask(1, 100_000e18);
        _staked(3, 4);
        _stake(liar, 8000e18);
        _allocate(liar, taskId, Role.Validator, 0.5e18);
        _openRound();
        _stake(liar, 5000e18);
        _lied();
        _case(liar, Reason.ResultMismatch);
        assertEq(court.slashCase(FIRST).amount, 4000e18);
    }

    function test_TheDaoOverturnsOnlyInsideTheAppealWindow() public {
        _liarsRound();
        _case(liar, Reason.ResultMismatch);
        vm.expectRevert(
            abi.encodeWithSelector(
                DaoAuthorized.DaoUnauthorized.selector, address(dao), address(court), stranger, OVERTURN_PERMISSION
            )
        );
        vm.prank(stranger);
        court.overturn(FIRST);
        uint40 end = court.slashCase(FIRST).appealEnd;
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.AppealWindowClosed.selector, FIRST, end));
        vm.prank(address(dao));
        court.overturn(FIRST);
        vm.warp(end - 1);
        vm.expectEmit(address(court));
        emit ISlashCourt.CaseOverturned(FIRST);
        vm.prank(address(dao));
        court.overturn(FIRST);
        assertEq(stakeManager.openCases(liar), 0);
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.WrongCaseState.selector, FIRST, CaseState.Overturned));
        court.execute(FIRST);
        // What the DAO overturned cannot be tried again.
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.CaseExists.selector, FIRST));
        _case(liar, Reason.ResultMismatch);
    }

    /// @dev Submission 1 is served to nobody; trainer 2 commits and does not reveal. Validator 0 keeps its result back, 1 scores
    /// nothing, 2 and 3 agree.
    function test_EveryReasonOfAPaidRoundIsCheckedAgainstIt() public {
        _roundOf(3, 4);
        _allCommitted();
        _toReveal();
        _reveal(0);
        _reveal(1);
        _draw(Role.Validator);
        _allAttested(2);
        _keyPublished();
        _toResultCommit();
        ResultSummary memory truth = _summary();
        _commitResult(0, truth);
        _commitResult(2, truth);
        _commitResult(3, truth);
        _toResultReveal();
        _revealResult(2, truth);
        _revealResult(3, truth);
        _toAcceptance();
        // Nothing is proven of a round that is not closed.
        _expectNotProven(validators[0], Reason.ResultNotRevealed);
        _expectNotProven(trainers[2], Reason.SubmissionNotRevealed);
        _finalized(truth);

        for (uint256 reason; reason <= uint256(type(Reason).max); ++reason) {
            _expectNotProven(stranger, Reason(reason));
            _expectNotProven(validators[2], Reason(reason));
            _expectNotProven(trainers[0], Reason(reason));
            if (Reason(reason) != Reason.ResultNotRevealed) _expectNotProven(validators[0], Reason(reason));
            if (Reason(reason) != Reason.SubmissionUnavailable) _expectNotProven(trainers[1], Reason(reason));
            if (Reason(reason) != Reason.SubmissionNotRevealed) _expectNotProven(trainers[2], Reason(reason));
        }
        _case(validators[0], Reason.ResultNotRevealed);
        assertEq(court.slashCase(FIRST).amount, 250e18, "5 % of 5000");
        _case(trainers[1], Reason.SubmissionUnavailable);
        assertEq(court.slashCase(CaseId.wrap(2)).amount, 100e18, "5 % of 2000");
        _case(trainers[2], Reason.SubmissionNotRevealed);
        assertEq(court.slashCase(CaseId.wrap(3)).amount, 150e18, "5 % of 3000");
        // Whoever accuses one that scored nothing brings what it had revealed.
        _expectNotProven(validators[1], Reason.ResultNotRevealed);
        _open(_with(_accusation(validators[1], Reason.ResultNotRevealed), false, 2));
        assertEq(court.slashCase(CaseId.wrap(4)).amount, 300e18, "5 % of 6000");
    }

    function test_WhoLackedSomethingThatCountsMayScoreNothingWhateverTheAccuserBrings() public {
        _roundOf(3, 4);
        _allRevealed();
        // Validator 0 lacks submission 1, validator 1 the shard; the others have everything.
        _commitAttestation(0, false, 2);
        _commitAttestation(1, true, 0);
        _commitAttestation(2, false, 0);
        _commitAttestation(3, false, 0);
        _toAttestReveal();
        _revealAttestation(0, false, 2);
        _revealAttestation(1, true, 0);
        _revealAttestation(2, false, 0);
        _revealAttestation(3, false, 0);
        _toKey();
        _keyPublished();
        _toResultCommit();
        ResultSummary memory truth = _summary();
        _commitResult(2, truth);
        _commitResult(3, truth);
        _toResultReveal();
        _revealResult(2, truth);
        _revealResult(3, truth);
        _toAcceptance();
        _finalized(truth);
        for (uint256 missing; missing < 8; ++missing) {
            for (uint256 v; v < 2; ++v) {
                _expectNotProven(_with(_accusation(validators[v], Reason.ResultNotRevealed), false, missing));
                _expectNotProven(_with(_accusation(validators[v], Reason.ResultNotRevealed), true, missing));
            }
        }
    }

    function test_SilentSeatsOfAPaidRoundAreProven() public {
        _roundOf(3, 4);
        _draw(Role.Trainer);
        _commit(1);
        _commit(2);
        _toReveal();
        _reveal(1);
        _reveal(2);
        _draw(Role.Validator);
        // Validator 0 does nothing, validator 1 commits what it could fetch and does not reveal it.
        for (uint256 v = 1; v < 4; ++v) {
            _commitAttestation(v, false, 0);
        }
        _toAttestReveal();
        _revealAttestation(2, false, 0);
        _revealAttestation(3, false, 0);
        _toKey();
        _keyPublished();
        _toResultCommit();
        ResultSummary memory truth = _summary();
        _commitResult(2, truth);
        _commitResult(3, truth);
        _toResultReveal();
        _revealResult(2, truth);
        _revealResult(3, truth);
        _toAcceptance();
        _finalized(truth);
        _expectNotProven(validators[1], Reason.ValidatorSilent);
        _expectNotProven(validators[0], Reason.AttestationNotRevealed);
        _expectNotProven(validators[0], Reason.ResultNotRevealed);
        _expectNotProven(validators[0], Reason.TrainerSilent);
        _expectNotProven(trainers[0], Reason.ValidatorSilent);
        _expectNotProven(trainers[1], Reason.TrainerSilent);
        _case(trainers[0], Reason.TrainerSilent);
        assertEq(court.slashCase(FIRST).amount, 10e18, "1 % of 1000");
        _case(validators[0], Reason.ValidatorSilent);
        assertEq(court.slashCase(CaseId.wrap(2)).amount, 50e18, "1 % of 5000");
        _case(validators[1], Reason.AttestationNotRevealed);
        assertEq(court.slashCase(CaseId.wrap(3)).amount, 300e18, "5 % of 6000");
    }

    function test_OneFactIsOneCaseWhateverAttemptIsNamed() public {
        _liarsRound();
        for (uint8 attempt = 1; attempt < 4; ++attempt) {
            Accusation memory a = _accusation(liar, Reason.ResultMismatch);
            a.attempt = attempt;
            _expectNotProven(a);
            a = _accusation(trainers[0], Reason.TrainerSilent);
            a.attempt = attempt;
            _expectNotProven(a);
        }
    }

    function test_ARoundWithoutSubmissionsProvesItsTrainersSilence() public {
        _roundOf(3, 4);
        _draw(Role.Trainer);
        _commit(2);
        _toValidatorDraw();
        _expectVoided(VoidReason.NoSubmissions);
        _case(trainers[0], Reason.TrainerSilent);
        _case(trainers[2], Reason.SubmissionNotRevealed);
        _expectNotProven(trainers[2], Reason.TrainerSilent);
        _expectNotProven(validators[0], Reason.ValidatorSilent);
    }

    function test_SilentValidatorsAreProvenOfEachAttemptThatTheyMadeFail() public {
        _roundOf(3, 4);
        _allRevealed();
        _commitAttestation(0, false, 0);
        _commitAttestation(1, false, 0);
        _toAttestReveal();
        _revealAttestation(0, false, 0);
        _toKey();
        _expectRepeated(VoidReason.NotAttested);
        // Until the round is over nobody is accused.
        _expectNotProven(validators[2], Reason.ValidatorSilent);
        // In the second attempt all but the last attest that nothing was there, and in the third nobody does.
        _validatorsJoin();
        _draw(Role.Validator);
        for (uint256 v; v < 3; ++v) {
            _commitAttestation(v, false, 7);
        }
        _toAttestReveal();
        for (uint256 v; v < 3; ++v) {
            _revealAttestation(v, false, 7);
        }
        _toKey();
        _expectRepeated(VoidReason.NothingCounted);
        vm.prank(validators[1]);
        roundManager.join(taskId, round, Role.Validator, new bytes32[](0));
        _draw(Role.Validator);
        _toKey();
        _expectVoided(VoidReason.NotAttested);

        Accusation memory a = _accusation(validators[2], Reason.ValidatorSilent);
        _open(a);
        a.attempt = 1;
        _expectNotProven(a);
        a.target = liar;
        _expectNotProven(a);
        a.target = validators[1];
        a.attempt = 2;
        _open(a);
        a.target = validators[0];
        _expectNotProven(a);
        a.attempt = 0;
        _expectNotProven(a);
        a = _accusation(validators[1], Reason.AttestationNotRevealed);
        _open(a);
        assertEq(stakeManager.openCases(validators[1]), 2);
        // Whose submissions nobody could fetch is not to blame for a round that paid nobody.
        _expectNotProven(trainers[0], Reason.SubmissionUnavailable);
    }

    function test_ValidatorsThatAllKeepTheirResultsBackAreProven() public {
        _roundOf(3, 4);
        _draw(Role.Trainer);
        _commit(0);
        _commit(1);
        _toReveal();
        _reveal(0);
        _draw(Role.Validator);
        for (uint256 v; v < 3; ++v) {
            _commitAttestation(v, false, 0);
        }
        _toAttestReveal();
        for (uint256 v; v < 3; ++v) {
            _revealAttestation(v, false, 0);
        }
        _toKey();
        _keyPublished();
        _toResultCommit();
        _commitResult(0, _summary());
        _toAcceptance();
        _expectVoided(VoidReason.NoResults);
        _case(validators[0], Reason.ResultNotRevealed);
        _open(_with(_accusation(validators[1], Reason.ResultNotRevealed), false, 0));
        // Others' faults had no part in it.
        _expectNotProven(liar, Reason.ValidatorSilent);
        _expectNotProven(trainers[1], Reason.SubmissionNotRevealed);
        _expectNotProven(trainers[2], Reason.TrainerSilent);
    }

    function test_AVoidRoundProvesNothingAgainstAnybodyElse() public {
        _roundOf(3, 4);
        _draw(Role.Trainer);
        _commit(0);
        _commit(1);
        _toReveal();
        _reveal(0);
        _draw(Role.Validator);
        for (uint256 v; v < 3; ++v) {
            _commitAttestation(v, false, 0);
        }
        _toAttestReveal();
        _revealAttestation(1, false, 0);
        _revealAttestation(2, false, 0);
        // The creator withholds the key.
        _toResultCommit();
        _expectVoided(VoidReason.KeyWithheld);
        for (uint256 reason; reason <= uint256(type(Reason).max); ++reason) {
            for (uint256 i; i < 4; ++i) {
                _expectNotProven(validators[i], Reason(reason));
                if (i < 3) _expectNotProven(trainers[i], Reason(reason));
            }
        }
    }

    function test_AnUnknownRoundProvesNothing() public {
        vm.expectPartialRevert(IRoundManager.WrongPhase.selector);
        court.open(_accusation(stranger, Reason.ResultMismatch));
    }

    function test_ACandidateWithoutASeatIsNotSilent() public {
        _setPolicy(Param.TrainerSeats, 1);
        _roundOf(3, 4);
        _honestRound();
        uint256 idle;
        for (uint256 i; i < 3; ++i) {
            if (_seatsOf(trainers[i]) != 0) continue;
            ++idle;
            _expectNotProven(trainers[i], Reason.TrainerSilent);
        }
        assertEq(idle, 2);
    }

    function test_ASubmissionThatOneValidatorHadIsNotUnavailable() public {
        _roundOf(3, 4);
        _allRevealed();
        // Submission 1 is served to nobody, 2 to the first validator alone.
        for (uint256 v; v < 4; ++v) {
            _commitAttestation(v, false, v == 0 ? 2 : 6);
        }
        _toAttestReveal();
        for (uint256 v; v < 4; ++v) {
            _revealAttestation(v, false, v == 0 ? 2 : 6);
        }
        _toKey();
        _keyPublished();
        _toResultCommit();
        ResultSummary memory truth = _summary();
        _results(truth, truth, 0);
        _finalized(truth);
        assertEq(attestations.countedBitmap(taskId, round)[0], 1);
        _expectNotProven(trainers[2], Reason.SubmissionUnavailable);
        _case(trainers[1], Reason.SubmissionUnavailable);
    }

    function test_RatioAndCapAreThoseOfTheRoundsPolicy() public {
        _liarsRound();
        _setPolicy(Param.SecurityRatio, 0.1e18);
        _setPolicy(Param.SlashResultMismatch, 0.2e18);
        _setPolicy(Param.ReporterCap, 0);
        _case(liar, Reason.ResultMismatch);
        assertEq(court.slashCase(FIRST).ratio, 0.5e18);
        assertEq(court.slashCase(FIRST).reporterCap, 1000e18);
    }

    function test_UnstakingDoesNotEscapeACase() public {
        _liarsRound();
        vm.prank(liar);
        stakeManager.requestUnstake(liar, 8000e18);
        _case(liar, Reason.ResultMismatch);
        _execute(FIRST);
        (, uint256 unstaking) = stakeManager.worth(liar, liar);
        assertEq(unstaking, 4000e18);
    }

    function test_CasesComeWithinTheirWindowAndStakeIsFreeAfterIt() public {
        _roundOf(3, 4);
        assertEq(court.releasableAt(taskId, round), 0);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.CaseWindowOpen.selector, taskId, round, 0));
        court.release(taskId, round, liar);
        _lied();
        uint256 end = block.timestamp + 3 days;
        assertEq(court.releasableAt(taskId, round), end);
        vm.warp(end - 1);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.CaseWindowOpen.selector, taskId, round, end));
        court.release(taskId, round, liar);
        uint256 state = vm.snapshotState();
        _case(liar, Reason.ResultMismatch);
        vm.revertToState(state);
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.TooLate.selector, taskId, round, end));
        _case(liar, Reason.ResultMismatch);
        court.release(taskId, round, liar);
    }

    function test_StakeIsFreedOnceACandidateAndAfterItsCases() public {
        _liarsRound();
        _case(liar, Reason.ResultMismatch);
        vm.prank(liar);
        stakeManager.allocate(taskId, Role.Validator, 0);
        assertEq(stakeManager.freeRatio(liar), 0, "bound");
        vm.warp(court.releasableAt(taskId, round) + 3 days);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.CasesOpen.selector, taskId, round, liar, 1));
        court.release(taskId, round, liar);
        court.execute(FIRST);
        vm.expectEmit(address(court));
        emit ISlashCourt.StakeReleased(taskId, round, liar);
        vm.prank(stranger);
        court.release(taskId, round, liar);
        assertTrue(court.released(taskId, round, liar));
        assertEq(stakeManager.freeRatio(liar), 1e18);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.NothingHeld.selector, taskId, round, liar));
        court.release(taskId, round, liar);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.NothingHeld.selector, taskId, round, stranger));
        court.release(taskId, round, stranger);
        court.release(taskId, round, trainers[0]);
    }

    function test_WhoJoinedInSeveralAttemptsIsReleasedOnce() public {
        _roundOf(3, 4);
        _allRevealed();
        _toKey();
        _expectRepeated(VoidReason.NotAttested);
        vm.prank(validators[0]);
        roundManager.join(taskId, round, Role.Validator, new bytes32[](0));
        vm.warp(_info().deadlines.validatorJoin);
        vm.prank(address(dao));
        taskManager.stop(taskId);
        _expectVoided(VoidReason.TaskStopped);
        vm.warp(court.releasableAt(taskId, round));
        for (uint256 v; v < 4; ++v) {
            court.release(taskId, round, validators[v]);
            vm.expectRevert(abi.encodeWithSelector(ISlashCourt.NothingHeld.selector, taskId, round, validators[v]));
            court.release(taskId, round, validators[v]);
            assertEq(stakeManager.allocation(validators[v], taskId).readers, 0);
        }
    }

    function test_UnknownCasesAreRefused() public {
        CaseId unknown = CaseId.wrap(7);
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.WrongCaseState.selector, unknown, CaseState.None));
        court.execute(unknown);
    }

    function test_OnlyTheStakeManagerSaysWhatWasCollected() public {
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.NotStakeManager.selector, stranger));
        vm.prank(stranger);
        court.onSlashCollected(1, 1e18);
    }

    function test_EveryAddressIsNeeded() public {
        address[8] memory a;
        for (uint256 missing; missing < 8; ++missing) {
            for (uint256 i; i < 8; ++i) {
                a[i] = i == missing ? address(0) : address(token);
            }
            vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
            new SlashCourt(a[0], a[1], a[2], a[3], a[4], a[5], a[6], a[7]);
        }
    }

    /// @dev However it is split by collections, the reporter gets a tenth up to the cap, and not a wei stays in the court.
    /// forge-config: default.fuzz.runs = 50
    function testFuzz_EveryCollectionIsSplitAndNothingStays(uint96[3] memory delegated, uint96 cap) public {
        _setPolicy(Param.ReporterCap, bound(cap, 0, 600e18));
        taskId = _approvedTask(1, 100_000e18);
        _staked(3, 4);
        address[3] memory owners = [makeAddr("d0"), makeAddr("d1"), makeAddr("d2")];
        uint256 all = 8000e18;
        for (uint256 i; i < 3; ++i) {
            uint256 amount = bound(delegated[i], 10e18, 200e18);
            all += amount;
            _delegateStake(liar, owners[i], amount);
        }
        _openRound();
        _lied();
        _case(liar, Reason.ResultMismatch);
        _execute(FIRST);
        for (uint256 i; i < 3; ++i) {
            stakeManager.collect(liar, owners[i], 1);
        }
        SlashCase memory c = court.slashCase(FIRST);
        assertEq(uint256(c.taken), all / 2);
        assertLe(c.collected, c.taken);
        assertLe(c.taken - c.collected, 4);
        assertEq(token.balanceOf(reporter) + token.balanceOf(address(dao)), c.collected);
        assertLe(token.balanceOf(reporter), uint256(c.collected) / 10);
        assertLe(token.balanceOf(reporter), c.reporterCap);
        assertEq(token.balanceOf(address(court)), 0);
    }

    /// @dev The last validator lies.
    function _liarsRound() private {
        _roundOf(3, 4);
        _lied();
    }

    function _lied() private {
        _scorable();
        ResultSummary memory truth = _summary();
        _results(truth, _lie(), 1);
        _finalized(truth);
    }

    function _execute(CaseId caseId) private {
        vm.warp(court.slashCase(caseId).appealEnd);
        court.execute(caseId);
    }

    function _accusation(address target, Reason reason) private view returns (Accusation memory a) {
        (a.taskId, a.round, a.target, a.reason, a.evidence) = (taskId, round, target, reason, evidence);
    }

    function _with(Accusation memory a, bool ciphertextMissing, uint256 missing)
        private
        view
        returns (Accusation memory)
    {
        a.ciphertextMissing = ciphertextMissing;
        a.missing = _missing(missing);
        return a;
    }

    function _open(Accusation memory a) private {
        vm.prank(reporter);
        court.open(a);
    }

    function _case(address target, Reason reason) private {
        _open(_accusation(target, reason));
    }

    function _expectNotProven(address target, Reason reason) private {
        _expectNotProven(_accusation(target, reason));
    }

    function _expectNotProven(Accusation memory a) private {
        vm.expectRevert(abi.encodeWithSelector(ISlashCourt.NotProven.selector, a.taskId, a.round, a.target, a.reason));
        court.open(a);
    }
}
