// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IEmission} from "../../src/interfaces/IEmission.sol";
import {Allocations} from "../../src/stake/Allocations.sol";
import {RoundNumber, TaskId} from "../../src/types/Ids.sol";
import {Role} from "../../src/types/Types.sol";
import {EmissionRoundTest} from "../builders/EmissionRoundTest.sol";

/// @dev In version 1 a task went on earning by the stake behind its last paid round, long after that stake had gone.
contract Idle_Tasks_Earn_Nothing is EmissionRoundTest {
    function test_ATaskThatSleepsForAMonthEarnsAsMuchAsItHadWhenItsRoundClosed() public {
        _weighted(3, 1e18);
        _staked(2, 3);
        _openRound();
        _openClaims(_honestRound());
        uint256 atOnce = emission.earning(taskId, round);
        assertGt(atOnce, 0);
        skip(29 days);
        assertEq(emission.earn(taskId, round), atOnce);
        assertEq(emission.minted(), atOnce);
        // Nothing that is no round earns.
        for (uint32 next = 1; next < 3; ++next) {
            vm.expectRevert(abi.encodeWithSelector(IEmission.NotFinalized.selector, taskId, RoundNumber.wrap(next)));
            emission.earn(taskId, RoundNumber.wrap(next));
        }
    }

    function test_OneStakeInManyTasksEarnsOnce() public {
        _weighted(2, 1e18);
        _staked(2, 3);
        TaskId first = taskId;
        _weighted(2, 1e18);
        // All of it is with the first task; the second has none of it to read.
        vm.warp(block.timestamp + 1);
        vm.prank(creator);
        round = roundManager.open(taskId);
        vm.expectRevert(abi.encodeWithSelector(Allocations.NothingAllocated.selector, taskId, Role.Validator));
        vm.prank(validators[0]);
        roundManager.join(taskId, round, Role.Validator, new bytes32[](0));
        assertEq(stakeManager.totalAllocated(), 3000e18 + 18_000e18);
        taskId = first;
        _openRound();
        _openClaims(_honestRound());
        assertGt(emission.earn(first, round), 0);
    }
}
