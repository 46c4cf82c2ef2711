// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {RoundKey, TrainerClaim, TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {Reason} from "../../src/interfaces/ISlashCourt.sol";
import {Cid, ResultSummary} from "../../src/types/Types.sol";
import {Merkle} from "../builders/Merkle.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Whole transactions, with their 21,000 and their call data, all storage cold: run with `--isolate`, as
/// `npm run check` does for `.gas-snapshot`. One transaction a test, everything before it in `setUp`: the second round of
/// eight training nodes and four validators (with delegations), all of whom have done the same in the first.
/// A test's own few thousand gas are in the snapshot; the logs have the transactions alone (docs/reference/gas.md).
abstract contract GasTest is RoundTest {
    uint256 internal otherTask;

    function setUp() public virtual override {
        super.setUp();
        taskId = _approvedTask(3, 300_000e18);
        otherTask = _approvedTask(3, 100_000e18);
        _staked(8, 4);
        _delegateStake(trainers[0], stranger, 1000e18);
        _delegateStake(validators[0], stranger, 5000e18);
        _give(stranger, 50_000e18);
        vm.startPrank(stranger);
        token.delegate(stranger);
        token.approve(address(stakeManager), type(uint256).max);
        token.approve(address(taskManager), type(uint256).max);
        token.approve(address(roundManager), type(uint256).max);
        taskManager.fund(taskId, 1e18);
        vm.stopPrank();
        _openRound();
        ResultSummary memory summary = _honestRound();
        _openClaims(summary);
        _claimTrainer(0);
        _claimTrainer(2);
        for (uint256 v; v < 4; ++v) {
            distributor.claimValidator(taskId, round, validators[v]);
        }
        vm.roll(block.number + 1);
        vm.warp(block.timestamp + 1);
    }

    /// @param limit A little above what the transaction took when this was written.
    function _log(string memory what, uint256 limit) internal {
        Vm.Gas memory gas = vm.lastCallGas();
        emit log_named_uint(what, gas.gasTotalUsed);
        assertLe(gas.gasTotalUsed, limit);
    }
}

contract GasOpen is GasTest {
    function test_openRound() public {
        roundManager.open(taskId);
        _log("open a round", 220_000);
    }

    function test_propose() public {
        vm.prank(stranger);
        taskManager.propose(_document(), _terms(2));
        _log("propose a task of two rounds", 450_000);
    }

    function test_fund() public {
        vm.prank(stranger);
        taskManager.fund(taskId, 1e18);
        _log("fund", 110_000);
    }
}

contract GasCommit is GasTest {
    function setUp() public override {
        super.setUp();
        round = roundManager.open(taskId);
        vm.prank(validators[3]);
        roundManager.join(taskId, round);
        vm.prank(trainers[7]);
        roundManager.commit(taskId, round, bytes32(uint256(1)));
    }

    function test_join() public {
        vm.prank(validators[0]);
        roundManager.join(taskId, round);
        _log("join", 75_000);
    }

    function test_commit() public {
        bytes32 commitment = _submissionCommitment(trainers[0], _cid(0), _salt(0));
        vm.prank(trainers[0]);
        roundManager.commit(taskId, round, commitment);
        _log("commit", 50_000);
    }
}

contract GasReveal is GasTest {
    function setUp() public override {
        super.setUp();
        _openRound();
        _toReveal();
        _reveal(7);
    }

    function test_reveal() public {
        vm.prank(trainers[0]);
        roundManager.reveal(taskId, round, _cid(0), _salt(0));
        _log("reveal", 60_000);
    }

    function test_scheduleDraw() public {
        roundManager.scheduleDraw(taskId, round);
        _log("schedule the draw", 40_000);
    }
}

contract GasDraw is GasTest {
    function setUp() public override {
        super.setUp();
        _openRound();
        _toReveal();
        roundManager.scheduleDraw(taskId, round);
        vm.roll(block.number + 2);
    }

    function test_draw() public {
        roundManager.draw(taskId, round);
        _log("draw", 60_000);
    }
}

contract GasKey is GasTest {
    function setUp() public override {
        super.setUp();
        _openRound();
        _allRevealed();
        _toKey();
    }

    function test_publishKey() public {
        bytes32 key = _key(round);
        roundManager.publishKey(taskId, round, key);
        _log("publish the key", 65_000);
    }
}

contract GasAttest is GasTest {
    function setUp() public override {
        super.setUp();
        _openRound();
        _allRevealed();
        _keyPublished();
        _toAvailability();
        _attest(3, 255);
    }

    function test_attest() public {
        uint256[] memory words = _words(255);
        vm.prank(validators[0]);
        roundManager.attest(taskId, round, words);
        _log("attest, everything there", 45_000);
    }

    function test_attestTheFirstToMissOne() public {
        uint256[] memory words = _words(254);
        vm.prank(validators[0]);
        roundManager.attest(taskId, round, words);
        // A word of counters for each bit that is set in the number of its seats, here four: at most eight.
        _log("attest, the first that lacks a submission", 140_000);
    }
}

contract GasAttestMissing is GasTest {
    function setUp() public override {
        super.setUp();
        _openRound();
        _allRevealed();
        _keyPublished();
        _toAvailability();
        for (uint256 v = 1; v < 4; ++v) {
            _attest(v, 127);
        }
    }

    function test_attestMissingLikeOthers() public {
        uint256[] memory words = _words(127);
        vm.prank(validators[0]);
        roundManager.attest(taskId, round, words);
        _log("attest, lacks what others lack", 80_000);
    }
}

