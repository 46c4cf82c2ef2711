// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {ICoveyToken} from "../../src/interfaces/ICoveyToken.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {IStakeManager} from "../../src/interfaces/IStakeManager.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {SLASH_PERMISSION} from "../../src/permission/Permissions.sol";
import {CoveyTest} from "../builders/CoveyTest.sol";

contract StakeManagerTest is CoveyTest {
    address private node = makeAddr("node");
    address private recipient = makeAddr("recipient");
    address private reporter = makeAddr("reporter");

    function setUp() public override {
        super.setUp();
        vm.prank(node);
        token.delegate(node);
    }

    function test_StakedTokensKeepVoting() public {
        _give(node, 10e18);
        _give(node, 100e18);
        vm.startPrank(node);
        token.approve(address(stakeManager), 100e18);
        vm.expectEmit();
        emit IStakeManager.Staked(node, node, 100e18);
        stakeManager.stake(100e18);
        vm.stopPrank();
        assertEq(token.balanceOf(node), 10e18);
        assertEq(token.getVotes(node), 110e18);
        assertEq(stakeManager.stakeOf(node).own, 100e18);
        assertEq(stakeManager.stakeOf(node).delegated, 0);
        assertEq(stakeManager.totalStaked(), 100e18);
    }

    function test_StakingForAnotherGivesItTheStakeAndTheVotes() public {
        _give(stranger, 5e18);
        vm.startPrank(stranger);
        token.approve(address(stakeManager), 5e18);
        stakeManager.stakeFor(node, 5e18);
        vm.stopPrank();
        assertEq(stakeManager.stakeOf(node).own, 5e18);
        assertEq(token.getVotes(node), 5e18);
    }

    function test_StakingForNobodyIsRefused() public {
        _give(stranger, 5e18);
        vm.startPrank(stranger);
        token.approve(address(stakeManager), 5e18);
        vm.expectRevert(abi.encodeWithSelector(ICoveyToken.InvalidVoteOwner.selector, address(0)));
        stakeManager.stakeFor(address(0), 5e18);
        vm.stopPrank();
    }

    function test_StakesWithAPermitEvenWhenSomebodyUsedItFirst() public {
        (address owner, uint256 privateKey) = makeAddrAndKey("owner");
        _give(owner, 7e18);
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 structHash = keccak256(abi.encode(typeHash, owner, address(stakeManager), 7e18, 0, block.timestamp));
        bytes32 digest = keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), structHash));
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(privateKey, digest);
        vm.prank(stranger);
        token.permit(owner, address(stakeManager), 7e18, block.timestamp, v, r, s);
        vm.prank(owner);
        stakeManager.stakeWithPermit(7e18, block.timestamp, v, r, s);
        assertEq(stakeManager.stakeOf(owner).own, 7e18);
    }

    function test_RefusesZeroAmounts() public {
        vm.startPrank(node);
        vm.expectRevert(IStakeManager.ZeroAmount.selector);
        stakeManager.stake(0);
        vm.expectRevert(IStakeManager.ZeroAmount.selector);
        stakeManager.requestUnstake(0);
        vm.stopPrank();
    }

    function test_UnstakingWaitsTheCooldownAndKeepsVotingMeanwhile() public {
        _stake(node, 100e18);
        uint64 availableAt = uint64(block.timestamp + policy.latest(Param.UnstakeCooldown));
        vm.expectEmit();
        emit IStakeManager.UnstakeRequested(node, 40e18, availableAt);
        vm.prank(node);
        stakeManager.requestUnstake(40e18);
        assertEq(stakeManager.stakeOf(node).own, 60e18);
        assertEq(stakeManager.totalUnstaking(), 40e18);
        assertEq(token.getVotes(node), 100e18);

        vm.warp(availableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.CooldownRunning.selector, node, availableAt));
        stakeManager.withdraw(node);

        vm.warp(availableAt);
        vm.expectEmit();
        emit IStakeManager.Unstaked(node, 40e18);
        vm.prank(stranger);
        stakeManager.withdraw(node);
        assertEq(token.balanceOf(node), 40e18);
        assertEq(token.getVotes(node), 100e18);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.NothingToWithdraw.selector, node));
        stakeManager.withdraw(node);
    }

    function test_AnotherRequestRestartsTheCooldown() public {
        _stake(node, 100e18);
        vm.startPrank(node);
        stakeManager.requestUnstake(40e18);
        vm.warp(block.timestamp + 10 days);
        stakeManager.requestUnstake(10e18);
        vm.stopPrank();
        (uint256 amount, uint64 availableAt) = stakeManager.unstakingOf(node);
        assertEq(amount, 50e18);
        assertEq(availableAt, block.timestamp + policy.latest(Param.UnstakeCooldown));
    }

    function test_CannotUnstakeMoreThanStaked() public {
        _stake(node, 100e18);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.StakeInsufficient.selector, node, 100e18, 100e18 + 1));
        vm.prank(node);
        stakeManager.requestUnstake(100e18 + 1);
    }

    function test_AFrozenNodeCanNeitherUnstakeNorWithdraw() public {
        _stake(node, 100e18);
        vm.prank(node);
        stakeManager.requestUnstake(40e18);
        vm.warp(block.timestamp + 1000 days);
        vm.startPrank(address(court));
        vm.expectEmit();
        emit IStakeManager.Frozen(node, 1);
        stakeManager.freeze(node);
        stakeManager.freeze(node);
        stakeManager.unfreeze(node);
        vm.stopPrank();
        assertEq(stakeManager.openCases(node), 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.StakeFrozen.selector, node, 1));
        stakeManager.withdraw(node);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.StakeFrozen.selector, node, 1));
        vm.prank(node);
        stakeManager.requestUnstake(1);
        vm.prank(address(court));
        stakeManager.unfreeze(node);
        stakeManager.withdraw(node);
        assertEq(token.balanceOf(node), 40e18);
    }

    function test_ASlashTakesActiveStakeFirstAndThenWhatIsUnstaking() public {
        _stake(node, 100e18);
        vm.prank(node);
        stakeManager.requestUnstake(40e18);
        vm.expectEmit();
        emit IStakeManager.Slashed(node, 70e18, recipient, reporter, 7e18);
        vm.prank(address(court));
        (uint256 taken, uint256 toRecipient) = stakeManager.slash(node, 70e18, recipient, reporter, 0.1e18);
        assertEq(taken, 70e18);
        assertEq(toRecipient, 63e18);
        assertEq(stakeManager.stakeOf(node).own, 0);
        (uint256 unstaking,) = stakeManager.unstakingOf(node);
        assertEq(unstaking, 30e18);
        assertEq(token.balanceOf(recipient), 63e18);
        assertEq(token.balanceOf(reporter), 7e18);
        // Slashed tokens stop voting for the node.
        assertEq(token.getVotes(node), 30e18);
    }

    function test_ASlashIsCappedAtWhatTheNodeHas() public {
        _stake(node, 100e18);
        vm.startPrank(address(court));
        (uint256 taken,) = stakeManager.slash(node, 1000e18, recipient, reporter, 0.1e18);
        assertEq(taken, 100e18);
        (taken,) = stakeManager.slash(node, 1000e18, recipient, reporter, 0.1e18);
        assertEq(taken, 0);
        vm.stopPrank();
        assertEq(token.balanceOf(address(stakeManager)), 0);
    }

    function test_RefusesAReporterShareAboveOne() public {
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.ShareTooHigh.selector, 1e18 + 1, 1e18));
        vm.prank(address(court));
        stakeManager.slash(node, 1, recipient, reporter, 1e18 + 1);
    }

    function test_OnlyTheCourtFreezesUnfreezesAndSlashes() public {
        bytes memory refusal = abi.encodeWithSelector(
            DaoAuthorized.DaoUnauthorized.selector, address(dao), address(stakeManager), stranger, SLASH_PERMISSION
        );
        vm.startPrank(stranger);
        vm.expectRevert(refusal);
        stakeManager.freeze(node);
        vm.expectRevert(refusal);
        stakeManager.unfreeze(node);
        vm.expectRevert(refusal);
        stakeManager.slash(node, 1, stranger, stranger, 0);
        vm.stopPrank();
    }

    /// @dev Reporter and recipient together get exactly what was taken, whatever the numbers.
    function testFuzz_ASlashNeitherMakesNorLosesTokens(uint96 staked, uint96 unstaking, uint128 amount, uint64 share)
        public
    {
        staked = uint96(bound(staked, 1, 1_000_000e18));
        unstaking = uint96(bound(unstaking, 0, staked));
        share = uint64(bound(share, 0, 1e18));
        _stake(node, staked);
        if (unstaking != 0) {
            vm.prank(node);
            stakeManager.requestUnstake(unstaking);
        }
        vm.prank(address(court));
        (uint256 taken, uint256 toRecipient) = stakeManager.slash(node, amount, recipient, reporter, share);
        assertEq(taken, amount < staked ? amount : staked);
        assertEq(token.balanceOf(recipient), toRecipient);
        assertEq(token.balanceOf(recipient) + token.balanceOf(reporter), taken);
        assertEq(stakeManager.totalStaked() + stakeManager.totalUnstaking(), staked - taken);
        assertEq(token.balanceOf(address(stakeManager)), staked - taken);
        assertEq(token.getVotes(node), staked - taken);
    }
}
