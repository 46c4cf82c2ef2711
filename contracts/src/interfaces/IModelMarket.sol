// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {RoundNumber, TaskId} from "../types/Ids.sol";
import {Cid, ResultSummary} from "../types/Types.sol";
import {TrainerLeaf} from "./IRewardDistributor.sol";

/// @notice What is sold. Task: the final model of a completed task; Round: the model of one of a task's accepted rounds; Own: an
/// open model that its maker registers alone; Sealed: one that is encrypted, ordered and delivered in the key escrow.
enum ListingKind {
    None,
    Task,
    Round,
    Own,
    Sealed
}

/// @notice Only an active listing is sold. Delisted is for ever.
enum ListingState {
    None,
    Active,
    Paused,
    Delisted
}

/// @param token What the price is paid in: COVEY, or a token that the DAO allows.
/// @param price Wei of the token.
/// @param period Seconds of licence that a price pays for; 0: a licence for ever.
/// @param creatorShare The seller's part of the sales of a task's model, 1e18 = all; 0 of models that have no contributors.
/// @param card CID of the model card (a `covey.card/1` document); zeros for none.
/// @param previous The seller's listing that this one is a new version of; 0 for none.
struct SaleTerms {
    address token;
    uint128 price;
    uint32 period;
    uint64 creatorShare;
    Cid card;
    uint256 previous;
}

/// @notice What a sealed file (`covey.sealed/1`) is held to; the key escrow decides disputes by it.
/// @param size Bytes of the plaintext, at least one.
/// @param keyHash keccak256 of the content key (32 bytes).
/// @param plainRoot Positional root of the plaintext in pieces of 1,024 bytes (`PositionalTree`).
/// @param cipherRoot The same of the ciphertext, authentication tags left out.
struct SealedFile {
    uint64 size;
    bytes32 keyHash;
    bytes32 plainRoot;
    bytes32 cipherRoot;
}

/// @notice Seller, kind, token, model, terms and version never change; the price does, by its seller.
/// @param model CID of the model; of a sealed one of its manifest (`covey.sealed/1`).
/// @param taskId 0 of a model that has no task.
/// @param rounds Contributors are those of the task's rounds below this number.
/// @param paidRounds How many of these rounds have contributors.
/// @param sales Of open models; those of sealed ones are in the key escrow.
/// @param contributorRevenue Wei of the token that all contributors together have earned here.
struct Listing {
    address seller;
    ListingKind kind;
    ListingState state;
    uint32 period;
    uint32 rounds;
    address token;
    uint64 creatorShare;
    uint32 paidRounds;
    uint128 price;
    uint64 sales;
    TaskId taskId;
    Cid model;
    Cid card;
    uint256 previous;
    uint256 contributorRevenue;
}

/// @notice One claim of a batch.
struct RevenueClaim {
    uint256 listingId;
    RoundNumber round;
    TrainerLeaf leaf;
    bytes32[] proof;
}

/// @title Market for models: one list of open and sealed ones, licences of the open ones, revenue of their contributors
/// @notice A listing's price is paid in its token and split: policy's MarketFee to the treasury, of a task's model
/// `creatorShare` (1e18, at most half) to the creator and the rest evenly over the rounds that led to it and have
/// contributors, within a round by the accepted weights; of a model without a task all but the fee to its seller. What
/// public rounds made is public: its sale is a licence and its contributors' pay.
/// A maker who registers a model alone proves nothing about where it comes from.
/// Sellers' and contributors' money waits here until it is pulled; anyone may pull it for them.
interface IModelMarket {
    /// @param rounds Contributors are those of the task's rounds below this number.
    event ModelListed(
        uint256 indexed listingId,
        address indexed seller,
        TaskId indexed taskId,
        ListingKind kind,
        Cid model,
        uint32 rounds,
        SaleTerms terms
    );
    /// @notice What a sealed listing's file is held to.
    event FileSealed(uint256 indexed listingId, SealedFile file);
    event PriceChanged(uint256 indexed listingId, uint256 oldPrice, uint256 newPrice);
    event ListingPaused(uint256 indexed listingId);
    event ListingResumed(uint256 indexed listingId);
    event ModelDelisted(uint256 indexed listingId);
    /// @param buyer Who has the licence now.
    /// @param licenceEnd Unix seconds; 2^40 − 1 for ever.
    event ModelBought(
        uint256 indexed listingId,
        address indexed buyer,
        address indexed payer,
        uint256 price,
        uint256 fee,
        uint256 toSeller,
        uint256 toContributors,
        uint40 licenceEnd
    );
    event RevenueClaimed(uint256 indexed listingId, RoundNumber indexed round, address indexed node, uint256 amount);
    event PaymentTokenSet(address indexed token, bool allowed);

