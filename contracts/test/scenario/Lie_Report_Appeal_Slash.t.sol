// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IRewardDistributor} from "../../src/interfaces/IRewardDistributor.sol";
import {IStakeManager} from "../../src/interfaces/IStakeManager.sol";
import {Reason} from "../../src/interfaces/ISlashCourt.sol";
import {CaseId} from "../../src/types/Ids.sol";
import {ResultSummary} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract LieReportAppealSlashTest is RoundTest {
    address private liar;
    CaseId private caseId;
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
        caseId = _report(stranger, liar, Reason.ResultMismatch);
    }

    function test_ALyingValidatorIsSlashedAfterTheAppealWindowAndPaidNothing() public {
        assertEq(token.getVotes(liar), 8000e18);
        _openClaims(result);
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.NotAgreed.selector, liar));
        distributor.claimValidator(taskId, round, liar);
        uint256 value = taskManager.task(taskId).value;
        uint256 treasuryHad = token.balanceOf(address(dao));
        vm.warp(court.slashCase(caseId).appealEnd);
        court.execute(caseId);
        // Half of 8000: a tenth of it for the reporter, the rest for the treasury and nothing for the task.
        assertEq(taskManager.task(taskId).value, value);
        assertEq(token.balanceOf(stranger), 400e18);
        assertEq(token.balanceOf(address(dao)) - treasuryHad, 3600e18);
        assertEq(token.getVotes(liar), 4000e18);
        // What is left leaves after the cooldown.
        uint40 availableAt = stakeManager.position(liar, liar).availableAt;
        vm.warp(availableAt);
        stakeManager.withdraw(liar, liar);
        assertEq(token.balanceOf(liar), 4000e18);
        assertEq(token.getVotes(liar), 4000e18);
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
        assertEq(token.balanceOf(liar), 4000e18);
    }

    function test_TheCooldownOutlastsTheRoundItsCasesAndTheirAppeals() public view {
        uint40 availableAt = stakeManager.position(liar, liar).availableAt;
        assertGt(availableAt, court.slashCase(caseId).appealEnd);
        assertGt(availableAt, court.releasableAt(taskId, round));
    }
}
