// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Emission} from "../../src/emission/Emission.sol";
import {IEmission} from "../../src/interfaces/IEmission.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {MINT_PERMISSION} from "../../src/permission/Permissions.sol";
import {TaskState} from "../../src/types/Types.sol";
import {TasksDouble} from "../builders/EmissionDoubles.sol";
import {TokenTest} from "../builders/TokenTest.sol";

contract EmissionTest is TokenTest {
    uint256 private constant E = 1_500_000e18;

    Emission private emission;
    TasksDouble private tasks;

    function setUp() public override {
        super.setUp();
        tasks = new TasksDouble(address(token));
        emission = new Emission(address(dao), address(token), address(policy), address(tasks), address(tasks));
        dao.grant(address(token), address(emission), MINT_PERMISSION);
    }

    function test_StartsEmpty() public view {
        assertEq(emission.minted(), 0);
        assertEq(emission.mints(), 0);
        assertEq(emission.totalWeight(), 0);
        assertEq(emission.epoch(), 0);
        assertEq(emission.stakeQuarterPower(), 2);
        assertEq(emission.communityShare(), 470_000_000e18);
        assertEq(emission.nextAmount(), E);
        // With what genesis minted it is the cap.
        assertEq(emission.communityShare() + token.totalSupply(), token.cap());
    }

    function test_MintsForTasksAndPaysTheirBudgets() public {
        _running(1, 1e18, 400);
        vm.expectEmit();
        emit IEmission.WeightChanged(1, 0, 20e18);
        assertEq(emission.sync(1), 0);
        assertEq(emission.weightOf(1), 20e18);
        vm.expectEmit();
        emit IEmission.Minted(0, E, 20e18);
        assertEq(emission.mint(), E);
        assertEq(token.balanceOf(address(emission)), E);
        assertApproxEqAbs(emission.pending(1), E, 1);
        uint256 pending = emission.pending(1);
        vm.expectEmit();
        emit IEmission.EmissionPaid(1, pending);
        assertEq(emission.sync(1), pending);
        assertEq(tasks.task(1).budget, pending);
        assertEq(emission.pending(1), 0);
        assertEq(emission.minted(), E);
        assertEq(emission.mints(), 1);
        // Nothing changed, nothing to pay.
        vm.recordLogs();
        assertEq(emission.sync(1), 0);
        assertEq(vm.getRecordedLogs().length, 0);
    }

    function test_TasksShareByMultiplierTimesRootOfStake() public {
        _runningSynced(1, 1e18, 100e18);
        _runningSynced(2, 2e18, 400e18);
        emission.mint();
        // 1·10 to 2·20 (of 1e9).
        assertApproxEqAbs(emission.sync(1), E / 5, 1);
        assertApproxEqAbs(emission.sync(2), E * 4 / 5, 1);
    }

    function test_AStoppedTaskStopsEarningAfterASync() public {
        _runningSynced(1, 1e18, 100);
        _runningSynced(2, 1e18, 100);
        emission.mint();
        tasks.set(1, TaskState.Stopped, 2, 1e18, 100);
        // What it earned before is still its budget's.
        assertApproxEqAbs(emission.sync(1), E / 2, 1);
        assertEq(emission.weightOf(1), 0);
        skip(1 days);
        emission.mint();
        assertEq(emission.pending(1), 0);
        assertApproxEqAbs(emission.pending(2), E / 2 + E, 1);
    }

    function test_OnlyApprovedTasksWithRoundsLeftHaveAWeight() public {
        for (uint8 state; state <= uint8(type(TaskState).max); ++state) {
            tasks.set(1, TaskState(state), 1, 1e18, 100);
            emission.sync(1);
            assertEq(emission.weightOf(1), TaskState(state) == TaskState.Approved ? 10e18 : 0);
        }
        tasks.set(1, TaskState.Approved, 0, 1e18, 100);
        emission.sync(1);
        assertEq(emission.totalWeight(), 0);
    }

    function test_ATaskWithoutAPaidRoundHasNoWeight() public {
        _runningSynced(1, 10e18, 0);
        assertEq(emission.totalWeight(), 0);
        vm.expectRevert(IEmission.NothingToEmitTo.selector);
        emission.mint();
        assertEq(emission.mints(), 0);
    }

    function test_OnceADayOfTheCalendar() public {
        _runningSynced(1, 1e18, 100);
        uint256 midnight = (block.timestamp / 1 days + 1) * 1 days;
        vm.warp(midnight - 1);
        emission.mint();
        assertEq(emission.nextMintAt(), midnight);
        vm.expectRevert(abi.encodeWithSelector(IEmission.MintTooEarly.selector, midnight));
        emission.mint();
        vm.warp(midnight);
        emission.mint();
        // Days without a mint are not made up for.
        skip(10 days);
        emission.mint();
        vm.expectRevert(abi.encodeWithSelector(IEmission.MintTooEarly.selector, midnight + 11 days));
        emission.mint();
        assertEq(emission.minted(), 3 * E);
    }

    function test_TheAmountDecaysEveryPeriod() public {
        _runningSynced(1, 1e18, 100);
        for (uint256 i; i < 61; ++i) {
            uint256 expected = i < 30 ? E : i < 60 ? E * 9 / 10 : E * 81 / 100;
            assertEq(emission.mint(), expected);
            skip(1 days);
        }
        assertEq(emission.minted(), 30 * E + 27 * E + E * 81 / 100);
    }

    function test_NothingIsEmittedWhenTheDaoTurnsItOff() public {
        _runningSynced(1, 1e18, 100);
        _setPolicy(Param.EmissionDaily, 0);
        vm.expectRevert(IEmission.NothingToEmitTo.selector);
        emission.mint();
        _setPolicy(Param.EmissionDaily, E);
        assertEq(emission.mint(), E);
    }

    function test_AnotherStakePowerStartsAnEpochInWhichEverybodyHasADayToSync() public {
        _runningSynced(1, 1e18, 100e18);
        _runningSynced(2, 1e18, 400e18);
        emission.mint();
        _setPolicy(Param.TaskStakeQuarterPower, 4);
        vm.warp(emission.nextMintAt());
        // Until the epoch starts, weights are made as before.
        emission.sync(1);
        assertEq(emission.weightOf(1), 1e18 * 10e9);
        vm.expectEmit();
        emit IEmission.EpochStarted(1, 4);
        assertEq(emission.mint(), 0);
        assertEq(emission.epoch(), 1);
        assertEq(emission.totalWeight(), 0);
        assertEq(emission.weightOf(2), 0);
        // The fast one does not get it all.
        emission.sync(1);
        assertEq(emission.weightOf(1), 1e18 * 100e18);
        skip(1 days - 1);
        uint256 next = emission.nextMintAt();
        assertGe(next, block.timestamp + 1);
        vm.expectRevert(abi.encodeWithSelector(IEmission.MintTooEarly.selector, next));
        emission.mint();
        // What was earned in the epoch before is paid by whatever comes first.
        assertApproxEqAbs(emission.sync(2), E * 2 / 3, 1);
        vm.warp(next);
        emission.mint();
        assertApproxEqAbs(emission.sync(1), E / 5, 1);
        assertApproxEqAbs(emission.sync(2), E * 4 / 5, 1);
    }

    function test_ATaskThatSleptThroughEpochsGetsWhatItEarnedInItsOwn() public {
        _runningSynced(1, 1e18, 100e18);
        _runningSynced(2, 1e18, 100e18);
        emission.mint();
        for (uint256 power = 3; power < 5; ++power) {
            _setPolicy(Param.TaskStakeQuarterPower, power);
            vm.warp(emission.nextMintAt());
            emission.mint();
            emission.sync(2);
            vm.warp(emission.nextMintAt());
            emission.mint();
        }
        assertApproxEqAbs(emission.pending(1), E / 2, 1);
        assertApproxEqAbs(emission.sync(1), E / 2, 1);
        assertApproxEqAbs(emission.sync(2), E, 1);
        assertEq(emission.epoch(), 2);
    }

    function test_NeedsAllItsContracts() public {
        address a = address(1);
        address[5] memory parts = [a, a, address(policy), a, a];
        for (uint256 i; i < 5; ++i) {
            address part = parts[i];
            parts[i] = address(0);
            vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
            new Emission(parts[0], parts[1], parts[2], parts[3], parts[4]);
            parts[i] = part;
        }
    }

    /// @dev Many tasks of all sizes: nobody gets more than its part, and all parts with what rounding left are the mint.
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_SharesAddUpToTheMint(uint64[6] memory multipliers, uint96[6] memory stakes, uint8 quarter)
        public
    {
        _setPolicy(Param.TaskStakeQuarterPower, quarter % 5);
        emission = new Emission(address(dao), address(token), address(policy), address(tasks), address(tasks));
        dao.grant(address(token), address(emission), MINT_PERMISSION);
        for (uint256 i; i < 6; ++i) {
            _runningSynced(i, uint64(bound(multipliers[i], 0, 10e18)), bound(stakes[i], 0, 1e27));
        }
        uint256 total = emission.totalWeight();
        vm.assume(total != 0);
        emission.mint();
        uint256 paid;
        for (uint256 i; i < 6; ++i) {
            uint256 part = emission.sync(i);
            uint256 exact = _fraction(E, emission.weightOf(i), total);
            assertLe(part, exact);
            assertApproxEqAbs(part, exact, 1);
            paid += part;
        }
        assertLe(paid, E);
        assertApproxEqAbs(paid, E, 12);
        assertEq(token.balanceOf(address(emission)), E - paid);
    }

    function _fraction(uint256 amount, uint256 weight, uint256 total) private pure returns (uint256) {
        // Weights are below 2^154 and amounts below 2^81.
        return amount * weight / total;
    }

    function _running(uint256 taskId, uint64 multiplier, uint256 stake) private {
        tasks.set(taskId, TaskState.Approved, 1, multiplier, stake);
    }

    function _runningSynced(uint256 taskId, uint64 multiplier, uint256 stake) private {
        _running(taskId, multiplier, stake);
        emission.sync(taskId);
    }
}
