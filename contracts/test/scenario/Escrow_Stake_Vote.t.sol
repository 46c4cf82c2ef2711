// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ISlashReceiver} from "../../src/interfaces/IStakeManager.sol";
import {SLASH_PERMISSION} from "../../src/permission/Permissions.sol";
import {CoveyTest} from "../builders/CoveyTest.sol";

/// @dev One voter with tokens everywhere, and those who try to make them count twice.
contract EscrowStakeVoteTest is CoveyTest, ISlashReceiver {
    address private alice = makeAddr("alice");
    address private bob = makeAddr("bob");
    address private node = makeAddr("node");

    function setUp() public override {
        super.setUp();
        dao.grant(address(stakeManager), address(this), SLASH_PERMISSION);
        _stake(node, 5000e18);
        _give(alice, 1000e18);
        address[2] memory voters = [alice, bob];
        for (uint256 i; i < 2; ++i) {
            vm.startPrank(voters[i]);
            token.delegate(voters[i]);
            token.approve(address(stakeManager), type(uint256).max);
            token.approve(address(escrow), type(uint256).max);
            vm.stopPrank();
        }
        vm.prank(node);
        token.delegate(node);
        _nextBlock();
    }

    function onSlashCollected(uint256, uint256) external {}

    function test_StakingDelegatingAndLockingAtOnceDoNotDoubleCount() public {
        vm.startPrank(alice);
        stakeManager.stake(200e18);
        stakeManager.delegateStake(node, 300e18);
        escrow.lock(400e18, 365 days);
        vm.stopPrank();
        _nextBlock();
        // 1000 tokens, of which 400 vote three times.
        assertEq(_pastVotes(alice), 1800e18);
        // Who is delegated to has no vote of it.
        assertEq(_pastVotes(node), 5000e18);
        assertEq(token.balanceOf(alice), 100e18);
        assertEq(token.getPastTotalSupply(block.number - 1), token.totalSupply() + 800e18);
        // The same token cannot be put down twice.
        vm.startPrank(alice);
        vm.expectRevert();
        stakeManager.stake(100e18 + 1);
        vm.expectRevert();
        escrow.lock(100e18 + 1, 7 days);
        vm.stopPrank();
    }

    function test_DelegatedVotesFollowTokensInCustody() public {
        vm.startPrank(alice);
        stakeManager.delegateStake(node, 300e18);
        escrow.lock(400e18, 365 days);
        token.delegate(bob);
        vm.stopPrank();
        assertEq(token.getVotes(bob), 1800e18);
        assertEq(token.getVotes(alice), 0);
        // What changes afterwards changes Bob's.
        vm.prank(alice);
        escrow.requestUnlock(1);
        assertEq(token.getVotes(bob), 1000e18);
    }

    /// @dev One stock of tokens going through stake, escrow and other hands within a block leaves one trace.
    function test_FlashStakedVotesDoNotDoubleCount() public {
        vm.startPrank(alice);
        stakeManager.stake(1000e18);
        stakeManager.requestUnstake(alice, 1000e18);
        // Unstaking tokens are neither liquid nor stake, and still vote once.
        vm.expectRevert();
        token.transfer(bob, 1);
        vm.expectRevert();
        escrow.lock(1, 7 days);
        vm.stopPrank();
        _nextBlock();
        assertEq(_pastVotes(alice), 1000e18);
        assertEq(_pastVotes(bob), 0);
    }

    function test_ALockThatIsAskedBackInTheSameBlockGivesNoBonusAtItsEnd() public {
        vm.startPrank(alice);
        escrow.lock(1000e18, 365 days);
        assertEq(token.getVotes(alice), 3000e18);
        escrow.requestUnlock(1);
        vm.stopPrank();
        _nextBlock();
        assertEq(_pastVotes(alice), 1000e18);
        // And the year has to be served.
        vm.expectRevert();
        escrow.withdraw(1);
    }

    function test_TokensPassedOnInABlockVoteForWhoHasThemAtItsEnd() public {
        vm.prank(alice);
        token.transfer(bob, 1000e18);
        vm.startPrank(bob);
        stakeManager.delegateStake(node, 600e18);
        token.transfer(alice, 400e18);
        vm.stopPrank();
        _nextBlock();
        assertEq(_pastVotes(alice), 400e18);
        assertEq(_pastVotes(bob), 600e18);
    }

    function test_ASlashTakesVotesWithTheTokensAndNobodyElses() public {
        vm.startPrank(alice);
        stakeManager.delegateStake(node, 500e18);
        escrow.lock(400e18, 365 days);
        vm.stopPrank();
        uint256 before = token.getVotes(alice);
        // A tenth of the pool of 5500: 500 of the node's, 50 of Alice's.
        stakeManager.slash(node, 550e18, 1);
        assertEq(token.getVotes(node), 4500e18);
        // Hers vote until they are collected, which anybody can do.
        assertEq(token.getVotes(alice), before);
        vm.prank(bob);
        stakeManager.collect(node, alice, 1);
        assertEq(token.getVotes(alice), before - 50e18);
        assertEq(token.bonusOf(address(escrow), alice), 800e18);
        assertEq(token.votingUnits(address(this)), 550e18);
        _nextBlock();
        assertEq(_pastVotes(alice), before - 50e18);
    }

    function test_EverythingComesBackAndVotesOnce() public {
        vm.startPrank(alice);
        stakeManager.delegateStake(node, 300e18);
        escrow.lock(400e18, 30 days);
        escrow.requestUnlock(1);
        stakeManager.requestUnstake(node, 300e18);
        vm.stopPrank();
        skip(120 days);
        escrow.withdraw(1);
        stakeManager.withdraw(node, alice);
        assertEq(token.balanceOf(alice), 1000e18);
        assertEq(token.getVotes(alice), 1000e18);
        assertEq(token.votingUnits(alice), 1000e18);
    }

    function _nextBlock() private {
        vm.roll(block.number + 1);
        skip(12);
    }

    function _pastVotes(address account) private view returns (uint256) {
        return token.getPastVotes(account, block.number - 1);
    }
}
