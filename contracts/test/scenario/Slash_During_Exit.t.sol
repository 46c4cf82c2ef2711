// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IStakeManager} from "../../src/interfaces/IStakeManager.sol";
import {StakeTest} from "../builders/StakeTest.sol";

/// @dev A node cheats and asks for its stake before anybody sees; its delegators run when they do.
contract Slash_During_Exit is StakeTest {
    function test_NobodyOutrunsASlash() public {
        _stake(node, 1000e18);
        _delegate(alice, 1000e18);
        _request(node, 1000e18);
        assertEq(stakeManager.stakeOf(node).own, 0);
        skip(1 days);

        // The case opens as alice hurries to leave: she cannot any more, and who is already leaving stays.
        slasher.freeze(node);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.StakeFrozen.selector, node, 1));
        _request(alice, 1000e18);
        _afterCooldown();
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.StakeFrozen.selector, node, 1));
        stakeManager.withdraw(node, node);

        slasher.unfreeze(node);
        slasher.slash(node, 600e18);
        // The node's exit had begun before the slash and pays it in full, like her who stayed.
        stakeManager.withdraw(node, node);
        assertEq(token.balanceOf(node), 700e18);
        assertEq(_worth(alice), 700e18);
        _request(alice, 700e18);
        _afterCooldown();
        stakeManager.withdraw(node, alice);
        assertEq(token.balanceOf(alice), 700e18);
        assertEq(slasher.collected(1), 600e18);
    }

    function test_ASecondSlashBetweenRequestAndWithdrawalCountsToo() public {
        _stake(node, 1000e18);
        _delegate(alice, 1000e18);
        slasher.slash(node, 200e18);
        _request(alice, 450e18);
        slasher.slash(node, 180e18);
        _afterCooldown();
        stakeManager.withdraw(node, alice);
        assertEq(token.balanceOf(alice), 405e18);
        assertEq(_worth(alice), 405e18);
        assertEq(slasher.collected(1), 200e18);
        assertEq(slasher.collected(2), 180e18);
    }

    function test_AnExitThatASlashTookWholeEndsWithNothing() public {
        _stake(node, 1000e18);
        _delegate(alice, 1000e18);
        _request(alice, 1000e18);
        slasher.slash(node, 2000e18);
        _afterCooldown();
        vm.expectEmit();
        emit IStakeManager.Unstaked(node, alice, 0);
        stakeManager.withdraw(node, alice);
        assertEq(token.balanceOf(alice), 0);
        assertEq(_position(alice).unstakingShares, 0);
    }
}
