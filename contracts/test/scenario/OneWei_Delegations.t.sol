// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {IStakeManager} from "../../src/interfaces/IStakeManager.sol";
import {StakeTest} from "../builders/StakeTest.sol";

/// @dev The DAO let the minimum fall to one wei, and somebody splits its stake into dust.
contract OneWei_Delegations is StakeTest {
    uint160 private constant DUST = 300;

    function setUp() public override {
        super.setUp();
        _setPolicy(Param.MinDelegation, 1);
        _stake(node, 100e18);
        for (uint160 i = 1; i <= DUST; ++i) {
            address owner = address(0xd057 << 16 | i);
            _ready(owner);
            _delegate(owner, 1);
        }
    }

    function test_SplittingIntoDustSavesNothingFromASlash() public {
        assertEq(stakeManager.stakeOf(node).delegated, DUST);
        slasher.slash(node, 30e18);
        // A share is worth less than a wei now: no single one gives anything back.
        for (uint160 i = 1; i <= DUST; ++i) {
            address owner = address(0xd057 << 16 | i);
            assertEq(_worth(owner), 0);
            stakeManager.collect(node, owner, 1);
            vm.expectRevert(abi.encodeWithSelector(IStakeManager.StakeInsufficient.selector, node, owner, 0, 1));
            _request(owner, 1);
        }
        // Those who hold more are worth what they would be without the dust.
        assertApproxEqAbs(_worth(node), 70e18, DUST);
        assertLe(slasher.collected(1), 30e18);
        assertGe(slasher.collected(1) + DUST, 30e18);
    }

    function test_DustKeepsNobodyFromLeaving() public {
        slasher.slash(node, 1);
        uint256 worth = _worth(node);
        _request(node, worth);
        _afterCooldown();
        stakeManager.withdraw(node, node);
        assertEq(token.balanceOf(node), worth);
        assertGe(worth + 2, 100e18);
    }

    function test_ManyDepositsOfAWeiAfterASlashAreWorthNoMoreThanTheyCost() public {
        slasher.slash(node, 50e18);
        uint256 worth = _worth(node);
        for (uint256 i; i < 100; ++i) {
            _delegate(alice, 1);
        }
        assertLe(_worth(alice), 100);
        assertEq(_worth(node), worth);
        uint256 given = _worth(alice);
        _request(alice, given);
        _afterCooldown();
        stakeManager.withdraw(node, alice);
        assertEq(token.balanceOf(alice), given);
        assertEq(_worth(node), worth);
    }

    /// @dev The first-deposit attack on share pools: a wei of shares, a donation, and the next one's deposit rounds to none.
    function test_ADonationMovesNoPrice() public {
        address fresh = makeAddr("fresh");
        _ready(fresh);
        _stake(fresh, 1);
        vm.prank(treasury);
        token.transfer(address(stakeManager), 1000e18);
        _delegate(bob, fresh, 999e18);
        assertEq(_worth(fresh, bob), 999e18);
        assertEq(_worth(fresh, fresh), 1);
        assertEq(stakeManager.pool(fresh).tokens, 999e18 + 1);
    }

    function test_DustCannotSwallowTheRewardsOfOthers() public {
        _delegate(alice, 100e18);
        _reward(700e18);
        // Everybody of them touches the stream every minute.
        for (uint160 i = 1; i <= DUST; ++i) {
            skip(1 minutes);
            _delegate(address(0xd057 << 16 | i), 1);
        }
        skip(7 days);
        // A wei of stake earns seven here, and each of them has two.
        assertApproxEqAbs(_claimable(alice), 700e18, 14 * DUST + DUST);
    }
}
