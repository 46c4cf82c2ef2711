// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {ICoveyToken} from "../../src/interfaces/ICoveyToken.sol";
import {IVoteEscrow, Lock} from "../../src/interfaces/IVoteEscrow.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {VoteEscrow} from "../../src/token/VoteEscrow.sol";
import {TokenTest} from "../builders/TokenTest.sol";

contract VoteEscrowTest is TokenTest {
    uint32 private constant YEAR = 365 days;

    address private alice;
    uint256 private aliceKey;

    function setUp() public override {
        super.setUp();
        (alice, aliceKey) = makeAddrAndKey("alice");
        _give(alice, 1000e18);
        vm.startPrank(alice);
        token.delegate(alice);
        token.approve(address(escrow), type(uint256).max);
        vm.stopPrank();
        vm.roll(block.number + 1);
    }

    function test_AYearsNoticeTriplesVotes() public {
        vm.expectEmit();
        emit IVoteEscrow.Locked(1, alice, 100e18, YEAR, 200e18);
        uint256 lockId = _lock(100e18, YEAR);
        assertEq(lockId, 1);
        assertEq(escrow.lockCount(), 1);
        Lock memory l = escrow.lockOf(1);
        assertEq(l.owner, alice);
        assertEq(l.amount, 100e18);
        assertEq(l.notice, YEAR);
        assertEq(l.unlocksAt, 0);
        assertEq(token.getVotes(alice), 1200e18);
        assertEq(token.balanceOf(alice), 900e18);
        assertEq(token.custodyOf(address(escrow), alice), 100e18);
    }

    function test_TheBonusGrowsLinearlyWithTheNotice() public view {
        assertEq(escrow.bonusFor(365e18, 1 days), 2e18);
        assertEq(escrow.bonusFor(365e18, 30 days), 60e18);
        assertEq(escrow.bonusFor(1, YEAR), 2);
        assertEq(escrow.bonusFor(1, YEAR / 2 - 1), 0);
    }

    function test_TheBonusEndsAtTheRequest() public {
        _lock(100e18, YEAR);
        vm.roll(block.number + 1);
        vm.expectEmit();
        emit IVoteEscrow.UnlockRequested(1, alice, uint40(block.timestamp) + YEAR);
        vm.prank(alice);
        escrow.requestUnlock(1);
        // The tokens still vote, once.
        assertEq(token.getVotes(alice), 1000e18);
        assertEq(escrow.lockOf(1).unlocksAt, block.timestamp + YEAR);
        vm.roll(block.number + 1);
        assertEq(token.getPastVotes(alice, block.number - 2), 1200e18);
        assertEq(token.getPastVotes(alice, block.number - 1), 1000e18);
    }

    function test_TokensComeBackWhenTheNoticeHasPassedAndAnyoneMayCall() public {
        _lock(100e18, 30 days);
        vm.prank(alice);
        escrow.requestUnlock(1);
        uint40 due = uint40(block.timestamp + 30 days);
        vm.warp(due - 1);
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.StillLocked.selector, 1, due));
        escrow.withdraw(1);
        vm.warp(due);
        vm.expectEmit();
        emit IVoteEscrow.Unlocked(1, alice, 100e18);
        vm.prank(stranger);
        escrow.withdraw(1);
        assertEq(token.balanceOf(alice), 1000e18);
        assertEq(token.totalCustody(address(escrow)), 0);
        assertEq(token.getVotes(alice), 1000e18);
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.UnknownLock.selector, 1));
        escrow.withdraw(1);
    }

    function test_ARequestCanBeTakenBackEvenWhenItIsDue() public {
        _lock(100e18, YEAR);
        vm.startPrank(alice);
        escrow.requestUnlock(1);
        skip(YEAR);
        vm.expectEmit();
        emit IVoteEscrow.Relocked(1, alice, 200e18);
        escrow.relock(1);
        assertEq(token.getVotes(alice), 1200e18);
        // And the whole notice runs again.
        escrow.requestUnlock(1);
        vm.stopPrank();
        assertEq(escrow.lockOf(1).unlocksAt, block.timestamp + YEAR);
    }

    function test_EachLockHasItsOwnNoticeAndTheirBonusesAddUp() public {
        _lock(100e18, YEAR);
        _lock(365e18, 10 days);
        assertEq(token.bonusOf(address(escrow), alice), 220e18);
        vm.startPrank(alice);
        escrow.requestUnlock(2);
        assertEq(token.bonusOf(address(escrow), alice), 200e18);
        skip(10 days);
        escrow.withdraw(2);
        escrow.requestUnlock(1);
        vm.stopPrank();
        assertEq(token.getVotes(alice), 1000e18);
        assertEq(token.bonusOf(address(escrow), alice), 0);
    }

    function test_RefusesWhatIsNoLock() public {
        vm.startPrank(alice);
        vm.expectRevert(IVoteEscrow.ZeroAmount.selector);
        escrow.lock(0, YEAR);
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.NoticeOutOfBounds.selector, 7 days - 1, 7 days, 365 days));
        escrow.lock(1, 7 days - 1);
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.NoticeOutOfBounds.selector, 365 days + 1, 7 days, 365 days));
        escrow.lock(1, YEAR + 1);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientBalance.selector, alice, 1000e18, 1000e18 + 1)
        );
        escrow.lock(1000e18 + 1, YEAR);
        vm.stopPrank();
    }

    function test_OnlyTheOwnerAsksAndTakesBack() public {
        _lock(100e18, YEAR);
        bytes memory notOwner = abi.encodeWithSelector(IVoteEscrow.NotLockOwner.selector, 1, stranger, alice);
        vm.startPrank(stranger);
        vm.expectRevert(notOwner);
        escrow.requestUnlock(1);
        vm.expectRevert(notOwner);
        escrow.relock(1);
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.UnknownLock.selector, 2));
        escrow.requestUnlock(2);
        vm.stopPrank();
    }

    function test_EachStepOnlyAfterTheOneBefore() public {
        _lock(100e18, YEAR);
        vm.startPrank(alice);
        bytes memory notUnlocking = abi.encodeWithSelector(IVoteEscrow.NotUnlocking.selector, 1);
        vm.expectRevert(notUnlocking);
        escrow.relock(1);
        vm.expectRevert(notUnlocking);
        escrow.withdraw(1);
        escrow.requestUnlock(1);
        vm.expectRevert(
            abi.encodeWithSelector(IVoteEscrow.AlreadyUnlocking.selector, 1, uint40(block.timestamp) + YEAR)
        );
        escrow.requestUnlock(1);
        vm.stopPrank();
    }

    function test_APermitLocksInOneTransaction() public {
        vm.prank(alice);
        token.approve(address(escrow), 0);
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(aliceKey, alice, address(escrow), 5e18);
        vm.prank(alice);
        assertEq(escrow.lockWithPermit(5e18, YEAR, block.timestamp, v, r, s), 1);
        assertEq(token.custodyOf(address(escrow), alice), 5e18);
    }

    function test_APermitThatSomebodyElseSentFirstStillLocks() public {
        vm.prank(alice);
        token.approve(address(escrow), 0);
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(aliceKey, alice, address(escrow), 5e18);
        vm.prank(stranger);
        token.permit(alice, address(escrow), 5e18, block.timestamp, v, r, s);
        vm.prank(alice);
        escrow.lockWithPermit(5e18, YEAR, block.timestamp, v, r, s);
        assertEq(token.custodyOf(address(escrow), alice), 5e18);
    }

    function test_AWrongPermitLocksNothing() public {
        vm.prank(alice);
        token.approve(address(escrow), 0);
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(aliceKey, alice, address(escrow), 5e18);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(escrow), 0, 6e18)
        );
        vm.prank(alice);
        escrow.lockWithPermit(6e18, YEAR, block.timestamp, v, r, s);
    }

    function test_AnEscrowThatTheDaoDropsStillGivesEverythingBack() public {
        _lock(100e18, YEAR);
        _lock(100e18, 7 days);
        _setCustodian(address(escrow), ICoveyToken.CustodianKind.None);
        vm.startPrank(alice);
        vm.expectRevert(
            abi.encodeWithSelector(
                ICoveyToken.NotCustodian.selector, address(escrow), ICoveyToken.CustodianKind.Custodian
            )
        );
        escrow.lock(1, YEAR);
        escrow.requestUnlock(2);
        skip(7 days);
        escrow.withdraw(2);
        vm.expectRevert(abi.encodeWithSelector(IVoteEscrow.UnknownLock.selector, 2));
        escrow.relock(2);
        escrow.requestUnlock(1);
        vm.expectRevert(
            abi.encodeWithSelector(ICoveyToken.NotCustodian.selector, address(escrow), ICoveyToken.CustodianKind.Escrow)
        );
        escrow.relock(1);
        skip(YEAR);
        escrow.withdraw(1);
        vm.stopPrank();
        assertEq(token.balanceOf(alice), 1000e18);
    }

    function test_NeedsADaoAndAToken() public {
        vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
        new VoteEscrow(address(dao), address(0));
        vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
        new VoteEscrow(address(0), address(token));
    }

    /// @dev A token has at most three votes whatever its owner does, and a lock that is being left has no more than one.
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_VotesAreBalancePlusWhatLocksGive(
        uint88[4] memory amounts,
        uint32[4] memory notices,
        uint8[8] memory steps
    ) public {
        uint256 rest = 1000e18;
        for (uint256 i; i < 4; ++i) {
            uint256 amount = bound(amounts[i], 1, rest / 2);
            rest -= amount;
            _lock(amount, uint32(bound(notices[i], 7 days, YEAR)));
        }
        vm.startPrank(alice);
        for (uint256 i; i < 8; ++i) {
            uint256 lockId = 1 + steps[i] % 4;
            Lock memory l = escrow.lockOf(lockId);
            if (l.owner == address(0)) continue;
            if (l.unlocksAt == 0) escrow.requestUnlock(lockId);
            else if (steps[i] & 4 == 0) escrow.relock(lockId);
            else if (block.timestamp >= l.unlocksAt) escrow.withdraw(lockId);
            else skip(100 days);
        }
        vm.stopPrank();
        uint256 bonus;
        uint256 locked;
        for (uint256 i = 1; i <= 4; ++i) {
            Lock memory l = escrow.lockOf(i);
            locked += l.amount;
            if (l.unlocksAt == 0) bonus += escrow.bonusFor(l.amount, l.notice);
        }
        assertEq(token.bonusOf(address(escrow), alice), bonus);
        assertEq(token.custodyOf(address(escrow), alice), locked);
        assertEq(token.getVotes(alice), 1000e18 + bonus);
        assertLe(bonus, 2 * locked);
        assertEq(token.balanceOf(alice) + locked, 1000e18);
    }

    function _lock(uint256 amount, uint32 notice) private returns (uint256) {
        vm.prank(alice);
        return escrow.lock(amount, notice);
    }
}
