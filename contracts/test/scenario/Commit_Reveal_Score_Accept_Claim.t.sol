// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {RoundRewards} from "../../src/interfaces/IRewardDistributor.sol";
import {RoundNumber} from "../../src/types/Ids.sol";
import {Role, TaskState} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev A whole task of two rounds, from its proposal to the last vested token.
contract CommitRevealScoreAcceptClaimTest is RoundTest {
    uint256 private constant BUDGET = 10_000e18 + 1;

    function test_TwoRoundsPayEverybodyAndNothingIsMintedOrLost() public {
        uint256 supply = token.totalSupply();
        _taskWithRound(2, BUDGET, 3, 3);
        uint256 spent = _playAndClaim();
        // A vote between the rounds changes a number; the next round uses it.
        _setPolicy(Param.RankRatio, 0.5e18);
        _setPolicy(Param.UnlockRatio, 1e18);
        _openRound();
        assertEq(_info().policyVersion, 3);
        spent += _playAndClaim();
        assertEq(distributor.vesting(taskId, RoundNumber.wrap(1), trainers[0]).total, 0);

        vm.prank(creator);
        taskManager.complete(taskId, _key(2));
        assertEq(token.balanceOf(creator), 10_000e18, "the creation stake");
        assertEq(spent + taskManager.task(taskId).value, BUDGET);
        taskManager.redeem(taskId, funder);
        assertApproxEqAbs(token.balanceOf(funder), BUDGET - spent, 1);
        assertLe(token.balanceOf(address(taskManager)), 1);

        vm.warp(block.timestamp + 400 days);
        for (uint256 i; i < 3; ++i) {
            distributor.release(taskId, RoundNumber.wrap(0), trainers[i]);
            court.release(taskId, RoundNumber.wrap(0), trainers[i]);
            court.release(taskId, RoundNumber.wrap(1), trainers[i]);
            assertEq(stakeManager.allocation(trainers[i], taskId).readers, 0);
        }
        assertEq(token.balanceOf(address(distributor)), 0);
        assertEq(token.totalSupply(), supply);
        assertEq(uint8(taskManager.task(taskId).state), uint8(TaskState.Completed));
    }

    function test_BetterRanksEarnMoreOfTheSameStake() public {
        _setPolicy(Param.TrainerSeats, 3);
        taskId = _approvedTask(1, 2000e18);
        _staked(0, 2);
        for (uint256 i; i < 3; ++i) {
            trainers.push(makeAddr(string.concat("equal", vm.toString(i))));
            _stake(trainers[i], 2000e18);
            _allocate(trainers[i], taskId, Role.Trainer, 1e18);
        }
        _openRound();
        _openClaims(_honestRound());
        uint256[3] memory earned;
        for (uint256 i; i < 3; ++i) {
            _claimTrainer(i);
            earned[i] = token.balanceOf(trainers[i]) + distributor.vesting(taskId, round, trainers[i]).total;
        }
        assertGt(earned[0], earned[1]);
        assertApproxEqAbs(earned[1], earned[0] * 9 / 10, 2);
        assertApproxEqAbs(earned[2], earned[1] * 9 / 10, 2);
    }

    function _playAndClaim() private returns (uint256 spent) {
        _openClaims(_honestRound());
        uint256 pool = distributor.rewards(taskId, round).units;
        for (uint256 i; i < 3; ++i) {
            _claimTrainer(i);
            distributor.claimValidator(taskId, round, validators[i]);
        }
        RoundRewards memory r = distributor.rewards(taskId, round);
        assertEq(r.claimsLeft, 0);
        assertEq(r.fee + r.paid + r.carried, pool);
        return r.fee + r.paid;
    }
}
