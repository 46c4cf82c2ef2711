// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {Ranking, ResultSummary} from "../../src/types/Types.sol";
import {PaidRoundTest} from "../builders/PaidRoundTest.sol";

/// @dev A node with a sixth of the seats gave nearly everything: its cap, half of the trainers' part, leaves the other half
/// to nobody. By an upper bound of claims that knew seats only, this half came back after the last claim, to all units
/// alike: a node held its claim back, bought nearly all units, claimed, and redeemed what others had paid for.
contract ALateFunderTakesNothingOfAClosedRoundTest is PaidRoundTest {
    uint256 private constant LATE = 1_000_000e18;

    address private sniper = makeAddr("sniper");

    function test_WhatTheCapLeavesIsBackBeforeAnybodyCanBuy() public {
        TrainerLeaf[] memory leaves = _opened();
        // Of 1,980 that remain of the round after its fee, trainers' six tenths and of these what claims take.
        uint256 trainersPart = 1188e18;
        uint256 carried = distributor.rewards(taskId, round).carried;
        assertApproxEqAbs(carried, trainersPart / 2 - trainersPart / 50, 3 * 1200);

        distributor.claimValidator(taskId, round, validators[0]);
        distributor.claimValidator(taskId, round, validators[1]);
        distributor.claimValidator(taskId, round, validators[2]);
        distributor.claimValidator(taskId, round, validators[3]);
        _claimTrainer(1);
        _claimTrainer(2);
        _fund(taskId, sniper, LATE);
        (uint256 before,) = taskManager.valueOf(taskId, sniper);
        (uint256 ofFunder,) = taskManager.valueOf(taskId, funder);
        assertApproxEqAbs(before, LATE, 1);

        _claimTrainer(0);
        assertEq(distributor.rewards(taskId, round).claimsLeft, 0);
        (uint256 now_,) = taskManager.valueOf(taskId, sniper);
        // A wei for each claim, and 1e-18 of the part for each trainer's.
        assertLe(now_ - before, 7 + leaves.length * (trainersPart / 1e18 + 1));

        vm.prank(address(dao));
        taskManager.stop(taskId);
        uint256 had = token.balanceOf(sniper);
        taskManager.redeem(taskId, sniper);
        assertLe(token.balanceOf(sniper) - had, LATE + 7 + leaves.length * (trainersPart / 1e18 + 1));
        (uint256 left,) = taskManager.valueOf(taskId, funder);
        assertGe(left, ofFunder);
    }

    /// @dev A round of two whose claims are open.
    function _opened() private returns (TrainerLeaf[] memory) {
        _roundWith(2, _list(1000, 2000, 3000), 6);
        _scorable();
        ResultSummary memory summary = _summary();
        _results(summary, summary, 0);
        _finalized(summary);
        _openClaims(summary);
        return _leaves();
    }

    function _ranking() internal pure override returns (Ranking) {
        return Ranking.Contribution;
    }

    /// @dev 98, 1 and 1 of a hundred, with 1, 2 and 3 of 6 seats.
    function _leaves() internal view override returns (TrainerLeaf[] memory leaves) {
        leaves = super._leaves();
        for (uint256 i; i < leaves.length; ++i) {
            leaves[i].weight = i == 0 ? 98e9 : 1e9;
        }
    }
}
