// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {PausableDeposits} from "../../src/permission/PausableDeposits.sol";
import {PAUSE_DEPOSITS_PERMISSION} from "../../src/permission/Permissions.sol";
import {TokenTest} from "../builders/TokenTest.sol";

/// @dev The brake on new deposits, seen at the vote escrow.
contract PausableDepositsTest is TokenTest {
    address private alice = makeAddr("alice");

    function setUp() public override {
        super.setUp();
        _give(alice, 100);
        vm.startPrank(alice);
        token.approve(address(escrow), 100);
        escrow.lock(50, 7 days);
        vm.stopPrank();
    }

    function test_APauseStopsDepositsAndNoExit() public {
        uint40 until = uint40(block.timestamp + 30 days);
        vm.expectEmit();
        emit PausableDeposits.DepositsPaused(until);
        vm.prank(address(dao));
        escrow.pauseDeposits(until);
        assertEq(escrow.depositsPausedUntil(), until);
        vm.startPrank(alice);
        vm.expectRevert(abi.encodeWithSelector(PausableDeposits.DepositsArePaused.selector, until));
        escrow.lock(1, 7 days);
        vm.expectRevert(abi.encodeWithSelector(PausableDeposits.DepositsArePaused.selector, until));
        escrow.lockWithPermit(1, 7 days, 0, 0, 0, 0);
        escrow.requestUnlock(1);
        skip(7 days);
        escrow.withdraw(1);
        assertEq(token.balanceOf(alice), 100);
        vm.stopPrank();
    }

    function test_APauseEndsByItself() public {
        uint40 until = uint40(block.timestamp + 1 days);
        vm.prank(address(dao));
        escrow.pauseDeposits(until);
        vm.warp(until - 1);
        vm.expectRevert(abi.encodeWithSelector(PausableDeposits.DepositsArePaused.selector, until));
        vm.prank(alice);
        escrow.lock(1, 7 days);
        vm.warp(until);
        vm.prank(alice);
        escrow.lock(1, 7 days);
    }

    function test_APauseCanBeTakenBack() public {
        vm.startPrank(address(dao));
        escrow.pauseDeposits(uint40(block.timestamp + 1 days));
        vm.expectEmit();
        emit PausableDeposits.DepositsResumed();
        escrow.resumeDeposits();
        vm.stopPrank();
        vm.prank(alice);
        escrow.lock(1, 7 days);
    }

    function test_OneDecisionPausesForThirtyDaysAtMost() public {
        uint256 longest = block.timestamp + 30 days;
        vm.expectRevert(abi.encodeWithSelector(PausableDeposits.PauseTooLong.selector, longest + 1, longest));
        vm.prank(address(dao));
        escrow.pauseDeposits(uint40(longest + 1));
    }

    function test_OnlyTheDaoPausesAndResumes() public {
        bytes memory unauthorized = abi.encodeWithSelector(
            DaoAuthorized.DaoUnauthorized.selector, address(dao), address(escrow), alice, PAUSE_DEPOSITS_PERMISSION
        );
        vm.startPrank(alice);
        vm.expectRevert(unauthorized);
        escrow.pauseDeposits(1);
        vm.expectRevert(unauthorized);
        escrow.resumeDeposits();
        vm.stopPrank();
    }
}
