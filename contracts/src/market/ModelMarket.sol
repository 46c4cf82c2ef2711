// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IModelMarket, Listing} from "../interfaces/IModelMarket.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {IRewardDistributor, TrainerLeaf} from "../interfaces/IRewardDistributor.sol";
import {IResults} from "../interfaces/IResults.sol";
import {IRoundManager} from "../interfaces/IRoundManager.sol";
import {ITaskManager, TaskInfo} from "../interfaces/ITaskManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {PausableDeposits} from "../permission/PausableDeposits.sol";
import {ClaimTree} from "../reward/ClaimTree.sol";
import {RoundNumber, TaskId} from "../types/Ids.sol";
import {ResultSummary, RoundPhase, TaskState} from "../types/Types.sol";

/// @title Market for open models
/// @notice Trust: accepted results say who contributed what. Should a wrong one that nobody challenged contradict
/// itself, its round still never pays more than its own part of the revenue.
/// @dev Divisions round down in favour of the contract; the dust is below one wei a claim and stays.
contract ModelMarket is IModelMarket, PausableDeposits, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    uint256 private constant ONE = 1e18;
    uint256 internal constant MAX_CREATOR_SHARE = 0.5e18;

    IERC20 public immutable token;
    IPolicy public immutable policy;
    ITaskManager public immutable taskManager;
    IRoundManager public immutable roundManager;
    IResults public immutable results;
    IRewardDistributor public immutable distributor;

    uint256 public listingCount;
    mapping(uint256 listingId => Listing) private _listings;
    mapping(TaskId taskId => uint256 listingId) private _activeListing;
    mapping(uint256 listingId => mapping(address buyer => bool)) public bought;
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
    ) DaoAuthorized(dao_) {
        if (
            token_ == address(0) || policy_ == address(0) || taskManager_ == address(0) || roundManager_ == address(0)
                || results_ == address(0) || distributor_ == address(0)
        ) revert ZeroAddress();
        token = IERC20(token_);
        policy = IPolicy(policy_);
        taskManager = ITaskManager(taskManager_);
        roundManager = IRoundManager(roundManager_);
        results = IResults(results_);
        distributor = IRewardDistributor(distributor_);
    }

    /// @inheritdoc IModelMarket
    /// @dev Walks over the task's rounds, of which there are at most 128.
    function list(TaskId taskId, uint256 price, uint256 creatorShare, ResultSummary calldata last)
        external
        returns (uint256 listingId)
    {
        TaskInfo memory t = taskManager.task(taskId);
        if (t.state != TaskState.Completed) revert TaskNotCompleted(taskId);
        if (msg.sender != t.creator) revert NotCreator(msg.sender, t.creator);
        if (_activeListing[taskId] != 0) revert AlreadyListed(taskId, _activeListing[taskId]);
        if (price == 0) revert ZeroPrice();
        if (creatorShare > MAX_CREATOR_SHARE) revert CreatorShareTooHigh(creatorShare, MAX_CREATOR_SHARE);
        uint32 paidRounds = _paidRounds(taskId, last);

        listingId = ++listingCount;
        _activeListing[taskId] = listingId;
        _listings[listingId] = Listing({
            taskId: taskId,
            creator: msg.sender,
            model: last.model,
            price: price,
            creatorShare: creatorShare,
            sales: 0,
            contributorRevenue: 0,
            paidRounds: paidRounds,
            active: true
        });
        emit ModelListed(listingId, taskId, msg.sender, last.model, price, creatorShare);
    }

    /// @inheritdoc IModelMarket
    /// @dev Revenue of past sales can still be claimed.
    function delist(uint256 listingId) external {
        Listing storage l = _active(listingId);
        if (msg.sender != l.creator) revert NotCreator(msg.sender, l.creator);
        l.active = false;
        _activeListing[l.taskId] = 0;
        emit ModelDelisted(listingId);
    }

    /// @inheritdoc IModelMarket
    function buy(uint256 listingId, uint256 price) external whenDepositsOpen nonReentrant {
        Listing storage l = _active(listingId);
        if (price != l.price) revert PriceMismatch(l.price, price);
        // Fee and creator's part round down; the contributors get the rest.
        uint256 fee = price * policy.latest(Param.MarketFee) / ONE;
        uint256 toCreator = price * l.creatorShare / ONE;
        uint256 toContributors = price - fee - toCreator;
        l.sales += 1;
        l.contributorRevenue += toContributors;
        bought[listingId][msg.sender] = true;
        emit ModelBought(listingId, msg.sender, price, fee, toCreator, toContributors);
        token.safeTransferFrom(msg.sender, address(this), toContributors);
        if (fee != 0) token.safeTransferFrom(msg.sender, DAO, fee);
        if (toCreator != 0) token.safeTransferFrom(msg.sender, l.creator, toCreator);
    }

    /// @inheritdoc IModelMarket
    function claimRevenue(uint256 listingId, RoundNumber round, TrainerLeaf calldata leaf, bytes32[] calldata proof)
        external
        nonReentrant
    {
        Listing storage l = _existing(listingId);
        (bytes32 claimsRoot,,) = distributor.claimBasis(l.taskId, round);
        uint256 amount = _revenue(listingId, l, round, leaf);
        if (!ClaimTree.verify(proof, claimsRoot, leaf)) revert InvalidProof(leaf.node);
        if (amount == 0) revert NothingEarned(leaf.node);
        uint256 ofRound = l.contributorRevenue / l.paidRounds;
        uint256 claimedOfRound = _claimedOfRound[listingId][round] + amount;
        if (claimedOfRound > ofRound) revert RevenueExhausted(ofRound, claimedOfRound);
        _claimedOfRound[listingId][round] = claimedOfRound;
        _claimedOf[listingId][round][leaf.node] += amount;
        emit RevenueClaimed(listingId, round, leaf.node, amount);
        token.safeTransfer(leaf.node, amount);
    }

    /// @inheritdoc IModelMarket
    function listing(uint256 listingId) external view returns (Listing memory) {
        return _existing(listingId);
    }

    /// @inheritdoc IModelMarket
    /// @dev Believes the leaf: without its proof this is a preview only.
    function revenueOf(uint256 listingId, RoundNumber round, TrainerLeaf calldata leaf)
        external
        view
        returns (uint256)
    {
        Listing storage l = _existing(listingId);
        return _revenue(listingId, l, round, leaf);
    }

    /// @dev How many rounds have contributors. Their claims have to be open (anyone can open them), so that what the
    /// revenue is split by is known for ever.
    /// @param last The summary of the last round that paid.
    function _paidRounds(TaskId taskId, ResultSummary calldata last) private view returns (uint32 paidRounds) {
        bytes32 lastHash;
        uint32 rounds = roundManager.roundCount(taskId);
        for (uint32 i; i < rounds; ++i) {
            RoundNumber round = RoundNumber.wrap(i);
            if (roundManager.phaseOf(taskId, round) != RoundPhase.Claimable) continue;
            if (distributor.claimsEnd(taskId, round) == 0) revert IRewardDistributor.ClaimsNotOpen(taskId, round);
            lastHash = results.roundResult(taskId, round).accepted;
            (, uint32 claimants,) = distributor.claimBasis(taskId, round);
            if (claimants != 0) ++paidRounds;
        }
        if (paidRounds == 0) revert NoModel(taskId);
        bytes32 hash = keccak256(abi.encode(last));
        if (hash != lastHash) revert IResults.SummaryMismatch(lastHash, hash);
    }

    /// @dev What a leaf can claim now, in wei.
    function _revenue(uint256 listingId, Listing storage l, RoundNumber round, TrainerLeaf calldata leaf)
        private
        view
        returns (uint256)
    {
        (, uint32 claimants, uint256 sumWeights) = distributor.claimBasis(l.taskId, round);
        if (claimants == 0) revert NothingEarned(leaf.node);
        // Both round down: contributors of a round together never get more than the round's part.
        uint256 ofRound = l.contributorRevenue / l.paidRounds;
        uint256 entitled = Math.mulDiv(ofRound, leaf.weight, sumWeights);
        // Only a wrong result names a node twice; it is then paid the greater part, once.
        return Math.saturatingSub(entitled, _claimedOf[listingId][round][leaf.node]);
    }

    function _active(uint256 listingId) private view returns (Listing storage l) {
        l = _existing(listingId);
        if (!l.active) revert NotActive(listingId);
    }

    function _existing(uint256 listingId) private view returns (Listing storage l) {
        l = _listings[listingId];
        if (l.creator == address(0)) revert UnknownListing(listingId);
    }
}
