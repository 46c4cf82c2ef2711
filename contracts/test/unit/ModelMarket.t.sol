// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IModelMarket, Listing, ListingKind, ListingState} from "../../src/interfaces/IModelMarket.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {IRewardDistributor, TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {IResults} from "../../src/interfaces/IResults.sol";
import {ModelMarket} from "../../src/market/ModelMarket.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {PausableDeposits} from "../../src/permission/PausableDeposits.sol";
import {RoundNumber} from "../../src/types/Ids.sol";
import {ResultSummary, Role} from "../../src/types/Types.sol";
import {Merkle} from "../builders/Merkle.sol";
import {RoundTest} from "../builders/RoundTest.sol";

contract ModelMarketTest is RoundTest {
    RoundNumber private constant FIRST = RoundNumber.wrap(0);

    address private buyer = makeAddr("buyer");
    ResultSummary private result;

    function setUp() public override {
        super.setUp();
        _readyToList(creator);
        _aTrainerSeatPerThousand(2);
        _roundOf(2, 1);
    }

    function test_OnlyTheCreatorListsACompletedTaskOnce() public {
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.TaskNotCompleted.selector, taskId));
        vm.prank(creator);
        market.listTask(taskId, result, _saleTerms(100e18, 0.2e18));
        result = _honestRound();
        vm.startPrank(creator);
        taskManager.complete(taskId, _key(1));
        vm.expectRevert(abi.encodeWithSelector(IRewardDistributor.ClaimsNotOpen.selector, taskId, FIRST));
        market.listTask(taskId, result, _saleTerms(100e18, 0.2e18));
        vm.stopPrank();
        _openClaims(result);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.NotCreator.selector, stranger, creator));
        vm.prank(stranger);
        market.listTask(taskId, result, _saleTerms(100e18, 0.2e18));
        vm.startPrank(creator);
        vm.expectRevert(IModelMarket.ZeroPrice.selector);
        market.listTask(taskId, result, _saleTerms(0, 0.2e18));
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.CreatorShareTooHigh.selector, 0.5e18 + 1, 0.5e18));
        market.listTask(taskId, result, _saleTerms(100e18, 0.5e18 + 1));
        ResultSummary memory other = result;
        other.documentDigest = "another result";
        vm.expectRevert(abi.encodeWithSelector(IResults.SummaryMismatch.selector, _hash(result), _hash(other)));
        market.listTask(taskId, other, _saleTerms(100e18, 0.2e18));
        vm.expectEmit();
        emit IModelMarket.ModelListed(1, creator, taskId, ListingKind.Task, result.model, 1, _saleTerms(100e18, 0.2e18));
        market.listTask(taskId, result, _saleTerms(100e18, 0.2e18));
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.AlreadyListed.selector, taskId, 1));
        market.listTask(taskId, result, _saleTerms(100e18, 0.2e18));
        vm.stopPrank();
        Listing memory l = market.listing(1);
        assertEq(l.model.digest, result.model.digest);
        assertEq(l.paidRounds, 1);
        assertEq(l.rounds, 1);
        assertEq(uint8(l.kind), uint8(ListingKind.Task));
        assertEq(uint8(l.state), uint8(ListingState.Active));
    }

    function test_ASaleIsSplitAndContributorsClaimByTheirWeights() public {
        _listed();
        uint256 treasuryBefore = token.balanceOf(address(dao));
        _buy(buyer);
        // 2.5 % to the treasury, 20 % to the creator, 77.5 % to contributors.
        assertEq(token.balanceOf(address(dao)) - treasuryBefore, 2.5e18);
        assertEq(market.owed(creator, address(token)), 20e18);
        assertEq(market.listing(1).contributorRevenue, 77.5e18);
        assertEq(market.listing(1).sales, 1);
        assertEq(market.licenceEnd(1, buyer), type(uint40).max);
        TrainerLeaf[] memory leaves = _leaves();
        uint256 first = uint256(77.5e18) * leaves[0].weight / (leaves[0].weight + leaves[1].weight);
        assertEq(market.revenueOf(1, FIRST, leaves[0]), first);
        vm.expectEmit();
        emit IModelMarket.RevenueClaimed(1, FIRST, trainers[0], first);
        market.claimRevenue(1, FIRST, leaves[0], Merkle.proof(leaves, 0));
        assertEq(token.balanceOf(trainers[0]), first);
        bytes32[] memory proof = Merkle.proof(leaves, 0);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.NothingEarned.selector, trainers[0]));
        market.claimRevenue(1, FIRST, leaves[0], proof);
        // Another sale can be claimed on top; at the end less than a wei a claim stays.
        _buy(stranger);
        market.claimRevenue(1, FIRST, leaves[0], Merkle.proof(leaves, 0));
        market.claimRevenue(1, FIRST, leaves[1], Merkle.proof(leaves, 1));
        _withdraw(creator);
        assertLt(token.balanceOf(address(market)), 2);
    }

    function test_RevenueNeedsAProofOfAClaimableRound() public {
        _listed();
        _buy(buyer);
        TrainerLeaf[] memory leaves = _leaves();
        bytes32[] memory proof = Merkle.proof(leaves, 1);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.InvalidProof.selector, trainers[0]));
        market.claimRevenue(1, FIRST, leaves[0], proof);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.NothingEarned.selector, trainers[1]));
        market.claimRevenue(1, RoundNumber.wrap(9), leaves[1], proof);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.UnknownListing.selector, 5));
        market.claimRevenue(5, FIRST, leaves[1], proof);
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
        _buy(buyer);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.NotSeller.selector, stranger, creator));
        vm.prank(stranger);
        market.delist(1);
        vm.expectEmit();
        emit IModelMarket.ModelDelisted(1);
        vm.prank(creator);
        market.delist(1);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.WrongListingState.selector, 1, ListingState.Delisted));
        market.buy(1, 100e18);
        TrainerLeaf[] memory leaves = _leaves();
        market.claimRevenue(1, FIRST, leaves[1], Merkle.proof(leaves, 1));
        assertGt(token.balanceOf(trainers[1]), 0);
        vm.prank(creator);
        assertEq(market.listTask(taskId, result, _saleTerms(5e18, 0)), 2);
    }

    function test_ATaskWithoutAPaidRoundHasNoModelToSell() public {
        _draw(Role.Trainer);
        _toValidatorDraw();
        results.voidRound(taskId, round);
        vm.startPrank(creator);
        taskManager.complete(taskId, _key(1));
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.NoModel.selector, taskId));
        market.listTask(taskId, result, _saleTerms(100e18, 0));
        vm.stopPrank();
    }

    function test_ARoundNeverPaysMoreThanItsRevenueEvenWhenItsSumsLie() public {
        _scorable();
        result = _summary();
        result.sumWeights /= 2;
        _results(result, result, 0);
        _finalized(result);
        _openClaims(result);
        vm.startPrank(creator);
        taskManager.complete(taskId, _key(1));
        market.listTask(taskId, result, _saleTerms(100e18, 0.2e18));
        vm.stopPrank();
        _buy(buyer);
        TrainerLeaf[] memory leaves = _leaves();
        market.claimRevenue(1, FIRST, leaves[0], Merkle.proof(leaves, 0));
        bytes32[] memory proof = Merkle.proof(leaves, 1);
        vm.expectPartialRevert(IModelMarket.RevenueExhausted.selector);
        market.claimRevenue(1, FIRST, leaves[1], proof);
    }

    function test_ARoundWithoutContributorsHasNoPartInTheRevenue() public {
        _twoRounds();
        ResultSummary memory first = _honestRound();
        _openClaims(first);
        TrainerLeaf[] memory leaves = _leaves();
        _openRound();
        _scorable();
        // Nothing was valid in the second round, so its model is the first round's.
        result = _withoutClaims(_summary());
        result.model = first.model;
        _results(result, result, 0);
        _finalized(result);
        _openClaims(result);
        vm.startPrank(creator);
        taskManager.complete(taskId, _key(2));
        market.listTask(taskId, result, _saleTerms(100e18, 0));
        vm.stopPrank();
        assertEq(market.listing(1).paidRounds, 1);
        _buy(buyer);
        assertEq(market.revenueOf(1, FIRST, leaves[0]), uint256(97.5e18) * leaves[0].weight / first.sumWeights);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.NothingEarned.selector, trainers[0]));
        market.revenueOf(1, RoundNumber.wrap(1), leaves[0]);
    }

    function test_ANodeThatAWrongResultNamesTwiceIsPaidOnce() public {
        _scorable();
        TrainerLeaf[] memory leaves = _leaves();
        leaves[1].node = trainers[0];
        result = _summaryOf(leaves);
        _results(result, result, 0);
        _finalized(result);
        _openClaims(result);
        vm.startPrank(creator);
        taskManager.complete(taskId, _key(1));
        market.listTask(taskId, result, _saleTerms(100e18, 0.2e18));
        vm.stopPrank();
        _buy(buyer);
        // The second leaf weighs more: two ranks.
        market.claimRevenue(1, FIRST, leaves[1], Merkle.proof(leaves, 1));
        bytes32[] memory proof = Merkle.proof(leaves, 0);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.NothingEarned.selector, trainers[0]));
        market.claimRevenue(1, FIRST, leaves[0], proof);
    }

    function test_WithoutFeeAndCreatorsShareContributorsGetAll() public {
        result = _honestRound();
        _setPolicy(Param.MarketFee, 0);
        _openClaims(result);
        vm.startPrank(creator);
        taskManager.complete(taskId, _key(1));
        market.listTask(taskId, result, _saleTerms(100e18, 0));
        vm.stopPrank();
        _give(buyer, 100e18);
        vm.startPrank(buyer);
        token.approve(address(market), 100e18);
        vm.expectEmit(address(market));
        emit IModelMarket.ModelBought(1, buyer, buyer, 100e18, 0, 0, 100e18, type(uint40).max);
        market.buy(1, 100e18);
        vm.stopPrank();
        assertEq(token.balanceOf(address(market)), 100e18);
    }

    function test_APauseStopsSalesAndNoClaim() public {
        _listed();
        _buy(buyer);
        uint40 until = uint40(block.timestamp + 1 days);
        vm.prank(address(dao));
        market.pauseDeposits(until);
        vm.expectRevert(abi.encodeWithSelector(PausableDeposits.DepositsArePaused.selector, until));
        market.buy(1, 100e18);
        TrainerLeaf[] memory leaves = _leaves();
        market.claimRevenue(1, FIRST, leaves[1], Merkle.proof(leaves, 1));
        assertGt(token.balanceOf(trainers[1]), 0);
    }

    function test_EveryAddressIsNeeded() public {
        address[7] memory given;
        for (uint256 missing; missing < 7; ++missing) {
            for (uint256 i; i < 7; ++i) {
                given[i] = i == missing ? address(0) : address(token);
            }
            vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
            new ModelMarket(given[0], given[1], given[2], given[3], given[4], given[5], given[6]);
        }
    }

    /// @dev Another task of two rounds, in which the same nodes take part once the first has let go of their stake.
    function _twoRounds() private {
        _honestRound();
        vm.warp(court.releasableAt(taskId, round));
        for (uint256 i; i < 3; ++i) {
            address node = i < 2 ? trainers[i] : validators[0];
            court.release(taskId, round, node);
            _allocate(node, taskId, i < 2 ? Role.Trainer : Role.Validator, 0);
        }
        taskId = _approvedTask(2, 100_000e18);
        for (uint256 i; i < 3; ++i) {
            _allocate(i < 2 ? trainers[i] : validators[0], taskId, i < 2 ? Role.Trainer : Role.Validator, 1e18);
        }
        _openRound();
    }

    function _completed() private {
        result = _honestRound();
        _openClaims(result);
        vm.prank(creator);
        taskManager.complete(taskId, _key(1));
    }

    function _listed() private {
        _completed();
        vm.prank(creator);
        market.listTask(taskId, result, _saleTerms(100e18, 0.2e18));
    }

    function _buy(address by) private {
        _give(by, 100e18);
        vm.startPrank(by);
        token.approve(address(market), 100e18);
        market.buy(1, 100e18);
        vm.stopPrank();
    }

    function _withdraw(address account) private {
        address[] memory tokens = new address[](1);
        tokens[0] = address(token);
        market.withdraw(account, tokens);
    }
}
