// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Reason} from "../../src/interfaces/ISlashCourt.sol";
import {ITaskManager} from "../../src/interfaces/ITaskManager.sol";
import "../../src/permission/Permissions.sol";
import {RewardDistributor} from "../../src/reward/RewardDistributor.sol";
import {SlashCourt} from "../../src/slash/SlashCourt.sol";
import {CaseId, RoundNumber} from "../../src/types/Ids.sol";
import {ResultSummary} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev docs/decisions, upgrade path: no proxies; a successor gets the permissions, and everybody can still leave the old one.
contract DaoReplacesAContractTest is RoundTest {
    ResultSummary private result;

    function setUp() public override {
        super.setUp();
        _taskWithRound(2, 200_000e18, 2, 4);
        _scorable();
        result = _summary();
        _results(result, _lie(), 1);
        _finalized(result);
    }

    function test_ASuccessorPaysNewRoundsWhileTheOldDistributorPaysItsOwnToTheEnd() public {
        _openClaims(result);
        _claimTrainer(0);
        RewardDistributor old = distributor;
        RoundNumber oldRound = round;
        distributor = new RewardDistributor(
            address(dao),
            address(token),
            address(policy),
            address(taskManager),
            address(roundManager),
            address(submissions),
            address(results),
            address(stakeManager)
        );
        dao.grant(address(taskManager), address(distributor), PAY_OUT_PERMISSION);
        dao.grant(address(taskManager), address(distributor), RETURN_BUDGET_PERMISSION);
        dao.revoke(address(taskManager), address(old), PAY_OUT_PERMISSION);
        dao.revoke(address(taskManager), address(old), RETURN_BUDGET_PERMISSION);
        _openRound();
        ResultSummary memory second = _honestRound();
        _openClaims(second);
        _claimTrainer(0);

        for (uint256 v; v < 3; ++v) {
            old.claimValidator(taskId, oldRound, validators[v]);
        }
        vm.warp(old.claimsEnd(taskId, oldRound));
        uint256 treasuryHad = token.balanceOf(address(dao));
        old.closeClaims(taskId, oldRound);
        old.release(taskId, oldRound, trainers[0]);
        assertEq(token.balanceOf(address(old)), 0);
        assertGt(token.balanceOf(address(dao)), treasuryHad, "what nobody claimed went to the treasury");
        // A round that was paid out by one distributor cannot be paid by the other.
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongRoundState.selector, taskId, oldRound));
        distributor.openClaims(taskId, oldRound, result);
    }

    function test_ASuccessorJudgesNewCasesWhileTheOldCourtsCasesEnd() public {
        address liar = validators[3];
        CaseId id = _report(stranger, liar, Reason.ResultMismatch);
        SlashCourt old = court;
        court = new SlashCourt(
            address(dao),
            address(token),
            address(policy),
            address(stakeManager),
            address(roundManager),
            address(submissions),
            address(attestations),
            address(results)
        );
        dao.grant(address(stakeManager), address(court), SLASH_PERMISSION);
        dao.grant(address(stakeManager), address(court), UNBIND_PERMISSION);
        // The old court keeps SLASH_PERMISSION until its last case has ended: an appeal window, which has a hard end.
        vm.warp(old.slashCase(id).appealEnd);
        old.execute(id);
        dao.revoke(address(stakeManager), address(old), SLASH_PERMISSION);
        dao.revoke(address(stakeManager), address(old), UNBIND_PERMISSION);
        assertEq(stakeManager.openCases(liar), 0);
        assertEq(stakeManager.stakeOf(liar).own, 4000e18);
        // The successor frees what the round held; the old one can no more.
        vm.expectRevert();
        old.release(taskId, round, liar);
        court.release(taskId, round, liar);
        assertEq(stakeManager.allocation(liar, taskId).readers, 0);
    }
}
