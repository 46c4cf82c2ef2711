// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {RoundKey, TrainerClaim, TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {Accusation, Reason} from "../../src/interfaces/ISlashCourt.sol";
import {CaseId, RoundNumber} from "../../src/types/Ids.sol";
import {Cid, ResultSummary, Role} from "../../src/types/Types.sol";
import {Merkle} from "../builders/Merkle.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Whole transactions, with their 21,000 and their call data, all storage cold: run with `--isolate`, as
/// `npm run check` does for `.gas-snapshot`. Everything before is in `setUp`: the second round of eight training nodes and four
/// validators (with delegations), all of whom have done the same in the first. One word of a bitmap stands for up to 256
/// submissions, so that what is measured here holds for as many. A test's own few thousand gas are in the snapshot; the
/// logs have the transactions alone (docs/reference/gas.md).
abstract contract GasTest is RoundTest {
    function setUp() public virtual override {
        super.setUp();
        taskId = _approvedTask(3, 300_000e18);
        vm.prank(address(dao));
        taskManager.setMultiplier(taskId, 1e18);
        _staked(8, 4);
        _delegateStake(trainers[0], stranger, 1000e18);
        _delegateStake(validators[0], stranger, 5000e18);
        _give(stranger, 50_000e18);
        vm.startPrank(stranger);
        token.delegate(stranger);
        token.approve(address(stakeManager), type(uint256).max);
        token.approve(address(taskManager), type(uint256).max);
        token.approve(address(results), type(uint256).max);
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
        emission.earn(taskId, round);
        vm.roll(block.number + 1);
        vm.warp(block.timestamp + 1);
    }

    /// @param limit A little above what the transaction took when this was written.
    /// @return used What it took.
    function _log(string memory what, uint256 limit) internal returns (uint256 used) {
        used = vm.lastCallGas().gasTotalUsed;
        emit log_named_uint(what, used);
        assertLe(used, limit);
    }
}

/// @dev All that one node sends in a round, the others having done the same just before.
contract GasWholeRound is GasTest {
    uint256 private sum;

    function setUp() public override {
        super.setUp();
        vm.prank(creator);
        round = roundManager.open(taskId);
        delete revealed;
        for (uint256 i = 1; i < 8; ++i) {
            _join(trainers[i], Role.Trainer);
        }
        for (uint256 v = 1; v < 4; ++v) {
            _join(validators[v], Role.Validator);
        }
    }

    function test_trainer() public {
        _join(validators[0], Role.Validator);
        _join(trainers[0], Role.Trainer);
        sum += _log("join, training node", 100_000);
        _draw(Role.Trainer);
        for (uint256 i = 1; i < 8; ++i) {
            if (_seatsOf(trainers[i]) != 0) _commit(i);
        }
        bytes32 commitment = _submissionCommitment(0);
        vm.prank(trainers[0]);
        submissions.commit(taskId, round, commitment);
        sum += _log("commit", 80_000);
        _toReveal();
        for (uint256 i = 1; i < 8; ++i) {
            if (_seatsOf(trainers[i]) != 0) _reveal(i);
        }
        vm.prank(trainers[0]);
        submissions.reveal(taskId, round, _cid(0), _root(0), _salt(0));
        sum += _log("reveal", 53_000);
        emit log_named_uint("whole round of a training node", sum);
        assertLe(sum, 230_000);
    }

    function test_validator() public {
        _join(trainers[0], Role.Trainer);
        _join(validators[0], Role.Validator);
        sum += _log("join, validator", 100_000);
        _allRevealed();
        for (uint256 v = 1; v < 4; ++v) {
            _commitAttestation(v, false, 0);
        }
        bytes32 commitment = keccak256(abi.encode(taskId, round, uint8(0), validators[0], false, _missing(0), _salt(0)));
        vm.prank(validators[0]);
        attestations.commitAttestation(taskId, round, commitment);
        sum += _log("commit an attestation", 82_000);
        _toAttestReveal();
        for (uint256 v = 1; v < 4; ++v) {
            _revealAttestation(v, false, 0);
        }
        _revealAttestation(0, false, 0);
        sum += _log("reveal it, everything there", 55_000);
        _toKey();
        _keyPublished();
        _toResultCommit();
        ResultSummary memory summary = _summary();
        for (uint256 v = 1; v < 4; ++v) {
            _commitResult(v, summary);
        }
        _commitResult(0, summary);
        sum += _log("result commit", 85_000);
        _toResultReveal();
        for (uint256 v = 1; v < 4; ++v) {
            _revealResult(v, summary);
        }
        _revealResult(0, summary);
        sum += _log("result reveal", 70_000);
        emit log_named_uint("whole round of a validator", sum);
        assertLe(sum, 380_000);
    }
}

contract GasOpen is GasTest {
    function test_openRound() public {
        vm.prank(creator);
        roundManager.open(taskId);
        _log("open a round", 330_000);
    }

    function test_propose() public {
        vm.prank(stranger);
        taskManager.propose(_document(), _terms(2), address(0));
        _log("propose a task of two rounds", 450_000);
    }

    function test_fund() public {
        vm.prank(stranger);
        taskManager.fund(taskId, 1e18);
        _log("fund", 120_000);
    }

    function test_allocate() public {
        vm.prank(trainers[0]);
        stakeManager.allocate(taskId, Role.Trainer, 0.9e18);
        _log("allocate another part", 140_000);
    }
}

