// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @notice Where an order is. Open: paid, no key yet.
enum OrderState {
    None,
    Open,
    Delivered,
    Settled,
    Refunded
}

/// @notice Bonded: it may be ordered. Fraudulent: a wrong key or wrong content of it was proven; for ever.
enum BondState {
    None,
    Bonded,
    Released,
    Fraudulent
}

/// @notice What a seller was proven to have delivered.
enum Fault {
    WrongKey,
    WrongContent
}

/// @param deliverBy Unix seconds: the key is delivered before it.
/// @param disputeEnd Unix seconds: disputes are taken before it; 0 before the delivery.
/// @param price Wei of the listing's token, held here while the order is open or delivered.
/// @param fee The treasury's part of the price, 1e18 = all, as it was when the order was made.
/// @param disputeWindow Seconds that the buyer has from the delivery, as it was when the order was made.
/// @param publicKeyHash keccak256 of the buyer's public key (128 bytes).
/// @param deliveryHash keccak256(abi.encode(bytes point, bytes32 wrapped)); 0 before the delivery.
struct Order {
    address buyer;
    OrderState state;
    uint40 deliverBy;
    uint40 disputeEnd;
    uint128 price;
    uint64 fee;
    uint32 listingId;
    uint32 disputeWindow;
    bytes32 publicKeyHash;
    bytes32 deliveryHash;
}

/// @param amount Wei of COVEY that stand for the listing.
/// @param openOrders Orders that are neither settled nor refunded.
/// @param sales Orders that were settled.
struct Bond {
    BondState state;
    uint96 amount;
    uint64 openOrders;
    uint64 sales;
}

/// @notice One delivery of a batch.
/// @param listingId The listing that the key is of.
/// @param publicKeyHash keccak256 of the public key that it is wrapped for. After a reorganisation both may be another order's.
/// @param point R = r·G, 128 bytes.
/// @param wrapped The content key xor keccak256(abi.encode(bytes32("covey.wrap/1"), chainId, escrow, orderId, bytes S)), S = r·P.
struct Delivery {
    uint256 orderId;
    uint256 listingId;
    bytes32 publicKeyHash;
    bytes point;
    bytes32 wrapped;
}

/// @notice A proof that the shared point is `shared`: one secret b has P = b·G and S = b·R (Chaum and Pedersen 1992, made
/// non-interactive by a hash). Points are 128 bytes.
/// @param publicKey P, as ordered.
/// @param point R, as delivered.
/// @param wrapped As delivered.
/// @param shared S = b·R.
/// @param challenge c = keccak256(abi.encode(bytes32("covey.dleq/1"), chainId, escrow, orderId, bytes P, bytes R, bytes S, bytes A1,
/// bytes A2)) mod q, where A1 = k·G, A2 = k·R of a random k, and q is the group's order.
/// @param response z = k + c·b mod q.
struct KeyProof {
    bytes publicKey;
    bytes point;
    bytes32 wrapped;
    bytes shared;
    uint256 challenge;
    uint256 response;
}

/// @notice A piece of the ciphertext that the committed key opens to something else than was committed to.
/// @param key The content key.
/// @param index Which piece of 1,024 bytes, from 0.
/// @param cipherPiece Its ciphertext, shorter only at the file's end.
/// @param plainLeaf The leaf (hash) that the plaintext's root has at this place.
/// @param cipherPath Hashes beside the piece's leaf up to `cipherRoot`, the lowest first.
/// @param plainPath The same up to `plainRoot`.
struct ContentProof {
    bytes32 key;
    uint64 index;
    bytes cipherPiece;
    bytes32 plainLeaf;
    bytes32[] cipherPath;
    bytes32[] plainPath;
}

/// @title Sales of sealed models: the price is held until the key is there and was not shown to be wrong
/// @notice A buyer fetches ciphertext and leaves first and checks both against the listing's roots: then the key is all that
/// it lacks. It pays here and names a public key P = b·G of BLS12-381's first group (points are 128 bytes, uncompressed as
/// EIP-2537 has them). The seller delivers the content key wrapped for it, or anybody refunds the buyer. Where the key is
/// wrong, or opens a piece to something else than its leaf, the buyer shows that within its window: it gets its price back, all
/// other orders of the listing can be refunded, and the seller's bond goes to the treasury but for a tenth. Else the seller is paid.
/// Nobody decides: there is no ruling here, and no permission but for a pause of new orders and bonds.
/// Trust: the market contract's answers about a listing, which never change but for its price and state.
/// What is not proven: that the plaintext is a good model, and authentication tags (pieces that equal their leaves are right).
interface IKeyEscrow {
    event BondPosted(uint256 indexed listingId, address indexed seller, uint256 amount);
    event BondReleased(uint256 indexed listingId, address indexed seller, uint256 amount);
    /// @notice The listing is fraudulent from now on, and its bond went to who showed it and to the treasury.
    event FraudProven(
        uint256 indexed listingId,
        uint256 indexed orderId,
        address indexed reporter,
        Fault fault,
        uint256 toReporter,
        uint256 toTreasury
    );
    event DeliveryKeySet(address indexed seller, address indexed deliveryKey);
    event Ordered(
        uint256 indexed orderId,
        uint256 indexed listingId,
        address indexed buyer,
        bytes publicKey,
        address token,
        uint256 price,
        uint40 deliverBy
    );
    event KeyDelivered(
        uint256 indexed orderId, uint256 indexed listingId, bytes point, bytes32 wrapped, uint40 disputeEnd
    );
    event OrderSettled(
        uint256 indexed orderId,
        uint256 indexed listingId,
        address indexed buyer,
        uint256 price,
        uint256 fee,
        uint256 toSeller,
        uint40 licenceEnd
    );
    event OrderRefunded(uint256 indexed orderId, uint256 indexed listingId, address indexed buyer, uint256 amount);

