// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IModelMarket, Listing, ListingKind, ListingState, SaleTerms, SealedFile} from "../interfaces/IModelMarket.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {IRewardDistributor} from "../interfaces/IRewardDistributor.sol";
import {IResults} from "../interfaces/IResults.sol";
import {IRoundManager} from "../interfaces/IRoundManager.sol";
import {ITaskManager, TaskInfo} from "../interfaces/ITaskManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {PausableDeposits} from "../permission/PausableDeposits.sol";
import {SET_PAYMENT_TOKEN_PERMISSION} from "../permission/Permissions.sol";
import {RoundNumber, TaskId} from "../types/Ids.sol";
import {Cid, ResultSummary, RoundPhase, TaskState} from "../types/Types.sol";
import {Payouts} from "./Payouts.sol";

/// @title What is for sale, by whom and on which terms
/// @notice Trust: the DAO says which tokens are taken beside COVEY; tasks and rounds say who made a task's models.
abstract contract Listings is IModelMarket, PausableDeposits, Payouts {
    uint256 internal constant MAX_CREATOR_SHARE = 0.5e18;

    address public immutable token;
    IPolicy public immutable policy;
    ITaskManager public immutable taskManager;
    IRoundManager public immutable roundManager;
    IResults public immutable results;
    IRewardDistributor public immutable distributor;

    uint256 public listingCount;
    mapping(uint256 listingId => Listing) internal _listings;
    mapping(uint256 listingId => SealedFile) private _sealed;
    mapping(TaskId taskId => mapping(uint32 round => uint256 listingId)) private _listingOfRound;
    mapping(address token => bool) private _allowed;

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
        token = token_;
        policy = IPolicy(policy_);
        taskManager = ITaskManager(taskManager_);
        roundManager = IRoundManager(roundManager_);
        results = IResults(results_);
        distributor = IRewardDistributor(distributor_);
    }

    /// @inheritdoc IModelMarket
    function listTask(TaskId taskId, ResultSummary calldata last, SaleTerms calldata terms)
        external
        returns (uint256 listingId)
    {
        if (taskManager.task(taskId).state != TaskState.Completed) revert TaskNotCompleted(taskId);
        return _listOfTask(ListingKind.Task, taskId, roundManager.roundCount(taskId), last, terms);
    }

    /// @inheritdoc IModelMarket
    function listRound(TaskId taskId, RoundNumber round, ResultSummary calldata summary, SaleTerms calldata terms)
        external
        returns (uint256 listingId)
    {
        if (roundManager.phaseOf(taskId, round) != RoundPhase.Claimable) revert NoRoundModel(taskId, round);
        return _listOfTask(ListingKind.Round, taskId, RoundNumber.unwrap(round) + 1, summary, terms);
    }

    /// @inheritdoc IModelMarket
    function listOwn(Cid calldata model, SaleTerms calldata terms) external returns (uint256 listingId) {
        return _list(_ofMaker(ListingKind.Own, model, terms), terms);
    }

    /// @inheritdoc IModelMarket
    function listSealed(Cid calldata manifest, SealedFile calldata file, SaleTerms calldata terms)
        external
        returns (uint256 listingId)
    {
        if (
            file.size == 0 || file.keyHash == bytes32(0) || file.plainRoot == bytes32(0)
                || file.cipherRoot == bytes32(0)
        ) revert IncompleteModel();
        // The fee's token is called at the end, so this stands before.
        _sealed[listingCount + 1] = file;
        listingId = _list(_ofMaker(ListingKind.Sealed, manifest, terms), terms);
        emit FileSealed(listingId, file);
    }

    /// @inheritdoc IModelMarket
    function setPrice(uint256 listingId, uint128 price) external {
        Listing storage l = _owned(listingId);
        if (l.state == ListingState.Delisted) revert WrongListingState(listingId, l.state);
        if (price == 0) revert ZeroPrice();
        emit PriceChanged(listingId, l.price, price);
        l.price = price;
    }

    /// @inheritdoc IModelMarket
    function pause(uint256 listingId) external {
        _move(listingId, ListingState.Active, ListingState.Paused);
        emit ListingPaused(listingId);
    }

    /// @inheritdoc IModelMarket
    function resume(uint256 listingId) external {
        _move(listingId, ListingState.Paused, ListingState.Active);
        emit ListingResumed(listingId);
    }

    /// @inheritdoc IModelMarket
    function delist(uint256 listingId) external {
        Listing storage l = _owned(listingId);
        if (l.state == ListingState.Delisted) revert WrongListingState(listingId, l.state);
        l.state = ListingState.Delisted;
        if (l.rounds != 0) delete _listingOfRound[l.taskId][l.rounds];
        emit ModelDelisted(listingId);
    }

    /// @inheritdoc IModelMarket
    function setPaymentToken(address paymentToken, bool allowed) external auth(SET_PAYMENT_TOKEN_PERMISSION) {
        if (paymentToken == address(0)) revert ZeroAddress();
        _allowed[paymentToken] = allowed;
        emit PaymentTokenSet(paymentToken, allowed);
    }

    /// @inheritdoc IModelMarket
    function isPaymentToken(address paymentToken) public view returns (bool) {
        return paymentToken == token || _allowed[paymentToken];
    }

    /// @inheritdoc IModelMarket
    function listing(uint256 listingId) external view returns (Listing memory) {
        return _existing(listingId);
    }

    /// @inheritdoc IModelMarket
    function termsOf(uint256 listingId) external view returns (address, ListingKind, ListingState, address, uint32) {
        Listing storage l = _existing(listingId);
        return (l.seller, l.kind, l.state, l.token, l.period);
    }

    /// @inheritdoc IModelMarket
    function sealedFile(uint256 listingId) external view returns (SealedFile memory) {
        return _sealed[listingId];
    }

    /// @inheritdoc IModelMarket
    function requireSold(uint256 listingId, bool sealed_, uint256 price)
        external
        view
        returns (address, address, uint32)
    {
        Listing storage l = _sold(listingId, sealed_, price);
        return (l.seller, l.token, l.period);
    }

    function _sold(uint256 listingId, bool sealed_, uint256 price) internal view returns (Listing storage l) {
        l = _existing(listingId);
        if (l.state != ListingState.Active) revert WrongListingState(listingId, l.state);
        if ((l.kind == ListingKind.Sealed) != sealed_) revert WrongListingKind(listingId, l.kind);
        if (price != l.price) revert PriceMismatch(l.price, price);
        if (!isPaymentToken(l.token)) revert TokenNotAllowed(l.token);
    }

    function _existing(uint256 listingId) internal view returns (Listing storage l) {
        l = _listings[listingId];
        if (l.seller == address(0)) revert UnknownListing(listingId);
    }

    function _owned(uint256 listingId) private view returns (Listing storage l) {
        l = _existing(listingId);
        if (msg.sender != l.seller) revert NotSeller(msg.sender, l.seller);
    }

    function _move(uint256 listingId, ListingState from, ListingState to) private {
        Listing storage l = _owned(listingId);
        if (l.state != from) revert WrongListingState(listingId, l.state);
        l.state = to;
    }

    function _ofMaker(ListingKind kind, Cid calldata model, SaleTerms calldata terms)
        private
        view
        returns (Listing memory l)
    {
        if (terms.creatorShare != 0) revert CreatorShareTooHigh(terms.creatorShare, 0);
        l = _base(kind, model, terms);
    }

    function _listOfTask(
        ListingKind kind,
        TaskId taskId,
        uint32 rounds,
        ResultSummary calldata summary,
        SaleTerms calldata terms
    ) private returns (uint256 listingId) {
        TaskInfo memory t = taskManager.task(taskId);
        if (msg.sender != t.creator) revert NotCreator(msg.sender, t.creator);
        if (terms.creatorShare > MAX_CREATOR_SHARE) revert CreatorShareTooHigh(terms.creatorShare, MAX_CREATOR_SHARE);
        (uint32 end, uint32 paidRounds) = _paidRounds(taskId, rounds, summary);
        Listing memory l = _base(kind, summary.model, terms);
        (l.taskId, l.rounds, l.paidRounds) = (taskId, end, paidRounds);
        listingId = _listingOfRound[taskId][l.rounds];
        if (listingId != 0) revert AlreadyListed(taskId, listingId);
        _listingOfRound[taskId][l.rounds] = listingCount + 1;
        return _list(l, terms);
    }

    function _base(ListingKind kind, Cid memory model, SaleTerms calldata terms)
        private
        view
        returns (Listing memory l)
    {
        if (model.digest == bytes32(0)) revert IncompleteModel();
        if (terms.price == 0) revert ZeroPrice();
        if (!isPaymentToken(terms.token)) revert TokenNotAllowed(terms.token);
        if (terms.previous != 0) {
            address seller = _existing(terms.previous).seller;
            if (msg.sender != seller) revert NotSeller(msg.sender, seller);
        }
        l.seller = msg.sender;
        l.kind = kind;
        l.state = ListingState.Active;
        l.period = terms.period;
        l.token = terms.token;
        l.creatorShare = terms.creatorShare;
        l.price = terms.price;
        l.model = model;
        l.card = terms.card;
        l.previous = terms.previous;
    }

    /// @dev The fee goes to the treasury and nowhere else.
    function _list(Listing memory l, SaleTerms calldata terms)
        private
        whenDepositsOpen
        nonReentrant
        returns (uint256 listingId)
    {
        listingId = ++listingCount;
        _listings[listingId] = l;
        emit ModelListed(listingId, l.seller, l.taskId, l.kind, l.model, l.rounds, terms);
        uint256 fee = policy.latest(Param.ListingFee);
        _take(token, fee);
        _pay(DAO, token, fee);
    }

    /// @dev How many of the first `rounds` rounds have contributors. Their claims have to be open (anyone can open them), so
    /// that what the revenue is split by is known for ever. Walks over the task's rounds, of which there are at most 128.
    /// @param summary The summary of the last of them that paid.
    /// @return end That round's number plus one: the contributors are those of the rounds below.
    function _paidRounds(TaskId taskId, uint32 rounds, ResultSummary calldata summary)
        private
        view
        returns (uint32 end, uint32 paidRounds)
    {
        for (uint32 i; i < rounds; ++i) {
            RoundNumber round = RoundNumber.wrap(i);
            if (roundManager.phaseOf(taskId, round) != RoundPhase.Claimable) continue;
            if (distributor.claimsEnd(taskId, round) == 0) revert IRewardDistributor.ClaimsNotOpen(taskId, round);
            (, uint32 claimants,) = distributor.claimBasis(taskId, round);
            if (claimants != 0) ++paidRounds;
            end = i + 1;
        }
        if (paidRounds == 0) revert NoModel(taskId);
        bytes32 expected = results.roundResult(taskId, RoundNumber.wrap(end - 1)).accepted;
        bytes32 hash = keccak256(abi.encode(summary));
        if (hash != expected) revert IResults.SummaryMismatch(expected, hash);
    }
}
