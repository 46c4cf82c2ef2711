// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {IRewardDistributor} from "../../src/interfaces/IRewardDistributor.sol";
import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {ISubmissions} from "../../src/interfaces/ISubmissions.sol";
import {ITaskManager} from "../../src/interfaces/ITaskManager.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {RULE_ROUND_PERMISSION} from "../../src/permission/Permissions.sol";
import {Cid, ResultSummary, Role, RoundPhase, TaskState, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

abstract contract MissingCiphertextTest is RoundTest {
    /// @dev All validators say in all attempts that they could not fetch it.
    function _ciphertextMissing() internal {
        _allRevealed();
        for (uint256 attempt; attempt < 3; ++attempt) {
            for (uint256 v; v < 4; ++v) {
                if (_seatsOf(validators[v]) != 0) _commitAttestation(v, true, 0);
            }
            _toAttestReveal();
            for (uint256 v; v < 4; ++v) {
                if (_seatsOf(validators[v]) != 0) _revealAttestation(v, true, 0);
            }
            _toKey();
            if (attempt == 2) break;
            _expectRepeated(VoidReason.CiphertextMissing);
            _validatorsJoin();
            _draw(Role.Validator);
        }
        _expectVoided(VoidReason.CiphertextMissing);
    }
}

/// @dev In version 1 a creator that withheld the key got its stake back through junk reveals of its own. Three trainers have 1, 2
/// and 3 of 6 seats.
contract WithheldKeyTest is MissingCiphertextTest {
    function setUp() public override {
        super.setUp();
        _aTrainerSeatPerThousand(3);
        _taskWithRound(2, 100_000e18, 3, 4);
    }

    function test_AWithheldKeyCostsFourFifthsHoweverManySeatsAreTheCreators() public {
        // All seats that reveal are the creator's own.
        _allRevealed();
        _allAttested(0);
        _toResultCommit();
        vm.expectEmit(address(roundManager));
        emit IRoundManager.RoundVoided(taskId, round, VoidReason.KeyWithheld);
        vm.prank(stranger);
        results.voidRound(taskId, round);
        uint256 back;
        for (uint256 i; i < 3; ++i) {
            // Each part is fetched apart, by anyone: no list is walked.
            vm.prank(stranger);
            submissions.claimForfeit(taskId, round, trainers[i]);
            assertEq(token.balanceOf(trainers[i]), (i + 1) * (uint256(2000e18) / 6));
            back += token.balanceOf(trainers[i]);
        }
        assertLe(back, 10_000e18 / 5);
        assertGe(token.balanceOf(address(dao)), 10_000e18 * 4 / 5);
        assertEq(token.balanceOf(creator), 0);
        assertEq(uint8(taskManager.task(taskId).state), uint8(TaskState.Stopped));
        // The funder gets everything back, and no round opens any more.
        taskManager.redeem(taskId, funder);
        assertEq(token.balanceOf(funder), 100_000e18);
        assertEq(token.balanceOf(address(taskManager)), 0);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongTaskState.selector, taskId, TaskState.Stopped));
        vm.prank(creator);
        roundManager.open(taskId);
    }

    function test_WhoDidNotRevealHasNoPart() public {
        _draw(Role.Trainer);
        _commit(0);
        _commit(2);
        _toReveal();
        _reveal(2);
        _draw(Role.Validator);
        _allAttested(0);
        _toResultCommit();
        _expectVoided(VoidReason.KeyWithheld);
        vm.expectRevert(abi.encodeWithSelector(ISubmissions.NothingForfeited.selector, taskId, round, trainers[0]));
        submissions.claimForfeit(taskId, round, trainers[0]);
        submissions.claimForfeit(taskId, round, trainers[2]);
        vm.expectRevert(abi.encodeWithSelector(ISubmissions.NothingForfeited.selector, taskId, round, trainers[2]));
        submissions.claimForfeit(taskId, round, trainers[2]);
        assertApproxEqAbs(token.balanceOf(trainers[2]), 2000e18, 3);
    }

    function test_AWrongKeyIsAWithheldKey() public {
        _allRevealed();
        _allAttested(0);
        vm.expectPartialRevert(ITaskManager.WrongKey.selector);
        vm.prank(creator);
        attestations.publishKey(taskId, round, keccak256("another key"));
        _toResultCommit();
        vm.expectRevert(_wrongPhase(RoundPhase.Key, RoundPhase.ResultCommit));
        vm.prank(creator);
        attestations.publishKey(taskId, round, _key(0));
        _expectVoided(VoidReason.KeyWithheld);
    }

    function test_AnInvalidShardIsAWithheldKey() public {
        _scorable();
        // The published key is the promised one, and opens nothing that has the promised hash: all validators say so.
        ResultSummary memory summary;
        summary.documentDigest = keccak256("the shard is not what was promised");
        summary.model = Cid(0x70, keccak256("the base model"));
        summary.shardInvalid = true;
        _results(summary, summary, 0);
        _accepted(summary);
        vm.warp(_info().challengeEnd);
        vm.prank(stranger);
        results.finalize(taskId, round);
        assertEq(uint8(_info().voidReason), uint8(VoidReason.ShardInvalid));
        submissions.claimForfeit(taskId, round, trainers[0]);
        assertEq(token.balanceOf(trainers[0]), uint256(2000e18) / 6);
        taskManager.redeem(taskId, funder);
        assertEq(token.balanceOf(funder), 100_000e18);
        vm.expectPartialRevert(IRewardDistributor.RoundNotClaimable.selector);
        _openClaims(summary);
    }

    function test_AMissingCiphertextTakesNothingWithoutARuling() public {
        _ciphertextMissing();
        assertEq(uint8(taskManager.task(taskId).state), uint8(TaskState.Approved));
        assertEq(taskManager.task(taskId).creationStake, 10_000e18);
    }

    /// @dev Four fifths and the last one: who revealed may be who said that it was missing.
    function test_ARulingTakesAllOfTheStakeForAMissingCiphertext() public {
        _ciphertextMissing();
        uint256 treasury = token.balanceOf(address(dao));
        vm.expectEmit(address(taskManager));
        emit ITaskManager.CreationStakeForfeited(taskId, round, 10_000e18, 0, 0);
        vm.prank(address(dao));
        results.ruleCiphertextWithheld(taskId, round);
        assertEq(token.balanceOf(address(dao)), treasury + 10_000e18);
        assertEq(uint8(taskManager.task(taskId).state), uint8(TaskState.Stopped));
        assertEq(taskManager.task(taskId).creationStake, 0);
        vm.expectPartialRevert(ISubmissions.NothingForfeited.selector);
        submissions.claimForfeit(taskId, round, trainers[0]);
        taskManager.redeem(taskId, funder);
        assertEq(token.balanceOf(funder), 100_000e18);
    }

    function test_OnlyTheDaoRulesOnACiphertextAndOnlyOnAMissingOne() public {
        _allRevealed();
        _allAttested(0);
        vm.expectRevert(
            abi.encodeWithSelector(IRoundManager.CiphertextNotMissing.selector, taskId, round, VoidReason.None)
        );
        vm.prank(address(dao));
        results.ruleCiphertextWithheld(taskId, round);
        bytes memory refusal = abi.encodeWithSelector(
            DaoAuthorized.DaoUnauthorized.selector, address(dao), address(results), creator, RULE_ROUND_PERMISSION
        );
        vm.expectRevert(refusal);
        vm.prank(creator);
        results.ruleCiphertextWithheld(taskId, round);
        vm.expectPartialRevert(DaoAuthorized.DaoUnauthorized.selector);
        roundManager.forfeitCreationStake(taskId, round);
        // A key that was kept back is another failure, which needs no ruling.
        vm.warp(_info().deadlines.key);
        _expectVoided(VoidReason.KeyWithheld);
        vm.expectRevert(
            abi.encodeWithSelector(IRoundManager.CiphertextNotMissing.selector, taskId, round, VoidReason.KeyWithheld)
        );
        vm.prank(address(dao));
        results.ruleCiphertextWithheld(taskId, round);
    }
}

contract MissingCiphertextOfTheLastRound is MissingCiphertextTest {
    function setUp() public override {
        super.setUp();
        _aTrainerSeatPerThousand(3);
        _taskWithRound(1, 100_000e18, 3, 4);
    }

    /// @dev The creator has the hold-out's key ready, and anyone would end the task: both wait for the time of a ruling.
    function test_TheStakeWaitsForTheRulingAfterTheLastRound() public {
        _ciphertextMissing();
        uint256 ruled = block.timestamp + policy.latest(Param.RulingWindow);
        assertEq(taskManager.expiresAt(taskId), ruled + taskManager.task(taskId).windows.key);
        bytes32 holdout = _key(taskManager.task(taskId).rounds);
        vm.warp(ruled - 1);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.NotExpired.selector, taskId, ruled));
        vm.prank(creator);
        taskManager.complete(taskId, holdout);
        vm.warp(ruled);
        vm.prank(creator);
        taskManager.complete(taskId, holdout);
        assertEq(uint8(taskManager.task(taskId).state), uint8(TaskState.Completed));
    }
}
