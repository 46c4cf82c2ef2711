// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Reason} from "../../src/interfaces/ISlashCourt.sol";
import {ITaskManager} from "../../src/interfaces/ITaskManager.sol";
import {PAY_OUT_PERMISSION, RETURN_BUDGET_PERMISSION, SLASH_PERMISSION} from "../../src/permission/Permissions.sol";
import {RewardDistributor} from "../../src/reward/RewardDistributor.sol";
import {SlashCourt} from "../../src/slash/SlashCourt.sol";
import {Cid, ResultSummary} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev docs/decisions, upgrade path: no proxies; a successor gets the permissions, and everybody can still leave the old one.
contract DaoReplacesAContractTest is RoundTest {
    Cid private evidence = Cid(0x0129, keccak256("evidence"));
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
        uint32 oldRound = round;
        distributor = new RewardDistributor(
            address(dao),
            address(token),
            address(policy),
            address(taskManager),
            address(roundManager),
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
        old.closeClaims(taskId, oldRound);
        old.release(taskId, oldRound, trainers[0]);
        assertEq(token.balanceOf(address(old)), 0);
        assertGt(token.balanceOf(address(dao)), 0, "what nobody claimed went to the treasury");
        // A round that was paid out by one distributor cannot be paid by the other.
        vm.expectRevert(abi.encodeWithSelector(ITaskManager.WrongRoundState.selector, taskId, oldRound));
        distributor.openClaims(taskId, oldRound, result);
    }

    function test_ASuccessorJudgesNewCasesWhileTheOldCourtsCasesEnd() public {
        address liar = validators[3];
        court.open(taskId, round, liar, Reason.ResultMismatch, evidence);
        SlashCourt successor = new SlashCourt(
            address(dao),
            address(token),
            address(policy),
            address(stakeManager),
            address(taskManager),
            address(roundManager)
        );
        dao.grant(address(stakeManager), address(successor), SLASH_PERMISSION);
        dao.grant(address(taskManager), address(successor), RETURN_BUDGET_PERMISSION);
        // The old court keeps SLASH_PERMISSION until its last case has ended: an appeal window, which has a hard end.
        vm.warp(court.slashCase(1).appealEnd);
        court.execute(1);
        dao.revoke(address(stakeManager), address(court), SLASH_PERMISSION);
        assertEq(stakeManager.openCases(liar), 0);
        assertEq(stakeManager.stakeOf(liar).own, 5600e18);
    }
}
