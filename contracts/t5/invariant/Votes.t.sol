// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ICoveyToken} from "../../src/interfaces/ICoveyToken.sol";
import {MINT_PERMISSION} from "../../src/permission/Permissions.sol";
import {TokenTest} from "../builders/TokenTest.sol";
import {VotesHandler} from "./VotesHandler.sol";

/// @dev Whatever owners, custodians, escrows, the minter and the DAO do with tokens: nobody's vote counts twice, no
/// custody is broken, and the past stays what it was.
contract VotesInvariant is TokenTest {
    VotesHandler private handler;
    /// @dev Who can have tokens, custody and bonuses: the handler's owners and custodians.
    address[] private actors;
    address[3] private keepers;
    /// @dev Who can have a balance and nothing else.
    address[8] private holders;

    function setUp() public override {
        super.setUp();
        address minter = makeAddr("minter");
        dao.grant(address(token), minter, MINT_PERMISSION);
        handler = new VotesHandler(token, escrow, address(dao), minter);
        _setCustodian(handler.custodians(0), ICoveyToken.CustodianKind.Custodian);
        _setCustodian(handler.custodians(1), ICoveyToken.CustodianKind.Escrow);
        for (uint256 i; i < handler.OWNERS(); ++i) {
            _give(handler.owners(i), 10_000_000e18);
            actors.push(handler.owners(i));
        }
        actors.push(handler.custodians(0));
        actors.push(handler.custodians(1));
        keepers = [handler.custodians(0), handler.custodians(1), address(escrow)];
        (address a, address b, address c) = token.vestingWallets();
        holders = [treasury, a, b, c, team, investors, ecosystem, address(escrow)];
        targetContract(address(handler));
    }

    /// forge-config: default.invariant.runs = 256
    /// forge-config: default.invariant.depth = 100
    /// forge-config: default.invariant.fail-on-revert = true
    function invariant_OneVoteATokenWhereverItIs() public view {
        uint256 supply = token.totalSupply();
        assertLe(supply, token.cap());
        assertEq(handler.wentThrough(), 0);
        (uint256[] memory held, uint256 bonuses) = _custody();
        uint256 balances = _addLiquid(held);
        // Nobody else has any: units are all tokens and all bonuses.
        assertEq(balances, supply);
        assertLe(bonuses, 2 * supply);
        _assertVotes(held);
        _assertPast();
    }

    /// @return owned What each actor has in custody and as bonus.
    function _custody() private view returns (uint256[] memory owned, uint256 bonuses) {
        owned = new uint256[](actors.length);
        for (uint256 k; k < 3; ++k) {
            uint256 sum;
            for (uint256 i; i < actors.length; ++i) {
                uint256 amount = token.custodyOf(keepers[k], actors[i]);
                uint256 bonus = token.bonusOf(keepers[k], actors[i]);
                assertLe(bonus, 2 * amount);
                sum += amount;
                bonuses += bonus;
                owned[i] += amount + bonus;
            }
            assertEq(sum, token.totalCustody(keepers[k]));
            assertGe(token.balanceOf(keepers[k]), sum);
        }
    }

    /// @dev Adds what each actor has that is liquid and its own, and sums up all balances.
    function _addLiquid(uint256[] memory owned) private view returns (uint256 balances) {
        for (uint256 i; i < actors.length; ++i) {
            uint256 balance = token.balanceOf(actors[i]);
            balances += balance;
            owned[i] += balance;
            if (i >= handler.OWNERS()) owned[i] -= token.totalCustody(actors[i]);
            assertEq(token.votingUnits(actors[i]), owned[i]);
        }
        for (uint256 i; i < holders.length; ++i) {
            balances += token.balanceOf(holders[i]);
        }
    }

    /// @dev Votes of each delegate are the sum of what those own that chose it: liquid, in custody, and bonus.
    function _assertVotes(uint256[] memory owned) private view {
        address[] memory chosen = new address[](actors.length);
        for (uint256 i; i < actors.length; ++i) {
            chosen[i] = token.delegates(actors[i]);
        }
        for (uint256 d; d < 4; ++d) {
            uint256 expected;
            for (uint256 i; i < actors.length; ++i) {
                if (chosen[i] == actors[d]) expected += owned[i];
            }
            assertEq(token.getVotes(actors[d]), expected);
        }
    }

    function _assertPast() private view {
        uint256 count = handler.pastCount();
        if (count == 0) return;
        // The last one, and any other.
        _assertPastIs(handler.past(count - 1));
        _assertPastIs(handler.past(uint256(keccak256(abi.encode(count))) % count));
    }

    function _assertPastIs(VotesHandler.Past memory p) private view {
        assertEq(token.getPastTotalSupply(p.blockNumber), p.supply);
        for (uint256 d; d < 4; ++d) {
            assertEq(token.getPastVotes(actors[d], p.blockNumber), p.votes[d]);
        }
    }
}
