// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {RoundRewards, TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {ResultStage} from "../../src/interfaces/IResults.sol";
import {ResultSummary, Role} from "../../src/types/Types.sol";
import {Merkle} from "./Merkle.sol";
import {RoundTest} from "./RoundTest.sol";

/// @dev Whole rounds whose payouts are compared. The pool is small enough to be secured in each, so that nothing but what a
/// scenario changes can change pay. Four validators have 5, 6, 7 and 8 of 26 seats.
abstract contract PaidRoundTest is RoundTest {
    uint256 internal constant POOL = 2000e18;

    function setUp() public virtual override {
        super.setUp();
        _aSeatPerThousand(4);
    }

    /// @dev An open round with trainers of these stakes in tokens, each thousand of which is a seat.
    function _roundWith(uint256[] memory stakes) internal {
        uint256 seats;
        for (uint256 i; i < stakes.length; ++i) {
            seats += stakes[i] / 1000;
        }
        _roundWith(stakes, seats);
    }

    function _roundWith(uint256[] memory stakes, uint256 trainerSeats) internal {
        _roundWith(1, stakes, trainerSeats);
    }

    /// @dev The first of so many rounds of a task, each with the same pool.
    function _roundWith(uint16 rounds, uint256[] memory stakes, uint256 trainerSeats) internal {
        _setPolicy(Param.TrainerSeats, trainerSeats);
        taskId = _approvedTask(rounds, rounds * POOL);
        for (uint256 i; i < stakes.length; ++i) {
            trainers.push(makeAddr(string.concat("trainer", vm.toString(i))));
            _stake(trainers[i], stakes[i] * 1e18);
            _allocate(trainers[i], taskId, Role.Trainer, 1e18);
        }
        _staked(0, 4);
        _openRound();
    }

    /// @dev Everybody with a seat agrees on `summary` and claims.
    function _paid(ResultSummary memory summary) internal {
        _results(summary, summary, 0);
        _finalized(summary);
        _claimed(summary);
    }

    /// @dev Everybody who is paid claims.
    function _claimed(ResultSummary memory summary) internal {
        _openClaims(summary);
        TrainerLeaf[] memory leaves = _leaves();
        for (uint256 i; i < leaves.length; ++i) {
            distributor.claimTrainer(taskId, round, leaves[i], Merkle.proof(leaves, i));
        }
        bytes29 accepted = bytes29(_hash(summary));
        for (uint256 v; v < validators.length; ++v) {
            if (results.validatorResult(taskId, round, validators[v]).stage != ResultStage.Revealed) continue;
            if (bytes29(results.validatorResult(taskId, round, validators[v]).hash) != accepted) continue;
            distributor.claimValidator(taskId, round, validators[v]);
        }
        RoundRewards memory r = distributor.rewards(taskId, round);
        assertEq(r.claimsLeft, 0);
        assertEq(r.fee + r.paid + r.carried, POOL);
    }

    /// @dev What a node without delegation was paid and is vesting; it had staked all else that it had.
    function _payOf(address node) internal view returns (uint256) {
        return token.balanceOf(node) + distributor.vesting(taskId, round, node).total;
    }

    function _payOfValidators() internal view returns (uint256 sum) {
        for (uint256 v; v < validators.length; ++v) {
            sum += _payOf(validators[v]);
        }
    }

    function _list(uint256 a, uint256 b, uint256 c) internal pure returns (uint256[] memory list) {
        list = new uint256[](3);
        (list[0], list[1], list[2]) = (a, b, c);
    }
}
