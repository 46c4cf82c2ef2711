// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Reason, SlashCase} from "../../src/interfaces/ISlashCourt.sol";
import {IStakeManager} from "../../src/interfaces/IStakeManager.sol";
import {CaseId} from "../../src/types/Ids.sol";
import {ResultSummary} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Two delegators of a validator that is honest in the first round and lies in the second.
contract DelegateEarnSlashCollectLeaveTest is RoundTest {
    address private ann = makeAddr("ann");
    address private bob = makeAddr("bob");
    address private liar;
    CaseId private caseId;

    function setUp() public override {
        super.setUp();
        taskId = _approvedTask(2, 200_000e18);
        _staked(2, 4);
        liar = validators[3];
        _delegateStake(liar, ann, 1000e18);
        _delegateStake(liar, bob, 500e18);
        vm.prank(ann);
        token.delegate(ann);
        _openRound();
        ResultSummary memory result = _honestRound();
        _openClaims(result);
        distributor.claimValidator(taskId, round, liar);
    }

    function test_DelegatorsShareTheRewardByStakeAndTime() public {
        uint256 all = stakeManager.rewardsHeld();
        assertGt(all, 0);
        vm.warp(block.timestamp + 3.5 days);
        // Bob asks for his stake half way, and earns no more from then on.
        vm.prank(bob);
        stakeManager.requestUnstake(liar, 500e18);
        vm.warp(block.timestamp + 3.5 days);
        stakeManager.claimRewards(liar, ann);
        stakeManager.claimRewards(liar, bob);
        assertApproxEqAbs(token.balanceOf(ann), all * 5 / 6, 1e6);
        assertApproxEqAbs(token.balanceOf(bob), all / 6, 1e6);
        assertLe(stakeManager.rewardsHeld(), 1e6);
    }

    function test_DelegatorsPayTheSamePartOfASlashAsTheNode() public {
        _lieAndReport();
        vm.warp(court.slashCase(caseId).appealEnd);
        assertEq(token.getVotes(ann), 1000e18);
        court.execute(caseId);
        SlashCase memory c = court.slashCase(caseId);
        assertEq(c.taken, 4750e18);
        (uint256 left,) = stakeManager.worth(liar, liar);
        assertEq(left, 4000e18);
        (left,) = stakeManager.worth(liar, ann);
        assertEq(left, 500e18);
        // Her votes end with what is collected, which anybody can do.
        assertEq(token.getVotes(ann), 1000e18);
        stakeManager.collect(liar, ann, 16);
        assertEq(token.getVotes(ann), 500e18);
        assertEq(court.slashCase(caseId).collected, 4500e18);
        // Bob's part is collected at the latest when he leaves.
        vm.prank(bob);
        stakeManager.requestUnstake(liar, 250e18);
        assertEq(court.slashCase(caseId).collected, 4750e18);
        assertEq(stakeManager.uncollected(), 0);
        vm.warp(stakeManager.position(liar, bob).availableAt);
        uint256 had = token.balanceOf(bob);
        stakeManager.withdraw(liar, bob);
        assertEq(token.balanceOf(bob) - had, 250e18);
    }

    function test_NobodyLeavesWhileACaseIsOpenAndEverybodyAfterIt() public {
        vm.warp(block.timestamp + 1 days);
        vm.prank(bob);
        stakeManager.requestUnstake(liar, 500e18);
        _lieAndReport();
        uint40 availableAt = stakeManager.position(liar, bob).availableAt;
        vm.warp(availableAt);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.StakeFrozen.selector, liar, 1));
        stakeManager.withdraw(liar, bob);
        // What was earned is not frozen.
        stakeManager.claimRewards(liar, bob);
        court.execute(caseId);
        uint256 had = token.balanceOf(bob);
        stakeManager.withdraw(liar, bob);
        // Half of the active 9000 are 4500 of the 9500 that are there: what is unstaking pays along.
        assertApproxEqAbs(token.balanceOf(bob) - had, uint256(500e18) * 5000 / 9500, 1);
    }

    function test_NobodyDelegatesIntoAnOpenCase() public {
        _lieAndReport();
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.StakeFrozen.selector, liar, 1));
        vm.prank(ann);
        stakeManager.delegateStake(liar, 100e18);
    }

    function test_AnOverturnedCaseCostsDelegatorsNothing() public {
        _lieAndReport();
        vm.prank(address(dao));
        court.overturn(caseId);
        (uint256 left,) = stakeManager.worth(liar, ann);
        assertEq(left, 1000e18);
        assertEq(stakeManager.collect(liar, ann, 16), 0);
    }

    function _lieAndReport() private {
        _openRound();
        _scorable();
        ResultSummary memory truth = _summary();
        _results(truth, _lie(), 1);
        _finalized(truth);
        caseId = _report(stranger, liar, Reason.ResultMismatch);
    }
}
