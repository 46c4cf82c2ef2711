// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Allocation, IStakeManager} from "../../src/interfaces/IStakeManager.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {BIND_PERMISSION, UNBIND_PERMISSION} from "../../src/permission/Permissions.sol";
import {Allocations} from "../../src/stake/Allocations.sol";
import {OperatorKeys} from "../../src/stake/OperatorKeys.sol";
import {TaskId} from "../../src/types/Ids.sol";
import {Role, StakeSnapshot} from "../../src/types/Types.sol";
import {StakeTest} from "../builders/StakeTest.sol";

contract StakeAllocationsTest is StakeTest {
    TaskId private constant TASK = TaskId.wrap(1);
    TaskId private constant OTHER = TaskId.wrap(2);

    address private hot = makeAddr("operator");

    function setUp() public override {
        super.setUp();
        _stake(node, 1000e18);
        _delegate(alice, 500e18);
    }

    function test_ARoundReadsTheSecondBeforeAndTheSmallerNow() public {
        vm.expectEmit();
        emit IStakeManager.Allocated(node, TASK, Role.Validator, 0.4e18);
        _allocate(node, 1, Role.Validator, 0.4e18);
        _setCommission(0.1e18);
        uint48 asOf = _nextSecond();
        // What comes with the opening or after it is not read.
        _stake(node, 9000e18);
        _allocate(node, 1, Role.Validator, 0.9e18);
        vm.expectEmit();
        emit IStakeManager.StakeBound(node, TASK, 0.4e18, 1);
        (address who, uint64 ratio, StakeSnapshot memory part) = stakeManager.bind(node, TASK, Role.Validator, asOf);
        assertEq(who, node);
        assertEq(ratio, 0.4e18);
        assertEq(part.own, 400e18);
        assertEq(part.delegated, 200e18);
        assertEq(part.commission, 0.1e18);

        // Less now than then.
        asOf = _nextSecond();
        _allocate(node, 1, Role.Validator, 0.1e18);
        (, ratio, part) = stakeManager.bind(node, TASK, Role.Validator, asOf);
        assertEq(ratio, 0.1e18);
        assertEq(part.own, 1000e18);
        assertEq(part.delegated, 50e18);
    }

    function test_PartsAreFloored() public {
        _stake(bob, 10);
        _allocate(bob, 1, Role.Trainer, 0.19e18);
        uint48 asOf = _nextSecond();
        (,, StakeSnapshot memory part) = stakeManager.bind(bob, TASK, Role.Trainer, asOf);
        assertEq(part.own, 1);
        assertEq(part.delegated, 0);
    }

    function test_NothingJoinsInAnotherRoleOrTaskOrOnThePresentSecond() public {
        _allocate(node, 1, Role.Validator, 1e18);
        _expectNothing(TASK, Role.Validator);
        stakeManager.bind(node, TASK, Role.Validator, uint48(block.timestamp));
        uint48 asOf = _nextSecond();
        _expectNothing(TASK, Role.Trainer);
        stakeManager.bind(node, TASK, Role.Trainer, asOf);
        _expectNothing(OTHER, Role.Validator);
        stakeManager.bind(node, OTHER, Role.Validator, asOf);
        _expectNothing(TASK, Role.None);
        stakeManager.bind(node, TASK, Role.None, asOf);
        _expectNothing(TASK, Role.Validator);
        stakeManager.bind(node, TASK, Role.Validator, asOf - 1);
        stakeManager.bind(node, TASK, Role.Validator, asOf);
    }

    function test_OneStakeStandsBehindOneTaskUntilAllItsRoundsLetGo() public {
        _allocate(node, 1, Role.Validator, 0.8e18);
        uint48 asOf = _nextSecond();
        stakeManager.bind(node, TASK, Role.Validator, asOf);
        stakeManager.bind(node, TASK, Role.Validator, asOf);
        _allocate(node, 1, Role.Validator, 0);
        assertEq(stakeManager.freeRatio(node), 0.2e18);
        _assertAllocation(0, 0.8e18, 2);
        vm.prank(node);
        vm.expectRevert(abi.encodeWithSelector(Allocations.RatioNotFree.selector, 2, 0.21e18, 0.2e18));
        stakeManager.allocate(OTHER, Role.Validator, 0.21e18);
        vm.prank(node);
        vm.expectRevert(abi.encodeWithSelector(Allocations.RoleBound.selector, 1, Role.Validator));
        stakeManager.allocate(TASK, Role.Trainer, 0.1e18);

        vm.expectEmit();
        emit IStakeManager.StakeUnbound(node, TASK, 1);
        stakeManager.unbind(node, TASK);
        _assertAllocation(0, 0.8e18, 1);
        assertEq(stakeManager.freeRatio(node), 0.2e18);
        stakeManager.unbind(node, TASK);
        _assertAllocation(0, 0, 0);
        assertEq(stakeManager.freeRatio(node), 1e18);
        vm.expectRevert(abi.encodeWithSelector(Allocations.NotBound.selector, 1));
        stakeManager.unbind(node, TASK);
        _allocate(node, 2, Role.Validator, 1e18);
        _allocate(node, 1, Role.Trainer, 0);
    }

    function test_OnlyWhoHasThePermissionsBindsAndUnbinds() public {
        vm.expectRevert(_unauthorized(BIND_PERMISSION));
        vm.prank(node);
        stakeManager.bind(node, TASK, Role.Validator, 0);
        vm.expectRevert(_unauthorized(UNBIND_PERMISSION));
        vm.prank(node);
        stakeManager.unbind(node, TASK);
    }

    function test_WhatWasAllocatedIsKnownForPastSecondsAlone() public {
        uint48 first = uint48(block.timestamp);
        _allocate(node, 1, Role.Trainer, 0.3e18);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.FutureLookup.selector, first, first));
        stakeManager.allocatedAt(node, TASK, first);
        _nextSecond();
        _allocate(node, 1, Role.Validator, 0.2e18);
        (Role role, uint64 ratio) = stakeManager.allocatedAt(node, TASK, first);
        assertEq(uint8(role), uint8(Role.Trainer));
        assertEq(ratio, 0.3e18);
        (role, ratio) = stakeManager.allocatedAt(node, TASK, first - 1);
        assertEq(uint8(role), uint8(Role.None));
        assertEq(ratio, 0);
    }

    function test_AnOperatorActsAndMovesNoStake() public {
        _hire(hot);
        _allocate(node, 1, Role.Trainer, 0.5e18);
        uint48 asOf = _nextSecond();
        assertEq(stakeManager.actingFor(hot), node);
        assertEq(stakeManager.operatorOf(node), hot);
        (address who,, StakeSnapshot memory part) = stakeManager.bind(hot, TASK, Role.Trainer, asOf);
        assertEq(who, node);
        assertEq(part.own, 500e18);
        vm.expectRevert(abi.encodeWithSelector(OperatorKeys.OperatorActs.selector, node, hot));
        stakeManager.bind(node, TASK, Role.Trainer, asOf);

        // What the operator calls is of its own key alone.
        vm.startPrank(hot);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.StakeInsufficient.selector, node, hot, 0, 1));
        stakeManager.requestUnstake(node, 1);
        stakeManager.allocate(OTHER, Role.Trainer, 0.5e18);
        stakeManager.setCommission(0.2e18);
        vm.stopPrank();
        assertEq(stakeManager.freeRatio(node), 0.5e18);
        assertEq(stakeManager.stakeOf(node).commission, 0);
        assertEq(stakeManager.totalAllocated(), 750e18);
        _request(node, 10e18);
        _afterCooldown();
        vm.prank(hot);
        stakeManager.withdraw(node, node);
        assertEq(token.balanceOf(node), 10e18);
        assertEq(token.balanceOf(hot), 0);
    }

    function test_ADismissedOperatorActsNoMoreAtOnce() public {
        _hire(hot);
        _allocate(node, 1, Role.Trainer, 0.5e18);
        uint48 asOf = _nextSecond();
        vm.expectEmit();
        emit IStakeManager.OperatorChanged(node, address(0));
        vm.prank(node);
        stakeManager.dismissOperator();
        assertEq(stakeManager.actingFor(hot), hot);
        _expectNothing(TASK, Role.Trainer);
        stakeManager.bind(hot, TASK, Role.Trainer, asOf);
        stakeManager.bind(node, TASK, Role.Trainer, asOf);
    }

    function test_AnOperatorResigns() public {
        _hire(hot);
        vm.expectEmit();
        emit IStakeManager.OperatorChanged(node, address(0));
        vm.prank(hot);
        stakeManager.resignOperator();
        assertEq(stakeManager.operatorOf(node), address(0));
        assertEq(stakeManager.actingFor(node), node);
    }

    function test_TheTotalFollowsEveryChangeOfStakeAndAllocation() public {
        assertEq(stakeManager.totalAllocated(), 0);
        _allocate(node, 1, Role.Trainer, 0.5e18);
        assertEq(stakeManager.totalAllocated(), 750e18);
        _allocate(node, 2, Role.Validator, 0.2e18);
        assertEq(stakeManager.totalAllocated(), 1050e18);
        // Hosts earn no emission.
        _allocate(node, 0, Role.Host, 0.3e18);
        assertEq(stakeManager.totalAllocated(), 1050e18);
        _stake(node, 100e18);
        assertEq(stakeManager.totalAllocated(), 1120e18);
        _delegate(alice, 200e18);
        assertEq(stakeManager.totalAllocated(), 1260e18);
        vm.prank(alice);
        stakeManager.requestUnstake(node, 100e18);
        assertEq(stakeManager.totalAllocated(), 1190e18);
        _request(node, 700e18);
        assertEq(stakeManager.totalAllocated(), 700e18);
        _stake(bob, 100e18);
        assertEq(stakeManager.totalAllocated(), 700e18);
        _allocate(bob, 1, Role.Trainer, 1e18);
        assertEq(stakeManager.totalAllocated(), 800e18);
        _allocate(node, 1, Role.Trainer, 0);
        _allocate(node, 2, Role.Validator, 0);
        assertEq(stakeManager.totalAllocated(), 100e18);
        // It counts nothing any more, also when it stakes.
        _stake(node, 100e18);
        assertEq(stakeManager.totalAllocated(), 100e18);
    }

    function test_WhatRoundsHoldCountsUntilTheLastLetsGo() public {
        _allocate(node, 1, Role.Trainer, 0.8e18);
        uint48 asOf = _nextSecond();
        stakeManager.bind(node, TASK, Role.Trainer, asOf);
        stakeManager.bind(node, TASK, Role.Trainer, asOf);
        _allocate(node, 1, Role.Trainer, 0);
        assertEq(stakeManager.totalAllocated(), 1200e18);
        _allocate(node, 2, Role.Validator, 0.2e18);
        assertEq(stakeManager.totalAllocated(), 1500e18);
        _allocate(node, 2, Role.Validator, 0);
        _stake(node, 100e18);
        assertEq(stakeManager.totalAllocated(), 1280e18);
        stakeManager.unbind(node, TASK);
        assertEq(stakeManager.totalAllocated(), 1280e18);
        stakeManager.unbind(node, TASK);
        assertEq(stakeManager.totalAllocated(), 0);
        // It counts nothing any more, also when it stakes.
        _stake(node, 100e18);
        assertEq(stakeManager.totalAllocated(), 0);
    }

    function test_ASlashLowersTheTotal() public {
        _allocate(node, 1, Role.Validator, 0.5e18);
        slasher.slash(node, 300e18);
        assertEq(stakeManager.totalAllocated(), 600e18);
        slasher.slash(node, type(uint128).max);
        assertEq(stakeManager.totalAllocated(), 0);
    }

    function test_AllocatingBeforeStakingCountsFromTheStake() public {
        _allocate(bob, 1, Role.Trainer, 0.5e18);
        assertEq(stakeManager.totalAllocated(), 0);
        _stake(bob, 10e18);
        assertEq(stakeManager.totalAllocated(), 5e18);
    }

    function test_TheIntegralIsOfTheTotalAndKnownForEachDayThatBegan() public {
        uint256 day = block.timestamp / 1 days + 1;
        vm.warp(day * 1 days);
        uint256 base = stakeManager.inverseIntegral();
        _allocate(node, 1, Role.Trainer, 1e18);
        vm.warp(day * 1 days + 3 days);
        uint256 scale = stakeManager.INTEGRAL_SCALE();
        assertEq(stakeManager.inverseIntegral() - base, scale * 3 days / 1500e18);
        slasher.slash(node, 500e18);
        vm.warp(day * 1 days + 4 days);
        _allocate(node, 1, Role.Trainer, 0);
        assertEq(stakeManager.inverseIntegralAt(day), base);
        assertEq(stakeManager.inverseIntegralAt(day + 2) - base, scale * 2 days / 1500e18);
        assertEq(stakeManager.inverseIntegralAt(day + 4) - base, scale * 3 days / 1500e18 + scale * 1 days / 1000e18);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.DayNotBegun.selector, day + 5, day + 4));
        stakeManager.inverseIntegralAt(day + 5);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.DayNotBegun.selector, type(uint256).max, day + 4));
        stakeManager.inverseIntegralAt(type(uint256).max);
    }

    function _hire(address operator) private {
        vm.expectEmit();
        emit IStakeManager.OperatorOffered(node, operator);
        vm.prank(node);
        stakeManager.offerOperator(operator);
        vm.expectEmit();
        emit IStakeManager.OperatorChanged(node, operator);
        vm.prank(operator);
        stakeManager.acceptOperator(node);
    }

    function _setCommission(uint64 commission) private {
        vm.prank(node);
        stakeManager.setCommission(commission);
        vm.warp(stakeManager.pool(node).nextCommissionAt);
    }

    /// @return asOf The second that has just ended.
    function _nextSecond() private returns (uint48 asOf) {
        asOf = uint48(block.timestamp);
        vm.warp(block.timestamp + 1);
    }

    function _expectNothing(TaskId taskId, Role role) private {
        vm.expectRevert(abi.encodeWithSelector(Allocations.NothingAllocated.selector, taskId, role));
    }

    function _unauthorized(bytes32 permission) private view returns (bytes memory) {
        return abi.encodeWithSelector(
            DaoAuthorized.DaoUnauthorized.selector, address(dao), address(stakeManager), node, permission
        );
    }

    function _assertAllocation(uint64 ratio, uint64 bound, uint32 readers) private view {
        Allocation memory a = stakeManager.allocation(node, TASK);
        assertEq(uint8(a.role), uint8(Role.Validator));
        assertEq(a.ratio, ratio);
        assertEq(a.bound, bound);
        assertEq(a.readers, readers);
    }
}
