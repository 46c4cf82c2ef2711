// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {ResultSummary, RoundPhase, TaskState, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Everybody does or leaves out every step at random. Whatever they did, calls that anyone may make then bring every
/// round to its end, and every token back to an owner.
contract NoPathLocksFundsTest is RoundTest {
    uint256 private constant BUDGET = 100_000e18;
    /// @dev The funder challenges at most once a round.
    uint256 private constant BONDS = 2 * 2000e18;
    uint256 private seed;
    ResultSummary private truth;
    ResultSummary private lie;

    /// forge-config: default.fuzz.runs = 1000
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
        bool sweepFirst = _flip();
        if (sweepFirst) _maybeSweep();
        if (taskManager.refundable(taskId, funder) != 0) taskManager.refund(taskId, funder);
        if (!sweepFirst) _maybeSweep();

        assertEq(token.balanceOf(address(taskManager)), 0, "task manager");
        assertEq(token.balanceOf(address(roundManager)), 0, "round manager");
        assertEq(token.balanceOf(address(distributor)), 0, "distributor");
        uint256 out = token.balanceOf(funder) + token.balanceOf(creator) + token.balanceOf(stranger);
        for (uint256 i; i < 3; ++i) {
            out += token.balanceOf(trainers[i]) + token.balanceOf(validators[i]);
        }
        assertLe(token.balanceOf(funder), BUDGET + BONDS, "a funder has no more than it put in");
        out += token.balanceOf(treasury) + token.balanceOf(address(dao)) + token.balanceOf(address(stakeManager));
        assertEq(out, _liquid()[0].amount, "nothing minted or lost");
    }

    function _playAtRandom() private {
        _maybeStop();
        _toReveal();
        for (uint256 i; i < 3; ++i) {
            if (_mostly()) _reveal(i);
        }
        if (_mostly()) _drawn();
        _maybeStop();
        _toKey();
        if (_mostly()) roundManager.publishKey(taskId, round, _key(round));
        if (_info().key == bytes32(0) || !_info().drawn) return;
        _toAvailability();
        bool[3] memory speaks;
        for (uint256 v; v < 3; ++v) {
            speaks[v] = _mostly();
            if (speaks[v]) _attest(v, _mostly() ? _everything() : _everything() & _random());
        }
        _toResultCommit();
        truth = _summary();
        if (_random() % 8 == 0) (truth.shardInvalid, truth.qualifyingOwnStake, truth.claimants) = (true, 0, 0);
        if (truth.claimants == 0) (truth.sumWeights, truth.sumOwnWeights) = (0, 0);
        lie = truth;
        lie.documentDigest = keccak256("a lie");
        if (_flip()) lie.claimants = type(uint32).max;
        bool[3] memory lies;
        for (uint256 v; v < 3; ++v) {
            (lies[v], speaks[v]) = (!_mostly(), speaks[v] && _mostly());
            if (speaks[v]) _commitResult(v, lies[v] ? lie : truth);
        }
        _maybeStop();
        _toResultReveal();
        for (uint256 v; v < 3; ++v) {
            if (!speaks[v] || !_mostly()) continue;
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
                try roundManager.dispute(taskId, round, _revealedHashes()) {} catch {}
            }
        }
        _maybeStop();
        if (roundManager.phaseOf(taskId, round) == RoundPhase.Disputed && _flip()) {
            vm.prank(address(dao));
            roundManager.rule(taskId, round, truth);
        }
    }

    function _revealedHashes() private view returns (bytes32[] memory) {
        bool someTruth = roundManager.agreement(taskId, round, _hash(truth)).count != 0;
        bool someLies = roundManager.agreement(taskId, round, _hash(lie)).count != 0;
        if (someTruth && someLies) return _hashes(_hash(truth), _hash(lie));
        return _hashes(someLies ? _hash(lie) : _hash(truth));
    }

    /// @dev Only calls that need no role.
    function _endedByAnyone() private {
        vm.startPrank(makeAddr("anyone"));
        vm.warp(block.timestamp + 30 days);
        RoundPhase phase = roundManager.phaseOf(taskId, round);
        if (phase == RoundPhase.Challenge) roundManager.finalize(taskId, round);
        else if (phase != RoundPhase.Claimable && phase != RoundPhase.Void) roundManager.voidRound(taskId, round);
        VoidReason reason = _info().voidReason;
        if (reason == VoidReason.KeyWithheld || reason == VoidReason.ShardInvalid) {
            for (uint256 i; i < revealed.length; ++i) {
                roundManager.claimForfeit(taskId, round, trainers[revealed[i]]);
            }
        }
        if (roundManager.phaseOf(taskId, round) == RoundPhase.Claimable) {
            bytes32 acceptedHash = _info().acceptedHash;
            _openClaims(acceptedHash == _hash(truth) ? truth : lie);
            bool all = _mostly();
            for (uint256 i; i < revealed.length; ++i) {
                if (all || _flip()) _claimTrainer(i);
            }
            for (uint256 v; v < 3; ++v) {
                bytes32 said = roundManager.validator(taskId, round, validators[v]).resultHash;
                bool agreed = said == acceptedHash & bytes32(type(uint256).max << 24);
                if (agreed && (all || _flip())) distributor.claimValidator(taskId, round, validators[v]);
            }
            if (distributor.rewards(taskId, round).claimsLeft != 0) {
                vm.warp(distributor.claimsEnd(taskId, round));
                distributor.closeClaims(taskId, round);
            }
        }
        vm.stopPrank();
    }

    /// @dev What came in beside the funders' tokens: lost bonds and a creation stake.
    function _maybeSweep() private {
        try taskManager.sweep(taskId) {} catch {}
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
