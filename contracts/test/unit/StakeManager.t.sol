// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {VestingWallet} from "@openzeppelin/contracts/finance/VestingWallet.sol";
import {IERC20Errors} from "@openzeppelin/contracts/interfaces/draft-IERC6093.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {IStakeManager, PoolInfo, Position} from "../../src/interfaces/IStakeManager.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {PausableDeposits} from "../../src/permission/PausableDeposits.sol";
import {MINT_PERMISSION, SLASH_PERMISSION} from "../../src/permission/Permissions.sol";
import {StakeManager} from "../../src/stake/StakeManager.sol";
import {StakeSnapshot} from "../../src/types/Types.sol";
import {StakeTest} from "../builders/StakeTest.sol";

contract StakeManagerTest is StakeTest {
    function test_NeedsItsNeighbours() public {
        vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
        new StakeManager(address(dao), address(0), address(policy));
        vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
        new StakeManager(address(dao), address(token), address(0));
        vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
        new StakeManager(address(0), address(token), address(policy));
        assertEq(stakeManager.dao(), address(dao));
        assertEq(stakeManager.token(), address(token));
        assertEq(address(stakeManager.policy()), address(policy));
    }

    function test_StakedTokensKeepVoting() public {
        _give(node, 110e18);
        vm.expectEmit();
        emit IStakeManager.Staked(node, node, 100e18, 100e18);
        vm.expectEmit();
        emit IStakeManager.StakeChanged(node, 100e18, 0, 0);
        vm.prank(node);
        stakeManager.stake(100e18);
        assertEq(token.balanceOf(node), 10e18);
        assertEq(token.getVotes(node), 110e18);
        assertEq(_custody(node), 100e18);
        assertEq(stakeManager.stakeOf(node).own, 100e18);
        assertEq(stakeManager.stakeOf(node).delegated, 0);
        assertEq(stakeManager.totalStaked(), 100e18);
    }

    function test_DelegatedTokensVoteForTheirDelegator() public {
        _stake(node, 100e18);
        _give(alice, 50e18);
        vm.expectEmit();
        emit IStakeManager.Staked(node, alice, 50e18, 50e18);
        vm.expectEmit();
        emit IStakeManager.StakeChanged(node, 100e18, 50e18, 0);
        vm.prank(alice);
        stakeManager.delegateStake(node, 50e18);
        assertEq(token.getVotes(alice), 50e18);
        assertEq(token.getVotes(node), 100e18);
        assertEq(stakeManager.stakeOf(node).delegated, 50e18);
        PoolInfo memory pool = stakeManager.pool(node);
        assertEq(pool.price, 1e31);
        assertEq(pool.tokens, 150e18);
        assertEq(pool.shares, 150e18);
        assertEq(pool.ownShares, 100e18);
        assertEq(pool.delegatedShares, 50e18);
        assertEq(pool.slashes, 0);
        assertEq(pool.rewardEnd, 0);
    }

    function test_StakesAndDelegatesWithAPermitEvenWhenSomebodyUsedItFirst() public {
        (address owner, uint256 key) = makeAddrAndKey("owner");
        _give(owner, 17e18);
        (uint8 v, bytes32 r, bytes32 s) = _permit(owner, key, 7e18, 0);
        vm.prank(stranger);
        token.permit(owner, address(stakeManager), 7e18, block.timestamp, v, r, s);
        vm.prank(owner);
        stakeManager.stakeWithPermit(7e18, block.timestamp, v, r, s);
        assertEq(stakeManager.stakeOf(owner).own, 7e18);

        _stake(node, 1e18);
        (v, r, s) = _permit(owner, key, 10e18, 1);
        vm.prank(owner);
        stakeManager.delegateStakeWithPermit(node, 10e18, block.timestamp, v, r, s);
        assertEq(stakeManager.stakeOf(node).delegated, 10e18);
    }

    function test_SomebodyElsesPermitMovesNothing() public {
        (address owner, uint256 key) = makeAddrAndKey("owner");
        _give(owner, 7e18);
        (uint8 v, bytes32 r, bytes32 s) = _permit(owner, key, 7e18, 0);
        vm.expectRevert(
            abi.encodeWithSelector(IERC20Errors.ERC20InsufficientAllowance.selector, address(stakeManager), 0, 7e18)
        );
        vm.prank(stranger);
        stakeManager.stakeWithPermit(7e18, block.timestamp, v, r, s);
    }

    function test_RefusesZeroAmounts() public {
        _stake(node, 1e18);
        bytes memory refusal = abi.encodeWithSelector(IStakeManager.ZeroAmount.selector);
        vm.expectRevert(refusal);
        vm.prank(node);
        stakeManager.stake(0);
        vm.expectRevert(refusal);
        vm.prank(alice);
        stakeManager.delegateStake(node, 0);
        vm.expectRevert(refusal);
        vm.prank(node);
        stakeManager.requestUnstake(node, 0);
        vm.expectRevert(refusal);
        stakeManager.addReward(node, 0);
    }

    function test_RefusesMoreThanAnybodyCanHave() public {
        _stake(node, 1e18);
        bytes memory refusal =
            abi.encodeWithSelector(SafeCast.SafeCastOverflowedUintDowncast.selector, 96, type(uint256).max);
        vm.expectRevert(refusal);
        vm.prank(node);
        stakeManager.stake(type(uint256).max);
        vm.expectRevert(refusal);
        vm.prank(alice);
        stakeManager.delegateStake(node, type(uint256).max);
        vm.expectRevert(refusal);
        stakeManager.addReward(node, type(uint256).max);
        vm.expectRevert(
            abi.encodeWithSelector(IStakeManager.StakeInsufficient.selector, node, node, 1e18, type(uint256).max)
        );
        vm.prank(node);
        stakeManager.requestUnstake(node, type(uint256).max);
    }

    function test_DelegationsHaveAMinimum() public {
        _stake(node, 1e18);
        uint256 minimum = policy.latest(Param.MinDelegation);
        _give(alice, minimum);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.AmountTooSmall.selector, minimum - 1, minimum));
        vm.prank(alice);
        stakeManager.delegateStake(node, minimum - 1);
        vm.prank(alice);
        stakeManager.delegateStake(node, minimum);
        assertEq(stakeManager.stakeOf(node).delegated, minimum);
    }

    /// @dev Delegations of the highest minimum that the policy can have are not looked up: so it must be the highest.
    function test_TheHighestMinimumHolds() public {
        _stake(node, 1e18);
        uint256 highest = policy.describe(Param.MinDelegation).max;
        _setPolicy(Param.MinDelegation, highest);
        _give(alice, highest);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.AmountTooSmall.selector, highest - 1, highest));
        vm.prank(alice);
        stakeManager.delegateStake(node, highest - 1);
        vm.prank(alice);
        stakeManager.delegateStake(node, highest);
        assertEq(stakeManager.stakeOf(node).delegated, highest);
    }

    function test_OnlyStakedNodesTakeDelegationsAndNotTheirOwn() public {
        _give(alice, 10e18);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.NodeNotStaked.selector, node));
        vm.prank(alice);
        stakeManager.delegateStake(node, 10e18);
        _stake(node, 1e18);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.SelfDelegation.selector, node));
        vm.prank(node);
        stakeManager.delegateStake(node, 10e18);
    }

    function test_UnstakingWaitsTheCooldownAndKeepsVotingMeanwhile() public {
        _stake(node, 100e18);
        uint40 availableAt = uint40(block.timestamp + policy.latest(Param.UnstakeCooldown));
        vm.expectEmit();
        emit IStakeManager.UnstakeRequested(node, node, 40e18, 40e18, availableAt);
        vm.expectEmit();
        emit IStakeManager.StakeChanged(node, 60e18, 0, 0);
        _request(node, 40e18);
        assertEq(stakeManager.stakeOf(node).own, 60e18);
        assertEq(stakeManager.totalStaked(), 100e18);
        assertEq(token.getVotes(node), 100e18);
        Position memory position = _position(node);
        assertEq(position.shares, 60e18);
        assertEq(position.unstakingShares, 40e18);
        assertEq(position.availableAt, availableAt);

        vm.warp(availableAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.CooldownRunning.selector, node, node, availableAt));
        stakeManager.withdraw(node, node);

        vm.warp(availableAt);
        vm.expectEmit();
        emit IStakeManager.Unstaked(node, node, 40e18);
        vm.prank(stranger);
        stakeManager.withdraw(node, node);
        assertEq(token.balanceOf(node), 40e18);
        assertEq(token.getVotes(node), 100e18);
        assertEq(_position(node).availableAt, 0);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.NothingToWithdraw.selector, node, node));
        stakeManager.withdraw(node, node);
    }

    function test_ADelegatorLeavesAsANodeDoes() public {
        _stake(node, 100e18);
        _delegate(alice, 50e18);
        vm.expectEmit();
        emit IStakeManager.StakeChanged(node, 100e18, 20e18, 0);
        _request(alice, 30e18);
        _afterCooldown();
        vm.expectEmit();
        emit IStakeManager.Unstaked(node, alice, 30e18);
        stakeManager.withdraw(node, alice);
        assertEq(token.balanceOf(alice), 30e18);
        assertEq(token.getVotes(alice), 50e18);
        (uint256 active, uint256 unstaking) = stakeManager.worth(node, alice);
        assertEq(active, 20e18);
        assertEq(unstaking, 0);
    }

    function test_AnotherRequestRestartsTheCooldownOfBoth() public {
        _stake(node, 100e18);
        _request(node, 40e18);
        skip(10 days);
        _request(node, 10e18);
        assertEq(_position(node).unstakingShares, 50e18);
        assertEq(_position(node).availableAt, block.timestamp + policy.latest(Param.UnstakeCooldown));
    }

    function test_CannotUnstakeMoreThanStaked() public {
        _stake(node, 100e18);
        _delegate(alice, 50e18);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.StakeInsufficient.selector, node, alice, 50e18, 50e18 + 1));
        _request(alice, 50e18 + 1);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.StakeInsufficient.selector, node, bob, 0, 1));
        _request(bob, 1);
    }

    function test_AFrozenPoolLetsNothingInOrOut() public {
        _stake(node, 100e18);
        _delegate(alice, 50e18);
        _request(node, 40e18);
        _request(alice, 20e18);
        _afterCooldown();
        _give(node, 1e18);
        _give(alice, 10e18);
        vm.expectEmit();
        emit IStakeManager.Frozen(node, 1);
        slasher.freeze(node);
        slasher.freeze(node);
        vm.expectEmit();
        emit IStakeManager.Unfrozen(node, 1);
        slasher.unfreeze(node);
        assertEq(stakeManager.openCases(node), 1);
        assertEq(stakeManager.pool(node).openCases, 1);
        bytes memory refusal = abi.encodeWithSelector(IStakeManager.StakeFrozen.selector, node, 1);
        vm.expectRevert(refusal);
        stakeManager.withdraw(node, node);
        vm.expectRevert(refusal);
        stakeManager.withdraw(node, alice);
        vm.expectRevert(refusal);
        _request(node, 1);
        vm.expectRevert(refusal);
        _request(alice, 1);
        vm.expectRevert(refusal);
        vm.prank(node);
        stakeManager.stake(1e18);
        vm.expectRevert(refusal);
        vm.prank(alice);
        stakeManager.delegateStake(node, 10e18);
        slasher.unfreeze(node);
        stakeManager.withdraw(node, node);
        stakeManager.withdraw(node, alice);
        vm.prank(node);
        stakeManager.stake(1e18);
        assertEq(token.balanceOf(node), 40e18);
        assertEq(token.balanceOf(alice), 30e18);
    }

    function test_AFrozenPoolStillPaysRewardsAndTakesThem() public {
        _stake(node, 100e18);
        _delegate(alice, 50e18);
        slasher.freeze(node);
        _reward(7e18);
        skip(7 days);
        stakeManager.claimRewards(node, alice);
        assertApproxEqAbs(token.balanceOf(alice), 7e18, 2);
    }

    function test_APauseStopsDepositsAndNothingElse() public {
        _stake(node, 100e18);
        _delegate(alice, 50e18);
        _give(node, 1e18);
        _give(alice, 10e18);
        uint40 until = uint40(block.timestamp + 10 days);
        vm.prank(address(dao));
        stakeManager.pauseDeposits(until);
        bytes memory refusal = abi.encodeWithSelector(PausableDeposits.DepositsArePaused.selector, until);
        vm.startPrank(node);
        vm.expectRevert(refusal);
        stakeManager.stake(1e18);
        vm.expectRevert(refusal);
        stakeManager.stakeWithPermit(1e18, 0, 0, 0, 0);
        vm.stopPrank();
        vm.startPrank(alice);
        vm.expectRevert(refusal);
        stakeManager.delegateStake(node, 10e18);
        vm.expectRevert(refusal);
        stakeManager.delegateStakeWithPermit(node, 10e18, 0, 0, 0, 0);
        vm.stopPrank();
        _request(node, 40e18);
        _request(alice, 20e18);
        _reward(1e18);
        skip(5 days);
        stakeManager.claimRewards(node, alice);
        vm.warp(until);
        vm.prank(node);
        stakeManager.stake(1e18);
        _afterCooldown();
        stakeManager.withdraw(node, node);
        stakeManager.withdraw(node, alice);
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
        stakeManager.slash(node, 1, 1);
        vm.stopPrank();
    }

    function test_TheWholeSupplyFitsIntoOnePoolEvenWhereSharesAreCheapest() public {
        _gatherTheWholeSupply();
        _stake(node, 1e18);
        // Six halvings bring the price to 1/64, the lowest at which stake is taken.
        for (uint256 i; i < 6; ++i) {
            _delegate(alice, token.balanceOf(treasury) / 2);
            slasher.slash(node, stakeManager.pool(node).tokens / 2);
            stakeManager.collect(node, alice, 16);
            slasher.passOn(treasury);
        }
        uint256 supply = token.cap();
        _delegate(alice, token.balanceOf(treasury));
        assertApproxEqAbs(stakeManager.pool(node).tokens, supply, 10);
        assertGt(stakeManager.pool(node).shares, 63 * supply);
        assertLe(stakeManager.pool(node).shares, 64 * supply);
        uint256 worth = _worth(alice);
        _request(alice, worth);
        _afterCooldown();
        stakeManager.withdraw(node, alice);
        assertEq(token.balanceOf(alice), worth);

        slasher.slash(node, 1e17);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.PoolWorthless.selector, node));
        vm.prank(alice);
        stakeManager.delegateStake(node, worth);
    }

    function _gatherTheWholeSupply() private {
        dao.grant(address(token), address(this), MINT_PERMISSION);
        token.mint(treasury, token.cap() - token.totalSupply());
        skip(20 * 365 days);
        (address a, address b, address c) = token.vestingWallets();
        VestingWallet(payable(a)).release(address(token));
        VestingWallet(payable(b)).release(address(token));
        VestingWallet(payable(c)).release(address(token));
        address[3] memory holders = [team, investors, ecosystem];
        for (uint256 i; i < 3; ++i) {
            uint256 amount = token.balanceOf(holders[i]);
            vm.prank(holders[i]);
            token.transfer(treasury, amount);
        }
        assertEq(token.balanceOf(treasury), token.cap());
    }

    /// @dev What goes in comes out, whatever others do in the same pool meanwhile.
    /// forge-config: default.fuzz.runs = 1000
    function testFuzz_InAndOutIsTheSameWhateverOthersDo(uint96 own, uint96 first, uint96 second, uint96 asked) public {
        _setPolicy(Param.MinDelegation, 1);
        own = uint96(bound(own, 1, 1_000_000e18));
        first = uint96(bound(first, 1, 1_000_000e18));
        second = uint96(bound(second, 1, 1_000_000e18));
        asked = uint96(bound(asked, 1, first));
        _stake(node, own);
        _delegate(alice, first);
        _delegate(bob, second);
        _request(alice, asked);
        _request(bob, second);
        _request(node, own);
        _afterCooldown();
        stakeManager.withdraw(node, alice);
        stakeManager.withdraw(node, bob);
        stakeManager.withdraw(node, node);
        assertEq(token.balanceOf(alice), asked);
        assertEq(token.balanceOf(bob), second);
        assertEq(token.balanceOf(node), own);
        assertEq(_worth(alice), first - asked);
        assertEq(token.balanceOf(address(stakeManager)), first - asked);
    }

    function _permit(address owner, uint256 key, uint256 amount, uint256 nonce)
        private
        view
        returns (uint8 v, bytes32 r, bytes32 s)
    {
        bytes32 typeHash =
            keccak256("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)");
        bytes32 structHash =
            keccak256(abi.encode(typeHash, owner, address(stakeManager), amount, nonce, block.timestamp));
        return vm.sign(key, keccak256(abi.encodePacked("\x19\x01", token.DOMAIN_SEPARATOR(), structHash)));
    }
}

