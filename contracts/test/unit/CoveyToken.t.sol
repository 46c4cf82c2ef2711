// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Ownable} from "@openzeppelin/contracts/access/Ownable.sol";
import {VestingWallet} from "@openzeppelin/contracts/finance/VestingWallet.sol";
import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IVotesUpgradeable} from "oz4-upgradeable/governance/utils/IVotesUpgradeable.sol";
import {IERC20Upgradeable} from "oz4-upgradeable/token/ERC20/IERC20Upgradeable.sol";
import {ICoveyToken} from "../../src/interfaces/ICoveyToken.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {MINT_PERMISSION} from "../../src/permission/Permissions.sol";
import {CoveyToken} from "../../src/token/CoveyToken.sol";
import {TokenTest} from "../builders/TokenTest.sol";

contract CoveyTokenTest is TokenTest {
    address private alice = makeAddr("alice");
    address private bob = makeAddr("bob");
    address private minter = makeAddr("minter");

    function setUp() public override {
        super.setUp();
        dao.grant(address(token), minter, MINT_PERMISSION);
    }

    function test_GenesisIsExact() public view {
        (address teamWallet, address investorsWallet, address ecosystemWallet) = token.vestingWallets();
        assertEq(token.cap(), 1_000_000_000e18);
        assertEq(token.balanceOf(treasury), 128_000_000e18);
        assertEq(token.balanceOf(teamWallet), 170_000_000e18);
        assertEq(token.balanceOf(investorsWallet), 163_000_000e18);
        assertEq(token.balanceOf(ecosystemWallet), 69_000_000e18);
        // All but the community's 47 %.
        assertEq(token.totalSupply(), 530_000_000e18);
        assertEq(token.dao(), address(dao));
        assertEq(token.name(), "Covey");
        assertEq(token.symbol(), "COVEY");
        assertEq(token.decimals(), 18);
    }

    function test_EachVestingWalletHasItsOwnerStartAndDuration() public view {
        (address teamWallet, address investorsWallet, address ecosystemWallet) = token.vestingWallets();
        _assertVesting(teamWallet, team, 4 * 365 days);
        _assertVesting(investorsWallet, investors, 3 * 365 days);
        _assertVesting(ecosystemWallet, ecosystem, 5 * 365 days);
    }

    function test_GenesisAnnouncesItsVestingWallets() public {
        address next = vm.computeCreateAddress(address(this), vm.getNonce(address(this)));
        vm.expectEmit();
        emit ICoveyToken.GenesisAllocated("team", team, vm.computeCreateAddress(next, 1), 170_000_000e18);
        vm.expectEmit();
        emit ICoveyToken.GenesisAllocated("investors", investors, vm.computeCreateAddress(next, 2), 163_000_000e18);
        vm.expectEmit();
        emit ICoveyToken.GenesisAllocated("ecosystem", ecosystem, vm.computeCreateAddress(next, 3), 69_000_000e18);
        new CoveyToken(address(dao), _beneficiaries(), _liquid());
    }

    function test_LiquidGenesisHasToAddUpToTheWei() public {
        ICoveyToken.Allocation[] memory liquid = new ICoveyToken.Allocation[](2);
        liquid[0] = ICoveyToken.Allocation(alice, 128_000_000e18);
        for (uint256 amount = 1; amount < 3; ++amount) {
            liquid[1] = ICoveyToken.Allocation(bob, amount);
            vm.expectRevert(
                abi.encodeWithSelector(ICoveyToken.GenesisMismatch.selector, 128_000_000e18, 128_000_000e18 + amount)
            );
            new CoveyToken(address(dao), _beneficiaries(), liquid);
        }
        liquid[0].amount = 128_000_000e18 - 3;
        vm.expectRevert(
            abi.encodeWithSelector(ICoveyToken.GenesisMismatch.selector, 128_000_000e18, 128_000_000e18 - 1)
        );
        new CoveyToken(address(dao), _beneficiaries(), liquid);
        liquid[1].amount = 3;
        assertEq(new CoveyToken(address(dao), _beneficiaries(), liquid).balanceOf(bob), 3);
    }

    function test_GenesisNeedsADaoAndBeneficiaries() public {
        ICoveyToken.Beneficiaries memory b = _beneficiaries();
        vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
        new CoveyToken(address(0), b, _liquid());
        b.investors = address(0);
        vm.expectRevert(abi.encodeWithSelector(Ownable.OwnableInvalidOwner.selector, address(0)));
        new CoveyToken(address(dao), b, _liquid());
    }

    function test_MintsUpToTheCapAndNotAWeiMore() public {
        vm.startPrank(minter);
        token.mint(alice, 470_000_000e18);
        vm.expectRevert(
            abi.encodeWithSelector(ICoveyToken.CapExceeded.selector, 1_000_000_000e18 + 1, 1_000_000_000e18)
        );
        token.mint(alice, 1);
        vm.stopPrank();
        assertEq(token.totalSupply(), token.cap());
    }

    function test_OnlyHoldersOfThePermissionMint() public {
        vm.expectRevert(
            abi.encodeWithSelector(
                DaoAuthorized.DaoUnauthorized.selector, address(dao), address(token), stranger, MINT_PERMISSION
            )
        );
        vm.prank(stranger);
        token.mint(stranger, 1);
    }

    function test_DeclaresByErc165WhatAragonTokenVotingAsksFor() public view {
        assertEq(type(IERC20).interfaceId, type(IERC20Upgradeable).interfaceId);
        assertEq(type(IVotes).interfaceId, type(IVotesUpgradeable).interfaceId);
        assertTrue(token.supportsInterface(type(IERC20Upgradeable).interfaceId));
        assertTrue(token.supportsInterface(type(IVotesUpgradeable).interfaceId));
        assertTrue(token.supportsInterface(type(ICoveyToken).interfaceId));
        // ERC-165, ERC20Metadata, ERC20Permit, ERC-6372, ERC-5805.
        bytes4[5] memory others = [bytes4(0x01ffc9a7), 0xa219a025, 0x9d8ff7da, 0xda287a1d, 0x0];
        for (uint256 i; i < 4; ++i) {
            assertTrue(token.supportsInterface(others[i]));
        }
        assertFalse(token.supportsInterface(0xffffffff));
    }

    function test_ClockIsTheBlockNumber() public view {
        assertEq(token.clock(), block.number);
        assertEq(token.CLOCK_MODE(), "mode=blocknumber&from=default");
    }

    function test_PermitSetsAnAllowance() public {
        (address owner, uint256 privateKey) = makeAddrAndKey("owner");
        (uint8 v, bytes32 r, bytes32 s) = _signPermit(privateKey, owner, bob, 5);
        token.permit(owner, bob, 5, block.timestamp, v, r, s);
        assertEq(token.allowance(owner, bob), 5);
        assertEq(token.nonces(owner), 1);
    }

    function test_TransfersMoveVotes() public {
        vm.prank(alice);
        token.delegate(alice);
        _give(alice, 100);
        vm.prank(alice);
        token.transfer(bob, 40);
        assertEq(token.getVotes(alice), 60);
        assertEq(token.votingUnits(bob), 40);
        vm.prank(bob);
        token.delegate(alice);
        assertEq(token.getVotes(alice), 100);
        vm.roll(block.number + 1);
        assertEq(token.getPastVotes(alice, block.number - 1), 100);
        assertEq(token.getPastTotalSupply(block.number - 1), 530_000_000e18);
    }

    function _assertVesting(address wallet, address owner, uint256 duration) private view {
        VestingWallet v = VestingWallet(payable(wallet));
        assertEq(v.owner(), owner);
        assertEq(v.start(), block.timestamp);
        assertEq(v.duration(), duration);
    }
}
