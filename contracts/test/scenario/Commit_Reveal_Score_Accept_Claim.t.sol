// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {RoundRewards} from "../../src/interfaces/IRewardDistributor.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {TaskState} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev A whole task of two rounds, from its proposal to the last vested token.
contract CommitRevealScoreAcceptClaimTest is RoundTest {
    function test_TwoRoundsPayEverybodyAndNothingIsMintedOrLost() public {
        uint256 supply = token.totalSupply();
        _taskWithRound(2, 100_000e18 + 1, 3, 3);
        uint256 paid = _playAndClaim();
        // A vote between the rounds changes a number; the next round uses it.
        _setPolicy(Param.RankRatio, 0.5e18);
        _setPolicy(Param.UnlockRatio, 1e18);
        _openRound();
        assertEq(_info().policyVersion, 3);
        paid += _playAndClaim();
        assertEq(distributor.vesting(taskId, 1, trainers[0]).total, 0);

        vm.prank(creator);
        taskManager.complete(taskId, _key(2));
        uint256 dust = taskManager.task(taskId).budget;
        assertEq(paid + dust, 100_000e18 + 1);
        assertLt(dust, 12);
        if (dust != 0) taskManager.refund(taskId, funder);
        assertEq(token.balanceOf(funder), dust);
        assertEq(token.balanceOf(address(taskManager)), 0);

        vm.warp(block.timestamp + 400 days);
        for (uint256 i; i < 3; ++i) {
            distributor.release(taskId, 0, trainers[i]);
        }
        assertEq(token.balanceOf(address(distributor)), 0);
        assertEq(token.totalSupply(), supply);
        assertEq(uint8(taskManager.task(taskId).state), uint8(TaskState.Completed));
    }

    function test_BetterRanksEarnMoreOfTheSameStake() public {
        taskId = _approvedTask(1, 90_000e18);
        _staked(0, 1);
        for (uint256 i; i < 3; ++i) {
            trainers.push(makeAddr(string.concat("equal", vm.toString(i))));
            _stake(trainers[i], 2000e18);
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

    function _playAndClaim() private returns (uint256 paid) {
        _openClaims(_honestRound());
        for (uint256 i; i < 3; ++i) {
            _claimTrainer(i);
            distributor.claimValidator(taskId, round, validators[i]);
        }
        RoundRewards memory r = distributor.rewards(taskId, round);
        assertEq(r.claimsLeft, 0);
        return r.paid;
    }
}
