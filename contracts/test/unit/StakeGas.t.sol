// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Vm} from "forge-std/Vm.sol";
import {TaskId} from "../../src/types/Ids.sol";
import {Role} from "../../src/types/Types.sol";
import {StakeTest} from "../builders/StakeTest.sol";

/// @dev Whole transactions (21,000 and call data included, all storage cold) of participants that have done the same
/// before: run with `forge test --isolate`; without it they only show that the calls work.
contract StakeGas is StakeTest {
    function setUp() public override {
        super.setUp();
        _stake(node, 10_000e18);
        _delegate(alice, 1000e18);
        _give(node, 10_000e18);
        _give(alice, 10_000e18);
        vm.warp(block.timestamp + 1 hours);
        vm.roll(block.number + 1);
    }

    function _log(string memory what) private {
        Vm.Gas memory gas = vm.lastCallGas();
        emit log_named_uint(what, gas.gasTotalUsed);
    }

    function test_stake() public {
        vm.prank(node);
        stakeManager.stake(1e18);
        _log("stake");
    }

    function test_delegate() public {
        vm.prank(alice);
        stakeManager.delegateStake(node, 100e18);
        _log("delegate less than the highest minimum (asks the policy)");
    }

    function test_delegateMore() public {
        vm.prank(alice);
        stakeManager.delegateStake(node, 1000e18);
        _log("delegate");
    }

    function test_delegateWhileRewardsFlow() public {
        _reward(1000e18);
        vm.warp(block.timestamp + 1 hours);
        vm.prank(alice);
        stakeManager.delegateStake(node, 1000e18);
        _log("delegate while rewards flow");
    }

    function test_delegateToAPoolThatWasSlashed() public {
        slasher.slash(node, 100e18);
        stakeManager.collect(node, alice, 16);
        vm.prank(alice);
        stakeManager.delegateStake(node, 1000e18);
        _log("delegate to a pool that was slashed");
    }

    function test_requestUnstake() public {
        _request(alice, 10e18);
        _request(node, 10e18);
        vm.warp(block.timestamp + 1 hours);
        vm.prank(alice);
        stakeManager.requestUnstake(node, 10e18);
        _log("requestUnstake of a delegator");
        vm.prank(node);
        stakeManager.requestUnstake(node, 10e18);
        _log("requestUnstake of a node");
        _afterCooldown();
        stakeManager.withdraw(node, alice);
        _log("withdraw");
    }

    function test_claimRewards() public {
        _reward(1000e18);
        vm.warp(block.timestamp + 1 hours);
        stakeManager.claimRewards(node, alice);
        vm.warp(block.timestamp + 1 hours);
        stakeManager.claimRewards(node, alice);
        _log("claimRewards");
    }

    function test_addReward() public {
        _reward(1000e18);
        vm.warp(block.timestamp + 1 hours);
        vm.prank(treasury);
        stakeManager.addReward(node, 1000e18);
        _log("addReward to a running stream");
    }

    function test_slashAndCollect() public {
        slasher.slash(node, 100e18);
        slasher.slash(node, 100e18);
        _log("slash");
        stakeManager.collect(node, alice, 1);
        _log("collect, the first");
        stakeManager.collect(node, alice, 1);
        _log("collect");
    }

    function test_allocate() public {
        _allocate(node, 1, Role.Validator, 0.4e18);
        _log("allocate, the first");
        vm.warp(block.timestamp + 1 hours);
        _allocate(node, 1, Role.Validator, 0.5e18);
        _log("allocate");
        _allocate(node, 2, Role.Trainer, 0.5e18);
        _log("allocate to another task");
    }

    function test_bind() public {
        _allocate(node, 1, Role.Validator, 0.4e18);
        vm.warp(block.timestamp + 1 hours);
        uint48 asOf = uint48(block.timestamp - 1);
        stakeManager.bind(node, TaskId.wrap(1), Role.Validator, asOf);
        _log("bind, the first");
        stakeManager.bind(node, TaskId.wrap(1), Role.Validator, asOf);
        _log("bind");
        stakeManager.unbind(node, TaskId.wrap(1));
        _log("unbind");
        stakeManager.unbind(node, TaskId.wrap(1));
        _log("unbind, the last");
        stakeManager.bind(node, TaskId.wrap(1), Role.Validator, asOf);
        _log("bind, the next round");
    }

    function test_bindByAnOperator() public {
        _allocate(node, 1, Role.Validator, 0.4e18);
        vm.prank(node);
        stakeManager.offerOperator(bob);
        vm.prank(bob);
        stakeManager.acceptOperator(node);
        vm.warp(block.timestamp + 1 hours);
        stakeManager.bind(bob, TaskId.wrap(1), Role.Validator, uint48(block.timestamp - 1));
        _log("bind by an operator");
    }

    function test_changesOfAllocatedStake() public {
        _allocate(node, 1, Role.Validator, 0.4e18);
        vm.warp(block.timestamp + 1 days);
        vm.prank(node);
        stakeManager.stake(1e18);
        _log("stake of an allocated node, the first of all on that day");
        vm.prank(node);
        stakeManager.stake(1e18);
        _log("stake of an allocated node");
        vm.prank(alice);
        stakeManager.delegateStake(node, 1000e18);
        _log("delegate to an allocated node");
    }
}
