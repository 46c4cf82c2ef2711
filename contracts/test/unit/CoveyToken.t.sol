// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IVotes} from "@openzeppelin/contracts/governance/utils/IVotes.sol";
import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Upgradeable} from "oz4-upgradeable/token/ERC20/IERC20Upgradeable.sol";
import {IVotesUpgradeable} from "oz4-upgradeable/governance/utils/IVotesUpgradeable.sol";
import {ICoveyToken} from "../../src/interfaces/ICoveyToken.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {MINT_PERMISSION, VOTE_CUSTODIAN_PERMISSION} from "../../src/permission/Permissions.sol";
import {CoveyToken} from "../../src/token/CoveyToken.sol";
import {CoveyTest} from "../builders/CoveyTest.sol";

contract CoveyTokenTest is CoveyTest {
    address private custodian = makeAddr("custodian");
    address private alice = makeAddr("alice");
    address private bob = makeAddr("bob");

    function setUp() public override {
        super.setUp();
        dao.grant(address(token), custodian, VOTE_CUSTODIAN_PERMISSION);
        vm.prank(alice);
        token.delegate(alice);
        vm.prank(bob);
        token.delegate(bob);
    }

    function test_GenesisGoesToItsRecipients() public view {
        assertEq(token.balanceOf(treasury), 128_000_000e18);
        assertEq(token.totalSupply(), 128_000_000e18);
        assertEq(token.cap(), 1_000_000_000e18);
        assertEq(token.dao(), address(dao));
    }

    function test_RefusesAGenesisAboveTheCap() public {
        ICoveyToken.Allocation[] memory genesis = new ICoveyToken.Allocation[](2);
        genesis[0] = ICoveyToken.Allocation(alice, 1_000_000_000e18);
        genesis[1] = ICoveyToken.Allocation(bob, 1);
        vm.expectRevert(
            abi.encodeWithSelector(ICoveyToken.CapExceeded.selector, 1_000_000_000e18 + 1, 1_000_000_000e18)
        );
        new CoveyToken(address(dao), genesis);
    }

    function test_MintsUpToTheCapAndNotAWeiMore() public {
        vm.startPrank(address(dao));
        token.mint(alice, 872_000_000e18);
        vm.expectRevert(
            abi.encodeWithSelector(ICoveyToken.CapExceeded.selector, 1_000_000_000e18 + 1, 1_000_000_000e18)
        );
        token.mint(alice, 1);
        vm.stopPrank();
        assertEq(token.totalSupply(), token.cap());
    }

    function test_OnlyTheDaoMints() public {
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
        assertTrue(token.supportsInterface(0x01ffc9a7));
        assertFalse(token.supportsInterface(0xffffffff));
    }

    function test_ClockIsTheBlockNumber() public view {
        assertEq(token.clock(), block.number);
        assertEq(token.CLOCK_MODE(), "mode=blocknumber&from=default");
    }

    function test_PermitSetsAnAllowance() public {
        (address owner, uint256 privateKey) = makeAddrAndKey("owner");
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(typeHash, owner, bob, 5, 0, block.timestamp));
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKey, digest);
        token.permit(owner, bob, 5, block.timestamp, v, r, s);
        assertEq(token.allowance(owner, bob), 5);
        assertEq(token.nonces(owner), 1);
    }

    function test_CreditedTokensVoteForTheirOwnerAndTheSupplyOfVotesStays() public {
        _give(alice, 100);
        vm.roll(block.number + 1);
        uint256 supply = token.getPastTotalSupply(block.number - 1);
        vm.prank(alice);
        token.transfer(custodian, 60);
        assertEq(token.getVotes(alice), 40);
        vm.expectEmit();
        emit ICoveyToken.VotesCredited(custodian, alice, 60);
        vm.prank(custodian);
        token.creditVotes(alice, 60);
        assertEq(token.getVotes(alice), 100);
        assertEq(token.votingUnits(alice), 100);
        assertEq(token.votingUnits(custodian), 0);
        assertEq(token.creditedVotes(custodian, alice), 60);
        assertEq(token.totalCredited(custodian), 60);
        vm.roll(block.number + 1);
        assertEq(token.getPastTotalSupply(block.number - 1), supply);
    }

    function test_CreditedTokensFollowTheOwnersDelegation() public {
        _custody(alice, 60);
        vm.prank(alice);
        token.delegate(bob);
        assertEq(token.getVotes(bob), 60);
        assertEq(token.getVotes(alice), 0);
    }

    function test_ACustodianThatDelegatesItsBalanceCannotCountItTwice() public {
        _give(custodian, 100);
        vm.prank(custodian);
        token.delegate(bob);
        assertEq(token.getVotes(bob), 100);
        vm.prank(custodian);
        token.creditVotes(alice, 70);
        assertEq(token.getVotes(bob), 30);
        assertEq(token.getVotes(alice), 70);
        // Delegating after crediting moves only what is not credited.
        vm.prank(custodian);
        token.delegate(stranger);
        assertEq(token.getVotes(bob), 0);
        assertEq(token.getVotes(stranger), 30);
    }

    function test_ACustodianCannotCreditMoreThanItHolds() public {
        _give(custodian, 100);
        vm.startPrank(custodian);
        token.creditVotes(alice, 100);
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.CreditExceedsCustody.selector, custodian, 101, 100));
        token.creditVotes(alice, 1);
        vm.stopPrank();
    }

    function test_ACustodianCannotPartWithTokensWhoseVotesItStillCredits() public {
        _custody(alice, 60);
        vm.startPrank(custodian);
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.CreditExceedsCustody.selector, custodian, 60, 59));
        token.transfer(bob, 1);
        vm.expectEmit();
        emit ICoveyToken.VotesDebited(custodian, alice, 1);
        token.debitVotes(alice, 1);
        token.transfer(bob, 1);
        vm.stopPrank();
        assertEq(token.getVotes(alice), 59);
        assertEq(token.getVotes(bob), 1);
    }

    function test_CannotDebitMoreThanCredited() public {
        _custody(alice, 60);
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.CreditInsufficient.selector, custodian, alice, 60, 61));
        vm.prank(custodian);
        token.debitVotes(alice, 61);
    }

    function test_CannotCreditTheZeroAddress() public {
        _give(custodian, 1);
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.InvalidVoteOwner.selector, address(0)));
        vm.prank(custodian);
        token.creditVotes(address(0), 1);
    }

    function test_OnlyACustodianCredits() public {
        _give(stranger, 1);
        vm.expectRevert(
            abi.encodeWithSelector(
                DaoAuthorized.DaoUnauthorized.selector,
                address(dao),
                address(token),
                stranger,
                VOTE_CUSTODIAN_PERMISSION
            )
        );
        vm.prank(stranger);
        token.creditVotes(alice, 1);
    }

    function test_ACustodianWithoutPermissionCanStillGiveVotesBack() public {
        _custody(alice, 60);
        dao.revoke(address(token), custodian, VOTE_CUSTODIAN_PERMISSION);
        vm.startPrank(custodian);
        token.debitVotes(alice, 60);
        token.transfer(alice, 60);
        vm.stopPrank();
        assertEq(token.getVotes(alice), 60);
    }

    /// @dev Whatever two custodians and two owners do, everybody's units add up to the supply.
    function testFuzz_VotingUnitsAlwaysAddUpToTheSupply(uint96[8] memory amounts, uint8[8] memory actions) public {
        _give(alice, 1000e18);
        _give(custodian, 1000e18);
        for (uint256 i; i < 8; ++i) {
            address owner = actions[i] & 8 == 0 ? alice : bob;
            uint256 action = actions[i] % 4;
            uint256 amount = uint256(amounts[i]) % 1500e18;
            if (action == 0) {
                vm.prank(custodian);
                try token.creditVotes(owner, amount) {} catch {}
            } else if (action == 1) {
                vm.prank(custodian);
                try token.debitVotes(owner, amount) {} catch {}
            } else if (action == 2) {
                vm.prank(owner);
                try token.transfer(custodian, amount) {} catch {}
            } else {
                vm.prank(custodian);
                try token.transfer(owner, amount) {} catch {}
            }
        }
        uint256 units = token.votingUnits(alice) + token.votingUnits(bob) + token.votingUnits(custodian)
            + token.votingUnits(treasury);
        assertEq(units, token.totalSupply());
        // Alice and Bob delegate to themselves, nobody else does.
        assertEq(token.getVotes(alice), token.votingUnits(alice));
        assertEq(token.getVotes(bob), token.votingUnits(bob));
        assertLe(token.getVotes(alice) + token.getVotes(bob), token.totalSupply());
    }

    function _custody(address owner, uint256 amount) private {
        _give(custodian, amount);
        vm.prank(custodian);
        token.creditVotes(owner, amount);
    }
}
