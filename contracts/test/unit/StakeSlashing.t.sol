// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IStakeManager, SlashRecord} from "../../src/interfaces/IStakeManager.sol";
import {SLASH_PERMISSION} from "../../src/permission/Permissions.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {Slasher} from "../builders/Slasher.sol";
import {StakeTest} from "../builders/StakeTest.sol";

contract StakeSlashingTest is StakeTest {
    function test_ASlashTakesTheNodesPartAtOnceAndTheOthersWhenCollected() public {
        _stake(node, 100e18);
        _delegate(alice, 50e18);
        _request(node, 40e18);
        vm.expectEmit();
        emit IStakeManager.Slashed(node, 1, 30e18, 120e18);
        vm.expectEmit();
        emit IStakeManager.StakeChanged(node, 48e18, 40e18, 0);
        vm.expectEmit();
        emit IStakeManager.SlashCollected(node, node, 1, 20e18);
        slasher.slash(node, 30e18);
        assertEq(slasher.taken(1), 30e18);
        assertEq(slasher.collected(1), 20e18);
        assertEq(token.balanceOf(address(slasher)), 20e18);
        assertEq(stakeManager.uncollected(), 10e18);
        assertEq(stakeManager.totalStaked(), 120e18);
        assertEq(_worth(node), 80e18);
        assertEq(_worth(alice), 40e18);
        // The node's slashed tokens vote no more; the delegator's until they are collected.
        assertEq(token.getVotes(node), 80e18);
        assertEq(token.getVotes(alice), 50e18);
        assertEq(_position(alice).slashesCollected, 0);
        assertEq(_position(node).slashesCollected, 1);
        SlashRecord memory record = stakeManager.slashOf(node, 0);
        assertEq(record.ref, 1);
        assertEq(record.receiver, address(slasher));
        assertEq(record.taken, 30e18);
        assertEq(record.price, 0.8e31);

        vm.expectEmit();
        emit IStakeManager.SlashCollected(node, alice, 1, 10e18);
        vm.prank(stranger);
        assertEq(stakeManager.collect(node, alice, 5), 10e18);
        assertEq(slasher.collected(1), 30e18);
        assertEq(stakeManager.uncollected(), 0);
        assertEq(token.getVotes(alice), 40e18);
        assertEq(_worth(alice), 40e18);
        assertEq(stakeManager.collect(node, alice, 5), 0);
        assertEq(stakeManager.collect(node, node, 5), 0);
    }

    function test_ASlashIsCappedAtWhatThePoolHas() public {
        _stake(node, 100e18);
        _delegate(alice, 50e18);
        slasher.slash(node, 1000e18);
        assertEq(slasher.taken(1), 150e18);
        stakeManager.collect(node, alice, 1);
        assertEq(slasher.collected(1), 150e18);
        assertEq(token.balanceOf(address(stakeManager)), 0);
        // Nothing is left to take: such a slash is not even remembered.
        vm.expectEmit();
        emit IStakeManager.Slashed(node, 2, 0, 0);
        slasher.slash(node, 1);
        assertEq(slasher.taken(2), 0);
        assertEq(stakeManager.pool(node).slashes, 1);
    }

    function test_ASlashOfNothingChangesNothing() public {
        _stake(node, 100e18);
        vm.expectEmit();
        emit IStakeManager.Slashed(node, 1, 0, 100e18);
        slasher.slash(node, 0);
        assertEq(stakeManager.pool(node).slashes, 0);
        slasher.slash(alice, 5);
        assertEq(stakeManager.pool(alice).slashes, 0);
    }

    function test_WhatIsUnstakingIsSlashedTheSameAndAnExitPaysItsPart() public {
        _stake(node, 100e18);
        _delegate(alice, 50e18);
        _request(alice, 50e18);
        slasher.slash(node, 75e18);
        _afterCooldown();
        vm.expectEmit();
        emit IStakeManager.SlashCollected(node, alice, 1, 25e18);
        stakeManager.withdraw(node, alice);
        assertEq(token.balanceOf(alice), 25e18);
        assertEq(_custody(alice), 0);
        assertEq(slasher.collected(1), 75e18);
    }

    function test_WhoComesAfterASlashPaysNothingOfIt() public {
        _stake(node, 100e18);
        slasher.slash(node, 30e18);
        _delegate(bob, 70e18);
        assertEq(_worth(bob), 70e18);
        assertEq(_position(bob).slashesCollected, 1);
        assertEq(stakeManager.collect(node, bob, 16), 0);
        assertEq(stakeManager.stakeOf(node).delegated, 70e18);
        // Shares cost 0.7 wei now: both lose the same of a second one.
        slasher.slash(node, 14e18);
        assertEq(_worth(bob), 63e18);
        assertEq(_worth(node), 63e18);
        assertEq(stakeManager.collect(node, bob, 16), 7e18);
    }

    function test_WhoTouchesItsPositionPaysFirst() public {
        _stake(node, 100e18);
        _delegate(alice, 100e18);
        slasher.slash(node, 20e18);
        _delegate(alice, 90e18);
        assertEq(slasher.collected(1), 20e18);
        assertEq(_worth(alice), 180e18);
        slasher.slash(node, 27e18);
        _request(alice, 81e18);
        assertApproxEqAbs(slasher.collected(2), 27e18, 1);
        assertEq(_worth(alice), 162e18);
        _reward(7e18);
        skip(7 days);
        slasher.slash(node, 10e18);
        stakeManager.claimRewards(node, alice);
        assertApproxEqAbs(slasher.collected(3), 10e18, 1);
    }

    function test_MoreSlashesThanATouchCollectsAreCollectedFirst() public {
        _stake(node, 100e18);
        _delegate(alice, 100e18);
        for (uint256 i; i < 17; ++i) {
            slasher.slash(node, 1e18);
        }
        bytes memory refusal = abi.encodeWithSelector(IStakeManager.SlashesUncollected.selector, node, alice, 17);
        vm.expectRevert(refusal);
        _request(alice, 1e18);
        _give(alice, 10e18);
        vm.expectRevert(refusal);
        vm.prank(alice);
        stakeManager.delegateStake(node, 10e18);
        stakeManager.collect(node, alice, 1);
        assertEq(_position(alice).slashesCollected, 1);
        _request(alice, 1e18);
        assertEq(_position(alice).slashesCollected, 17);
    }

    function test_NeedsAReferenceThatFits() public {
        _stake(node, 100e18);
        dao.grant(address(stakeManager), address(this), SLASH_PERMISSION);
        vm.expectRevert();
        stakeManager.slash(node, 1, type(uint256).max);
        stakeManager.slash(node, 1, type(uint152).max);
        assertEq(stakeManager.slashOf(node, 0).ref, type(uint152).max);
    }

    function test_TheCollectorMustBringGasForTheReceiver() public {
        _stake(node, 100e18);
        _delegate(alice, 100e18);
        slasher.slash(node, 20e18);
        uint256 gas = stakeManager.RECEIVER_GAS();
        vm.expectPartialRevert(IStakeManager.GasTooLow.selector);
        stakeManager.collect{gas: gas}(node, alice, 1);
        stakeManager.collect{gas: gas + 200_000}(node, alice, 1);
        assertEq(slasher.collected(1), 20e18);
    }

    /// @dev Called by the stake manager as a slash is collected; this contract is then the slasher.
    function onSlashCollected(uint256, uint256) external {}

    /// @dev The parts of a slash never exceed it, everybody pays pro rata, and all that is left can still leave.
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_SlashesNeitherMakeNorLoseTokens(
        uint96 own,
        uint96[3] memory delegations,
        uint96[3] memory amounts,
        uint8 order
    ) public {
        _setPolicy(Param.MinDelegation, 1);
        own = uint96(bound(own, 1, 1_000_000e18));
        _stake(node, own);
        uint256 staked = own;
        address[3] memory owners = [alice, bob, makeAddr("carol")];
        _ready(owners[2]);
        for (uint256 i; i < 3; ++i) {
            // The first delegates single wei.
            delegations[i] = uint96(bound(delegations[i], 1, i == 0 ? 3 : 1_000_000e18));
            _delegate(owners[i], delegations[i]);
            staked += delegations[i];
        }
        uint256 taken;
        for (uint256 i; i < 3; ++i) {
            uint256 tokens = stakeManager.pool(node).tokens;
            uint256 ref = slasher.slash(node, bound(amounts[i], 0, tokens / 2));
            taken += slasher.taken(ref);
            if (order & (1 << i) != 0) stakeManager.collect(node, owners[i], 1);
        }
        uint256 left;
        for (uint256 i; i < 3; ++i) {
            uint256 worth = _worth(owners[i]);
            assertApproxEqAbs(worth, uint256(delegations[i]) * (staked - taken) / staked, 4);
            if (worth != 0) _request(owners[i], worth);
            else stakeManager.collect(node, owners[i], 3);
        }
        if (_worth(node) != 0) _request(node, _worth(node));
        _afterCooldown();
        for (uint256 i; i < 3; ++i) {
            (, uint256 unstaking) = stakeManager.worth(node, owners[i]);
            if (unstaking != 0) stakeManager.withdraw(node, owners[i]);
            assertEq(token.balanceOf(owners[i]), unstaking);
            left += _custody(owners[i]);
        }
        (, uint256 ownUnstaking) = stakeManager.worth(node, node);
        if (ownUnstaking != 0) stakeManager.withdraw(node, node);
        left += _custody(node);
        for (uint256 ref = 1; ref <= 3; ++ref) {
            assertLe(slasher.collected(ref), slasher.taken(ref));
            assertGe(slasher.collected(ref) + 4, slasher.taken(ref));
        }
        // A wei for each rounding at most stays behind.
        assertEq(token.balanceOf(address(stakeManager)), left);
        assertLe(left, 4 * 5);
    }
}
