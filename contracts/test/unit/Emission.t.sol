// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Emission} from "../../src/emission/Emission.sol";
import {IEmission} from "../../src/interfaces/IEmission.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {EmissionSpan} from "../../src/interfaces/IRoundManager.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {MINT_PERMISSION, RETURN_BUDGET_PERMISSION} from "../../src/permission/Permissions.sol";
import {RoundNumber, TaskId} from "../../src/types/Ids.sol";
import {ResultSummary, Role} from "../../src/types/Types.sol";
import {EmissionRoundTest} from "../builders/EmissionRoundTest.sol";

/// @dev Rounds of the real contracts. A day emits so little here that validators' stake does not cap it, but where said.
contract EmissionTest is EmissionRoundTest {
    uint256 private constant E = 100e18;

    function setUp() public override {
        super.setUp();
        _setPolicy(Param.EmissionDaily, E);
    }

    function test_StartsEmptyAtTheBeginningOfADay() public view {
        assertEq(emission.minted(), 0);
        assertEq(emission.start() % 1 days, 0);
        assertLe(emission.start(), block.timestamp);
        assertEq(emission.communityShare(), 470_000_000e18);
        // With what genesis minted it is the cap.
        assertEq(emission.communityShare() + token.totalSupply(), token.cap());
        assertEq(emission.amountOf(0, 1), 1_500_000e18);
        assertEq(emission.amountOf(0, 2), E);
        assertEq(emission.amountOf(29, 2), E);
        assertEq(emission.amountOf(30, 2), E * 9 / 10);
    }

    function test_AFinalizedRoundEarnsTheTimeOfAllStakeOnce() public {
        _playedRound(2, 1e18);
        EmissionSpan memory span = roundManager.emissionSpan(taskId, round);
        // Everything allocated took part, got seats and was right.
        assertEq(_info().trainerStake + _info().validatorStake, stakeManager.totalAllocated());
        uint256 expected = E * (span.end - span.start) / 1 days;
        assertApproxEqAbs(emission.earning(taskId, round), expected, 1e6);
        uint256 amount = emission.earning(taskId, round);
        uint256 supply = token.totalSupply();
        vm.expectEmit(address(emission));
        emit IEmission.EmissionEarned(taskId, round, amount);
        vm.prank(stranger);
        assertEq(emission.earn(taskId, round), amount);
        assertEq(token.totalSupply(), supply + amount);
        assertEq(emission.minted(), amount);
        assertEq(taskManager.task(taskId).common, amount);
        assertTrue(emission.earned(taskId, round));
        assertEq(emission.earning(taskId, round), 0);
        vm.expectRevert(abi.encodeWithSelector(IEmission.AlreadyEarned.selector, taskId, round));
        emission.earn(taskId, round);
        // The next round's pool has it.
        _openRound();
        assertEq(taskManager.fundsOf(taskId, round).common, amount);
    }

    function test_EachDayCountsWhatItEmitted() public {
        _playedRound(2, 1e18);
        EmissionSpan memory span = roundManager.emissionSpan(taskId, round);
        uint256 amount = emission.earn(taskId, round);
        uint256 first = (span.start - emission.start()) / 1 days;
        uint256 midnight = emission.start() + (first + 1) * 1 days;
        assertLt(midnight, span.end);
        assertApproxEqAbs(emission.emittedOn(first), E * (midnight - span.start) / 1 days, 1e6);
        assertApproxEqAbs(emission.emittedOn(first + 1), E * (span.end - midnight) / 1 days, 1e6);
        assertEq(emission.emittedOn(first) + emission.emittedOn(first + 1), amount);
    }

    function test_ARoundThatIsNotFinalizedOrNotSettledEarnsNothingYet() public {
        _taskWithRound(2, 100_000e18, 2, 3);
        bytes memory refusal = abi.encodeWithSelector(IEmission.NotFinalized.selector, taskId, round);
        vm.expectRevert(refusal);
        emission.earn(taskId, round);
        ResultSummary memory summary = _honestRound();
        vm.expectRevert(refusal);
        emission.earn(taskId, round);
        assertEq(emission.earning(taskId, round), 0);
        _openClaims(summary);
        emission.earn(taskId, round);
    }

    function test_ATaskOfNoMultiplierEarnsNothingAndOneOfHalfHalf() public {
        _playedRound(2, 0);
        assertEq(emission.earning(taskId, round), 0);
        vm.prank(address(dao));
        taskManager.setMultiplier(taskId, 1e18);
        uint256 whole = emission.earning(taskId, round);
        vm.prank(address(dao));
        taskManager.setMultiplier(taskId, 0.5e18);
        assertApproxEqAbs(emission.earn(taskId, round), whole / 2, 2);
    }

    function test_ARoundEarnsAtMostWhatItsVerdictCanLose() public {
        _setPolicy(Param.EmissionDaily, 1_500_000e18);
        _playedRound(2, 1e18);
        // Validators of 5000, 6000 and 7000.
        assertEq(emission.earn(taskId, round), uint256(18_000e18) * 4 / 10);
    }

    function test_WhatTheLastRoundEarnsIsTheTreasurys() public {
        _playedRound(1, 1e18);
        uint256 before = token.balanceOf(address(dao));
        uint256 amount = emission.earn(taskId, round);
        assertGt(amount, 0);
        assertEq(token.balanceOf(address(dao)) - before, amount);
        assertEq(taskManager.task(taskId).common, 0);
    }

    function test_SeatsThatWereWrongOrUnpaidEarnNothing() public {
        // 5, 6 and 7 seats of validators, of which the last five liars' are not counted; 1 and 2 of trainers.
        _aSeatPerThousand(6);
        _aTrainerSeatPerThousand(2);
        _weighted(2, 1e18);
        _staked(2, 6);
        _openRound();
        _scorable();
        TrainerLeaf[] memory leaves = new TrainerLeaf[](1);
        leaves[0] = _leaves()[0];
        ResultSummary memory truth = _summaryOf(leaves);
        _results(truth, _lie(), 1);
        _finalized(truth);
        _openClaims(truth);
        uint256 paidSeats = _seatsOf(leaves[0].node);
        assertEq(distributor.rewards(taskId, round).paidSeats, paidSeats);
        // 5 + 6 + 7 + 8 + 9 of 45 seats agreed.
        assertEq(results.agreement(taskId, round, _hash(truth)).seats, 35);
        uint256 stake = uint256(3000e18) * paidSeats / 3 + uint256(45_000e18) * 35 / 45;
        EmissionSpan memory span = roundManager.emissionSpan(taskId, round);
        uint256 expected = E * (span.end - span.start) / 1 days * stake / 48_000e18;
        assertApproxEqAbs(emission.earn(taskId, round), expected, 1e6);
    }

    function test_EachDayHasItsOwnAmount() public {
        _weighted(2, 1e18);
        _staked(2, 3);
        _openRound();
        _scorable();
        ResultSummary memory summary = _summary();
        _results(summary, summary, 0);
        _accepted(summary);
        // Nobody ends it for 40 days: in the second period a day has nine tenths.
        skip(40 days);
        results.finalize(taskId, round);
        _openClaims(summary);
        EmissionSpan memory span = roundManager.emissionSpan(taskId, round);
        uint256 decay = emission.start() + 30 days;
        uint256 expected = E * (decay - span.start) / 1 days + E * 9 / 10 * (span.end - decay) / 1 days;
        assertApproxEqAbs(emission.earn(taskId, round), expected, 1e7);
    }

    function test_ARoundEarnsByTheNumbersOfItsOwnPolicy() public {
        _weighted(2, 1e18);
        _staked(2, 3);
        _openRound();
        _setPolicy(Param.EmissionDaily, 0);
        ResultSummary memory summary = _honestRound();
        _openClaims(summary);
        assertGt(emission.earn(taskId, round), E / 2);
    }

    /// @dev Half of all stake is with another task. Without what rounds hold the total would be that half alone.
    function test_AllocatingNothingAfterJoiningMakesNoShareLarger() public {
        _weighted(2, 1e18);
        _staked(2, 3);
        address other = makeAddr("of another task");
        _stake(other, 21_000e18);
        _allocate(other, TaskId.wrap(TaskId.unwrap(taskId) + 1), Role.Trainer, 1e18);
        _openRound();
        uint256 joined = vm.snapshotState();
        _openClaims(_honestRound());
        EmissionSpan memory span = roundManager.emissionSpan(taskId, round);
        uint256 amount = emission.earn(taskId, round);
        assertApproxEqAbs(amount, E * (span.end - span.start) / 2 days, 1e6);

        vm.revertToState(joined);
        for (uint256 i; i < trainers.length; ++i) {
            _allocate(trainers[i], taskId, Role.Trainer, 0);
        }
        for (uint256 i; i < validators.length; ++i) {
            _allocate(validators[i], taskId, Role.Validator, 0);
        }
        assertEq(stakeManager.totalAllocated(), 42_000e18);
        _openClaims(_honestRound());
        assertEq(emission.earn(taskId, round), amount);
    }

    /// @dev The integral grows by one over what is staked now: without a bound a day would emit thousands of its amounts.
    function test_StakeThatLeavesUnderARoundDoesNotMakeADayEmitMore() public {
        _weighted(2, 1e18);
        _staked(2, 3);
        _openRound();
        for (uint256 i; i < trainers.length; ++i) {
            _unstake(trainers[i]);
        }
        for (uint256 i; i < validators.length; ++i) {
            _unstake(validators[i]);
        }
        assertEq(stakeManager.totalAllocated(), 0);
        ResultSummary memory summary = _honestRound();
        _openClaims(summary);
        EmissionSpan memory span = roundManager.emissionSpan(taskId, round);
        emission.earn(taskId, round);
        uint256 first = (span.start - emission.start()) / 1 days;
        uint256 last = (span.end - emission.start()) / 1 days;
        for (uint256 day = first; day <= last; ++day) {
            assertLe(emission.emittedOn(day), E);
        }
        assertLe(emission.minted(), E * (last - first + 1));
    }

    function test_DaysBeforeItBeganAreNotItsOwn() public {
        _playedRound(2, 1e18);
        // A successor that the DAO puts in its place between the round's beginning and its end.
        Emission later = new Emission(
            address(dao),
            address(token),
            address(policy),
            address(stakeManager),
            address(taskManager),
            address(roundManager),
            address(results),
            address(distributor)
        );
        dao.grant(address(token), address(later), MINT_PERMISSION);
        dao.grant(address(taskManager), address(later), RETURN_BUDGET_PERMISSION);
        EmissionSpan memory span = roundManager.emissionSpan(taskId, round);
        assertLt(span.start, later.start());
        assertGt(span.end, later.start());
        uint256 amount = later.earn(taskId, round);
        assertApproxEqAbs(amount, E * (span.end - later.start()) / 1 days, 1e9);
        assertEq(later.emittedOn(0), amount);
    }

    function test_NeedsAllItsContracts() public {
        address s = address(stakeManager);
        address[8] memory parts = [s, s, s, s, s, s, s, s];
        for (uint256 i; i < 8; ++i) {
            parts[i] = address(0);
            vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
            new Emission(parts[0], parts[1], parts[2], parts[3], parts[4], parts[5], parts[6], parts[7]);
            parts[i] = s;
        }
    }

    function _unstake(address node) private {
        (uint256 active,) = stakeManager.worth(node, node);
        vm.prank(node);
        stakeManager.requestUnstake(node, active);
    }

    /// @dev An approved task of this weight with a round that was played, finalized and settled.
    function _playedRound(uint16 rounds, uint64 multiplier) private {
        _weighted(rounds, multiplier);
        _staked(2, 3);
        _openRound();
        _openClaims(_honestRound());
    }
}
