// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {RoundNumber, TaskId} from "../types/Ids.sol";
import {Cid, ResultSummary} from "../types/Types.sol";
import {TrainerLeaf} from "./IRewardDistributor.sol";

struct Listing {
    TaskId taskId;
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
/// rest evenly over the task's claimable rounds that have contributors, within a round by the accepted weights.
interface IModelMarket {
    event ModelListed(
        uint256 indexed listingId,
        TaskId indexed taskId,
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
    event RevenueClaimed(uint256 indexed listingId, RoundNumber indexed round, address indexed node, uint256 amount);

    /// @notice Only a completed task, whose hold-out key is open, has a model to sell.
    error TaskNotCompleted(TaskId taskId);
    /// @notice Only the task's creator may do this.
    error NotCreator(address caller, address creator);
    /// @notice The task's model stands in a listing already.
    error AlreadyListed(TaskId taskId, uint256 listingId);
    /// @notice No round of the task was paid, so that there is no model.
    error NoModel(TaskId taskId);
    /// @notice A price is at least one wei.
    error ZeroPrice();
    /// @notice The creator's share of the sales is above what the contract allows.
    error CreatorShareTooHigh(uint256 share, uint256 maximum);
    /// @notice There is no listing with this id.
    error UnknownListing(uint256 listingId);
    /// @notice The listing was taken off the market.
    error NotActive(uint256 listingId);
    /// @notice The price changed between reading and buying.
    /// @custom:action Read the listing again and decide by the new price.
    error PriceMismatch(uint256 expected, uint256 actual);
    /// @notice The leaf and its proof are not in the round's claims tree.
    /// @custom:action Prove with the result document that the round accepted.
    error InvalidProof(address node);
    /// @notice The node was paid all that it has earned here.
    error NothingEarned(address node);
    /// @notice The claims of the round add up to more than its part of the sales.
    error RevenueExhausted(uint256 revenue, uint256 needed);

    /// @notice Listing ids start at 1; one active listing a task. Claims of all its claimable rounds must be open.
    /// @param last Summary of the last claimable round: its model is what is sold.
    function list(TaskId taskId, uint256 price, uint256 creatorShare, ResultSummary calldata last)
        external
        returns (uint256 listingId);
    function delist(uint256 listingId) external;
    /// @param price What the buyer agreed to, so that a relisting cannot change it under way.
    function buy(uint256 listingId, uint256 price) external;
    function claimRevenue(uint256 listingId, RoundNumber round, TrainerLeaf calldata leaf, bytes32[] calldata proof)
        external;

    function listingCount() external view returns (uint256);
    function listing(uint256 listingId) external view returns (Listing memory);
    function bought(uint256 listingId, address buyer) external view returns (bool);
    function revenueOf(uint256 listingId, RoundNumber round, TrainerLeaf calldata leaf) external view returns (uint256);
}
