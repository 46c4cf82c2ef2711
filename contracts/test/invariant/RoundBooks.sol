// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {RoundRewards, Vesting} from "../../src/interfaces/IRewardDistributor.sol";
import {RoundInfo} from "../../src/interfaces/IRoundManager.sol";
import {Allocation} from "../../src/interfaces/IStakeManager.sol";
import {RoundFunds, TaskInfo} from "../../src/interfaces/ITaskManager.sol";
import {RoundNumber, TaskId} from "../../src/types/Ids.sol";
import {Role, RoundPhase, TaskState, VoidReason} from "../../src/types/Types.sol";
import {RoundActions} from "./RoundActions.sol";

/// @dev What must hold of all rounds and tasks at every moment.
abstract contract RoundBooks is RoundActions {
    /// @dev All seats of a role that was drawn are somebody's, and nobody's before.
    function checkSeats() public view {
        for (uint256 i; i < played.length; ++i) {
            (TaskId id, RoundNumber r) = (played[i].taskId, played[i].round);
            RoundInfo memory info = roundManager.round(id, r);
            uint256 sum;
            for (uint256 n; n < TRAINERS; ++n) {
                sum += roundManager.candidate(id, r, info.attempt, trainers[n]).seats;
            }
            assertEq(sum, info.trainerSeed == 0 ? 0 : info.trainerSeats, "seats of trainers");
            sum = 0;
            for (uint256 n; n < VALIDATORS; ++n) {
                sum += roundManager.candidate(id, r, info.attempt, validators[n]).seats;
            }
            assertEq(sum, info.validatorSeed == 0 ? 0 : info.validatorSeats, "seats of validators");
        }
    }

    /// @dev Each contract holds what it owes, to the wei.
    function checkFunds() public view {
        uint256 inResults;
        uint256 inClaims;
        uint256 inTasks;
        for (uint256 i; i < played.length; ++i) {
            (TaskId id, RoundNumber r) = (played[i].taskId, played[i].round);
            RoundInfo memory info = roundManager.round(id, r);
            if (info.phase == RoundPhase.Ruling) {
                for (uint256 c; c < results.roundResult(id, r).challenges; ++c) {
                    inResults += results.challengeOf(id, r, c).bond;
                }
            }
            RoundRewards memory rewards = distributor.rewards(id, r);
            RoundFunds memory funds = taskManager.fundsOf(id, r);
            if (rewards.opened) inClaims += _inClaims(id, r, rewards);
            else if (info.phase != RoundPhase.Void) inTasks += uint256(funds.units) + funds.common;
            inTasks += _unpaidForfeits(id, r, info, funds.creationStake);
        }
        for (uint256 id = 1; id <= taskManager.taskCount(); ++id) {
            TaskInfo memory t = taskManager.task(TaskId.wrap(id));
            inTasks += t.value + t.common + t.waiting + t.creationStake;
            _checkUnits(TaskId.wrap(id), t);
        }
        assertEq(token.balanceOf(address(results)), inResults, "results");
        assertEq(token.balanceOf(address(distributor)), inClaims, "distributor");
        assertEq(token.balanceOf(address(taskManager)), inTasks, "task manager");
        assertEq(token.balanceOf(address(court)), 0, "court");
        assertEq(token.balanceOf(address(roundManager)), 0, "round manager");
    }

    /// @dev Nothing mints but rounds that earn, and they stay within the community share.
    function checkSupply() public view {
        assertEq(token.totalSupply(), token.cap() - emission.communityShare() + emission.minted(), "supply");
        assertLe(emission.minted(), emission.communityShare(), "more than the community share");
    }

    /// @dev What a round holds of a node's stake nobody can allocate elsewhere.
    function checkStakeIsBoundOnce() public view {
        for (uint256 n; n < TRAINERS + VALIDATORS; ++n) {
            address node = n < TRAINERS ? trainers[n] : validators[n - TRAINERS];
            uint256 committed;
            for (uint256 id = 1; id <= taskManager.taskCount(); ++id) {
                Allocation memory a = stakeManager.allocation(node, TaskId.wrap(id));
                uint256 readers;
                for (uint256 i; i < played.length; ++i) {
                    if (!(played[i].taskId == TaskId.wrap(id)) || !_holds(played[i], node)) continue;
                    ++readers;
                    assertGe(a.bound, _ratioIn(i, node), "less is bound than a round read");
                }
                assertEq(a.readers, readers, "readers");
                if (readers == 0) assertEq(a.bound, 0, "bound for nobody");
                committed += a.ratio > a.bound ? a.ratio : a.bound;
            }
            assertEq(committed + stakeManager.freeRatio(node), 1e18, "bound stake is free");
        }
    }

    function _ratioIn(uint256 i, address node) private view returns (uint256 ratio) {
        for (uint8 attempt; attempt < 3 && ratio == 0; ++attempt) {
            ratio = roundManager.candidate(played[i].taskId, played[i].round, attempt, node).ratio;
        }
    }

    function _checkUnits(TaskId id, TaskInfo memory t) private view {
        (uint256 a, uint256 waitingA) = taskManager.valueOf(id, funder);
        (uint256 b, uint256 waitingB) = taskManager.valueOf(id, stranger);
        assertLe(a + b, t.value, "units are worth more than is there");
        assertEq(waitingA + waitingB, t.waiting, "waiting");
    }

    function _inClaims(TaskId id, RoundNumber r, RoundRewards memory rewards) private view returns (uint256 amount) {
        uint256 given = rewards.fee + rewards.paid + rewards.carried;
        assertLe(given, rewards.units + rewards.common, "more than the pool");
        assertLe(rewards.fee + rewards.paid, rewards.secured, "more than is secured");
        if (rewards.claimsLeft == 0) assertEq(given, rewards.units + rewards.common, "fee + paid + carried = pool");
        amount = rewards.units + rewards.common - given;
        for (uint256 i; i < TRAINERS; ++i) {
            Vesting memory v = distributor.vesting(id, r, trainers[i]);
            amount += v.total - v.released;
        }
    }

    function _unpaidForfeits(TaskId id, RoundNumber r, RoundInfo memory info, uint256 stake)
        private
        view
        returns (uint256 amount)
    {
        if (info.voidReason != VoidReason.KeyWithheld && info.voidReason != VoidReason.ShardInvalid) return 0;
        uint256 perSeat = stake / 5 / submissions.counts(id, r).revealedSeats;
        for (uint256 i; i < TRAINERS; ++i) {
            if (submissions.submission(id, r, trainers[i]).committedBlock == 0) continue;
            if (submissions.submission(id, r, trainers[i]).forfeitPaid) continue;
            amount += submissions.submission(id, r, trainers[i]).seats * perSeat;
        }
    }

    /// @dev Whatever happened, calls that anyone may make, and time, bring every round and task to its end and every token out.
    function _everythingEnds() internal {
        _endRound();
        RoundPhase phase = _info().phase;
        if (phase == RoundPhase.Claimable) _claimsOpened();
        _endTask();
        for (uint256 i; i < played.length; ++i) {
            _use(i);
            if (roundManager.phaseOf(taskId, round) == RoundPhase.Void) {
                for (uint256 n; n < TRAINERS; ++n) {
                    try submissions.claimForfeit(taskId, round, trainers[n]) {} catch {}
                }
            }
            if (distributor.rewards(taskId, round).claimsLeft != 0) {
                vm.warp(_max(block.timestamp, distributor.claimsEnd(taskId, round)));
                distributor.closeClaims(taskId, round);
            }
        }
        vm.warp(block.timestamp + 1000 days);
        for (uint256 i; i < played.length; ++i) {
            _use(i);
            for (uint256 n; n < TRAINERS; ++n) {
                if (distributor.releasable(taskId, round, trainers[n]) != 0) {
                    distributor.release(taskId, round, trainers[n]);
                }
            }
        }
        for (uint256 id = 1; id <= taskManager.taskCount(); ++id) {
            _emptied(TaskId.wrap(id));
        }
        // Less than a wei a funder, which rounding left.
        assertLe(token.balanceOf(address(taskManager)), 2 * taskManager.taskCount(), "task manager is empty");
        assertEq(token.balanceOf(address(results)), 0, "results are empty");
        assertEq(token.balanceOf(address(distributor)), 0, "distributor is empty");
        for (uint256 n; n < TRAINERS + VALIDATORS; ++n) {
            address node = n < TRAINERS ? trainers[n] : validators[n - TRAINERS];
            assertEq(stakeManager.freeRatio(node), 1e18, "all stake is free");
            assertEq(stakeManager.openCases(node), 0, "nothing is frozen");
        }
    }

    function _emptied(TaskId id) private {
        TaskState state = taskManager.task(id).state;
        if (state == TaskState.Approved) violation = "a task did not end";
        address[2] memory funders = [funder, stranger];
        for (uint256 i; i < 2; ++i) {
            (uint256 units, uint256 waiting) = taskManager.valueOf(id, funders[i]);
            if (units + waiting != 0) taskManager.redeem(id, funders[i]);
        }
        // What belongs to nobody, with the wei that rounding left.
        try taskManager.sweep(id) {} catch {}
    }
}
