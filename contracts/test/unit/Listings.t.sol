// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {
    IModelMarket,
    Listing,
    ListingKind,
    ListingState,
    RevenueClaim,
    SaleTerms,
    SealedFile
} from "../../src/interfaces/IModelMarket.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {TrainerLeaf} from "../../src/interfaces/IRewardDistributor.sol";
import {PausableDeposits} from "../../src/permission/PausableDeposits.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {RoundNumber, TaskId} from "../../src/types/Ids.sol";
import {Cid, ResultSummary} from "../../src/types/Types.sol";
import {Merkle} from "../builders/Merkle.sol";
import {RoundTest} from "../builders/RoundTest.sol";
import {PlainToken} from "../builders/StrangeTokens.sol";

contract ListingsTest is RoundTest {
    RoundNumber private constant FIRST = RoundNumber.wrap(0);
    RoundNumber private constant SECOND = RoundNumber.wrap(1);

    address private maker = makeAddr("maker");
    address private buyer = makeAddr("buyer");
    Cid private model = Cid(0x70, keccak256("own model"));

    function setUp() public override {
        super.setUp();
        _readyToList(maker);
        _readyToList(creator);
        _aTrainerSeatPerThousand(2);
    }

    function test_AMakersOwnModelPaysTheMakerAllButTheFee() public {
        SaleTerms memory terms = _saleTerms(100e18, 0);
        uint256 treasuryBefore = token.balanceOf(address(dao));
        vm.expectEmit(address(market));
        emit IModelMarket.ModelListed(1, maker, TaskId.wrap(0), ListingKind.Own, model, 0, terms);
        vm.prank(maker);
        assertEq(market.listOwn(model, terms), 1);
        assertEq(token.balanceOf(address(dao)) - treasuryBefore, 10e18);
        _buy(1, buyer);
        assertEq(market.owed(maker, address(token)), 97.5e18);
        assertEq(token.balanceOf(address(dao)) - treasuryBefore, 12.5e18);
        TrainerLeaf memory leaf;
        vm.expectPartialRevert(IModelMarket.NothingEarned.selector);
        market.claimRevenue(1, FIRST, leaf, new bytes32[](0));
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.AlreadyLicensed.selector, 1, buyer));
        vm.prank(buyer);
        market.buy(1, 100e18);
        vm.expectRevert(DaoAuthorized.ZeroAddress.selector);
        market.buyFor(1, 100e18, address(0));
    }

    function test_TheTermsOfAListingAreChecked() public {
        SaleTerms memory terms = _saleTerms(100e18, 0);
        vm.startPrank(maker);
        vm.expectRevert(IModelMarket.IncompleteModel.selector);
        market.listOwn(Cid(0x70, 0), terms);
        terms.price = 0;
        vm.expectRevert(IModelMarket.ZeroPrice.selector);
        market.listOwn(model, terms);
        // Nobody else contributed.
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.CreatorShareTooHigh.selector, 1, 0));
        market.listOwn(model, _saleTerms(100e18, 1));
        SealedFile memory file = SealedFile(1, "key", "plain", "cipher");
        for (uint256 i; i < 4; ++i) {
            SealedFile memory lacking = SealedFile(
                i == 0 ? 0 : file.size,
                i == 1 ? bytes32(0) : file.keyHash,
                i == 2 ? bytes32(0) : file.plainRoot,
                i == 3 ? bytes32(0) : file.cipherRoot
            );
            vm.expectRevert(IModelMarket.IncompleteModel.selector);
            market.listSealed(model, lacking, _saleTerms(1, 0));
        }
        vm.expectEmit(address(market));
        emit IModelMarket.FileSealed(1, file);
        market.listSealed(model, file, _saleTerms(1, 0));
        vm.stopPrank();
        assertEq(market.sealedFile(1).cipherRoot, "cipher");
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.WrongListingKind.selector, 1, ListingKind.Sealed));
        market.buy(1, 1);
    }

    function test_AVersionIsOfTheSameSeller() public {
        vm.prank(maker);
        market.listOwn(model, _saleTerms(1, 0));
        SaleTerms memory terms = _saleTerms(1, 0);
        terms.previous = 1;
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.NotSeller.selector, creator, maker));
        vm.prank(creator);
        market.listOwn(model, terms);
        terms.previous = 2;
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.UnknownListing.selector, 2));
        vm.prank(maker);
        market.listOwn(model, terms);
        terms.previous = 1;
        _readyToList(maker);
        vm.prank(maker);
        market.listOwn(model, terms);
        assertEq(market.listing(2).previous, 1);
    }

    function test_OnlyTheSellerPricesPausesAndDelists() public {
        vm.prank(maker);
        market.listOwn(model, _saleTerms(100e18, 0));
        bytes memory refusal = abi.encodeWithSelector(IModelMarket.NotSeller.selector, address(this), maker);
        vm.expectRevert(refusal);
        market.setPrice(1, 5);
        vm.expectRevert(refusal);
        market.pause(1);
        vm.expectRevert(refusal);
        market.resume(1);
        vm.startPrank(maker);
        vm.expectRevert(IModelMarket.ZeroPrice.selector);
        market.setPrice(1, 0);
        vm.expectEmit(address(market));
        emit IModelMarket.PriceChanged(1, 100e18, 50e18);
        market.setPrice(1, 50e18);
        market.pause(1);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.WrongListingState.selector, 1, ListingState.Paused));
        market.pause(1);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.WrongListingState.selector, 1, ListingState.Paused));
        market.buy(1, 50e18);
        market.resume(1);
        vm.stopPrank();
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.PriceMismatch.selector, 50e18, 100e18));
        market.buy(1, 100e18);
        _buy(1, buyer);
        vm.startPrank(maker);
        market.pause(1);
        market.delist(1);
        bytes memory gone = abi.encodeWithSelector(IModelMarket.WrongListingState.selector, 1, ListingState.Delisted);
        vm.expectRevert(gone);
        market.delist(1);
        vm.expectRevert(gone);
        market.resume(1);
        vm.expectRevert(gone);
        market.setPrice(1, 5);
        vm.stopPrank();
        assertEq(market.licenceEnd(1, buyer), type(uint40).max);
    }

    function test_ASubscriptionIsExtendedByWhoeverPays() public {
        SaleTerms memory terms = _saleTerms(100e18, 0);
        terms.period = 30 days;
        vm.prank(maker);
        market.listOwn(model, terms);
        _buy(1, buyer);
        assertEq(market.licenceEnd(1, buyer), block.timestamp + 30 days);
        vm.warp(block.timestamp + 10 days);
        _give(stranger, 100e18);
        vm.startPrank(stranger);
        token.approve(address(market), 100e18);
        market.buyFor(1, 100e18, buyer);
        vm.stopPrank();
        assertEq(market.licenceEnd(1, buyer), block.timestamp + 50 days);
        assertEq(market.licenceEnd(1, stranger), 0);
        vm.warp(block.timestamp + 80 days);
        _buy(1, buyer);
        assertEq(market.licenceEnd(1, buyer), block.timestamp + 30 days);
    }

    function test_APauseOfDepositsStopsListings() public {
        uint40 until = uint40(block.timestamp + 1 days);
        vm.prank(address(dao));
        market.pauseDeposits(until);
        vm.expectRevert(abi.encodeWithSelector(PausableDeposits.DepositsArePaused.selector, until));
        vm.prank(maker);
        market.listOwn(model, _saleTerms(1, 0));
    }

    function test_AListingCostsThePolicysFee() public {
        _setPolicy(Param.ListingFee, 0);
        vm.prank(maker);
        market.listOwn(model, _saleTerms(1, 0));
        assertEq(token.balanceOf(maker), 1010e18);
        _setPolicy(Param.ListingFee, 100_000e18);
        vm.expectRevert();
        vm.prank(maker);
        market.listOwn(model, _saleTerms(1, 0));
    }

    function test_ARoundsModelPaysTheRoundsThatLedToIt() public {
        taskId = _approvedTask(2, 100_000e18);
        _staked(2, 1);
        _openRound();
        ResultSummary memory first = _honestRound();
        vm.expectRevert();
        vm.prank(creator);
        market.listRound(taskId, FIRST, first, _saleTerms(100e18, 0));
        _openClaims(first);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.NoRoundModel.selector, taskId, SECOND));
        market.listRound(taskId, SECOND, first, _saleTerms(100e18, 0));
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.NotCreator.selector, stranger, creator));
        vm.prank(stranger);
        market.listRound(taskId, FIRST, first, _saleTerms(100e18, 0));
        // The task runs on.
        _listRound(FIRST, first);
        TrainerLeaf[] memory leaves = _leaves();
        vm.warp(court.releasableAt(taskId, round));
        _openRound();
        ResultSummary memory second = _honestRound();
        _openClaims(second);
        TrainerLeaf[] memory later = _leaves();
        _listRound(SECOND, second);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.AlreadyListed.selector, taskId, 2));
        vm.prank(creator);
        market.listRound(taskId, SECOND, second, _saleTerms(100e18, 0));
        Listing memory l = market.listing(2);
        assertEq(l.rounds, 2);
        assertEq(l.paidRounds, 2);
        _buy(1, buyer);
        _buy(2, buyer);
        // A later round has no part in an earlier model.
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.NothingEarned.selector, later[0].node));
        market.revenueOf(1, SECOND, later[0]);
        uint256 ofFirst = market.revenueOf(1, FIRST, leaves[0]);
        assertEq(ofFirst, uint256(97.5e18) * leaves[0].weight / first.sumWeights);
        assertApproxEqAbs(market.revenueOf(2, FIRST, leaves[0]), ofFirst / 2, 1);
        // One call for all of a node's parts; again there is nothing, and nothing fails.
        RevenueClaim[] memory claims = new RevenueClaim[](3);
        claims[0] = RevenueClaim(1, FIRST, leaves[0], Merkle.proof(leaves, 0));
        claims[1] = RevenueClaim(2, FIRST, leaves[0], Merkle.proof(leaves, 0));
        claims[2] = RevenueClaim(2, SECOND, later[0], Merkle.proof(later, 0));
        uint256 expected = ofFirst + market.revenueOf(2, FIRST, leaves[0]) + market.revenueOf(2, SECOND, later[0]);
        assertEq(leaves[0].node, later[0].node);
        uint256 before = token.balanceOf(leaves[0].node);
        market.claimRevenues(leaves[0].node, claims);
        market.claimRevenues(leaves[0].node, claims);
        assertEq(token.balanceOf(leaves[0].node) - before, expected);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.InvalidProof.selector, leaves[0].node));
        market.claimRevenues(stranger, claims);
    }

    function test_AFinishedTasksModelIsTheOneOfItsLastRound() public {
        _roundOf(2, 1);
        ResultSummary memory last = _honestRound();
        _openClaims(last);
        vm.prank(creator);
        taskManager.complete(taskId, _key(1));
        _listRound(FIRST, last);
        vm.expectRevert(abi.encodeWithSelector(IModelMarket.AlreadyListed.selector, taskId, 1));
        vm.prank(creator);
        market.listTask(taskId, last, _saleTerms(100e18, 0));
        vm.prank(creator);
        market.delist(1);
        _readyToList(creator);
        vm.prank(creator);
        assertEq(market.listTask(taskId, last, _saleTerms(100e18, 0)), 2);
    }

    function test_RevenueOfSeveralTokensIsClaimedAtOnce() public {
        PlainToken plain = new PlainToken();
        vm.prank(address(dao));
        market.setPaymentToken(address(plain), true);
        _roundOf(2, 1);
        ResultSummary memory last = _honestRound();
        _openClaims(last);
        SaleTerms memory terms = _saleTerms(100e18, 0);
        _listRound(FIRST, last);
        _buy(1, buyer);
        vm.startPrank(creator);
        market.delist(1);
        terms.token = address(plain);
        vm.stopPrank();
        _readyToList(creator);
        vm.prank(creator);
        market.listRound(taskId, FIRST, last, terms);
        plain.mint(buyer, 100e18);
        vm.startPrank(buyer);
        plain.approve(address(market), 100e18);
        market.buy(2, 100e18);
        vm.stopPrank();
        TrainerLeaf[] memory leaves = _leaves();
        RevenueClaim[] memory claims = new RevenueClaim[](2);
        claims[0] = RevenueClaim(1, FIRST, leaves[0], Merkle.proof(leaves, 0));
        claims[1] = RevenueClaim(2, FIRST, leaves[0], Merkle.proof(leaves, 0));
        uint256 part = uint256(97.5e18) * leaves[0].weight / last.sumWeights;
        market.claimRevenues(leaves[0].node, claims);
        assertEq(token.balanceOf(leaves[0].node), part);
        assertEq(plain.balanceOf(leaves[0].node), part);
    }

    /// @dev Whatever prices, fees and shares, in whatever order of sales and claims: contributors together never get more than
    /// was sold for them, the seller and they and the treasury get all of it but dust.
    /// forge-config: default.fuzz.runs = 16
    function testFuzz_RevenueNeverExceedsSales(uint128[4] memory prices, uint64 share, uint64 fee, uint8 order) public {
        _roundOf(2, 1);
        ResultSummary memory last = _honestRound();
        _openClaims(last);
        _setPolicy(Param.MarketFee, bound(fee, 0, 0.2e18));
        SaleTerms memory terms = _saleTerms(1, uint64(bound(share, 0, 0.5e18)));
        vm.prank(creator);
        market.listRound(taskId, FIRST, last, terms);
        TrainerLeaf[] memory leaves = _leaves();
        uint256 paid;
        uint256 treasuryBefore = token.balanceOf(address(dao));
        for (uint256 i; i < 4; ++i) {
            uint128 price = uint128(bound(prices[i], 1, 1_000_000e18));
            vm.prank(creator);
            market.setPrice(1, price);
            _buy(1, address(uint160(0xb00 + i)));
            paid += price;
            if (order >> i & 1 == 1) _claim(leaves, order >> (4 + i) & 1);
        }
        _claim(leaves, 0);
        _claim(leaves, 1);
        uint256 contributors = token.balanceOf(leaves[0].node) + token.balanceOf(leaves[1].node);
        uint256 held = token.balanceOf(address(market)) - market.owed(creator, address(token));
        assertLe(contributors, market.listing(1).contributorRevenue);
        assertEq(market.listing(1).contributorRevenue - contributors, held);
        assertLe(held, 16);
        assertEq(
            paid,
            contributors + held + market.owed(creator, address(token)) + token.balanceOf(address(dao)) - treasuryBefore
        );
    }

    function _claim(TrainerLeaf[] memory leaves, uint256 i) private {
        RevenueClaim[] memory claims = new RevenueClaim[](1);
        claims[0] = RevenueClaim(1, FIRST, leaves[i], Merkle.proof(leaves, i));
        market.claimRevenues(leaves[i].node, claims);
    }

    function _listRound(RoundNumber number, ResultSummary memory summary) private {
        _readyToList(creator);
        vm.prank(creator);
        market.listRound(taskId, number, summary, _saleTerms(100e18, 0));
    }

    function _buy(uint256 id, address by) private {
        uint256 price = market.listing(id).price;
        _give(by, price);
        vm.startPrank(by);
        token.approve(address(market), price);
        market.buy(id, price);
        vm.stopPrank();
    }
}
