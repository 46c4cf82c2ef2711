// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Role} from "../../src/types/Types.sol";
import {PaidRoundTest} from "../builders/PaidRoundTest.sol";

/// @dev In version 1 delegators earned nothing in equilibrium: a node's pay alone was taken off first.
contract DelegatorsEarnInProportionTest is PaidRoundTest {
    function test_DelegatorsEarnWhatTheirCountedStakeEarnsLessTheCommission() public {
        address[2] memory delegators = [makeAddr("delegator of 1"), makeAddr("delegator of 3")];
        _aTrainerSeatPerThousand(3);
        taskId = _approvedTask(1, POOL);
        address node = makeAddr("node");
        trainers.push(node);
        _stake(node, 1000e18);
        _allocate(node, taskId, Role.Trainer, 1e18);
        vm.prank(node);
        stakeManager.setCommission(0.1e18);
        vm.warp(block.timestamp + 7 days);
        _delegateStake(node, delegators[0], 1000e18);
        _delegateStake(node, delegators[1], 3000e18);
        // A rival with as much effective stake, all its own.
        trainers.push(makeAddr("rival"));
        _stake(trainers[1], 3000e18);
        _allocate(trainers[1], taskId, Role.Trainer, 1e18);
        _staked(0, 4);
        _openRound();
        _scorable();
        assertEq(_seatsOf(node), _seatsOf(trainers[1]), "seats by effective stake");
        _paid(_summary());

        uint256 toDelegators = stakeManager.rewardsHeld();
        uint256 total = _payOf(node) + toDelegators;
        // 1000 own beside 4000 at half weight.
        assertEq(toDelegators, total * 6 / 10);
        vm.warp(block.timestamp + 8 days);
        uint256 one = stakeManager.claimRewards(node, delegators[0]);
        uint256 three = stakeManager.claimRewards(node, delegators[1]);
        assertApproxEqAbs(three, 3 * one, 8 days);
        assertApproxEqAbs(one + three, toDelegators, 8 days);
        // A delegated token earns nine twentieths of what an own one does before commission.
        assertApproxEqRel(one, total / 3 * 45 / 100, 1e12);
    }
}
