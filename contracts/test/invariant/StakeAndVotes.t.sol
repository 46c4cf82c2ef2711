// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {CoveyTest} from "../builders/CoveyTest.sol";
import {StakeHandler} from "./StakeHandler.sol";

/// @dev Whatever four nodes do with tokens, stake, delegation and slashes: stake is backed token by token, and nobody's
/// vote counts twice.
contract StakeAndVotesInvariant is CoveyTest {
    StakeHandler private handler;

    function setUp() public override {
        super.setUp();
        handler = new StakeHandler(token, stakeManager, address(court));
        for (uint256 i; i < handler.NODES(); ++i) {
            _give(handler.nodes(i), 1_000_000e18);
        }
        targetContract(address(handler));
    }

    function invariant_StakeIsBackedToTheWei() public view {
        uint256 held = token.balanceOf(address(stakeManager));
        assertEq(held, stakeManager.totalStaked() + stakeManager.totalUnstaking());
        assertEq(held, token.totalCredited(address(stakeManager)));
        uint256 sum;
        for (uint256 i; i < handler.NODES(); ++i) {
            address node = handler.nodes(i);
            (uint256 unstaking,) = stakeManager.unstakingOf(node);
            uint256 own = stakeManager.stakeOf(node).own + unstaking;
            assertEq(token.creditedVotes(address(stakeManager), node), own);
            sum += own;
        }
        assertEq(sum, held);
    }

    function invariant_VotesNeverExceedTheSupplyAndUnitsAddUpToIt() public view {
        uint256 votes = token.getVotes(address(stakeManager)) + token.getVotes(treasury);
        uint256 units = token.votingUnits(address(stakeManager)) + token.votingUnits(treasury)
            + token.votingUnits(handler.slashRecipient());
        for (uint256 i; i < handler.NODES(); ++i) {
            votes += token.getVotes(handler.nodes(i));
            units += token.votingUnits(handler.nodes(i));
        }
        assertLe(votes, token.totalSupply());
        assertEq(units, token.totalSupply());
        assertEq(token.votingUnits(address(stakeManager)), 0);
    }

    function invariant_NodesHaveWhatTheyStartedWithMinusSlashes() public view {
        uint256 sum = token.balanceOf(address(stakeManager)) + token.balanceOf(handler.slashRecipient());
        for (uint256 i; i < handler.NODES(); ++i) {
            sum += token.balanceOf(handler.nodes(i));
        }
        assertEq(sum, handler.NODES() * 1_000_000e18);
    }
}
