// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {StakeTest} from "../builders/StakeTest.sol";

/// @dev A slash costs the same however many share it.
contract Thousands_Of_Delegators is StakeTest {
    uint256 private constant MANY = 2000;

    function _owner(uint256 i) private pure returns (address) {
        return address(uint160(uint256(keccak256(abi.encode("delegator", i)))));
    }

    function test_ASlashDoesNotGrowWithThemAndEachPaysItsPart() public {
        _stake(node, 10_000e18);
        _delegate(alice, 10e18);
        uint256 snapshot = vm.snapshotState();
        uint256 gas = gasleft();
        slasher.slash(node, 1000e18);
        uint256 few = gas - gasleft();
        vm.revertToState(snapshot);

        uint256 delegated = 10e18;
        for (uint256 i; i < MANY; ++i) {
            address owner = _owner(i);
            vm.prank(owner);
            token.approve(address(stakeManager), type(uint256).max);
            _delegate(owner, 10e18 + i);
            delegated += 10e18 + i;
        }
        assertEq(stakeManager.stakeOf(node).delegated, delegated);
        gas = gasleft();
        slasher.slash(node, 9000e18);
        assertApproxEqAbs(gas - gasleft(), few, 10_000);

        // 9,000 of 30,010 and a little: each of them pays that, to the wei rounded down.
        uint256 collected = slasher.collected(1);
        for (uint256 i; i < MANY; ++i) {
            collected += stakeManager.collect(node, _owner(i), 1);
            assertApproxEqAbs(_worth(_owner(i)) + (10e18 + i) * 9000e18 / (10_000e18 + delegated), 10e18 + i, 2);
        }
        collected += stakeManager.collect(node, alice, 1);
        assertEq(slasher.collected(1), collected);
        assertLe(collected, 9000e18);
        assertGe(collected + MANY + 2, 9000e18);
        assertEq(stakeManager.uncollected(), 9000e18 - collected);
    }
}
