// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {Bls12381} from "../beacon/Bls12381.sol";
import {
    Bond,
    BondState,
    ContentProof,
    Delivery,
    Fault,
    IKeyEscrow,
    KeyProof,
    Order,
    OrderState
} from "../interfaces/IKeyEscrow.sol";
import {IModelMarket, ListingKind, ListingState, SealedFile} from "../interfaces/IModelMarket.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {PausableDeposits} from "../permission/PausableDeposits.sol";
import {KeyWrap} from "./KeyWrap.sol";
import {Licences} from "./Licences.sol";
import {Payouts} from "./Payouts.sol";
import {SealedPieces} from "./SealedPieces.sol";

/// @title Sales of sealed models: the price is held until the key is there and was not shown to be wrong
/// @notice Trust: the market's word on who sells what in which token, none of which changes. Money that is here leaves by
/// deadlines and proofs alone.
/// @dev In each token: what was paid in = what was paid out + what is owed + prices of open and delivered orders + bonds.
contract KeyEscrow is IKeyEscrow, PausableDeposits, Payouts {
    using Licences for uint40;

    uint256 private constant ONE = 1e18;
    /// @dev A tenth of a lost bond is for who showed the fraud.
    uint256 private constant REPORTER_PART = 10;

    address public immutable token;
    IPolicy public immutable policy;
    IModelMarket public immutable market;

    uint256 public orderCount;
    mapping(uint256 orderId => Order) private _orders;
    mapping(uint256 listingId => Bond) private _bonds;
    mapping(address buyer => mapping(bytes32 publicKeyHash => bool)) private _named;
    mapping(address seller => address) public deliveryKeyOf;
    mapping(uint256 listingId => mapping(address account => uint40)) public licenceEnd;

    constructor(address dao_, address token_, address policy_, address market_) DaoAuthorized(dao_) {
        if (token_ == address(0) || policy_ == address(0) || market_ == address(0)) revert ZeroAddress();
        token = token_;
        policy = IPolicy(policy_);
        market = IModelMarket(market_);
    }

    /// @inheritdoc IKeyEscrow
    function postBond(uint256 listingId) external whenDepositsOpen nonReentrant {
        (address seller, ListingKind kind, ListingState state,,) = market.termsOf(listingId);
        if (kind != ListingKind.Sealed) revert NotSealed(listingId);
        if (msg.sender != seller) revert IModelMarket.NotSeller(msg.sender, seller);
        if (state == ListingState.Delisted) revert IModelMarket.WrongListingState(listingId, state);
        _requireBond(listingId, BondState.None);
        uint256 amount = policy.latest(Param.SellerBond);
        // Safe narrowing: the policy's bound is below 2^84.
        _bonds[listingId] = Bond(BondState.Bonded, uint96(amount), 0, 0);
        emit BondPosted(listingId, seller, amount);
        _take(token, amount);
    }

    /// @inheritdoc IKeyEscrow
    function releaseBond(uint256 listingId) external nonReentrant {
        Bond storage b = _requireBond(listingId, BondState.Bonded);
        (address seller,, ListingState state,,) = market.termsOf(listingId);
        if (state != ListingState.Delisted || b.openOrders != 0) revert BondNeeded(listingId, b.openOrders);
        uint256 amount = b.amount;
        b.state = BondState.Released;
        b.amount = 0;
        emit BondReleased(listingId, seller, amount);
        _pay(seller, token, amount);
    }

    /// @inheritdoc IKeyEscrow
    function setDeliveryKey(address deliveryKey) external {
        deliveryKeyOf[msg.sender] = deliveryKey;
        emit DeliveryKeySet(msg.sender, deliveryKey);
    }

    /// @inheritdoc IKeyEscrow
    function order(uint256 listingId, uint256 price, bytes calldata publicKey)
        external
        whenDepositsOpen
        nonReentrant
        returns (uint256 orderId)
    {
        (, address paidIn,) = market.requireSold(listingId, true, price);
        Bond storage b = _requireBond(listingId, BondState.Bonded);
        if (licenceEnd[listingId][msg.sender] == Licences.FOR_EVER) {
            revert IModelMarket.AlreadyLicensed(listingId, msg.sender);
        }
        if (!Bls12381.isPoint(publicKey)) revert InvalidPoint();
        orderId = ++orderCount;
        b.openOrders += 1;
        uint40 deliverBy = _store(orderId, listingId, price, publicKey);
        emit Ordered(orderId, listingId, msg.sender, publicKey, paidIn, price, deliverBy);
        _take(paidIn, price);
    }

    /// @inheritdoc IKeyEscrow
    function deliver(uint256 orderId, uint256 listingId, bytes32 publicKeyHash, bytes calldata point, bytes32 wrapped)
        external
    {
        Order storage o = _inState(orderId, OrderState.Open);
        if (listingId != o.listingId || publicKeyHash != o.publicKeyHash) revert OtherDelivery(orderId);
        if (block.timestamp >= o.deliverBy) revert DeliveryTooLate(o.deliverBy);
        _deliver(orderId, o, point, wrapped);
    }

    /// @inheritdoc IKeyEscrow
    function deliverMany(Delivery[] calldata deliveries) external {
        for (uint256 i; i < deliveries.length; ++i) {
            Delivery calldata d = deliveries[i];
            Order storage o = _existing(d.orderId);
            if (o.state != OrderState.Open || block.timestamp >= o.deliverBy) continue;
            if (d.listingId != o.listingId || d.publicKeyHash != o.publicKeyHash) continue;
            _deliver(d.orderId, o, d.point, d.wrapped);
        }
    }

    /// @inheritdoc IKeyEscrow
    function settle(uint256 orderId) external nonReentrant {
        Order storage o = _inState(orderId, OrderState.Delivered);
        _requireBond(o.listingId, BondState.Bonded);
        if (block.timestamp < o.disputeEnd && msg.sender != o.buyer) revert DisputeWindowOpen(o.disputeEnd);
        _settle(orderId, o);
    }

    /// @inheritdoc IKeyEscrow
    function settleMany(uint256[] calldata orderIds) external nonReentrant {
        for (uint256 i; i < orderIds.length; ++i) {
            Order storage o = _existing(orderIds[i]);
            if (o.state != OrderState.Delivered || _bonds[o.listingId].state != BondState.Bonded) continue;
            if (block.timestamp < o.disputeEnd && msg.sender != o.buyer) continue;
            _settle(orderIds[i], o);
        }
    }

    /// @inheritdoc IKeyEscrow
    function refund(uint256 orderId) external nonReentrant {
        Order storage o = _existing(orderId);
        if (o.state != OrderState.Open && o.state != OrderState.Delivered) {
            revert WrongOrderState(orderId, OrderState.Open, o.state);
        }
        (address seller,,, address paidIn,) = market.termsOf(o.listingId);
        if (_bonds[o.listingId].state != BondState.Fraudulent) {
            if (o.state != OrderState.Open) revert WrongOrderState(orderId, OrderState.Open, o.state);
            if (block.timestamp < o.deliverBy && msg.sender != seller) revert NotRefundable(orderId, o.deliverBy);
        }
        _refund(orderId, o, paidIn);
    }

    /// @inheritdoc IKeyEscrow
    function disputeKey(uint256 orderId, KeyProof calldata proof) external nonReentrant {
        Order storage o = _disputed(orderId);
        if (
            keccak256(proof.publicKey) != o.publicKeyHash
                || keccak256(abi.encode(proof.point, proof.wrapped)) != o.deliveryHash
        ) revert OtherDelivery(orderId);
        if (proof.shared.length != Bls12381.G1_BYTES) revert InvalidPoint();
        if (!KeyWrap.proves(orderId, proof)) revert InvalidKeyProof(orderId);
        bytes32 key = KeyWrap.unwrapped(orderId, proof.wrapped, proof.shared);
        bytes32 keyHash = market.sealedFile(o.listingId).keyHash;
        if (keccak256(abi.encodePacked(key)) == keyHash) revert KeyIsRight(orderId);
        _convict(orderId, o, Fault.WrongKey);
    }

    /// @inheritdoc IKeyEscrow
    function disputeContent(uint256 orderId, ContentProof calldata proof) external nonReentrant {
        Order storage o = _disputed(orderId);
        SealedFile memory file = market.sealedFile(o.listingId);
        if (!SealedPieces.differs(file, proof)) revert ContentIsRight(orderId, proof.index);
        _convict(orderId, o, Fault.WrongContent);
    }

    /// @inheritdoc IKeyEscrow
    function orderOf(uint256 orderId) external view returns (Order memory) {
        return _existing(orderId);
    }

    /// @inheritdoc IKeyEscrow
    function bondOf(uint256 listingId) external view returns (Bond memory) {
        return _bonds[listingId];
    }

    /// @dev An order keeps the windows and the fee that were in force when it was made.
    function _store(uint256 orderId, uint256 listingId, uint256 price, bytes calldata publicKey)
        private
        returns (uint40 deliverBy)
    {
        Param[] memory params = new Param[](3);
        (params[0], params[1], params[2]) = (Param.DeliveryWindow, Param.DisputeWindow, Param.MarketFee);
        uint256[] memory values = policy.read(params, policy.version());
        // Safe narrowings, here and below: windows are at most 30 days, the fee at most 0.2e18, and a price has 128 bits.
        deliverBy = uint40(block.timestamp + values[0]);
        bytes32 publicKeyHash = keccak256(publicKey);
        if (_named[msg.sender][publicKeyHash]) revert PublicKeyRepeated(msg.sender, publicKeyHash);
        _named[msg.sender][publicKeyHash] = true;
        _orders[orderId] = Order({
            buyer: msg.sender,
            state: OrderState.Open,
            deliverBy: deliverBy,
            disputeEnd: 0,
            price: uint128(price),
            fee: uint64(values[2]),
            listingId: SafeCast.toUint32(listingId),
            disputeWindow: uint32(values[1]),
            publicKeyHash: publicKeyHash,
            deliveryHash: bytes32(0)
        });
    }

    function _deliver(uint256 orderId, Order storage o, bytes calldata point, bytes32 wrapped) private {
        (address seller,,,,) = market.termsOf(o.listingId);
        if (msg.sender != seller && msg.sender != deliveryKeyOf[seller]) revert NotDeliverer(msg.sender, seller);
        if (!Bls12381.isPoint(point)) revert InvalidPoint();
        uint40 disputeEnd = uint40(block.timestamp + o.disputeWindow);
        o.state = OrderState.Delivered;
        o.disputeEnd = disputeEnd;
        o.deliveryHash = keccak256(abi.encode(point, wrapped));
        emit KeyDelivered(orderId, o.listingId, point, wrapped, disputeEnd);
    }

    function _settle(uint256 orderId, Order storage o) private {
        (address seller,,, address paidIn, uint32 period) = market.termsOf(o.listingId);
        (uint256 price, address buyer, uint256 listingId) = (o.price, o.buyer, o.listingId);
        o.state = OrderState.Settled;
        _bonds[listingId].openOrders -= 1;
        _bonds[listingId].sales += 1;
        // From the delivery on, however late it is settled.
        uint40 end = licenceEnd[listingId][buyer].extended(o.disputeEnd - o.disputeWindow, period);
        licenceEnd[listingId][buyer] = end;
        // Rounds down: the seller gets the rest.
        uint256 fee = price * o.fee / ONE;
        emit OrderSettled(orderId, listingId, buyer, price, fee, price - fee, end);
        _credit(seller, paidIn, price - fee);
        _pay(DAO, paidIn, fee);
    }

    function _refund(uint256 orderId, Order storage o, address paidIn) private {
        o.state = OrderState.Refunded;
        _bonds[o.listingId].openOrders -= 1;
        emit OrderRefunded(orderId, o.listingId, o.buyer, o.price);
        _pay(o.buyer, paidIn, o.price);
    }

    /// @dev The first proof takes the bond. Whoever brings it, a seller against itself included, at least nine tenths are lost.
    function _convict(uint256 orderId, Order storage o, Fault fault) private {
        uint256 listingId = o.listingId;
        Bond storage b = _bonds[listingId];
        uint256 amount = b.amount;
        b.amount = 0;
        if (b.state == BondState.Bonded) {
            b.state = BondState.Fraudulent;
            uint256 toReporter = Math.min(amount / REPORTER_PART, policy.latest(Param.ReporterCap));
            emit FraudProven(listingId, orderId, msg.sender, fault, toReporter, amount - toReporter);
            _pay(msg.sender, token, toReporter);
            _pay(DAO, token, amount - toReporter);
        }
        (,,, address paidIn,) = market.termsOf(listingId);
        _refund(orderId, o, paidIn);
    }

    function _disputed(uint256 orderId) private view returns (Order storage o) {
        o = _inState(orderId, OrderState.Delivered);
        if (msg.sender != o.buyer) revert NotBuyer(msg.sender, o.buyer);
        if (block.timestamp >= o.disputeEnd) revert DisputeTooLate(o.disputeEnd);
    }

    function _inState(uint256 orderId, OrderState expected) private view returns (Order storage o) {
        o = _existing(orderId);
        if (o.state != expected) revert WrongOrderState(orderId, expected, o.state);
    }

    function _existing(uint256 orderId) private view returns (Order storage o) {
        o = _orders[orderId];
        if (o.state == OrderState.None) revert UnknownOrder(orderId);
    }

    function _requireBond(uint256 listingId, BondState expected) private view returns (Bond storage b) {
        b = _bonds[listingId];
        if (b.state != expected) revert WrongBondState(listingId, expected, b.state);
    }
}