contract GasDraw is GasTest {
    function setUp() public override {
        super.setUp();
        _openRound();
        uint256 end = _info().deadlines.join;
        vm.warp(end);
        beacon.fix(end);
        vm.roll(block.number + 2);
        beacon.bring(end, "");
    }

    function test_draw() public {
        roundManager.draw(taskId, round, Role.Trainer, "");
        _log("draw, the beacon being there", 130_000);
    }
}

contract GasKey is GasTest {
    function setUp() public override {
        super.setUp();
        _openRound();
        _allRevealed();
        _allAttested(0);
    }

    function test_publishKey() public {
        bytes32 key = _key(1);
        attestations.publishKey(taskId, round, key);
        _log("publish the key", 110_000);
    }
}

contract GasAttest is GasTest {
    function setUp() public override {
        super.setUp();
        _openRound();
        _allRevealed();
        for (uint256 v; v < 4; ++v) {
            _commitAttestation(v, false, v == 1 ? 0 : 1);
        }
        _toAttestReveal();
        _revealAttestation(1, false, 0);
    }

    /// @dev A word of counters for each bit that is set in the number of its seats: at most eight.
    function test_firstToMissOne() public {
        _revealAttestation(0, false, 1);
        _log("reveal an attestation, the first that lacks a submission", 250_000);
    }

    function test_missingLikeOthers() public {
        _revealAttestation(2, false, 1);
        _revealAttestation(3, false, 1);
        _revealAttestation(0, false, 1);
        _log("reveal an attestation, lacks what others lack", 130_000);
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
        _revealResult(0, summary);
        _log("result reveal, the first of its hash", 155_000);
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
        results.accept(taskId, round, s);
        _log("accept", 140_000);
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
        _results(summary, _lie(), 1);
        _accepted(summary);
    }
}

contract GasChallenge is GasAccepted {
    ResultSummary private lie;

    function setUp() public override {
        super.setUp();
        lie = _lie();
    }

    function test_commitChallenge() public {
        vm.prank(stranger);
        results.commitChallenge(taskId, round, bytes32(uint256(1)));
        _log("commit to a challenge", 80_000);
    }

    function test_challenge() public {
        _commitChallenge(stranger, lie);
        _challengeOnly(stranger, lie);
        _log("challenge", 260_000);
    }
}

contract GasFinalize is GasAccepted {
    function setUp() public override {
        super.setUp();
        vm.warp(_info().challengeEnd);
    }

    function test_finalize() public {
        results.finalize(taskId, round);
        _log("finalize", 130_000);
    }
}

abstract contract GasFinal is GasAccepted {
    function setUp() public virtual override {
        super.setUp();
        vm.warp(_info().challengeEnd);
        results.finalize(taskId, round);
    }

    function _accusation() internal view returns (Accusation memory a) {
        (a.taskId, a.round, a.target, a.reason) = (taskId, round, validators[3], Reason.ResultMismatch);
        a.evidence = Cid(0x0129, bytes32(uint256(1)));
    }
}

contract GasAfterRound is GasFinal {
    function test_openClaims() public {
        ResultSummary memory s = summary;
        distributor.openClaims(taskId, round, s);
        _log("open claims", 420_000);
    }

    function test_openCase() public {
        Accusation memory a = _accusation();
        vm.prank(stranger);
        court.open(a);
        _log("open a slash case", 400_000);
    }
}

contract GasClaim is GasFinal {
    TrainerLeaf[2] private leaf;
    bytes32[][2] private proof;

    function setUp() public override {
        super.setUp();
        TrainerLeaf[] memory leaves = _leaves();
        // The first node has delegators, the third has not.
        leaf[0] = leaves[0];
        proof[0] = Merkle.proof(leaves, 0);
        leaf[1] = leaves[2];
        proof[1] = Merkle.proof(leaves, 2);
        _openClaims(summary);
        vm.prank(stranger);
        court.open(_accusation());
        vm.warp(court.slashCase(CaseId.wrap(1)).appealEnd);
        vm.roll(block.number + 1);
    }

    function test_claimTrainer() public {
        TrainerLeaf memory l = leaf[1];
        bytes32[] memory p = proof[1];
        distributor.claimTrainer(taskId, round, l, p);
        _log("claim, training node", 160_000);
    }

    function test_claimTrainerWithDelegators() public {
        TrainerLeaf memory l = leaf[0];
        bytes32[] memory p = proof[0];
        distributor.claimTrainer(taskId, round, l, p);
        _log("claim, training node with delegators", 260_000);
    }

    function test_claimValidator() public {
        distributor.claimValidator(taskId, round, validators[1]);
        _log("claim, validator", 160_000);
    }

    function test_claimMany() public {
        TrainerClaim[] memory trainer = new TrainerClaim[](1);
        trainer[0] = TrainerClaim(taskId, round, leaf[1], proof[1]);
        RoundKey[] memory vested = new RoundKey[](1);
        vested[0] = RoundKey(taskId, RoundNumber.wrap(0));
        distributor.claimMany(trainers[2], trainer, new RoundKey[](0), vested);
        _log("claim of a round and of what vested of another", 200_000);
    }

    function test_executeCase() public {
        court.execute(CaseId.wrap(1));
        _log("execute a slash case", 400_000);
    }

    function test_release() public {
        court.release(taskId, round, trainers[1]);
        _log("free what a round held", 110_000);
    }

    function test_earn() public {
        emission.earn(taskId, round);
        _log("earn the emission of a round", 330_000);
    }
}
