// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {Allocations} from "../../src/stake/Allocations.sol";
import {Role} from "../../src/types/Types.sol";
import {AllocationsHarness} from "../builders/AllocationsHarness.sol";

contract AllocationsTest is Test {
    Role private constant TRAINER = Role.Trainer;
    Role private constant VALIDATOR = Role.Validator;
    Role private constant HOST = Role.Host;
    uint256 private constant NOW = 1000;

    AllocationsHarness private node;

    function setUp() public {
        node = new AllocationsHarness();
        vm.warp(NOW);
    }

    function test_RatiosOfAllTasksSumToAtMostOne() public {
        node.allocate(1, TRAINER, 0.6e18);
        node.allocate(2, VALIDATOR, 0.3e18);
        vm.expectRevert(abi.encodeWithSelector(Allocations.RatioNotFree.selector, 3, 0.2e18, 0.1e18));
        node.allocate(3, TRAINER, 0.2e18);
        node.allocate(0, HOST, 0.1e18);
        assertEq(node.free(), 0);
        // A task's own ratio is free for itself.
        node.allocate(1, TRAINER, 0.5e18);
        node.allocate(3, TRAINER, 0.1e18);
        vm.expectRevert(abi.encodeWithSelector(Allocations.RatioTooHigh.selector, 1e18 + 1));
        node.allocate(1, TRAINER, 1e18 + 1);
    }

    function test_HostsAllocateUnderTaskZeroAndNobodyElseDoes() public {
        vm.expectRevert(abi.encodeWithSelector(Allocations.WrongRole.selector, 0, TRAINER));
        node.allocate(0, TRAINER, 1);
        vm.expectRevert(abi.encodeWithSelector(Allocations.WrongRole.selector, 1, HOST));
        node.allocate(1, HOST, 1);
        vm.expectRevert(abi.encodeWithSelector(Allocations.WrongRole.selector, 1, Role.None));
        node.allocate(1, Role.None, 1);
    }

    function test_ARoundReadsTheEndOfTheSecondBeforeItOpened() public {
        node.allocate(1, TRAINER, 0.5e18);
        node.allocate(1, TRAINER, 0.4e18);
        vm.warp(NOW + 1);
        node.allocate(1, TRAINER, 0.9e18);
        _assertAllocated(NOW - 1, Role.None, 0);
        _assertAllocated(NOW, TRAINER, 0.4e18);
        _assertAllocated(NOW + 1, TRAINER, 0.9e18);
        vm.warp(NOW + 10);
        _assertAllocated(NOW + 9, TRAINER, 0.9e18);
        // The smaller of then and now.
        (uint256 ratio, uint256 readers) = node.bind(1, TRAINER, NOW);
        assertEq(ratio, 0.4e18);
        assertEq(readers, 1);
        node.allocate(1, TRAINER, 0.3e18);
        (ratio, readers) = node.bind(1, TRAINER, NOW + 5);
        assertEq(ratio, 0.3e18);
        assertEq(readers, 2);
    }

    /// @dev The present second is not over: what it ends with is not known.
    function test_NothingIsJoinableOnASecondThatIsNotOver() public {
        node.allocate(1, TRAINER, 0.5e18);
        assertEq(node.joinable(1, TRAINER, NOW), 0);
        vm.expectRevert(abi.encodeWithSelector(Allocations.NothingAllocated.selector, 1, TRAINER));
        node.bind(1, TRAINER, NOW);
        vm.warp(NOW + 1);
        assertEq(node.joinable(1, TRAINER, NOW), 0.5e18);
    }

    function test_WhatWasAllocatedAfterTheOpeningJoinsNothing() public {
        vm.warp(NOW + 1);
        node.allocate(1, TRAINER, 1e18);
        vm.warp(NOW + 2);
        vm.expectRevert(abi.encodeWithSelector(Allocations.NothingAllocated.selector, 1, TRAINER));
        node.bind(1, TRAINER, NOW);
    }

    /// @dev Version 1 let one stake stand behind rounds of every task.
    function test_StakeThatARoundReadIsFreeForNoOtherTaskUntilItIsReleased() public {
        node.allocate(1, VALIDATOR, 0.7e18);
        vm.warp(NOW + 1);
        node.bind(1, VALIDATOR, NOW);
        node.allocate(1, VALIDATOR, 0);
        assertEq(node.free(), 0.3e18);
        vm.expectRevert(abi.encodeWithSelector(Allocations.RatioNotFree.selector, 2, 0.31e18, 0.3e18));
        node.allocate(2, VALIDATOR, 0.31e18);
        // The same task may have it again.
        node.allocate(1, VALIDATOR, 1e18);
        node.allocate(1, VALIDATOR, 0);
        node.unbind(1);
        assertEq(node.free(), 1e18);
        node.allocate(2, VALIDATOR, 1e18);
    }

    function test_TheLargestOfSeveralRoundsIsHeldUntilTheLastLetsGo() public {
        node.allocate(1, TRAINER, 0.8e18);
        vm.warp(NOW + 1);
        node.bind(1, TRAINER, NOW);
        node.allocate(1, TRAINER, 0.2e18);
        node.bind(1, TRAINER, NOW);
        node.allocate(1, TRAINER, 0.1e18);
        node.bind(1, TRAINER, NOW);
        assertEq(node.boundIn(1), 0.8e18);
        assertEq(node.committed(), 0.8e18);
        assertEq(node.unbind(1), 2);
        assertEq(node.unbind(1), 1);
        assertEq(node.boundIn(1), 0.8e18);
        assertEq(node.free(), 0.2e18);
        assertEq(node.unbind(1), 0);
        assertEq(node.boundIn(1), 0);
        assertEq(node.committed(), 0.1e18);
        // It begins anew, with what is allocated now.
        node.bind(1, TRAINER, NOW);
        assertEq(node.boundIn(1), 0.1e18);
    }

    /// @dev What a round holds does not grow when more is allocated afterwards, and neither does it free anything.
    function test_AllocatingMoreWhileBoundCountsForTheNextRound() public {
        node.allocate(1, VALIDATOR, 0.3e18);
        vm.warp(NOW + 1);
        node.bind(1, VALIDATOR, NOW);
        node.allocate(1, VALIDATOR, 0.9e18);
        assertEq(node.boundIn(1), 0.3e18);
        assertEq(node.committed(), 0.9e18);
        vm.warp(NOW + 2);
        node.bind(1, VALIDATOR, NOW + 1);
        assertEq(node.boundIn(1), 0.9e18);
        node.unbind(1);
        node.unbind(1);
        assertEq(node.committed(), 0.9e18);
    }

    function test_WhatServesTrainingAndValidatingIsSummed() public {
        node.allocate(1, TRAINER, 0.3e18);
        node.allocate(2, VALIDATOR, 0.2e18);
        node.allocate(0, HOST, 0.5e18);
        assertEq(node.securing(), 0.5e18);
        node.allocate(1, VALIDATOR, 0.1e18);
        assertEq(node.securing(), 0.3e18);
        vm.warp(NOW + 1);
        node.bind(2, VALIDATOR, NOW);
        // What a round holds counts until it lets go.
        node.allocate(2, VALIDATOR, 0);
        assertEq(node.securing(), 0.3e18);
        assertEq(node.committed(), 0.8e18);
        node.unbind(2);
        assertEq(node.securing(), 0.1e18);
        assertEq(node.committed(), 0.6e18);
        // What hosts have bound never does.
        node.bind(0, HOST, NOW);
        node.allocate(0, HOST, 0.2e18);
        assertEq(node.securing(), 0.1e18);
        node.unbind(0);
        assertEq(node.securing(), 0.1e18);
        assertEq(node.committed(), 0.3e18);
    }

    function test_ARoleChangesOnlyWhenNothingIsBoundAndCountsFromTheNextRound() public {
        node.allocate(1, TRAINER, 0.5e18);
        vm.warp(NOW + 1);
        node.bind(1, TRAINER, NOW);
        vm.expectRevert(abi.encodeWithSelector(Allocations.RoleBound.selector, 1, TRAINER));
        node.allocate(1, VALIDATOR, 0.5e18);
        // Not by way of nothing either.
        node.allocate(1, TRAINER, 0);
        vm.expectRevert(abi.encodeWithSelector(Allocations.RoleBound.selector, 1, TRAINER));
        node.allocate(1, VALIDATOR, 0.5e18);
        node.unbind(1);
        node.allocate(1, VALIDATOR, 0.5e18);
        vm.warp(NOW + 2);
        // It was a trainer when that round opened, and is none now.
        assertEq(node.joinable(1, TRAINER, NOW), 0);
        assertEq(node.joinable(1, VALIDATOR, NOW), 0);
        assertEq(node.joinable(1, VALIDATOR, NOW + 1), 0.5e18);
    }

    function test_NobodyLetsGoOfWhatNobodyHolds() public {
        node.allocate(1, TRAINER, 0.5e18);
        vm.expectRevert(abi.encodeWithSelector(Allocations.NotBound.selector, 1));
        node.unbind(1);
        vm.warp(NOW + 1);
        node.bind(1, TRAINER, NOW);
        node.unbind(1);
        vm.expectRevert(abi.encodeWithSelector(Allocations.NotBound.selector, 1));
        node.unbind(1);
    }

    function testFuzz_HistoryIsFoundAtEverySecond(uint8[20] memory gaps, uint64[20] memory ratios) public {
        uint256[] memory times = new uint256[](20);
        uint256 time = NOW;
        for (uint256 i; i < 20; ++i) {
            time += gaps[i] % 4;
            times[i] = time;
            ratios[i] = uint64(ratios[i] % 1e18);
            vm.warp(time);
            node.allocate(1, TRAINER, ratios[i]);
        }
        for (uint256 second = NOW; second <= time; ++second) {
            uint256 expected;
            for (uint256 i; i < 20; ++i) {
                if (times[i] <= second) expected = ratios[i];
            }
            (, uint256 got) = node.allocatedAt(1, second);
            assertEq(got, expected);
        }
    }

    function _assertAllocated(uint256 time, Role role, uint256 ratio) private view {
        (Role gotRole, uint256 got) = node.allocatedAt(1, time);
        assertEq(uint8(gotRole), uint8(role));
        assertEq(got, ratio);
    }
}
