// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Test} from "forge-std/Test.sol";
import {AllocatedRole, Allocations} from "../../src/stake/Allocations.sol";
import {AllocationsHarness} from "../builders/AllocationsHarness.sol";

contract AllocationsTest is Test {
    AllocatedRole private constant TRAINER = AllocatedRole.Trainer;
    AllocatedRole private constant VALIDATOR = AllocatedRole.Validator;
    AllocatedRole private constant HOST = AllocatedRole.Host;
    uint256 private constant NOW = 1000;

    AllocationsHarness private node;

    function setUp() public {
        node = new AllocationsHarness();
        vm.warp(NOW);
    }

    function test_RatiosOfAllTasksSumToAtMostOne() public {
        node.allocate(1, TRAINER, 0.6e18);
        node.allocate(2, VALIDATOR, 0.3e18);
        vm.expectRevert(abi.encodeWithSelector(Allocations.NotFree.selector, 0.2e18, 0.1e18));
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
        vm.expectRevert(abi.encodeWithSelector(Allocations.WrongRole.selector, 1, AllocatedRole.None));
        node.allocate(1, AllocatedRole.None, 1);
    }

    function test_ARoundReadsTheEndOfTheSecondBeforeItOpened() public {
        node.allocate(1, TRAINER, 0.5e18);
        node.allocate(1, TRAINER, 0.4e18);
        vm.warp(NOW + 1);
        node.allocate(1, TRAINER, 0.9e18);
        _assertAllocated(NOW - 1, AllocatedRole.None, 0);
        _assertAllocated(NOW, TRAINER, 0.4e18);
        _assertAllocated(NOW + 1, TRAINER, 0.9e18);
        vm.warp(NOW + 10);
        _assertAllocated(NOW + 9, TRAINER, 0.9e18);
        // The smaller of then and now.
        assertEq(node.bind(1, TRAINER, 7, NOW), 0.4e18);
        node.allocate(1, TRAINER, 0.3e18);
        assertEq(node.bind(1, TRAINER, 8, NOW + 5), 0.3e18);
    }

    /// @dev The present second is not over: what it ends with is not known.
    function test_NothingIsJoinableOnASecondThatIsNotOver() public {
        node.allocate(1, TRAINER, 0.5e18);
        assertEq(node.joinable(1, TRAINER, NOW), 0);
        vm.expectRevert(abi.encodeWithSelector(Allocations.NothingAllocated.selector, 1, TRAINER));
        node.bind(1, TRAINER, 1, NOW);
        vm.warp(NOW + 1);
        assertEq(node.joinable(1, TRAINER, NOW), 0.5e18);
    }

    function test_WhatWasAllocatedAfterTheOpeningJoinsNothing() public {
        vm.warp(NOW + 1);
        node.allocate(1, TRAINER, 1e18);
        vm.warp(NOW + 2);
        vm.expectRevert(abi.encodeWithSelector(Allocations.NothingAllocated.selector, 1, TRAINER));
        node.bind(1, TRAINER, 1, NOW);
    }

    /// @dev Version 1 let one stake stand behind rounds of every task.
    function test_StakeThatARoundReadIsFreeForNoOtherTaskUntilItIsReleased() public {
        node.allocate(1, VALIDATOR, 0.7e18);
        vm.warp(NOW + 1);
        node.bind(1, VALIDATOR, 1, NOW);
        node.allocate(1, VALIDATOR, 0);
        assertEq(node.free(), 0.3e18);
        vm.expectRevert(abi.encodeWithSelector(Allocations.NotFree.selector, 0.31e18, 0.3e18));
        node.allocate(2, VALIDATOR, 0.31e18);
        // The same task may have it again.
        node.allocate(1, VALIDATOR, 1e18);
        node.allocate(1, VALIDATOR, 0);
        node.release(1, 1);
        assertEq(node.free(), 1e18);
        node.allocate(2, VALIDATOR, 1e18);
    }

    function test_OfSeveralRoundsOfATaskTheLargestBinds() public {
        node.allocate(1, TRAINER, 0.8e18);
        vm.warp(NOW + 1);
        node.bind(1, TRAINER, 1, NOW);
        node.allocate(1, TRAINER, 0.2e18);
        node.bind(1, TRAINER, 2, NOW);
        node.allocate(1, TRAINER, 0.1e18);
        node.bind(1, TRAINER, 3, NOW);
        assertEq(node.bound(1), 0.8e18);
        node.release(1, 1);
        assertEq(node.bound(1), 0.2e18);
        assertEq(node.committed(), 0.2e18);
        node.release(1, 3);
        assertEq(node.bound(1), 0.2e18);
        node.release(1, 2);
        assertEq(node.bound(1), 0);
        assertEq(node.committed(), 0.1e18);
    }

    function test_ARoleChangesOnlyWhenNothingIsBoundAndCountsFromTheNextRound() public {
        node.allocate(1, TRAINER, 0.5e18);
        vm.warp(NOW + 1);
        node.bind(1, TRAINER, 1, NOW);
        vm.expectRevert(abi.encodeWithSelector(Allocations.RoleBound.selector, 1, TRAINER));
        node.allocate(1, VALIDATOR, 0.5e18);
        // Not by way of nothing either.
        node.allocate(1, TRAINER, 0);
        vm.expectRevert(abi.encodeWithSelector(Allocations.RoleBound.selector, 1, TRAINER));
        node.allocate(1, VALIDATOR, 0.5e18);
        node.release(1, 1);
        node.allocate(1, VALIDATOR, 0.5e18);
        vm.warp(NOW + 2);
        // It was a trainer when that round opened, and is none now.
        assertEq(node.joinable(1, TRAINER, NOW), 0);
        assertEq(node.joinable(1, VALIDATOR, NOW), 0);
        assertEq(node.joinable(1, VALIDATOR, NOW + 1), 0.5e18);
    }

    function test_AReaderBindsOnceAndIsReleasedOnce() public {
        node.allocate(1, TRAINER, 0.5e18);
        vm.warp(NOW + 1);
        node.bind(1, TRAINER, 1, NOW);
        vm.expectRevert(abi.encodeWithSelector(Allocations.AlreadyBound.selector, 1, 1));
        node.bind(1, TRAINER, 1, NOW);
        node.release(1, 1);
        vm.expectRevert(abi.encodeWithSelector(Allocations.NotBound.selector, 1, 1));
        node.release(1, 1);
    }

    function test_TheReadersOfATaskAreBounded() public {
        node.allocate(1, TRAINER, 1e18);
        vm.warp(NOW + 1);
        for (uint64 reader; reader < 64; ++reader) {
            node.bind(1, TRAINER, reader, NOW);
        }
        vm.expectRevert(abi.encodeWithSelector(Allocations.TooManyBindings.selector, 1));
        node.bind(1, TRAINER, 64, NOW);
        node.release(1, 10);
        node.bind(1, TRAINER, 64, NOW);
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

    function _assertAllocated(uint256 time, AllocatedRole role, uint256 ratio) private view {
        (AllocatedRole gotRole, uint256 got) = node.allocatedAt(1, time);
        assertEq(uint8(gotRole), uint8(role));
        assertEq(got, ratio);
    }
}
