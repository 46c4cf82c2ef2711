// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {StakeTest} from "../builders/StakeTest.sol";

/// @dev Bob knows when rewards come. Alice is always there.
contract Reward_Sniping_Earns_By_Time is StakeTest {
    function setUp() public override {
        super.setUp();
        _stake(node, 1000e18);
        _delegate(alice, 1000e18);
    }

    function test_ComingJustBeforeARewardAndLeavingJustAfterEarnsThoseSeconds() public {
        _delegate(bob, 9000e18);
        _reward(7000e18);
        skip(12);
        _request(bob, 9000e18);
        skip(7 days);
        // Nine tenths of twelve seconds of a week.
        assertApproxEqAbs(_claimable(bob), uint256(7000e18) * 12 * 9 / 7 days / 10, 1e3);
        assertApproxEqAbs(_claimable(alice) + _claimable(bob), 7000e18, 2);
    }

    function test_ComingAndLeavingWithinOneSecondEarnsNothing() public {
        _reward(7000e18);
        skip(1 days);
        _delegate(bob, 9000e18);
        _reward(7000e18);
        _request(bob, 9000e18);
        assertEq(_claimable(bob), 0);
        skip(30 days);
        assertEq(_claimable(bob), 0);
        assertApproxEqAbs(_claimable(alice), 14_000e18, 2);
    }

    function test_AWeiOfRewardNeitherStretchesNorHastensAStream() public {
        _reward(7000e18);
        uint40 end = stakeManager.pool(node).rewardEnd;
        for (uint256 i; i < 100; ++i) {
            skip(1 hours);
            _reward(1);
        }
        assertEq(stakeManager.pool(node).rewardEnd, end);
        assertApproxEqAbs(_claimable(alice), uint256(7000e18) * 100 hours / 7 days, 200);
        skip(7 days);
        assertApproxEqAbs(_claimable(alice), 7000e18, 200);
    }

    function test_ARewardAddedInTheLastSecondDoesNotFallToWhoIsThereInThatSecond() public {
        _reward(7000e18);
        skip(7 days - 1);
        _delegate(bob, 9000e18);
        _reward(7000e18);
        skip(1);
        _request(bob, 9000e18);
        // A second of two streams at most, though the first had only that second left.
        assertLe(_claimable(bob), 2 * uint256(7000e18) * 9 / 7 days / 10 + 1);
    }
}
