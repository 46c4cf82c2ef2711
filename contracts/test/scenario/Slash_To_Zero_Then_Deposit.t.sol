// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IStakeManager} from "../../src/interfaces/IStakeManager.sol";
import {StakeTest} from "../builders/StakeTest.sol";

/// @dev A pool loses everything, or nearly.
contract Slash_To_Zero_Then_Deposit is StakeTest {
    function setUp() public override {
        super.setUp();
        _stake(node, 1000e18);
        _delegate(alice, 1000e18);
    }

    function test_APoolThatLostEverythingTakesNoMore() public {
        _reward(70e18);
        skip(7 days);
        slasher.slash(node, 2000e18);
        assertEq(stakeManager.pool(node).tokens, 0);
        bytes memory refusal = abi.encodeWithSelector(IStakeManager.PoolWorthless.selector, node);
        vm.expectRevert(refusal);
        vm.prank(node);
        stakeManager.stake(1e18);
        vm.expectRevert(refusal);
        vm.prank(bob);
        stakeManager.delegateStake(node, 10e18);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.StakeInsufficient.selector, node, alice, 0, 1));
        _request(alice, 1);
        // What was earned is not lost, and votes end as it is collected.
        stakeManager.claimRewards(node, alice);
        assertApproxEqAbs(token.balanceOf(alice), 70e18, 1);
        assertEq(_custody(alice), 0);
        assertEq(slasher.collected(1), 2000e18);
        // The same people start again at another address.
        address again = makeAddr("again");
        _ready(again);
        _stake(again, 10e18);
        _delegate(alice, again, 50e18);
        assertEq(_worth(again, alice), 50e18);
    }

    function test_DownToASixtyFourthItTakesMoreAndBelowItDoesNot() public {
        slasher.slash(node, 1968.75e18);
        assertEq(stakeManager.pool(node).tokens, 31.25e18);
        _delegate(bob, 31.25e18);
        assertEq(_worth(bob), 31.25e18);
        assertEq(stakeManager.pool(node).delegatedShares, 3000e18);
        slasher.slash(node, 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.PoolWorthless.selector, node));
        vm.prank(bob);
        stakeManager.delegateStake(node, 10e18);
        // Leaving is as free as ever.
        uint256 worth = _worth(bob);
        assertGe(worth + 2, 31.25e18);
        _request(bob, worth);
        _afterCooldown();
        stakeManager.withdraw(node, bob);
        assertEq(token.balanceOf(bob), worth);
    }
}
