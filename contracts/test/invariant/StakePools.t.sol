// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Param} from "../../src/interfaces/IPolicy.sol";
import {PoolInfo, Position} from "../../src/interfaces/IStakeManager.sol";
import {StakeTest} from "../builders/StakeTest.sol";
import {StakePoolsHandler} from "./StakePoolsHandler.sol";

/// @dev Whatever nodes, delegators, the court and the clock do, down to single wei.
contract StakePoolsInvariant is StakeTest {
    StakePoolsHandler private handler;

    function setUp() public override {
        super.setUp();
        _setPolicy(Param.MinDelegation, 1);
        handler = new StakePoolsHandler(stakeManager, token, slasher, treasury);
        for (uint256 i; i < handler.ACTORS(); ++i) {
            _give(handler.actors(i), 1_000_000e18);
        }
        targetContract(address(handler));
    }

    /// forge-config: default.invariant.runs = 256
    /// forge-config: default.invariant.depth = 100
    /// forge-config: default.invariant.fail-on-revert = true
    /// forge-config: default.invariant.check-interval = 10
    function invariant_EveryWeiOfEveryPoolIsThere() public view {
        _assertTokens();
        uint256 tokens;
        uint256 pending;
        uint256 claims;
        uint256 flowing;
        for (uint256 n; n < handler.NODES(); ++n) {
            address of_ = handler.actors(n);
            PoolInfo memory pool = stakeManager.pool(of_);
            (uint256 p, uint256 c) = _assertPool(of_, pool);
            tokens += pool.tokens;
            pending += p;
            claims += c;
            if (pool.rewardEnd > block.timestamp) {
                flowing += (pool.rewardRate + 1) * (pool.rewardEnd - block.timestamp);
            }
        }
        uint256 dust = _dust();
        assertGe(stakeManager.totalStaked(), tokens);
        assertLe(stakeManager.totalStaked(), tokens + dust);
        // What is still to be collected is covered, and what will never be collected is dust.
        assertGe(stakeManager.uncollected(), pending);
        assertLe(stakeManager.uncollected(), pending + dust);
        // No more is promised than is held; and but for dust everything held is promised or flows on.
        assertGe(stakeManager.rewardsHeld(), claims);
        assertLe(stakeManager.rewardsHeld(), claims + flowing + 10 * handler.calls() + 100);
    }

    function afterInvariant() public view {
        handler.checkHistory();
    }

    function _assertTokens() private view {
        uint256 custody;
        for (uint256 i; i < handler.ACTORS(); ++i) {
            address actor = handler.actors(i);
            uint256 held = token.custodyOf(address(stakeManager), actor);
            custody += held;
            // Staked, delegated and unstaking tokens vote for who put them there, slashed ones no more.
            assertEq(token.getVotes(actor), token.balanceOf(actor) + held);
        }
        assertEq(custody, token.totalCustody(address(stakeManager)));
        assertEq(token.balanceOf(address(stakeManager)), custody + stakeManager.rewardsHeld());
        assertEq(stakeManager.rewardsHeld(), handler.rewardsAdded() - handler.rewardsPaid());
        uint256 taken;
        for (uint256 ref = 1; ref <= slasher.slashes(); ++ref) {
            assertLe(slasher.collected(ref), slasher.taken(ref));
            taken += slasher.taken(ref);
        }
        assertEq(stakeManager.uncollected(), taken - slasher.announced());
        assertEq(token.balanceOf(address(slasher)), slasher.announced());
    }

    function _assertPool(address of_, PoolInfo memory pool) private view returns (uint256 pending, uint256 claims) {
        uint256 worths;
        uint256 shares;
        uint256 delegated;
        for (uint256 i; i < handler.ACTORS(); ++i) {
            address owner = handler.actors(i);
            Position memory position = stakeManager.position(of_, owner);
            shares += position.shares + position.unstakingShares;
            if (owner == of_) assertEq(position.shares, pool.ownShares);
            else delegated += position.shares;
            worths += _worth(of_, owner);
            claims += position.claimable;
            pending += _assertPosition(of_, owner, position);
        }
        assertEq(shares, pool.shares);
        assertEq(delegated, pool.delegatedShares);
        assertLe(worths, pool.tokens);
        assertLe(pool.tokens, worths + 2 * handler.ACTORS());
    }

    /// @dev What a position is owed and what it has to lose is in its owner's custody, and not a wei too much beyond one
    /// for each time it was rounded.
    function _assertPosition(address of_, address owner, Position memory position) private view returns (uint256 due) {
        due = _pending(of_, position);
        uint256 needed = _worth(of_, owner) + due;
        uint256 put = handler.put(of_, owner);
        assertGe(put, needed);
        assertLe(put, needed + handler.roundings(of_, owner) + 2);
    }

    /// @dev What the slashes that were not collected from a position yet will cost it.
    function _pending(address of_, Position memory position) private view returns (uint256 due) {
        uint256 slashes = stakeManager.pool(of_).slashes;
        uint256 from = position.slashesCollected;
        uint256 before = from == 0 ? 1e31 : stakeManager.slashOf(of_, from - 1).price;
        for (uint256 i = from; i < slashes; ++i) {
            uint256 price = stakeManager.slashOf(of_, i).price;
            due += (position.shares + position.unstakingShares) * (before - price) / 1e31;
            before = price;
        }
    }

    function _dust() private view returns (uint256 dust) {
        for (uint256 n; n < handler.NODES(); ++n) {
            for (uint256 i; i < handler.ACTORS(); ++i) {
                dust += handler.roundings(handler.actors(n), handler.actors(i)) + 2;
            }
        }
    }
}
