// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {ResultSummary, RoundPhase, TaskState} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Everybody does or leaves out every step at random. Whatever they did, calls that anyone may make then bring every
/// round to its end, and every token back to an owner.
contract NoPathLocksFundsTest is RoundTest {
    uint256 private constant BUDGET = 100_000e18;
    uint256 private seed;
    ResultSummary private truth;
    ResultSummary private lie;

    /// forge-config: default.fuzz.runs = 200
    function testFuzz_WhateverHappensEveryTokenFindsItsOwner(uint256 seed_) public {
        seed = seed_;
        taskId = _approvedTask(2, BUDGET);
        _staked(3, 3);

        while (_state() == TaskState.Approved && taskManager.task(taskId).roundsOpened < 2) {
            _openRound();
            _playAtRandom();
            _endedByAnyone();
        }
        if (_state() == TaskState.Approved && _flip()) {
            vm.prank(creator);
            taskManager.complete(taskId, _key(2));
        }
        if (_state() == TaskState.Approved) {
            vm.warp(taskManager.expiresAt(taskId));
            taskManager.expire(taskId);
        }
        vm.warp(block.timestamp + 1000 days);
        for (uint32 r; r < taskManager.task(taskId).roundsOpened; ++r) {
            for (uint256 i; i < 3; ++i) {
                if (distributor.releasable(taskId, r, trainers[i]) != 0) distributor.release(taskId, r, trainers[i]);
            }
        }
        if (taskManager.refundable(taskId, funder) != 0) taskManager.refund(taskId, funder);

        assertEq(token.balanceOf(address(taskManager)), 0, "task manager");
        assertEq(token.balanceOf(address(roundManager)), 0, "round manager");
        assertEq(token.balanceOf(address(distributor)), 0, "distributor");
        uint256 out = token.balanceOf(funder) + token.balanceOf(creator) + token.balanceOf(stranger);
        for (uint256 i; i < 3; ++i) {
            out += token.balanceOf(trainers[i]) + token.balanceOf(validators[i]);
        }
        out += token.balanceOf(treasury) + token.balanceOf(address(stakeManager));
        assertEq(out, token.totalSupply(), "nothing minted or lost");
    }

    function _playAtRandom() private {
        _maybeStop();
        _toReveal();
        uint256 revealed;
        for (uint256 i; i < 3; ++i) {
            if (!_mostly()) continue;
            _reveal(i);
            revealed |= 1 << i;
        }
        _maybeStop();
        _toKey();
        if (_mostly()) roundManager.publishKey(taskId, round, _key(round));
        if (_info().key == bytes32(0)) return;
        _toAvailability();
        for (uint256 v; v < 3; ++v) {
            if (_mostly()) _attest(v, _mostly() ? revealed : revealed & _random());
        }
        _toResultCommit();
        roundManager.countAvailability(taskId, round);
        if (_info().countedBitmap == 0) return;
        truth = _summary();
        lie = _lie();
        if (_flip()) lie.claimants = type(uint32).max;
        bool[3] memory lies;
        bool[3] memory committed;
        for (uint256 v; v < 3; ++v) {
            (lies[v], committed[v]) = (!_mostly(), _mostly());
            if (committed[v]) _commitResult(v, lies[v] ? lie : truth);
        }
        _maybeStop();
        _toResultReveal();
        for (uint256 v; v < 3; ++v) {
            if (!committed[v] || !_mostly()) continue;
            if (lies[v] && lie.claimants > 3) vm.expectPartialRevert(IRoundManager.InvalidSummary.selector);
            _revealResult(v, lies[v] ? lie : truth);
        }
        _toAcceptance();
        _acceptedOrDisputed();
    }

    function _acceptedOrDisputed() private {
        try roundManager.accept(taskId, round, truth) {
            if (!_mostly()) _challenge(_flip() ? stranger : funder, truth.documentDigest);
        } catch {
            try roundManager.accept(taskId, round, lie) {
                if (_mostly()) _challenge(stranger, truth.documentDigest);
            } catch {
                try roundManager.dispute(taskId, round) {} catch {}
            }
        }
        _maybeStop();
        if (roundManager.phaseOf(taskId, round) == RoundPhase.Disputed && _flip()) {
            vm.prank(address(dao));
            roundManager.rule(taskId, round, truth);
        }
    }

    /// @dev Only calls that need no role.
    function _endedByAnyone() private {
        vm.startPrank(makeAddr("anyone"));
        vm.warp(block.timestamp + 30 days);
        RoundPhase phase = roundManager.phaseOf(taskId, round);
        if (phase == RoundPhase.Challenge) roundManager.finalize(taskId, round);
        else if (phase != RoundPhase.Claimable) roundManager.voidRound(taskId, round);
        if (roundManager.phaseOf(taskId, round) == RoundPhase.Claimable) {
            distributor.openClaims(taskId, round);
            bool all = _mostly();
            for (uint256 i; i < 3; ++i) {
                if (all || _flip()) _claimTrainer(i);
            }
            for (uint256 v; v < 3; ++v) {
                bool agreed = roundManager.validator(taskId, round, validators[v]).resultHash == _info().acceptedHash;
                if (agreed && (all || _flip())) distributor.claimValidator(taskId, round, validators[v]);
            }
            if (distributor.rewards(taskId, round).claimsLeft != 0) {
                vm.warp(distributor.claimsEnd(taskId, round));
                distributor.closeClaims(taskId, round);
            }
        }
        vm.stopPrank();
    }

    function _maybeStop() private {
        if (_random() % 16 != 0 || _state() != TaskState.Approved) return;
        vm.prank(address(dao));
        taskManager.stop(taskId);
    }

    function _state() private view returns (TaskState) {
        return taskManager.task(taskId).state;
    }

    function _mostly() private returns (bool) {
        return _random() % 8 != 0;
    }

    function _flip() private returns (bool) {
        return _random() % 2 == 0;
    }

    function _random() private returns (uint256) {
        seed = uint256(keccak256(abi.encode(seed)));
        return seed;
    }
}