contract GasResultCommit is GasTest {
    function setUp() public override {
        super.setUp();
        _openRound();
        _scorable();
    }

    function test_commitResult() public {
        bytes32 commitment = keccak256("a result");
        vm.prank(validators[0]);
        roundManager.commitResult(taskId, round, commitment);
        _log("result commit", 45_000);
    }
}

contract GasResultReveal is GasTest {
    ResultSummary private summary;

    function setUp() public override {
        super.setUp();
        _openRound();
        _scorable();
        summary = _summary();
        for (uint256 v; v < 4; ++v) {
            _commitResult(v, summary);
        }
        _toResultReveal();
        _revealResult(3, summary);
    }

    function test_revealResult() public {
        ResultSummary memory s = summary;
        bytes32 salt = _salt(0);
        vm.prank(validators[0]);
        roundManager.revealResult(taskId, round, s, salt);
        _log("result reveal", 52_000);
    }
}

contract GasFirstResultReveal is GasTest {
    ResultSummary private summary;

    function setUp() public override {
        super.setUp();
        _openRound();
        _scorable();
        summary = _summary();
        _commitResult(0, summary);
        _toResultReveal();
    }

    function test_revealResultFirst() public {
        ResultSummary memory s = summary;
        bytes32 salt = _salt(0);
        vm.prank(validators[0]);
        roundManager.revealResult(taskId, round, s, salt);
        _log("result reveal, the first of its hash", 71_000);
    }
}

contract GasAccept is GasTest {
    ResultSummary private summary;

    function setUp() public override {
        super.setUp();
        _openRound();
        _scorable();
        summary = _summary();
        _results(summary, summary, 0);
    }

    function test_accept() public {
        ResultSummary memory s = summary;
        roundManager.accept(taskId, round, s);
        _log("accept", 102_000);
    }
}

/// @dev Accepted by three of the four validators; the last one lied.
abstract contract GasAccepted is GasTest {
    ResultSummary internal summary;

    function setUp() public virtual override {
        super.setUp();
        _openRound();
        _scorable();
        summary = _summary();
        // The first three have 18 of 26.
        _results(summary, _lie(), 1);
        _accepted(summary);
    }
}

contract GasChallenge is GasAccepted {
    function test_challenge() public {
        vm.prank(stranger);
        roundManager.challenge(taskId, round, Cid(0x0129, bytes32(uint256(1))));
        _log("challenge", 195_000);
    }
}

contract GasFinalize is GasAccepted {
    function setUp() public override {
        super.setUp();
        vm.warp(_info().challengeEnd);
    }

    function test_finalize() public {
        roundManager.finalize(taskId, round);
        _log("finalize", 70_000);
    }
}

abstract contract GasFinal is GasAccepted {
    function setUp() public virtual override {
        super.setUp();
        vm.warp(_info().challengeEnd);
        roundManager.finalize(taskId, round);
    }
}

contract GasAfterRound is GasFinal {
    function test_openClaims() public {
        ResultSummary memory s = summary;
        distributor.openClaims(taskId, round, s);
        _log("open claims", 330_000);
    }

    function test_openCase() public {
        vm.prank(stranger);
        court.open(taskId, round, validators[3], Reason.ResultMismatch, Cid(0x0129, bytes32(uint256(1))));
        _log("open a slash case", 320_000);
    }
}

contract GasClaim is GasFinal {
    TrainerLeaf[2] private leaf;
    bytes32[][2] private proof;
    RoundKey private key;

    function setUp() public override {
        super.setUp();
        TrainerLeaf[] memory leaves = _leaves();
        // The first node has delegators, the third has not.
        leaf[0] = leaves[0];
        proof[0] = Merkle.proof(leaves, 0);
        leaf[1] = leaves[2];
        proof[1] = Merkle.proof(leaves, 2);
        key = RoundKey(taskId, round);
        _openClaims(summary);
        vm.prank(stranger);
        court.open(taskId, round, validators[3], Reason.ResultMismatch, Cid(0x0129, bytes32(uint256(1))));
        vm.warp(court.slashCase(1).appealEnd);
        vm.roll(block.number + 1);
    }

    function test_claimTrainer() public {
        TrainerLeaf memory l = leaf[1];
        bytes32[] memory p = proof[1];
        distributor.claimTrainer(taskId, round, l, p);
        _log("claim, training node", 130_000);
    }

    function test_claimTrainerWithDelegators() public {
        TrainerLeaf memory l = leaf[0];
        bytes32[] memory p = proof[0];
        distributor.claimTrainer(taskId, round, l, p);
        _log("claim, training node with delegators", 200_000);
    }

    function test_claimValidator() public {
        distributor.claimValidator(taskId, round, validators[1]);
        _log("claim, validator", 130_000);
    }

    function test_claimMany() public {
        TrainerClaim[] memory trainer = new TrainerClaim[](1);
        trainer[0] = TrainerClaim(taskId, round, leaf[1], proof[1]);
        RoundKey[] memory vested = new RoundKey[](1);
        vested[0] = RoundKey(taskId, 0);
        distributor.claimMany(trainers[2], trainer, new RoundKey[](0), vested);
        _log("claim of a round and of what vested of another", 160_000);
    }

    function test_executeCase() public {
        court.execute(1);
        _log("execute a slash case", 330_000);
    }
}