    /// @notice Only a completed task, whose hold-out key is open, has a final model to sell.
    error TaskNotCompleted(TaskId taskId);
    /// @notice The round is not finished with an accepted result, so that it has no model to sell.
    error NoRoundModel(TaskId taskId, RoundNumber round);
    /// @notice Only the task's creator may do this.
    error NotCreator(address caller, address creator);
    /// @notice Only the seller of the listing may do this.
    error NotSeller(address caller, address seller);
    /// @notice The model of this round stands in a listing already.
    error AlreadyListed(TaskId taskId, uint256 listingId);
    /// @notice No round of the task was paid, so that there is no model.
    error NoModel(TaskId taskId);
    /// @notice A listing names its model's CID, and a sealed one its size, key and roots.
    error IncompleteModel();
    /// @notice A price is at least one wei.
    error ZeroPrice();
    /// @notice The creator's share of the sales is above what the contract allows.
    error CreatorShareTooHigh(uint256 share, uint256 maximum);
    /// @notice Models are paid in COVEY or in a token that the DAO allows.
    error TokenNotAllowed(address token);
    /// @notice There is no listing with this id.
    error UnknownListing(uint256 listingId);
    /// @notice The listing is in another state than this needs.
    error WrongListingState(uint256 listingId, ListingState state);
    /// @notice A sealed model is ordered in the key escrow, an open one bought at once.
    error WrongListingKind(uint256 listingId, ListingKind kind);
    /// @notice The price changed between reading and buying.
    /// @custom:action Read the listing again and decide by the new price.
    error PriceMismatch(uint256 expected, uint256 actual);
    /// @notice The account has a licence for ever already.
    error AlreadyLicensed(uint256 listingId, address account);
    /// @notice The leaf and its proof are not in the round's claims tree.
    /// @custom:action Prove with the result document that the round accepted.
    error InvalidProof(address node);
    /// @notice The node was paid all that it has earned here.
    error NothingEarned(address node);
    /// @notice The claims of the round add up to more than its part of the sales.
    error RevenueExhausted(uint256 revenue, uint256 needed);

    /// @notice Lists the final model of a completed task; only its creator may. Listing ids start at 1. Takes the policy's
    /// ListingFee from the caller, as all four do. Claims of all its claimable rounds must be open (anyone can open them).
    /// @param last Summary of the last claimable round: its model is what is sold.
    function listTask(TaskId taskId, ResultSummary calldata last, SaleTerms calldata terms)
        external
        returns (uint256 listingId);
    /// @notice Lists the model of one of a task's claimable rounds; only the task's creator may, and a model stands in one listing
    /// at a time. Claims of this round and of those before it must be open.
    function listRound(TaskId taskId, RoundNumber round, ResultSummary calldata summary, SaleTerms calldata terms)
        external
        returns (uint256 listingId);
    /// @notice Lists an open model that the caller registers alone. Nothing here says that it is the caller's work.
    function listOwn(Cid calldata model, SaleTerms calldata terms) external returns (uint256 listingId);
    /// @notice Lists a sealed model. It is sold once its seller's bond stands in the key escrow.
    /// @param manifest CID of its manifest (`covey.sealed/1`), which must say the same as `file`: buyers check it.
    function listSealed(Cid calldata manifest, SealedFile calldata file, SaleTerms calldata terms)
        external
        returns (uint256 listingId);
    /// @notice The four below are the seller's. An order or a purchase keeps the price that it was made at.
    function setPrice(uint256 listingId, uint128 price) external;
    function pause(uint256 listingId) external;
    function resume(uint256 listingId) external;
    /// @notice Ends a listing for ever. Licences, revenue of past sales and open orders stay as they are.
    function delist(uint256 listingId) external;

    /// @notice Buys a licence of an open model: for ever, or `period` more from now or from where the caller's ends.
    /// @param price What the buyer agreed to, so that a change of price under way takes nothing else.
    function buy(uint256 listingId, uint256 price) external;
    /// @notice The same for somebody else; the caller pays.
    function buyFor(uint256 listingId, uint256 price, address licensee) external;
    /// @notice Pays a contributor its part of what was sold so far. Anyone may call; the node is paid.
    function claimRevenue(uint256 listingId, RoundNumber round, TrainerLeaf calldata leaf, bytes32[] calldata proof)
        external;
    /// @notice Pays one node its parts of several listings and rounds. What has nothing to give is skipped, so that nobody can
    /// spoil a batch.
    function claimRevenues(address node, RevenueClaim[] calldata claims) external;

    /// @notice Allows or refuses a token for prices; COVEY always is one. Listings in a refused token are not sold; what was
    /// paid in it can be withdrawn. Needs SET_PAYMENT_TOKEN_PERMISSION of the DAO.
    function setPaymentToken(address paymentToken, bool allowed) external;

    function isPaymentToken(address paymentToken) external view returns (bool);
    function listingCount() external view returns (uint256);
    function listing(uint256 listingId) external view returns (Listing memory);
    /// @notice What the key escrow asks of a listing. None of it ever changes, but the state.
    function termsOf(uint256 listingId)
        external
        view
        returns (address seller, ListingKind kind, ListingState state, address token, uint32 period);
    /// @notice Zeros of a listing that is not sealed.
    function sealedFile(uint256 listingId) external view returns (SealedFile memory);
    /// @notice Reverts unless the listing is of this kind group (sealed or open), active, costs so much and its token is allowed.
    function requireSold(uint256 listingId, bool sealed_, uint256 price)
        external
        view
        returns (address seller, address token, uint32 period);
    /// @notice Until when an account has a licence of an open model, unix seconds; 2^40 − 1 for ever, 0 for none.
    function licenceEnd(uint256 listingId, address account) external view returns (uint40);
    /// @notice What a leaf could claim now, wei of the listing's token. Believes the leaf: without its proof a preview only.
    function revenueOf(uint256 listingId, RoundNumber round, TrainerLeaf calldata leaf) external view returns (uint256);
}
