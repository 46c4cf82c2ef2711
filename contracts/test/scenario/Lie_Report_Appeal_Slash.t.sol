// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IRewardDistributor} from "../../src/interfaces/IRewardDistributor.sol";
import {IStakeManager} from "../../src/interfaces/IStakeManager.sol";
import {Reason} from "../../src/interfaces/ISlashCourt.sol";
import {Cid, ResultSummary} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract LieReportAppealSlashTest is RoundTest {
    address private liar;
    uint256 private caseId;
    ResultSummary private result;

    function setUp() public override {
        super.setUp();
        _taskWithRound(2, 100_000e18, 2, 4);
        liar = validators[3];
        vm.prank(liar);
        token.delegate(liar);
        _scorable();
        result = _summary();
        _results(result, _lie(), 1);
        // The liar asks for its stake at once; the cooldown outlasts the round.
        vm.prank(liar);
        stakeManager.requestUnstake(liar, 8000e18);
        _finalized(result);
        vm.prank(stranger);
        caseId = court.open(taskId, round, liar, Reason.ResultMismatch, Cid(0x0129, keccak256("evidence")));
    }

    function test_ALyingValidatorIsSlashedAfterTheAppealWindowAndPaidNothing() public {
        assertEq(token.getVotes(liar), 8000e18);
        _openClaims(result);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotAgreed.selector, liar));
        distributor.claimValidator(taskId, round, liar);
        uint256 budget = taskManager.task(taskId).budget;
        vm.warp(court.slashCase(caseId).appealEnd);
        court.execute(caseId);
        assertEq(taskManager.task(taskId).budget, budget + 2160e18);
        assertEq(token.balanceOf(stranger), 240e18);
        assertEq(token.getVotes(liar), 5600e18);
        // What is left leaves after the cooldown.
        uint40 availableAt = stakeManager.position(liar, liar).availableAt;
        vm.warp(availableAt);
        stakeManager.withdraw(liar, liar);
        assertEq(token.balanceOf(liar), 5600e18);
        assertEq(token.getVotes(liar), 5600e18);
    }

    function test_ACaseThatTheDaoOverturnsTakesNothing() public {
        vm.prank(address(dao));
        court.overturn(caseId);
        uint40 availableAt = stakeManager.position(liar, liar).availableAt;
        vm.warp(availableAt);
        stakeManager.withdraw(liar, liar);
        assertEq(token.balanceOf(liar), 8000e18);
        assertEq(token.balanceOf(stranger), 0);
    }

    function test_StakeUnderAnOpenCaseWaitsForItsEndAndNoLonger() public {
        uint40 availableAt = stakeManager.position(liar, liar).availableAt;
        vm.warp(availableAt);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.StakeFrozen.selector, liar, 1));
        stakeManager.withdraw(liar, liar);
        // Anyone ends the case, so nobody can keep stake frozen by doing nothing.
        court.execute(caseId);
        stakeManager.withdraw(liar, liar);
        assertEq(token.balanceOf(liar), 5600e18);
    }

    function test_ARoundCanBeProsecutedUntilTheLongestCooldownEnds() public view {
        uint40 availableAt = stakeManager.position(liar, liar).availableAt;
        assertGt(availableAt, court.slashCase(caseId).appealEnd);
    }
}
