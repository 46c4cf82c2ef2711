// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {StakeTest} from "../builders/StakeTest.sol";

/// @dev Two delegators trust a node. It is slashed, one of them leaves, the other never looks again.
contract Delegate_Slash_Unstake_Collect is StakeTest {
    function test_EverybodyPaysTheSameShareHoweverTheyLeave() public {
        _stake(node, 1000e18);
        _delegate(alice, 600e18);
        _delegate(bob, 400e18);
        _reward(70e18);
        skip(7 days);

        slasher.freeze(node);
        skip(3 days);
        slasher.unfreeze(node);
        uint256 ref = slasher.slash(node, 600e18);
        // The node's part is there at once, the delegators' is still in their custody and votes for them.
        assertEq(slasher.collected(ref), 300e18);
        assertEq(_worth(node), 700e18);
        assertEq(_worth(alice), 420e18);
        assertEq(_worth(bob), 280e18);
        assertEq(token.getVotes(bob), 400e18);

        // Alice leaves: her part is collected as she asks, and she gets her worth.
        _request(alice, 420e18);
        assertEq(slasher.collected(ref), 480e18);
        _afterCooldown();
        stakeManager.withdraw(node, alice);
        assertEq(token.balanceOf(alice), 420e18);
        assertEq(_custody(alice), 0);
        stakeManager.claimRewards(node, alice);
        assertApproxEqAbs(token.balanceOf(alice), 462e18, 1);

        // Bob does nothing for a year. He is worth what he was, and anybody can collect his part.
        skip(365 days);
        assertEq(_worth(bob), 280e18);
        vm.prank(stranger);
        stakeManager.collect(node, bob, 1);
        assertEq(slasher.collected(ref), 600e18);
        assertEq(token.getVotes(bob), 280e18);
        assertEq(stakeManager.uncollected(), 0);
        assertEq(stakeManager.totalStaked(), 980e18);
    }
}
