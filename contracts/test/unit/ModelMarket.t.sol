// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IModelMarket, Listing} from "../../src/interfaces/IModelMarket.sol";
import {TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {ResultSummary} from "../../src/types/Types.sol";
import {Merkle} from "../builders/Merkle.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract ModelMarketTest is RoundTest {
    address private buyer = makeAddr("buyer");
    ResultSummary private result;

    function setUp() public override {
        super.setUp();
        _roundOf(2, 1);
    }

    function test_OnlyTheCreatorListsACompletedTaskOnce() public {
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.TaskNotCompleted.selector, taskId));
        vm.prank(creator);
        market.list(taskId, 100e18, 0.2e18);
        _completed();
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.NotCreator.selector, stranger, creator));
        vm.prank(stranger);
        market.list(taskId, 100e18, 0.2e18);
        vm.startPrank(creator);
        vm.expectRevert(IModelMarket.ZeroPrice.selector);
        market.list(taskId, 0, 0.2e18);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.CreatorShareTooHigh.selector, 0.5e18 + 1, 0.5e18));
        market.list(taskId, 100e18, 0.5e18 + 1);
        vm.expectEmit();
        emit IModelMarket.ModelListed(1, taskId, creator, result.model, 100e18, 0.2e18);
        market.list(taskId, 100e18, 0.2e18);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.AlreadyListed.selector, taskId, 1));
        market.list(taskId, 100e18, 0.2e18);
        vm.stopPrank();
        Listing memory l = market.listing(1);
        assertEq(l.model.digest, result.model.digest);
        assertEq(l.paidRounds, 1);
        assertTrue(l.active);
    }

    function test_ASaleIsSplitAndContributorsClaimByTheirWeights() public {
        _listed();
        _buy();
        // 2.5 % to the DAO, 20 % to the creator, 77.5 % to contributors.
        assertEq(token.balanceOf(address(dao)), 2.5e18);
        assertEq(token.balanceOf(creator), 10_000e18 + 20e18);
        assertEq(market.listing(1).contributorRevenue, 77.5e18);
        assertEq(market.listing(1).sales, 1);
        assertTrue(market.bought(1, buyer));
        TrainerLeaf[] memory leaves = _leaves();
        uint256 first = uint256(77.5e18) * leaves[0].weight / (leaves[0].weight + leaves[1].weight);
        assertEq(market.revenueOf(1, 0, leaves[0]), first);
        vm.expectEmit();
        emit IModelMarket.RevenueClaimed(1, 0, trainers[0], first);
        market.claimRevenue(1, 0, leaves[0], Merkle.proof(leaves, 0));
        assertEq(token.balanceOf(trainers[0]), first);
        bytes32[] memory proof = Merkle.proof(leaves, 0);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.NothingToClaim.selector, trainers[0]));
        market.claimRevenue(1, 0, leaves[0], proof);
        // Another sale can be claimed on top; at the end less than a wei a claim stays.
        _buy();
        market.claimRevenue(1, 0, leaves[0], Merkle.proof(leaves, 0));
        market.claimRevenue(1, 0, leaves[1], Merkle.proof(leaves, 1));
        assertLt(token.balanceOf(address(market)), 2);
    }

    function test_RevenueNeedsAProofOfAClaimableRound() public {
        _listed();
        _buy();
        TrainerLeaf[] memory leaves = _leaves();
        bytes32[] memory proof = Merkle.proof(leaves, 1);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.InvalidProof.selector, trainers[0]));
        market.claimRevenue(1, 0, leaves[0], proof);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.NothingToClaim.selector, trainers[1]));
        market.claimRevenue(1, 9, leaves[1], proof);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.UnknownListing.selector, 5));
        market.claimRevenue(5, 0, leaves[1], proof);
    }

    function test_ABuyerPaysThePriceItAgreedToOrNothing() public {
        _listed();
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.PriceMismatch.selector, 100e18, 99e18));
        market.buy(1, 99e18);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.UnknownListing.selector, 2));
        market.buy(2, 100e18);
    }

    function test_ADelistedModelIsNotSoldButPaysItsPastRevenue() public {
        _listed();
        _buy();
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.NotCreator.selector, stranger, creator));
        vm.prank(stranger);
        market.delist(1);
        vm.expectEmit();
        emit IModelMarket.ModelDelisted(1);
        vm.prank(creator);
        market.delist(1);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.NotActive.selector, 1));
        market.buy(1, 100e18);
        TrainerLeaf[] memory leaves = _leaves();
        market.claimRevenue(1, 0, leaves[1], Merkle.proof(leaves, 1));
        assertGt(token.balanceOf(trainers[1]), 0);
        vm.prank(creator);
        assertEq(market.list(taskId, 5e18, 0), 2);
    }

    function test_ATaskWithoutAPaidRoundHasNoModelToSell() public {
        _toKey();
        roundManager.voidRound(taskId, round);
        vm.startPrank(creator);
        taskManager.complete(taskId, _key(1));
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.NoModel.selector, taskId));
        market.list(taskId, 100e18, 0);
        vm.stopPrank();
    }

    function test_ARoundNeverPaysMoreThanItsRevenueEvenWhenItsSumsLie() public {
        _scorable();
        result = _summary();
        result.sumOwnWeights /= 2;
        _results(result, result, 0);
        _finalized(result);
        vm.startPrank(creator);
        taskManager.complete(taskId, _key(1));
        market.list(taskId, 100e18, 0.2e18);
        vm.stopPrank();
        _buy();
        TrainerLeaf[] memory leaves = _leaves();
        market.claimRevenue(1, 0, leaves[0], Merkle.proof(leaves, 0));
        bytes32[] memory proof = Merkle.proof(leaves, 1);
        vm.expectPartialRevert(IModelMarket.RevenueExhausted.selector);
        market.claimRevenue(1, 0, leaves[1], proof);
    }

    function _completed() private {
        result = _honestRound();
        vm.prank(creator);
        taskManager.complete(taskId, _key(1));
    }

    function _listed() private {
        _completed();
        vm.prank(creator);
        market.list(taskId, 100e18, 0.2e18);
    }

    function _buy() private {
        _give(buyer, 100e18);
        vm.startPrank(buyer);
        token.approve(address(market), 100e18);
        market.buy(1, 100e18);
        vm.stopPrank();
    }
}
