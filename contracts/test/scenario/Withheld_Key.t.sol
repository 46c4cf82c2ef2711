// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IRewardDistributor} from "../../src/interfaces/IRewardDistributor.sol";
import {IRoundManager} from "../../src/interfaces/IRoundManager.sol";
import {ITaskManager} from "../../src/interfaces/ITaskManager.sol";
import {Cid, ResultSummary, RoundPhase, TaskState, VoidReason} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract WithheldKeyTest is RoundTest {
    function test_AWithheldKeyPaysTheCreationStakeToThoseWhoRevealedAndStopsTheTask() public {
        _taskWithRound(2, 100_000e18, 3, 1);
        _toReveal();
        _reveal(0);
        _reveal(2);
        _toAvailability();
        vm.expectEmit();
        emit IRoundManager.RoundVoided(taskId, round, VoidReason.KeyWithheld);
        vm.prank(stranger);
        roundManager.voidRound(taskId, round);
        // Each part is fetched apart, by anyone: no list is walked.
        vm.startPrank(stranger);
        roundManager.claimForfeit(taskId, round, trainers[0]);
        roundManager.claimForfeit(taskId, round, trainers[2]);
        vm.expectRevert(abi.encodeWithSelector(IRoundManager.NothingForfeited.selector, taskId, round, trainers[1]));
        roundManager.claimForfeit(taskId, round, trainers[1]);
        vm.stopPrank();
        assertEq(token.balanceOf(trainers[0]), 5000e18);
        assertEq(token.balanceOf(trainers[1]), 0);
        assertEq(token.balanceOf(trainers[2]), 5000e18);
        assertEq(uint8(taskManager.task(taskId).state), uint8(TaskState.Stopped));
        // The funder gets everything back, the creator nothing, and no round opens any more.
        taskManager.refund(taskId, funder);
        assertEq(token.balanceOf(funder), 100_000e18);
        assertEq(token.balanceOf(creator), 0);
        assertEq(token.balanceOf(address(taskManager)), 0);
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongTaskState.selector, taskId, TaskState.Stopped));
        roundManager.open(taskId);
    }

    function test_AWrongKeyIsAWithheldKey() public {
        _roundOf(1, 1);
        _allRevealed();
        _toKey();
        vm.expectPartialRevert(IRoundManager.WrongKey.selector);
        vm.prank(creator);
        roundManager.publishKey(taskId, round, keccak256("another key"));
        _toAvailability();
        vm.expectRevert(
            abi.encodeWithSelector(
                IRoundManager.WrongPhase.selector, taskId, round, RoundPhase.Key, RoundPhase.Availability
            )
        );
        vm.prank(creator);
        roundManager.publishKey(taskId, round, _key(0));
        roundManager.voidRound(taskId, round);
        roundManager.claimForfeit(taskId, round, trainers[0]);
        assertEq(token.balanceOf(trainers[0]), 10_000e18);
    }

    function test_AnInvalidShardIsAWithheldKey() public {
        _taskWithRound(2, 100_000e18, 2, 3);
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
        roundManager.finalize(taskId, round);
        assertEq(uint8(_info().voidReason), uint8(VoidReason.ShardInvalid));
        roundManager.claimForfeit(taskId, round, trainers[0]);
        roundManager.claimForfeit(taskId, round, trainers[1]);
        assertEq(token.balanceOf(trainers[0]), 5000e18);
        assertEq(token.balanceOf(trainers[1]), 5000e18);
        taskManager.refund(taskId, funder);
        assertEq(token.balanceOf(funder), 100_000e18);
        vm.expectPartialRevert(IRewardDistributor.RoundNotClaimable.selector);
        _openClaims(summary);
    }
}
