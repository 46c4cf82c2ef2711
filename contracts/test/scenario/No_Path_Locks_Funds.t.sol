// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {AttestationStage} from "../../src/interfaces/IAttestations.sol";
import {IResults, ResultStage, ValidatorResult} from "../../src/interfaces/IResults.sol";
import {RoundNumber} from "../../src/types/Ids.sol";
import {ResultSummary, Role, RoundPhase, TaskState, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Everybody does or leaves out every step at random. Whatever they did, calls that anyone may make then bring every
/// round to its end, every token back to an owner, and free all stake.
contract NoPathLocksFundsTest is RoundTest {
    uint256 private constant BUDGET = 100_000e18;
    /// @dev The funder challenges at most once a round.
    uint256 private constant BONDS = 2 * 2000e18;

    uint256 private seed;
    ResultSummary private truth;
    ResultSummary private lie;
    ResultSummary private third;

    /// forge-config: default.fuzz.runs = 300
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
            _released(RoundNumber.wrap(r));
        }
        bool sweepFirst = _flip();
        if (sweepFirst) _maybeSweep();
        (uint256 units, uint256 waiting) = taskManager.valueOf(taskId, funder);
        if (units + waiting != 0) taskManager.redeem(taskId, funder);
        _maybeSweep();

        assertEq(token.balanceOf(address(taskManager)), 0, "task manager");
        assertEq(token.balanceOf(address(results)), 0, "results");
        assertEq(token.balanceOf(address(distributor)), 0, "distributor");
        assertLe(token.balanceOf(funder), BUDGET + BONDS, "a funder has no more than it put in");
        uint256 out = token.balanceOf(funder) + token.balanceOf(creator) + token.balanceOf(stranger);
        for (uint256 i; i < 3; ++i) {
            out += token.balanceOf(trainers[i]) + token.balanceOf(validators[i]);
            assertEq(stakeManager.allocation(trainers[i], taskId).readers, 0, "a trainer's stake is free");
            assertEq(stakeManager.allocation(validators[i], taskId).readers, 0, "a validator's stake is free");
        }
        out += token.balanceOf(treasury) + token.balanceOf(address(dao)) + token.balanceOf(address(stakeManager));
        assertEq(out, _liquid()[0].amount, "nothing minted or lost");
    }

    function _playAtRandom() private {
        _maybeStop();
        if (!_mostly()) return;
        _draw(Role.Trainer);
        bool[3] memory committed;
        for (uint256 i; i < 3; ++i) {
            committed[i] = _mostly() && _seatsOf(trainers[i]) != 0;
            if (committed[i]) _commit(i);
        }
        _toReveal();
        for (uint256 i; i < 3; ++i) {
            if (committed[i] && _mostly()) _reveal(i);
        }
        _maybeStop();
        if (!_mostly()) return;
        _draw(Role.Validator);
        while (!_attestedAtRandom()) {
            results.voidRound(taskId, round);
            if (_info().phase != RoundPhase.ValidatorJoin) return;
            for (uint256 v; v < 3; ++v) {
                if (_mostly()) _join(validators[v], Role.Validator);
            }
            if (_info().validatorCandidates == 0) return;
            _draw(Role.Validator);
        }
        if (!_mostly()) return;
        _keyPublished();
        _resultsAtRandom();
        _maybeStop();
        if (results.roundResult(taskId, round).revealed == 0 || !_mostly()) return;
        _accepted(_said(results.roundResult(taskId, round).leading));
        if (_mostly()) return;
        _challenge(_flip() ? stranger : funder, third);
        _maybeStop();
        if (_flip()) return;
        ResultSummary memory ruled = _flip() ? truth : third;
        vm.prank(address(dao));
        results.rule(taskId, round, ruled);
    }

    /// @return Whether something can be scored.
    function _attestedAtRandom() private returns (bool) {
        bool[3] memory speaks;
        bool[3] memory blind;
        uint256[3] memory missing;
        for (uint256 v; v < 3; ++v) {
            speaks[v] = _mostly() && _seatsOf(validators[v]) != 0;
            (blind[v], missing[v]) = (!_mostly(), _mostly() ? 0 : _random() & ((1 << revealed.length) - 1));
            if (speaks[v]) _commitAttestation(v, blind[v], missing[v]);
        }
        _toAttestReveal();
        for (uint256 v; v < 3; ++v) {
            if (speaks[v] && _mostly()) _revealAttestation(v, blind[v], missing[v]);
        }
        _maybeStop();
        _toKey();
        return attestations.failure(taskId, round) == VoidReason.None;
    }

    function _resultsAtRandom() private {
        _toResultCommit();
        ResultSummary memory s = _summary();
        if (_random() % 8 == 0) {
            s = _withoutClaims(s);
            s.shardInvalid = true;
        }
        truth = s;
        s.documentDigest = keccak256("another");
        third = s;
        s.documentDigest = keccak256("a lie");
        if (_flip()) s.claimants = type(uint32).max;
        lie = s;
        bool[3] memory speaks;
        bool[3] memory lies;
        uint8 attempt = _info().attempt;
        for (uint256 v; v < 3; ++v) {
            bool attested =
                attestations.attestation(taskId, round, attempt, validators[v]).stage == AttestationStage.Revealed;
            (lies[v], speaks[v]) = (!_mostly(), attested && _mostly());
            if (speaks[v]) _commitResult(v, lies[v] ? lie : truth);
        }
        _maybeStop();
        _toResultReveal();
        for (uint256 v; v < 3; ++v) {
            if (!speaks[v] || !_mostly()) continue;
            if (lies[v] && lie.claimants > 3) vm.expectPartialRevert(IResults.InvalidSummary.selector);
            _revealResult(v, lies[v] ? lie : truth);
        }
        _toAcceptance();
    }

    /// @dev Only calls that need no role.
    function _endedByAnyone() private {
        address anyone = makeAddr("anyone");
        RoundPhase phase = _info().phase;
        // At most: three attempts, or accepting and finalizing.
        for (uint256 i; i < 4 && phase != RoundPhase.Claimable && phase != RoundPhase.Void; ++i) {
            vm.warp(block.timestamp + 30 days);
            phase = _info().phase;
            bytes32 leading = results.roundResult(taskId, round).leading;
            ResultSummary memory said = _said(leading);
            bool acceptable = phase == RoundPhase.Acceptance && leading != bytes32(0) && _state() == TaskState.Approved;
            vm.prank(anyone);
            if (phase == RoundPhase.Challenge || phase == RoundPhase.Ruling) {
                results.finalize(taskId, round);
            } else if (acceptable) {
                results.accept(taskId, round, said);
            } else {
                results.voidRound(taskId, round);
            }
            phase = _info().phase;
        }
        assertTrue(phase == RoundPhase.Claimable || phase == RoundPhase.Void, "the round has ended");
        vm.startPrank(anyone);
        VoidReason reason = _info().voidReason;
        if (reason == VoidReason.KeyWithheld || reason == VoidReason.ShardInvalid) {
            for (uint256 i; i < revealed.length; ++i) {
                submissions.claimForfeit(taskId, round, trainers[revealed[i]]);
            }
        }
        if (phase == RoundPhase.Claimable) _claimedAtRandom();
        vm.stopPrank();
    }

    function _claimedAtRandom() private {
        bytes32 accepted = results.roundResult(taskId, round).accepted;
        _openClaims(_said(accepted));
        bool all = _mostly();
        for (uint256 i; i < revealed.length; ++i) {
            if (all || _flip()) _claimTrainer(i);
        }
        for (uint256 v; v < 3; ++v) {
            ValidatorResult memory said = results.validatorResult(taskId, round, validators[v]);
            bool agreed = said.stage == ResultStage.Revealed && bytes29(said.hash) == bytes29(accepted);
            if (agreed && (all || _flip())) distributor.claimValidator(taskId, round, validators[v]);
        }
        if (distributor.rewards(taskId, round).claimsLeft != 0) {
            vm.warp(distributor.claimsEnd(taskId, round));
            distributor.closeClaims(taskId, round);
        }
    }

    /// @dev What has vested, and the stake that the round held.
    function _released(RoundNumber r) private {
        for (uint256 i; i < 3; ++i) {
            if (distributor.releasable(taskId, r, trainers[i]) != 0) distributor.release(taskId, r, trainers[i]);
            court.release(taskId, r, trainers[i]);
            court.release(taskId, r, validators[i]);
        }
    }

    function _said(bytes32 hash) private view returns (ResultSummary memory) {
        if (hash == _hash(third)) return third;
        return hash == _hash(lie) ? lie : truth;
    }

    /// @dev The common part, and what rounding left.
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
