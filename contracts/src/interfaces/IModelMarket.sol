// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Cid, ResultSummary} from "../types/Types.sol";
import {TrainerLeaf} from "./IRewardDistributor.sol";

struct Listing {
    uint256 taskId;
    address creator;
    Cid model;
    uint256 price;
    uint256 creatorShare;
    uint256 sales;
    uint256 contributorRevenue;
    uint32 paidRounds;
    bool active;
}

/// @title Market for open models: a completed task's final model, revenue split to its contributors
/// @notice Price in wei, split: policy's MarketFee to the DAO, `creatorShare` (1e18, at most half) to the creator, the
/// rest evenly over the task's claimable rounds that have contributors, within a round by the accepted own weights.
interface IModelMarket {
    event ModelListed(
        uint256 indexed listingId,
        uint256 indexed taskId,
        address indexed creator,
        Cid model,
        uint256 price,
        uint256 creatorShare
    );
    event ModelDelisted(uint256 indexed listingId);
    event ModelBought(
        uint256 indexed listingId,
        address indexed buyer,
        uint256 price,
        uint256 fee,
        uint256 toCreator,
        uint256 toContributors
    );
    event RevenueClaimed(uint256 indexed listingId, uint32 indexed round, address indexed node, uint256 amount);

    error TaskNotCompleted(uint256 taskId);
    error NotCreator(address caller, address creator);
    error AlreadyListed(uint256 taskId, uint256 listingId);
    error NoModel(uint256 taskId);
    error ZeroPrice();
    error CreatorShareTooHigh(uint256 share, uint256 maximum);
    error UnknownListing(uint256 listingId);
    error NotActive(uint256 listingId);
    error PriceMismatch(uint256 expected, uint256 actual);
    error InvalidProof(address node);
    error NothingToClaim(address node);
    error RevenueExhausted(uint256 revenue, uint256 needed);

    /// @notice Listing ids start at 1; one active listing a task. Claims of all its claimable rounds must be open.
    /// @param last Summary of the last claimable round: its model is what is sold.
    function list(uint256 taskId, uint256 price, uint256 creatorShare, ResultSummary calldata last)
        external
        returns (uint256 listingId);
    function delist(uint256 listingId) external;
    /// @param price What the buyer agreed to, so that a relisting cannot change it under way.
    function buy(uint256 listingId, uint256 price) external;
    function claimRevenue(uint256 listingId, uint32 round, TrainerLeaf calldata leaf, bytes32[] calldata proof) external;

    function listingCount() external view returns (uint256);
    function listing(uint256 listingId) external view returns (Listing memory);
    function bought(uint256 listingId, address buyer) external view returns (bool);
    function revenueOf(uint256 listingId, uint32 round, TrainerLeaf calldata leaf) external view returns (uint256);
}