/// @dev The stake as it was at the end of a second.
contract StakeAtTest is StakeTest {
    function test_OnlyThePastIsKnown() public {
        _stake(node, 1e18);
        uint48 now_ = uint48(block.timestamp);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.FutureLookup.selector, now_, now_));
        stakeManager.stakeAt(node, now_);
        vm.expectRevert(abi.encodeWithSelector(IStakeManager.FutureLookup.selector, now_ + 1, now_));
        stakeManager.stakeAt(node, now_ + 1);
        skip(1);
        assertEq(stakeManager.stakeAt(node, now_).own, 1e18);
        assertEq(stakeManager.stakeAt(node, now_ - 1).own, 0);
        assertEq(stakeManager.stakeAt(alice, now_).own, 0);
    }

    function test_TheEndOfASecondCounts() public {
        uint48 start = uint48(block.timestamp);
        _stake(node, 100e18);
        _delegate(alice, 50e18);
        _request(node, 30e18);
        skip(10);
        _request(alice, 10e18);
        slasher.slash(node, 15e18);
        skip(10);
        StakeSnapshot memory s = stakeManager.stakeAt(node, start);
        assertEq(s.own, 70e18);
        assertEq(s.delegated, 50e18);
        assertEq(abi.encode(stakeManager.stakeAt(node, start + 9)), abi.encode(s));
        s = stakeManager.stakeAt(node, start + 10);
        // A tenth of everything, active or not.
        assertEq(s.own, 63e18);
        assertEq(s.delegated, 36e18);
        assertEq(abi.encode(stakeManager.stakeAt(node, start + 19)), abi.encode(s));
        assertEq(abi.encode(stakeManager.stakeOf(node)), abi.encode(s));
    }
}
