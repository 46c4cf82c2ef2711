// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IStakeManager} from "../../src/interfaces/IStakeManager.sol";
import {StakeTest} from "../builders/StakeTest.sol";

/// @dev A delegator never looks while its node is slashed forty times.
contract Many_Slashes_Before_A_Collection is StakeTest {
    uint256 private constant SLASHES = 40;

    function setUp() public override {
        super.setUp();
        _stake(node, 1000e18);
        _delegate(alice, 1000e18);
        for (uint256 i; i < SLASHES; ++i) {
            slasher.slash(node, stakeManager.pool(node).tokens / 100);
        }
    }

    function test_StrangersCollectInStepsAndTheExitIsOpenAgain() public {
        uint256 worth = _worth(alice);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.SlashesUncollected.selector, node, alice, SLASHES));
        _request(alice, worth);
        // 24 of them by a stranger, the last sixteen with the request itself.
        vm.prank(stranger);
        stakeManager.collect(node, alice, 24);
        assertEq(_position(alice).slashesCollected, 24);
        _request(alice, worth);
        assertEq(_position(alice).slashesCollected, SLASHES);
        _afterCooldown();
        stakeManager.withdraw(node, alice);
        assertEq(token.balanceOf(alice), worth);
        // 0.99^40.
        assertApproxEqRel(worth, 668.971758569680497e18, 1e6);
        for (uint256 ref = 1; ref <= SLASHES; ++ref) {
            assertApproxEqAbs(slasher.collected(ref), slasher.taken(ref), 2);
            assertLe(slasher.collected(ref), slasher.taken(ref));
        }
        assertLe(_custody(alice), SLASHES + 2);
    }

    function test_ItCostsTheSameInOneStepOrInMany() public {
        uint256 snapshot = vm.snapshotState();
        uint256 atOnce = stakeManager.collect(node, alice, type(uint256).max - 100);
        vm.revertToState(snapshot);
        uint256 inSteps;
        for (uint256 i; i < SLASHES; ++i) {
            inSteps += stakeManager.collect(node, alice, 1);
        }
        assertEq(atOnce, inSteps);
        assertEq(stakeManager.collect(node, alice, 1), 0);
    }
}
