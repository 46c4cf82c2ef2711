// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ICoveyToken} from "../../src/interfaces/ICoveyToken.sol";
import {Change, Param} from "../../src/interfaces/IPolicy.sol";
import {TokenTest} from "../builders/TokenTest.sol";

/// @dev Whole transactions (21,000 and call data included, all storage cold) of participants that have done the same
/// before: run with `forge test --isolate -vv`; without it they only show that the calls work.
contract TokenGas is TokenTest {
    address private alice = makeAddr("alice");
    address private bob = makeAddr("bob");
    address private vault = makeAddr("vault");

    function setUp() public override {
        super.setUp();
        _setCustodian(vault, ICoveyToken.CustodianKind.Custodian);
        address[2] memory voters = [alice, bob];
        for (uint256 i; i < 2; ++i) {
            _give(voters[i], 1000e18);
            vm.startPrank(voters[i]);
            token.delegate(voters[i]);
            token.approve(address(escrow), type(uint256).max);
            token.approve(vault, type(uint256).max);
            escrow.lock(10e18, 30 days);
            vm.stopPrank();
            vm.prank(vault);
            token.deposit(voters[i], 10e18);
        }
        skip(1 days);
        vm.roll(block.number + 1);
    }

    function _log(string memory what) private {
        emit log_named_uint(what, vm.lastCallGas().gasTotalUsed);
    }

    function test_transfer() public {
        vm.prank(alice);
        token.transfer(bob, 1e18);
        _log("transfer between two that delegate to themselves");
    }

    function test_delegate() public {
        vm.prank(alice);
        token.delegate(bob);
        _log("delegate votes");
    }

    function test_custody() public {
        vm.startPrank(vault);
        token.deposit(alice, 1e18);
        _log("deposit (called by an account that is the custodian)");
        token.withdraw(alice, 1e18);
        _log("withdraw");
        token.seize(alice, 1e18);
        _log("seize, the custodian has no delegate");
        vm.stopPrank();
    }

    function test_escrow() public {
        vm.startPrank(alice);
        uint256 lockId = escrow.lock(1e18, 365 days);
        _log("lock");
        vm.roll(block.number + 1);
        escrow.requestUnlock(lockId);
        _log("requestUnlock");
        vm.roll(block.number + 1);
        escrow.relock(lockId);
        _log("relock");
        escrow.requestUnlock(lockId);
        skip(365 days);
        escrow.withdraw(lockId);
        _log("escrow withdraw");
        vm.stopPrank();
    }

    function test_policy() public {
        policy.latest(Param.MinDelegation);
        _log("policy.latest (the call alone, cold)");
        Param[] memory params = new Param[](12);
        policy.read(params, 1);
        _log("policy.read of twelve (the call alone, policy warm)");
        Change[] memory changes = new Change[](1);
        changes[0] = Change(Param.RankRatio, 0.5e18);
        vm.prank(address(dao));
        policy.set(changes);
        _log("policy.set of one number");
    }
}
