// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IBeacon} from "../../src/beacon/IBeacon.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {Candidate, Deadlines, IRoundManager, RoundInfo} from "../../src/interfaces/IRoundManager.sol";
import {IResults} from "../../src/interfaces/IResults.sol";
import {ITaskManager} from "../../src/interfaces/ITaskManager.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import "../../src/permission/Permissions.sol";
import {RoundManager} from "../../src/round/RoundManager.sol";
import {Seats} from "../../src/round/Seats.sol";
import {Allocations} from "../../src/stake/Allocations.sol";
import {RoundNumber, TaskId} from "../../src/types/Ids.sol";
import {ResultSummary, Role, RoundPhase, TaskTerms, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract RoundManagerTest is RoundTest {
    bytes32[] private nothing;

    function _phaseIs(RoundPhase phase) private view {
        assertEq(uint8(_info().phase), uint8(phase));
    }

    // Opening

    function test_Open_PinsPolicyAndClock() public {
        _roundOf(2, 3);
        RoundInfo memory info = _info();
        assertEq(info.policyVersion, policy.version());
        assertEq(info.openedAt, block.timestamp);
        assertEq(info.openedBlock, block.number);
        assertEq(info.trainerSeats, 64);
        assertEq(info.validatorSeats, 240);
        assertEq(info.deadlines.join, block.timestamp + WINDOW);
        assertEq(info.deadlines.trainerDraw, block.timestamp + WINDOW + 1 days);
        assertEq(info.deadlines.commit, 0);
        assertEq(info.trainerCandidates, 2);
        assertEq(info.validatorCandidates, 3);
        assertEq(info.trainerStake, 3000e18);
        assertEq(info.validatorStake, 18_000e18);
        assertEq(roundManager.roundCount(taskId), 1);
        // What is decided later leaves the round alone.
        _setPolicy(Param.ValidatorSeats, 12);
        assertEq(_info().validatorSeats, 240);
    }

    function test_Open_IsTheCreatorsAndItsOpeners() public {
        taskId = _approvedTask(2, 100_000e18);
        address stranger = makeAddr("stranger");
        vm.prank(stranger);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotOpener.selector, stranger, creator, address(0)));
        roundManager.open(taskId);
        vm.prank(creator);
        taskManager.nameOpener(taskId, stranger);
        vm.prank(stranger);
        roundManager.open(taskId);
        vm.prank(creator);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongRoundState.selector, taskId, RoundNumber.wrap(0)));
        roundManager.open(taskId);
    }

    function test_NeedsAllItsContracts() public {
        address s = address(stakeManager);
        address[5] memory parts = [s, s, s, s, s];
        for (uint256 i; i < 5; ++i) {
            parts[i] = address(0);
            vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
            new RoundManager(parts[0], parts[1], parts[2], parts[3], parts[4]);
            parts[i] = s;
        }
    }

    function test_Round_ThatWasNeverOpened() public {
        taskId = _approvedTask(1, 100_000e18);
        assertEq(uint8(roundManager.phaseOf(taskId, round)), uint8(RoundPhase.None));
        vm.expectRevert(_wrongPhase(RoundPhase.Join, RoundPhase.None));
        roundManager.round(taskId, round);
    }

    // Joining

    function test_Join_LaysCandidatesEndToEnd() public {
        _roundOf(3, 2);
        Candidate memory first = roundManager.candidate(taskId, round, 0, trainers[0]);
        Candidate memory third = roundManager.candidate(taskId, round, 0, trainers[2]);
        Candidate memory validator = roundManager.candidate(taskId, round, 0, validators[1]);
        assertEq(uint8(first.role), uint8(Role.Trainer));
        assertEq(first.intervalEnd, 1000e18);
        assertEq(third.intervalEnd, 6000e18);
        assertEq(third.stake, 3000e18);
        assertEq(third.ratio, 1e18);
        assertEq(third.seats, 0);
        assertEq(uint8(validator.role), uint8(Role.Validator));
        assertEq(validator.intervalEnd, 11_000e18);
        assertEq(uint8(roundManager.candidate(taskId, round, 0, address(1)).role), uint8(Role.None));
    }

    function test_Join_CountsTheAllocatedPartOfOwnAndDelegatedStake() public {
        taskId = _approvedTask(1, 100_000e18);
        _staked(1, 1);
        _stake(trainers[0], 3000e18);
        _delegateStake(trainers[0], makeAddr("delegator"), 2000e18);
        _allocate(trainers[0], taskId, Role.Trainer, 0.5e18);
        _openRound();
        // Half of 4000 own, and of 2000 delegated, which count half.
        assertEq(roundManager.candidate(taskId, round, 0, trainers[0]).stake, 2500e18);
    }

    function test_Join_ReadsTheSecondBeforeTheOpening() public {
        taskId = _approvedTask(1, 100_000e18);
        _staked(1, 1);
        vm.warp(block.timestamp + 1);
        _stake(trainers[0], 9000e18);
        vm.prank(creator);
        round = roundManager.open(taskId);
        _join(trainers[0], Role.Trainer);
        assertEq(roundManager.candidate(taskId, round, 0, trainers[0]).stake, 1000e18);
    }

    function test_Join_TakesWhatIsAllocatedNowWhereThatIsLess() public {
        taskId = _approvedTask(1, 100_000e18);
        _staked(1, 2);
        vm.warp(block.timestamp + 1);
        vm.prank(creator);
        round = roundManager.open(taskId);
        _stake(validators[1], 4000e18);
        _allocate(validators[1], taskId, Role.Validator, 0.9e18);
        _join(validators[1], Role.Validator);
        assertEq(roundManager.candidate(taskId, round, 0, validators[1]).ratio, 0.9e18);
        assertEq(roundManager.candidate(taskId, round, 0, validators[1]).stake, 5400e18);
    }

    function test_Join_RevertWhen_TooLittleIsAllocated() public {
        taskId = _approvedTask(1, 100_000e18);
        _staked(0, 1);
        _allocate(validators[0], taskId, Role.Validator, 0.5e18);
        vm.warp(block.timestamp + 1);
        vm.prank(creator);
        round = roundManager.open(taskId);
        vm.prank(validators[0]);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.StakeTooLow.selector, validators[0], 2500e18, 5000e18));
        roundManager.join(taskId, round, Role.Validator, nothing);
    }

    function test_Join_RevertWhen_NothingIsAllocatedInTheRole() public {
        _roundOf(1, 1);
        address node = makeAddr("node");
        _stake(node, 9000e18);
        vm.prank(node);
        vm.expectRevert(abi.encodeWithSelector(Allocations.NothingAllocated.selector, taskId, Role.Validator));
        roundManager.join(taskId, round, Role.Validator, nothing);
        // A training node of the task is not its validator.
        vm.prank(trainers[0]);
        vm.expectRevert(abi.encodeWithSelector(Allocations.NothingAllocated.selector, taskId, Role.Validator));
        roundManager.join(taskId, round, Role.Validator, nothing);
    }

    function test_Join_RevertWhen_Twice() public {
        _roundOf(1, 1);
        vm.prank(trainers[0]);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.AlreadyJoined.selector, trainers[0]));
        roundManager.join(taskId, round, Role.Trainer, nothing);
    }

    function test_Join_RevertWhen_TheWindowHasEnded() public {
        _roundOf(1, 1);
        vm.warp(_info().deadlines.join);
        vm.prank(trainers[0]);
        vm.expectRevert(_wrongPhase(RoundPhase.Join, RoundPhase.TrainerDraw));
        roundManager.join(taskId, round, Role.Trainer, nothing);
    }

    function test_Join_RevertWhen_TheRoleIsNone() public {
        _roundOf(1, 1);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.RoleNotOpen.selector, Role.Host));
        roundManager.join(taskId, round, Role.Host, nothing);
    }

    function test_Join_ByTheOperatorOfANode() public {
        taskId = _approvedTask(1, 100_000e18);
        _staked(1, 1);
        address operator = makeAddr("operator");
        vm.prank(trainers[0]);
        stakeManager.offerOperator(operator);
        vm.prank(operator);
        stakeManager.acceptOperator(trainers[0]);
        vm.warp(block.timestamp + 1);
        vm.prank(creator);
        round = roundManager.open(taskId);
        _join(operator, Role.Trainer);
        assertEq(roundManager.candidate(taskId, round, 0, trainers[0]).stake, 1000e18);
        assertEq(uint8(roundManager.candidate(taskId, round, 0, operator).role), uint8(Role.None));
    }

    function test_Join_AdmitsTheTasksListAlone() public {
        address node = makeAddr("trainer0");
        address other = makeAddr("trainer1");
        bytes32 mine = keccak256(bytes.concat(keccak256(abi.encode(node))));
        bytes32 second = keccak256(bytes.concat(keccak256(abi.encode(makeAddr("a third")))));
        TaskTerms memory terms = _terms(1);
        terms.admissionRoot =
            mine < second ? keccak256(bytes.concat(mine, second)) : keccak256(bytes.concat(second, mine));
        taskId = _proposeWith(terms);
        _fund(taskId, funder, 100_000e18);
        _approve(taskId);
        _staked(2, 1);
        vm.warp(block.timestamp + 1);
        vm.prank(creator);
        round = roundManager.open(taskId);
        bytes32[] memory proof = new bytes32[](1);
        proof[0] = second;
        vm.prank(other);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.NotAdmitted.selector, other, terms.admissionRoot));
        roundManager.join(taskId, round, Role.Trainer, proof);
        vm.prank(node);
        roundManager.join(taskId, round, Role.Trainer, proof);
        // Validators are admitted by stake alone.
        _join(validators[0], Role.Validator);
    }

    // Draws

    function test_Draw_GivesSeatsByTheBeaconOfTheWindowsEnd() public {
        _roundOf(3, 2);
        uint256 end = _info().deadlines.join;
        _draw(Role.Trainer);
        bytes32 seed = keccak256(abi.encode(beacon.valueOf(end), block.chainid, address(roundManager), taskId, round));
        assertEq(_info().trainerSeed, seed);
        uint256 sum;
        for (uint256 i; i < 3; ++i) {
            Candidate memory c = roundManager.candidate(taskId, round, 0, trainers[i]);
            assertEq(c.seats, Seats.inInterval(c.intervalEnd, c.stake, 6000e18, 64, Seats.TRAINERS, seed));
            sum += c.seats;
        }
        assertEq(sum, 64);
        _phaseIs(RoundPhase.Commit);
        assertEq(_info().deadlines.commit, block.timestamp + WINDOW);
    }

    function test_Draw_RevertWhen_TheWindowIsOpen() public {
        _roundOf(1, 1);
        vm.expectRevert(_wrongPhase(RoundPhase.TrainerDraw, RoundPhase.Join));
        roundManager.draw(taskId, round, Role.Trainer, "");
        vm.expectRevert(_wrongPhase(RoundPhase.ValidatorDraw, RoundPhase.Join));
        roundManager.draw(taskId, round, Role.Validator, "");
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.RoleNotOpen.selector, Role.None));
        roundManager.draw(taskId, round, Role.None, "");
    }

    function test_Draw_RevertWhen_TheBeaconIsNotThere() public {
        _roundOf(1, 1);
        uint256 end = _info().deadlines.join;
        vm.warp(end);
        vm.expectRevert(abi.encodeWithSelector(IBeacon.BeaconNotFixed.selector, end));
        roundManager.draw(taskId, round, Role.Trainer, "");
    }

    function test_Draw_Once() public {
        _roundOf(1, 1);
        _draw(Role.Trainer);
        vm.expectRevert(_wrongPhase(RoundPhase.TrainerDraw, RoundPhase.Commit));
        roundManager.draw(taskId, round, Role.Trainer, "");
    }

    function test_Draw_TooLateVoidsAndSlashesNobody() public {
        _roundOf(1, 1);
        vm.warp(_info().deadlines.trainerDraw);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.DrawTooLate.selector, block.timestamp));
        roundManager.draw(taskId, round, Role.Trainer, "");
        _expectVoided(VoidReason.NoSeed);
        assertEq(taskManager.task(taskId).value, 100_000e18);
    }

    function test_Draw_NobodyTrainsForNothing_WithoutValidators() public {
        _roundOf(2, 0);
        vm.warp(_info().deadlines.join);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.NothingToDraw.selector, Role.Trainer));
        roundManager.draw(taskId, round, Role.Trainer, "");
        _expectVoided(VoidReason.NoCandidates);
    }

    function test_Draw_NobodyTrainsForNothing_WhereValidatorsSecureTooLittle() public {
        _setPolicy(Param.MinRoundPool, 2001e18);
        _roundOf(2, 1);
        vm.warp(_info().deadlines.join);
        // 0.4 of 5000.
        assertEq(uint8(roundManager.drawFailure(taskId, round)), uint8(VoidReason.Unsecured));
        _expectVoided(VoidReason.Unsecured);
    }

    function test_Draw_WithoutTrainersIsVoid() public {
        _roundOf(0, 1);
        vm.warp(_info().deadlines.join);
        _expectVoided(VoidReason.NoCandidates);
    }

    // The clock

    function test_Phase_FollowsTheClock() public {
        _roundOf(1, 1);
        _phaseIs(RoundPhase.Join);
        _draw(Role.Trainer);
        _phaseIs(RoundPhase.Commit);
        _commit(0);
        vm.warp(_info().deadlines.commit - 1);
        _phaseIs(RoundPhase.Commit);
        _toReveal();
        _phaseIs(RoundPhase.Reveal);
        _reveal(0);
        _toValidatorDraw();
        _phaseIs(RoundPhase.ValidatorDraw);
        _draw(Role.Validator);
        _phaseIs(RoundPhase.Attest);
        Deadlines memory d = _info().deadlines;
        assertEq(d.attest, block.timestamp + WINDOW);
        _allAttested(0);
        _phaseIs(RoundPhase.Key);
        assertEq(block.timestamp, d.attestReveal);
        _keyPublished();
        vm.warp(d.key);
        _phaseIs(RoundPhase.ResultCommit);
        vm.warp(d.resultCommit);
        _phaseIs(RoundPhase.ResultReveal);
        vm.warp(d.resultReveal - 1);
        _phaseIs(RoundPhase.ResultReveal);
        vm.warp(d.resultReveal);
        _phaseIs(RoundPhase.Acceptance);
    }

    function test_Close_KeepsTheSpanOfTheEmission() public {
        _roundOf(1, 1);
        _draw(Role.Trainer);
        uint256 start = stakeManager.inverseIntegral();
        uint256 drawn = block.timestamp;
        _commit(0);
        _toReveal();
        _reveal(0);
        _draw(Role.Validator);
        _allAttested(0);
        _keyPublished();
        _toResultCommit();
        ResultSummary memory summary = _summary();
        _results(summary, summary, 0);
        assertEq(roundManager.emissionSpan(taskId, round).end, 0);
        _finalized(summary);
        assertEq(roundManager.emissionSpan(taskId, round).start, drawn);
        assertEq(roundManager.emissionSpan(taskId, round).end, block.timestamp);
        assertEq(roundManager.emissionSpan(taskId, round).startIntegral, start);
        assertEq(roundManager.emissionSpan(taskId, round).endIntegral, stakeManager.inverseIntegral());
    }

    // Repeating

    function test_Repeat_DrawsValidatorsAnewAndKeepsSubmissions() public {
        _roundOf(2, 3);
        _allRevealed();
        bytes32 seed = _info().validatorSeed;
        vm.warp(_info().deadlines.attestReveal);
        _expectRepeated(VoidReason.NotAttested);
        assertEq(_info().validatorCandidates, 0);
        assertEq(_info().trainerCandidates, 2);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.RoleNotOpen.selector, Role.Trainer));
        roundManager.join(taskId, round, Role.Trainer, nothing);
        uint32 readers = stakeManager.allocation(validators[0], taskId).readers;
        _validatorsJoin();
        assertEq(_info().validatorCandidates, 3);
        assertEq(stakeManager.allocation(validators[0], taskId).readers, readers, "a round holds stake once");
        _draw(Role.Validator);
        assertTrue(_info().validatorSeed != seed);
        assertEq(
            _info().validatorSeed,
            keccak256(
                abi.encode(
                    beacon.valueOf(_info().deadlines.validatorJoin),
                    block.chainid,
                    address(roundManager),
                    taskId,
                    round,
                    uint8(1)
                )
            )
        );
        assertEq(submissions.counts(taskId, round).revealed, 2);
        _allAttested(0);
        _keyPublished();
        _toResultCommit();
        ResultSummary memory summary = _summary();
        _results(summary, summary, 0);
        _finalized(summary);
        _phaseIs(RoundPhase.Claimable);
    }

    function test_Repeat_WhoCameLaterJoinsTheNextAttempt() public {
        taskId = _approvedTask(1, 100_000e18);
        _staked(1, 2);
        vm.warp(block.timestamp + 1);
        vm.prank(creator);
        round = roundManager.open(taskId);
        _join(trainers[0], Role.Trainer);
        _join(validators[0], Role.Validator);
        _allRevealed();
        vm.warp(_info().deadlines.attestReveal);
        _expectRepeated(VoidReason.NotAttested);
        _join(validators[1], Role.Validator);
        assertEq(roundManager.candidate(taskId, round, 1, validators[1]).stake, 6000e18);
        assertEq(uint8(roundManager.candidate(taskId, round, 1, validators[0]).role), uint8(Role.None));
        assertEq(uint8(roundManager.candidate(taskId, round, 0, validators[0]).role), uint8(Role.Validator));
        vm.prank(validators[1]);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.AlreadyJoined.selector, validators[1]));
        roundManager.join(taskId, round, Role.Validator, nothing);
    }

    function test_Repeat_EndsAfterThreeAttempts() public {
        _roundOf(1, 2);
        _allRevealed();
        for (uint256 i; i < 2; ++i) {
            vm.warp(_info().deadlines.attestReveal);
            _expectRepeated(VoidReason.NotAttested);
            _validatorsJoin();
            _draw(Role.Validator);
        }
        vm.warp(_info().deadlines.attestReveal);
        _expectVoided(VoidReason.NotAttested);
        assertEq(taskManager.task(taskId).value, 100_000e18);
    }

    function test_Repeat_WhereTheBeaconOfTheValidatorsDidNotCome() public {
        _roundOf(1, 2);
        _allCommitted();
        _toReveal();
        _reveal(0);
        vm.warp(_info().deadlines.validatorDraw);
        _expectRepeated(VoidReason.NoSeed);
    }

    // Rights

    function test_Steps_AreOfTheResultsAlone() public {
        _roundOf(1, 1);
        bytes memory refused = abi.encodeWithSelector(
            DaoAuthorized.DaoUnauthorized.selector,
            address(dao),
            address(roundManager),
            address(this),
            ROUND_STEP_PERMISSION
        );
        vm.expectRevert(refused);
        roundManager.markAccepted(taskId, round, 1);
        vm.expectRevert(refused);
        roundManager.markChallenged(taskId, round, 1);
        vm.expectRevert(refused);
        roundManager.finalize(taskId, round);
        vm.expectRevert(refused);
        roundManager.voidRound(taskId, round, VoidReason.NoSeed, 0);
        vm.expectRevert(refused);
        roundManager.repeatRound(taskId, round, VoidReason.NoSeed);
    }

    function test_Steps_OnlyWhereTheRoundIs() public {
        _roundOf(1, 1);
        dao.grant(address(roundManager), address(this), ROUND_STEP_PERMISSION);
        vm.expectRevert(_wrongPhase(RoundPhase.Acceptance, RoundPhase.Join));
        roundManager.markAccepted(taskId, round, 1);
        vm.expectRevert(_wrongPhase(RoundPhase.Challenge, RoundPhase.Join));
        roundManager.markChallenged(taskId, round, 1);
        vm.expectRevert(_wrongPhase(RoundPhase.Challenge, RoundPhase.Join));
        roundManager.finalize(taskId, round);
        vm.expectRevert(_wrongPhase(RoundPhase.ValidatorDraw, RoundPhase.Join));
        roundManager.repeatRound(taskId, round, VoidReason.NoSeed);
        roundManager.voidRound(taskId, round, VoidReason.NoSeed, 0);
        vm.expectRevert(_wrongPhase(RoundPhase.Acceptance, RoundPhase.Void));
        roundManager.voidRound(taskId, round, VoidReason.NoSeed, 0);
    }

    function test_Stop_VoidsARoundWithoutAResult() public {
        _roundOf(1, 1);
        _draw(Role.Trainer);
        vm.prank(address(dao));
        taskManager.stop(taskId);
        _expectVoided(VoidReason.TaskStopped);
    }
}
