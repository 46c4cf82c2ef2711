// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IModelMarket, Listing, RevenueClaim} from "../interfaces/IModelMarket.sol";
import {Param} from "../interfaces/IPolicy.sol";
import {TrainerLeaf} from "../interfaces/IRewardDistributor.sol";
import {ClaimTree} from "../reward/ClaimTree.sol";
import {RoundNumber} from "../types/Ids.sol";
import {Licences} from "./Licences.sol";
import {Listings} from "./Listings.sol";

/// @title Market for models: licences of open ones, and the revenue of their contributors
/// @notice Trust: accepted results say who contributed what. Should a wrong one that nobody challenged contradict
/// itself, its round still never pays more than its own part of the revenue.
/// @dev Divisions round down in favour of the contract; the dust is below one wei a claim and stays.
contract ModelMarket is Listings {
    using Licences for uint40;

    uint256 private constant ONE = 1e18;

    mapping(uint256 listingId => mapping(address account => uint40)) public licenceEnd;
    mapping(uint256 listingId => mapping(RoundNumber round => uint256)) private _claimedOfRound;
    mapping(uint256 listingId => mapping(RoundNumber round => mapping(address node => uint256))) private _claimedOf;

    constructor(
        address dao_,
        address token_,
        address policy_,
        address taskManager_,
        address roundManager_,
        address results_,
        address distributor_
    ) Listings(dao_, token_, policy_, taskManager_, roundManager_, results_, distributor_) {}

    /// @inheritdoc IModelMarket
    function buy(uint256 listingId, uint256 price) external {
        _buy(listingId, price, msg.sender);
    }

    /// @inheritdoc IModelMarket
    function buyFor(uint256 listingId, uint256 price, address licensee) external {
        _buy(listingId, price, licensee);
    }

    /// @inheritdoc IModelMarket
    function claimRevenue(uint256 listingId, RoundNumber round, TrainerLeaf calldata leaf, bytes32[] calldata proof)
        external
        nonReentrant
    {
        (address paidIn, uint256 amount) = _claim(listingId, round, leaf, proof);
        if (amount == 0) revert NothingEarned(leaf.node);
        _pay(leaf.node, paidIn, amount);
    }

    /// @inheritdoc IModelMarket
    /// @dev What nobody but the caller can get wrong (a proof, another node's leaf) still reverts.
    function claimRevenues(address node, RevenueClaim[] calldata claims) external nonReentrant {
        address paidIn;
        uint256 sum;
        for (uint256 i; i < claims.length; ++i) {
            RevenueClaim calldata c = claims[i];
            if (c.leaf.node != node) revert InvalidProof(c.leaf.node);
            (address token_, uint256 amount) = _claim(c.listingId, c.round, c.leaf, c.proof);
            // One transfer for all claims in a row that are paid in the same token.
            if (token_ != paidIn) {
                _pay(node, paidIn, sum);
                (paidIn, sum) = (token_, 0);
            }
            sum += amount;
        }
        _pay(node, paidIn, sum);
    }

    /// @inheritdoc IModelMarket
    function revenueOf(uint256 listingId, RoundNumber round, TrainerLeaf calldata leaf)
        external
        view
        returns (uint256)
    {
        return _revenue(listingId, _existing(listingId), round, leaf);
    }

    function _buy(uint256 listingId, uint256 price, address licensee) private whenDepositsOpen nonReentrant {
        Listing storage l = _sold(listingId, false, price);
        if (licensee == address(0)) revert ZeroAddress();
        uint40 end = licenceEnd[listingId][licensee];
        if (end == Licences.FOR_EVER) revert AlreadyLicensed(listingId, licensee);
        end = end.extended(block.timestamp, l.period);
        licenceEnd[listingId][licensee] = end;
        // Fee and creator's part round down; the contributors, or the maker alone, get the rest.
        uint256 fee = price * policy.latest(Param.MarketFee) / ONE;
        uint256 toSeller = price - fee;
        uint256 toContributors;
        if (l.paidRounds != 0) {
            toSeller = price * l.creatorShare / ONE;
            toContributors = price - fee - toSeller;
            l.contributorRevenue += toContributors;
        }
        l.sales += 1;
        address paidIn = l.token;
        _credit(l.seller, paidIn, toSeller);
        emit ModelBought(listingId, licensee, msg.sender, price, fee, toSeller, toContributors, end);
        _take(paidIn, price);
        _pay(DAO, paidIn, fee);
    }

    /// @return paidIn The listing's token.
    /// @return amount What is to be paid, which is booked as paid.
    function _claim(uint256 listingId, RoundNumber round, TrainerLeaf calldata leaf, bytes32[] calldata proof)
        private
        returns (address paidIn, uint256 amount)
    {
        Listing storage l = _existing(listingId);
        paidIn = l.token;
        amount = _revenue(listingId, l, round, leaf);
        (bytes32 claimsRoot,,) = distributor.claimBasis(l.taskId, round);
        if (!ClaimTree.verify(proof, claimsRoot, leaf)) revert InvalidProof(leaf.node);
        if (amount == 0) return (paidIn, 0);
        uint256 ofRound = l.contributorRevenue / l.paidRounds;
        uint256 claimedOfRound = _claimedOfRound[listingId][round] + amount;
        if (claimedOfRound > ofRound) revert RevenueExhausted(ofRound, claimedOfRound);
        _claimedOfRound[listingId][round] = claimedOfRound;
        _claimedOf[listingId][round][leaf.node] += amount;
        emit RevenueClaimed(listingId, round, leaf.node, amount);
    }

    /// @dev What a leaf can claim now, wei of the listing's token.
    function _revenue(uint256 listingId, Listing storage l, RoundNumber round, TrainerLeaf calldata leaf)
        private
        view
        returns (uint256)
    {
        if (RoundNumber.unwrap(round) >= l.rounds) revert NothingEarned(leaf.node);
        (, uint32 claimants, uint256 sumWeights) = distributor.claimBasis(l.taskId, round);
        if (claimants == 0) revert NothingEarned(leaf.node);
        // Both round down: contributors of a round together never get more than the round's part.
        uint256 ofRound = l.contributorRevenue / l.paidRounds;
        uint256 entitled = Math.mulDiv(ofRound, leaf.weight, sumWeights);
        // Only a wrong result names a node twice; it is then paid the greater part, once.
        return Math.saturatingSub(entitled, _claimedOf[listingId][round][leaf.node]);
    }
}
