// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Change, IPolicy, Param} from "../../src/interfaces/IPolicy.sol";
import {IStakeManager} from "../../src/interfaces/IStakeManager.sol";
import {TaskTerms, Windows} from "../../src/types/Types.sol";
import {RoundTest} from "../builders/RoundTest.sol";

/// @dev Rounds keep the windows of their opening, and an exit waits for the cooldown of its own day. A vote that made both shorter
/// together would let who had joined a long round withdraw what it read before it is over.
contract ALoweredCooldownFreesNoRunningRoundTest is RoundTest {
    uint32 private constant LONG = 7 days;
    /// @dev With windows of seven days, and of one.
    uint256 private constant LONGEST = 116 days;
    uint256 private constant SHORTER = 32 days;

    function _terms(uint16 rounds) internal pure override returns (TaskTerms memory terms) {
        terms = super._terms(rounds);
        terms.windows = Windows(LONG, LONG, LONG, LONG, LONG, LONG, LONG, LONG);
    }

    function test_WhatALongRoundReadStaysUntilItsLastCaseThoughShorterWindowsWereDecided() public {
        _roundOf(1, 1);
        // In one vote it is refused, for long rounds can open until it holds.
        vm.expectRevert(abi.encodeWithSelector(IPolicy.CooldownTooShort.selector, SHORTER, LONGEST));
        _decide(1 days, SHORTER);

        _decide(1 days, 120 days);
        uint256 from = policy.effectiveAt(2);
        vm.warp(from);
        address node = validators[0];
        vm.prank(node);
        stakeManager.requestUnstake(node, 5000e18);
        uint40 leaves = stakeManager.position(node, node).availableAt;
        assertGe(leaves, _info().openedAt + LONGEST);

        // The notice is an hour. A second too early, and then with what is left of the longest round to the second.
        uint256 soonest = from + LONGEST - SHORTER - 1 hours;
        vm.warp(soonest - 1);
        vm.expectRevert(abi.encodeWithSelector(IPolicy.CooldownTooShort.selector, SHORTER, SHORTER + 1));
        _decide(1 days, SHORTER);
        vm.warp(soonest);
        _decide(1 days, SHORTER);
        vm.warp(soonest + 1 hours);
        assertEq(policy.latest(Param.UnstakeCooldown), SHORTER);
        // Whoever leaves by it leaves after the long round and all that can follow it.
        assertGe(block.timestamp + SHORTER, _info().openedAt + LONGEST);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.CooldownRunning.selector, node, node, leaves));
        stakeManager.withdraw(node, node);
    }

    /// @dev A scorer makes a version too; it hides no earlier one.
    function test_VersionsBetweenHideNoLongRound() public {
        _decide(1 days, 120 days);
        vm.warp(policy.effectiveAt(2));
        for (uint256 i; i < 3; ++i) {
            vm.prank(address(dao));
            policy.setScorer(keccak256(abi.encode("scorer", i)));
            vm.warp(policy.effectiveAt(policy.announcedVersion()));
        }
        // Three hours have passed of it, and one more until it would hold.
        vm.expectRevert(abi.encodeWithSelector(IPolicy.CooldownTooShort.selector, SHORTER, LONGEST - 4 hours));
        _decide(1 days, SHORTER);
    }

    function test_NumbersThatNeverHeldOpenedNoRound() public {
        // Longer windows are announced and taken back for the same second.
        _decide(8 days, 200 days);
        _decide(7 days, 120 days);
        assertEq(policy.effectiveAt(3), policy.effectiveAt(2));
        vm.warp(policy.effectiveAt(3));
        assertEq(policy.latest(Param.UnstakeCooldown), 120 days);
    }

    /// @dev A task keeps the windows that it was proposed with, but its rounds fit the cooldown of the day on which they open.
    function test_RoundsOfATaskWithLongerWindowsThanAllowedNowAreShort() public {
        taskId = _approvedTask(2, 100_000e18);
        _staked(1, 1);
        _openRound();
        assertEq(_info().deadlines.join, block.timestamp + LONG);
        _decide(1 days, 120 days);
        // What is open keeps its windows.
        vm.warp(policy.effectiveAt(2));
        assertEq(_info().deadlines.join, _info().openedAt + LONG);
        vm.warp(_info().deadlines.trainerDraw);
        results.voidRound(taskId, round);

        _openRound();
        _allRevealed();
        uint256 opened = _info().openedAt;
        assertEq(_info().deadlines.join, opened + 1 days);
        assertEq(_info().deadlines.reveal, opened + 3 days);
        assertEq(_info().deadlines.resultReveal, opened + 8 days);
        assertEq(taskManager.task(taskId).windows.join, LONG);
    }

    function _decide(uint256 maxWindow, uint256 cooldown) private {
        Change[] memory changes = new Change[](2);
        changes[0] = Change(Param.MaxWindow, maxWindow);
        changes[1] = Change(Param.UnstakeCooldown, cooldown);
        vm.prank(address(dao));
        policy.set(changes);
    }
}