    /// @notice There is no order with this id.
    error UnknownOrder(uint256 orderId);
    /// @notice The order is in another state than this needs.
    error WrongOrderState(uint256 orderId, OrderState expected, OrderState actual);
    /// @notice A sealed model is sold while its seller's bond stands for it.
    error WrongBondState(uint256 listingId, BondState expected, BondState actual);
    /// @notice A bond stands for a listing of sealed models only.
    error NotSealed(uint256 listingId);
    /// @notice The bond is released once the listing is delisted and none of its orders is open.
    error BondNeeded(uint256 listingId, uint256 openOrders);
    /// @notice Only the seller of the listing, or the key that it named for deliveries, delivers.
    error NotDeliverer(address caller, address seller);
    /// @notice Only the buyer of the order may do this.
    error NotBuyer(address caller, address buyer);
    /// @notice These bytes are no point of BLS12-381's first group of prime order, or the point at infinity.
    error InvalidPoint();
    /// @notice Each order of a buyer names a public key of its own: a secret that one dispute shows opens no other order.
    /// @custom:action Order again with another key, as the client does by itself.
    error PublicKeyRepeated(address buyer, bytes32 publicKeyHash);
    /// @notice A key was to be delivered before this second.
    error DeliveryTooLate(uint256 deliverBy);
    /// @notice The seller has until this second to deliver.
    error NotRefundable(uint256 orderId, uint256 deliverBy);
    /// @notice The buyer may dispute until this second; only itself may settle before.
    error DisputeWindowOpen(uint256 disputeEnd);
    /// @notice Disputes were taken until this second.
    error DisputeTooLate(uint256 disputeEnd);
    /// @notice What is delivered, or proven, is of another listing, public key or delivery than the order's.
    error OtherDelivery(uint256 orderId);
    /// @notice The proof does not show that the shared point is that of the two keys.
    error InvalidKeyProof(uint256 orderId);
    /// @notice The delivered key is the one that the listing committed to.
    error KeyIsRight(uint256 orderId);
    /// @notice The key is not the one that the listing committed to.
    error OtherKey(bytes32 expected, bytes32 got);
    /// @notice The file has no such piece, or the piece has another length.
    error InvalidPiece(uint256 index, uint256 length);
    /// @notice The hashes do not lead from the piece's place to the listing's root.
    error InvalidPath(bytes32 expected, bytes32 got);
    /// @notice The piece opens to what the listing committed to.
    error ContentIsRight(uint256 orderId, uint256 index);

    /// @notice Takes the policy's SellerBond in COVEY from the seller of a sealed listing, from when on it is sold.
    function postBond(uint256 listingId) external;
    /// @notice Gives the bond of a delisted listing back once none of its orders is open. Anyone may call; the seller is paid.
    function releaseBond(uint256 listingId) external;
    /// @notice Names a key that may deliver for the caller's listings, 0 for none. It can lose their bonds by wrong deliveries.
    function setDeliveryKey(address deliveryKey) external;

    /// @notice Orders a sealed model and pays its price into escrow. Orders are numbered from 1.
    /// @param price What the buyer agreed to, so that a change of price under way takes nothing else.
    /// @param publicKey P = b·G, 128 bytes, which the caller has named in no order before. Who does not know b can neither open nor dispute what is delivered.
    function order(uint256 listingId, uint256 price, bytes calldata publicKey) external returns (uint256 orderId);
    /// @notice Delivers the content key, wrapped for the order's public key. The seller, or its delivery key.
    /// @param listingId The listing that the key is of, and `publicKeyHash` of the public key that it is wrapped for: a
    /// reorganisation can give the order's number to another order, and then nothing is delivered.
    function deliver(uint256 orderId, uint256 listingId, bytes32 publicKeyHash, bytes calldata point, bytes32 wrapped)
        external;
    /// @notice The same of many orders. What cannot be delivered any more, or is of another order, is skipped.
    function deliverMany(Delivery[] calldata deliveries) external;
    /// @notice Pays the seller and gives the buyer its licence, after the dispute window; the buyer may settle before. Anyone may call.
    function settle(uint256 orderId) external;
    /// @notice The same of many orders. What cannot be settled is skipped.
    function settleMany(uint256[] calldata orderIds) external;
    /// @notice Gives the price back where no key was delivered in time, or where the listing turned out fraudulent; the seller may
    /// before, while it has not delivered. Anyone may call; the buyer is paid.
    function refund(uint256 orderId) external;
    /// @notice The buyer shows that the key it was sent is not the committed one.
    function disputeKey(uint256 orderId, KeyProof calldata proof) external;
    /// @notice The buyer shows that the committed key opens a piece to something else than its leaf.
    function disputeContent(uint256 orderId, ContentProof calldata proof) external;

    function orderCount() external view returns (uint256);
    function orderOf(uint256 orderId) external view returns (Order memory);
    function bondOf(uint256 listingId) external view returns (Bond memory);
    function deliveryKeyOf(address seller) external view returns (address);
    /// @notice Until when an account has a licence of a sealed model, unix seconds; 2^40 − 1 for ever, 0 for none.
    function licenceEnd(uint256 listingId, address account) external view returns (uint40);
}
