// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ECDSA} from "@openzeppelin/contracts/utils/cryptography/ECDSA.sol";
import {EIP712} from "@openzeppelin/contracts/utils/cryptography/EIP712.sol";
import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";
import {IHostRegistry} from "../interfaces/IHostRegistry.sol";
import {Channel, ChannelState, HostRating, IInferenceChannels, Voucher} from "../interfaces/IInferenceChannels.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {PausableDeposits} from "../permission/PausableDeposits.sol";
import {VoteSignature} from "../plugins/VoteSignature.sol";
import {Cid} from "../types/Types.sol";

/// @title Prepaid channels
/// @dev Wallets are asked by static calls, and the token calls nobody: nothing can come back in here.
contract InferenceChannels is IInferenceChannels, PausableDeposits, EIP712 {
    using SafeERC20 for IERC20;

    /// @inheritdoc IInferenceChannels
    uint256 public constant MAX_VOUCHERS = 100;
    bytes32 private constant VOUCHER_TYPE = keccak256("Voucher(bytes32 channel,uint128 amount)");
    uint256 private constant ONE = 1e18;

    IERC20 public immutable token;
    IPolicy public immutable policy;
    IHostRegistry public immutable registry;

    /// @inheritdoc IInferenceChannels
    uint256 public held;
    mapping(address payer => uint256) public channelsOpened;
    mapping(bytes32 channel => Channel) private _channels;
    mapping(bytes32 channel => Rating) private _ratings;
    mapping(address host => HostRating) private _ratingOf;

    struct Rating {
        uint8 stars;
        uint128 weight;
    }

    constructor(address dao_, address token_, address policy_, address registry_)
        DaoAuthorized(dao_)
        EIP712("CoveyChannels", "1")
    {
        if (token_ == address(0) || policy_ == address(0) || registry_ == address(0)) {
            revert ZeroAddress();
        }
        token = IERC20(token_);
        policy = IPolicy(policy_);
        registry = IHostRegistry(registry_);
    }

    /// @inheritdoc IInferenceChannels
    function open(address host, uint128 amount, address signer) external whenDepositsOpen returns (bytes32 channel) {
        if (!registry.isServing(host)) revert HostNotServing(host);
        channel = keccak256(abi.encode(block.chainid, address(this), msg.sender, channelsOpened[msg.sender]++));
        if (signer == address(0)) signer = msg.sender;
        Channel storage c = _channels[channel];
        (c.payer, c.host, c.signer, c.state) = (msg.sender, host, signer, ChannelState.Open);
        emit ChannelOpened(channel, msg.sender, host, signer);
        _deposit(channel, c, amount);
    }

    /// @inheritdoc IInferenceChannels
    function topUp(bytes32 channel, uint128 amount) external whenDepositsOpen {
        Channel storage c = _channels[channel];
        if (c.state != ChannelState.Open) revert WrongChannelState(channel, c.state);
        _deposit(channel, c, amount);
    }

    /// @inheritdoc IInferenceChannels
    function redeem(Voucher calldata voucher, bytes calldata signature) external returns (uint256 paid) {
        Channel storage c = _unclosed(voucher.channel);
        paid = _due(c, voucher);
        if (paid == 0) revert NothingToPay(voucher.channel, voucher.amount, c.redeemed, c.deposit);
        if (!_signed(c.signer, voucher, signature)) revert VoucherUnsigned(voucher.channel, c.signer);
        uint256 fee = _book(voucher.channel, c, paid, policy.latest(Param.MarketFee));
        _pay(c.host, paid - fee, fee);
    }

    /// @inheritdoc IInferenceChannels
    /// @dev Vouchers of one host that follow each other are paid in one transfer.
    function redeemMany(Voucher[] calldata vouchers, bytes[] calldata signatures) external returns (uint256 paid) {
        uint256 count = vouchers.length;
        if (count != signatures.length || count > MAX_VOUCHERS) {
            revert VoucherBatchLength(count, signatures.length, MAX_VOUCHERS);
        }
        uint256 share = policy.latest(Param.MarketFee);
        address host;
        uint256 toHost;
        uint256 fees;
        for (uint256 i; i < count; ++i) {
            Channel storage c = _channels[vouchers[i].channel];
            uint256 due = _open(c.state) ? _due(c, vouchers[i]) : 0;
            if (due == 0 || !_signed(c.signer, vouchers[i], signatures[i])) {
                emit VoucherRefused(vouchers[i].channel, vouchers[i].amount);
                continue;
            }
            if (c.host != host) {
                _pay(host, toHost, 0);
                (host, toHost) = (c.host, 0);
            }
            uint256 fee = _book(vouchers[i].channel, c, due, share);
            (paid, toHost, fees) = (paid + due, toHost + due - fee, fees + fee);
        }
        _pay(host, toHost, fees);
    }

    /// @inheritdoc IInferenceChannels
    function requestClose(bytes32 channel) external {
        Channel storage c = _ofPayer(channel);
        if (c.state != ChannelState.Open) revert WrongChannelState(channel, c.state);
        // Safe narrowing: days by the catalogue's bounds.
        uint40 closeAt = uint40(block.timestamp + policy.latest(Param.ChannelWindow));
        (c.state, c.closeAt) = (ChannelState.Closing, closeAt);
        emit ChannelClosing(channel, closeAt);
    }

    /// @inheritdoc IInferenceChannels
    function close(bytes32 channel) external {
        Channel storage c = _unclosed(channel);
        if (!registry.actsFor(c.host, msg.sender)) {
            if (c.state != ChannelState.Closing) revert WrongChannelState(channel, c.state);
            if (block.timestamp < c.closeAt) revert ChannelWindowOpen(channel, c.closeAt);
        }
        uint256 rest = c.deposit - c.redeemed;
        c.state = ChannelState.Closed;
        held -= rest;
        emit ChannelClosed(channel, rest);
        if (rest != 0) token.safeTransfer(c.payer, rest);
    }

    /// @inheritdoc IInferenceChannels
    function rate(bytes32 channel, uint8 stars, Cid calldata review) external {
        Channel storage c = _ofPayer(channel);
        if (stars == 0 || stars > 5) revert StarsOutOfBounds(stars);
        uint128 weight = c.redeemed;
        if (weight == 0) revert NothingPaid(channel);
        Rating memory before = _ratings[channel];
        _ratings[channel] = Rating(stars, weight);
        HostRating storage r = _ratingOf[c.host];
        r.stars = r.stars + uint256(stars) * weight - uint256(before.stars) * before.weight;
        r.weight = r.weight + weight - before.weight;
        if (before.stars == 0) r.channels += 1;
        emit HostRated(channel, c.host, stars, weight, review);
    }

    /// @inheritdoc IInferenceChannels
    function channelInfo(bytes32 channel) external view returns (Channel memory) {
        return _channels[channel];
    }

    /// @inheritdoc IInferenceChannels
    function ratingOf(address host) external view returns (HostRating memory) {
        return _ratingOf[host];
    }

    /// @inheritdoc IInferenceChannels
    function voucherDigest(Voucher calldata voucher) public view returns (bytes32) {
        return _hashTypedDataV4(keccak256(abi.encode(VOUCHER_TYPE, voucher.channel, voucher.amount)));
    }

    function _deposit(bytes32 channel, Channel storage c, uint128 amount) private {
        if (amount == 0) revert ZeroAmount();
        c.deposit += amount;
        held += amount;
        emit ChannelToppedUp(channel, amount, c.deposit);
        token.safeTransferFrom(msg.sender, address(this), amount);
    }

    /// @dev The fee rounds down. Redeeming wei by wei would save it, and cost more gas than it saves.
    function _book(bytes32 channel, Channel storage c, uint256 due, uint256 share) private returns (uint256 fee) {
        fee = due * share / ONE;
        // Safe narrowing: at most the deposit.
        c.redeemed += uint128(due);
        held -= due;
        emit VoucherRedeemed(channel, c.host, due - fee, fee, c.redeemed);
    }

    function _pay(address host, uint256 amount, uint256 fee) private {
        if (amount != 0) token.safeTransfer(host, amount);
        if (fee != 0) token.safeTransfer(DAO, fee);
    }

    /// @dev A key's signature first: an account with borrowed code (EIP-7702) signs as a key.
    function _signed(address signer, Voucher calldata voucher, bytes calldata signature) private view returns (bool) {
        bytes32 digest = voucherDigest(voucher);
        (address recovered, ECDSA.RecoverError wrong,) = ECDSA.tryRecoverCalldata(digest, signature);
        if (wrong == ECDSA.RecoverError.NoError && recovered == signer) return true;
        if (signer.code.length == 0) return false;
        uint256 position;
        assembly ("memory-safe") {
            position := signature.offset
        }
        return VoteSignature.byWallet(signer, digest, position, signature.length);
    }

    function _ofPayer(bytes32 channel) private view returns (Channel storage c) {
        c = _channels[channel];
        if (c.state == ChannelState.None) revert WrongChannelState(channel, c.state);
        if (msg.sender != c.payer) revert NotPayer(channel, msg.sender, c.payer);
    }

    function _unclosed(bytes32 channel) private view returns (Channel storage c) {
        c = _channels[channel];
        if (!_open(c.state)) revert WrongChannelState(channel, c.state);
    }

    /// @dev What a voucher pays now: beyond what was redeemed, and at most what is there.
    function _due(Channel storage c, Voucher calldata voucher) private view returns (uint256) {
        return Math.saturatingSub(Math.min(voucher.amount, c.deposit), c.redeemed);
    }

    function _open(ChannelState state) private pure returns (bool) {
        return state == ChannelState.Open || state == ChannelState.Closing;
    }
}
