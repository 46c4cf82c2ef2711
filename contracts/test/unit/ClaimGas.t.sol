// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {RoundKey, TrainerClaim, TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {Accusation, Reason} from "../../src/interfaces/ISlashCourt.sol";
import {CaseId, RoundNumber} from "../../src/types/Ids.sol";
import {Cid, ResultSummary} from "../../src/types/Types.sol";
import {Merkle} from "../builders/Merkle.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Whole transactions (21,000 and call data included, all storage cold) of nodes that were paid before: run with
/// `forge test --isolate`; without it they only show that the calls work. Eight training nodes, four validators, eight rounds
/// whose claims are open; everybody votes for itself, but for the last of each role, who never delegated its votes.
contract ClaimGas is RoundTest {
    uint16 private constant ROUNDS = 8;

    TrainerClaim[] private claimsOfFirst;
    TrainerLeaf[] private lastLeaves;

    function setUp() public override {
        super.setUp();
        taskId = _approvedTask(ROUNDS + 1, 900_000e18);
        _staked(8, 4);
        for (uint256 i; i < 8; ++i) {
            _give(trainers[i], 1e18);
            if (i == 7) continue;
            vm.prank(trainers[i]);
            token.delegate(trainers[i]);
        }
        for (uint256 v; v < 4; ++v) {
            _give(validators[v], 1e18);
            if (v == 3) continue;
            vm.prank(validators[v]);
            token.delegate(validators[v]);
        }
        _delegateStake(trainers[1], makeAddr("delegator"), 500e18);
        for (uint32 r; r < ROUNDS; ++r) {
            _openRound();
            _scorable();
            ResultSummary memory truth = _summary();
            _results(truth, _lie(), r == ROUNDS - 1 ? 1 : 0);
            _finalized(truth);
            _openClaims(truth);
            TrainerLeaf[] memory leaves = _leaves();
            claimsOfFirst.push();
            TrainerClaim storage c = claimsOfFirst[r];
            (c.taskId, c.round, c.leaf, c.proof) = (taskId, round, leaves[0], Merkle.proof(leaves, 0));
            for (uint256 i; r == ROUNDS - 1 && i < 8; ++i) {
                lastLeaves.push(leaves[i]);
            }
        }
        vm.warp(block.timestamp + 1 hours);
        vm.roll(block.number + 1);
    }

    function _log(string memory what) private {
        emit log_named_uint(what, vm.lastCallGas().gasTotalUsed);
    }

    function test_claimTrainer() public {
        _claimLast(0);
        _log("claimTrainer, votes delegated");
        _claimLast(7);
        _log("claimTrainer, votes not delegated");
        _claimLast(1);
        _log("claimTrainer with a part for delegators (first into its stream)");
    }

    function test_claimValidator() public {
        distributor.claimValidator(taskId, RoundNumber.wrap(0), validators[0]);
        _log("claimValidator, votes delegated");
        distributor.claimValidator(taskId, RoundNumber.wrap(0), validators[3]);
        _log("claimValidator, votes not delegated");
    }

    function test_claimMany() public {
        distributor.claimMany(trainers[0], claimsOfFirst, new RoundKey[](0), new RoundKey[](0));
        _log("claimMany, eight rounds of a training node");
        RoundKey[] memory keys = new RoundKey[](ROUNDS);
        for (uint32 r; r < ROUNDS; ++r) {
            keys[r] = RoundKey(taskId, RoundNumber.wrap(r));
        }
        distributor.claimMany(validators[0], new TrainerClaim[](0), keys, new RoundKey[](0));
        _log("claimMany, eight rounds of a validator");
        vm.warp(block.timestamp + 1 days);
        distributor.claimMany(trainers[0], new TrainerClaim[](0), new RoundKey[](0), keys);
        _log("claimMany, eight rounds' vested parts");
    }

    function test_release() public {
        _claimLast(0);
        vm.warp(block.timestamp + 1 days);
        distributor.release(taskId, round, trainers[0]);
        _log("release");
    }

    function test_court() public {
        Accusation memory a;
        (a.taskId, a.round, a.target, a.reason) = (taskId, round, validators[3], Reason.ResultMismatch);
        a.evidence = Cid(0x0129, keccak256("evidence"));
        court.open(a);
        _log("open a case");
        vm.warp(court.slashCase(CaseId.wrap(1)).appealEnd);
        court.execute(CaseId.wrap(1));
        _log("execute a case");
    }

    function _claimLast(uint256 i) private {
        TrainerLeaf[] memory leaves = lastLeaves;
        distributor.claimTrainer(taskId, round, leaves[i], Merkle.proof(leaves, i));
    }
}
