// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {VestingWallet} from "@openzeppelin/contracts/finance/VestingWallet.sol";
import {TokenTest} from "../builders/TokenTest.sol";

/// @dev The years after genesis.
contract GenesisUnlocksTest is TokenTest {
    function test_AQuarterOfTheTeamsShareIsOutAfterAYearAndVotesOnlyThen() public {
        (address wallet,,) = token.vestingWallets();
        vm.prank(team);
        token.delegate(team);
        assertEq(token.getVotes(team), 0);
        skip(365 days);
        VestingWallet(payable(wallet)).release(address(token));
        assertEq(token.balanceOf(team), 42_500_000e18);
        assertEq(token.getVotes(team), 42_500_000e18);
        assertEq(token.votingUnits(wallet), 127_500_000e18);
        assertEq(token.getVotes(wallet), 0);
    }

    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_EachShareUnlocksLinearlyToTheWei(uint256 first, uint256 second) public {
        (address a, address b, address c) = token.vestingWallets();
        address[3] memory wallets = [a, b, c];
        address[3] memory owners = [team, investors, ecosystem];
        uint256[3] memory amounts = [uint256(170_000_000e18), 163_000_000e18, 69_000_000e18];
        uint256[3] memory durations = [uint256(4 * 365 days), 3 * 365 days, 5 * 365 days];
        first = bound(first, 0, 6 * 365 days);
        second = bound(second, 0, 6 * 365 days);
        skip(first);
        for (uint256 i; i < 3; ++i) {
            VestingWallet(payable(wallets[i])).release(address(token));
            uint256 passed = first < durations[i] ? first : durations[i];
            assertEq(token.balanceOf(owners[i]), amounts[i] * passed / durations[i]);
        }
        // An earlier release changes nothing about a later one.
        skip(second);
        for (uint256 i; i < 3; ++i) {
            VestingWallet(payable(wallets[i])).release(address(token));
            uint256 passed = first + second < durations[i] ? first + second : durations[i];
            assertEq(token.balanceOf(owners[i]), amounts[i] * passed / durations[i]);
            assertEq(token.balanceOf(wallets[i]), amounts[i] - token.balanceOf(owners[i]));
        }
        assertEq(token.totalSupply(), 530_000_000e18);
    }

    function test_VestingWalletsCannotVoteWhateverTheirOwnersDo() public {
        (, address wallet,) = token.vestingWallets();
        // A wallet has no function that could call the token's `delegate`; its owner's votes are another account's.
        vm.prank(investors);
        token.delegate(investors);
        vm.prank(investors);
        VestingWallet(payable(wallet)).transferOwnership(stranger);
        assertEq(token.getVotes(investors), 0);
        assertEq(token.delegates(wallet), address(0));
        skip(3 * 365 days);
        VestingWallet(payable(wallet)).release(address(token));
        assertEq(token.balanceOf(stranger), 163_000_000e18);
    }
}
