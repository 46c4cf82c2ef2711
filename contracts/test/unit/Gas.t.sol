// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {Reason} from "../../src/interfaces/ISlashCourt.sol";
import {Cid, ResultSummary} from "../../src/types/Types.sol";
import {Merkle} from "../builders/Merkle.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev One transaction a test, everything before it in `setUp`, for `.gas-snapshot`: a round of eight training nodes and
/// four validators, all delegating their votes to themselves. Call data and the 21,000 of a transaction come on top.
abstract contract GasTest is RoundTest {
    function setUp() public virtual override {
        super.setUp();
        taskId = _approvedTask(2, 100_000e18);
        _staked(8, 4);
        for (uint256 i; i < 8; ++i) {
            vm.prank(trainers[i]);
            token.delegate(trainers[i]);
        }
        for (uint256 v; v < 4; ++v) {
            vm.prank(validators[v]);
            token.delegate(validators[v]);
        }
        _give(stranger, 50_000e18);
        vm.startPrank(stranger);
        token.delegate(stranger);
        token.approve(address(stakeManager), type(uint256).max);
        token.approve(address(taskManager), type(uint256).max);
        token.approve(address(roundManager), type(uint256).max);
        token.approve(address(market), type(uint256).max);
        stakeManager.stake(10_000e18);
        vm.stopPrank();
        vm.roll(block.number + 1);
    }
}

contract GasBeforeRound is GasTest {
    function test_stake() public {
        vm.prank(stranger);
        stakeManager.stake(1e18);
    }

    function test_requestUnstake() public {
        vm.prank(stranger);
        stakeManager.requestUnstake(1e18);
    }

    function test_propose() public {
        vm.prank(stranger);
        taskManager.propose(_document(), _terms(2));
    }

    function test_fund() public {
        vm.prank(stranger);
        taskManager.fund(1, 1e18);
    }

    function test_openRound() public {
        roundManager.open(1);
    }
}

contract GasCommit is GasTest {
    function setUp() public override {
        super.setUp();
        _openRound();
    }

    function test_join() public {
        vm.prank(stranger);
        roundManager.join(1, 0);
    }

    function test_commit() public {
        vm.prank(stranger);
        roundManager.commit(1, 0, bytes32(uint256(1)));
    }
}

contract GasReveal is GasTest {
    function setUp() public override {
        super.setUp();
        _openRound();
        _toReveal();
    }

    function test_reveal() public {
        vm.prank(trainers[0]);
        roundManager.reveal(1, 0, _cid(0), _salt(0));
    }
}

contract GasAttest is GasTest {
    function setUp() public override {
        super.setUp();
        _openRound();
        _allRevealed();
        _keyPublished();
        _toAvailability();
    }

    function test_attest() public {
        vm.prank(validators[0]);
        roundManager.attest(1, 0, 255);
    }
}

contract GasResultCommit is GasTest {
    function setUp() public override {
        super.setUp();
        _openRound();
        _scorable();
    }

    function test_firstCommitResultCountsAvailability() public {
        vm.prank(validators[0]);
        roundManager.commitResult(1, 0, bytes32(uint256(1)));
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
    }

    function test_revealResult() public {
        ResultSummary memory s = summary;
        vm.prank(validators[0]);
        roundManager.revealResult(1, 0, s, keccak256(abi.encode("salt", uint256(0))));
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
        roundManager.accept(1, 0, summary);
    }
}

/// @dev Accepted by three of the four validators; the last one lied.
abstract contract GasAccepted is GasTest {
    function setUp() public virtual override {
        super.setUp();
        _openRound();
        _scorable();
        ResultSummary memory summary = _summary();
        _results(summary, _lie(), 1);
        _accepted(summary);
    }
}

contract GasChallenge is GasAccepted {
    function test_challenge() public {
        vm.prank(stranger);
        roundManager.challenge(1, 0, Cid(0x0129, bytes32(uint256(1))));
    }
}

contract GasFinalize is GasAccepted {
    function setUp() public override {
        super.setUp();
        vm.warp(_info().challengeEnd);
    }

    function test_finalize() public {
        roundManager.finalize(1, 0);
    }
}

abstract contract GasFinal is GasAccepted {
    function setUp() public virtual override {
        super.setUp();
        vm.warp(_info().challengeEnd);
        roundManager.finalize(1, 0);
    }
}

contract GasAfterRound is GasFinal {
    function test_openClaims() public {
        distributor.openClaims(1, 0);
    }

    function test_openCase() public {
        vm.prank(stranger);
        court.open(1, 0, validators[3], Reason.ResultMismatch, Cid(0x0129, bytes32(uint256(1))));
    }
}

contract GasClaim is GasFinal {
    TrainerLeaf private leaf;
    bytes32[] private proof;

    function setUp() public override {
        super.setUp();
        TrainerLeaf[] memory leaves = _leaves();
        leaf = leaves[0];
        proof = Merkle.proof(leaves, 0);
        distributor.openClaims(1, 0);
        court.open(1, 0, validators[3], Reason.ResultMismatch, Cid(0x0129, bytes32(uint256(1))));
        vm.warp(court.slashCase(1).appealEnd);
        vm.roll(block.number + 1);
    }

    function test_claimTrainer() public {
        distributor.claimTrainer(1, 0, leaf, proof);
    }

    function test_claimValidator() public {
        distributor.claimValidator(1, 0, validators[0]);
    }

    function test_executeCase() public {
        court.execute(1);
    }
}
