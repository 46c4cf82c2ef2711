// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Cid} from "../types/Types.sol";

enum ChannelState {
    None,
    Open,
    Closing,
    Closed
}

/// @param payer Who opened it, and gets back what is left.
/// @param signer Signs its vouchers: a key, or a contract wallet (ERC-1271).
/// @param deposit Wei paid in, ever; redeemed is what the host has redeemed of it, the treasury's fee included.
/// @param closeAt From when anybody may close it, unix seconds; 0 unless the payer asked for it.
struct Channel {
    address payer;
    address host;
    address signer;
    ChannelState state;
    uint40 closeAt;
    uint128 deposit;
    uint128 redeemed;
}

/// @notice What a payer signs: the host may have so much of the channel altogether.
/// @param amount Wei since the channel was opened, not since the last voucher.
struct Voucher {
    bytes32 channel;
    uint128 amount;
}

/// @param stars Σ over rated channels of stars × weight; weight is Σ of the wei that they had paid when they were rated.
/// @param channels How many rated it.
struct HostRating {
    uint256 stars;
    uint256 weight;
    uint32 channels;
}

/// @title Prepaid channels from clients to hosts
/// @notice A client pays in once, and then signs a voucher with each request: cumulative, so the last one is all that the host
/// needs to redeem. EIP-712 domain: name "CoveyChannels", version "1", this contract;
/// `Voucher(bytes32 channel,uint128 amount)`. Payments are in COVEY; the policy's MarketFee of each goes to the treasury.
///
/// Trust: none between the two. A host that vanishes keeps at most what was signed; its client closes alone, after the policy's
/// ChannelWindow, in which the host can still redeem. A contract wallet can disown what it signed: a host that takes its
/// vouchers trusts it, or redeems at once.
/// What can never happen: a voucher pays twice, pays more than it says or than is in its channel, or counts on another chain,
/// in another contract or channel; in wei, deposited = redeemed (fees included) + returned + held.
interface IInferenceChannels {
    event ChannelOpened(bytes32 indexed channel, address indexed payer, address indexed host, address signer);
    event ChannelToppedUp(bytes32 indexed channel, uint256 amount, uint256 deposit);
    /// @param amount Wei for the host, without `fee`; redeemed is the sum of both over all redemptions.
    event VoucherRedeemed(bytes32 indexed channel, address indexed host, uint256 amount, uint256 fee, uint256 redeemed);
    /// @notice A voucher of a batch paid nothing: not signed by the channel's signer, already paid, or the channel is closed.
    event VoucherRefused(bytes32 indexed channel, uint256 amount);
    event ChannelClosing(bytes32 indexed channel, uint40 closeAt);
    event ChannelClosed(bytes32 indexed channel, uint256 returned);
    /// @notice The channel's rating of its host, in the place of one before.
    event HostRated(bytes32 indexed channel, address indexed host, uint8 stars, uint256 weight, Cid review);

    /// @notice Channels are opened with hosts that serve.
    error HostNotServing(address host);
    /// @notice An amount is at least one wei.
    error ZeroAmount();
    /// @notice There is no such channel, or it is not in a state for this.
    error WrongChannelState(bytes32 channel, ChannelState state);
    /// @notice Only who opened the channel may do this.
    error NotPayer(bytes32 channel, address caller, address payer);
    /// @notice The voucher is not signed by the channel's signer.
    error VoucherUnsigned(bytes32 channel, address signer);
    /// @notice The voucher pays nothing beyond what was redeemed.
    /// @custom:action Redeem a later voucher, or wait for a deposit that covers this one.
    error NothingToPay(bytes32 channel, uint256 amount, uint256 redeemed, uint256 deposit);
    /// @notice The host can redeem until this second; it may close before.
    error ChannelWindowOpen(bytes32 channel, uint40 closeAt);
    /// @notice A rating is 1 to 5 stars.
    error StarsOutOfBounds(uint8 stars);
    /// @notice Only a channel from which its host was paid rates it.
    error NothingPaid(bytes32 channel);
    /// @notice Each voucher comes with its signature, at most so many at a time.
    error VoucherBatchLength(uint256 vouchers, uint256 signatures, uint256 maximum);

    /// @notice Opens a channel to a host that serves, with `amount` wei out of the caller's allowance.
    /// @param signer Who signs its vouchers; 0 for the caller.
    /// @return channel keccak256(abi.encode(chain id, this contract, caller, how many the caller had opened before)).
    function open(address host, uint128 amount, address signer) external returns (bytes32 channel);
    /// @notice Pays more into an open channel. Anyone may.
    function topUp(bytes32 channel, uint128 amount) external;
    /// @notice Pays the channel's host what a voucher says beyond what was redeemed, at most what is there. Anyone may call.
    /// @return paid Wei, the fee included.
    function redeem(Voucher calldata voucher, bytes calldata signature) external returns (uint256 paid);
    /// @notice Redeems vouchers of any channels; what cannot be paid is left out, so that no client spoils a host's batch.
    function redeemMany(Voucher[] calldata vouchers, bytes[] calldata signatures) external returns (uint256 paid);
    /// @notice The payer ends the channel; the host has the policy's ChannelWindow to redeem.
    function requestClose(bytes32 channel) external;
    /// @notice Gives the payer back what is left. The host's node or operator may close at once, anybody once the window has
    /// passed. Whoever closes forfeits the host's vouchers: the key that signs its answers may not.
    function close(bytes32 channel) external;
    /// @notice The payer rates the host, weighed by what the channel has paid; another rating replaces it.
    /// @param review A document, or zeros.
    function rate(bytes32 channel, uint8 stars, Cid calldata review) external;

    function channelInfo(bytes32 channel) external view returns (Channel memory);
    function channelsOpened(address payer) external view returns (uint256);
    function ratingOf(address host) external view returns (HostRating memory);
    /// @notice EIP-712 digest that a payer signs.
    function voucherDigest(Voucher calldata voucher) external view returns (bytes32);
    /// @notice Wei of all channels that are neither redeemed nor returned.
    function held() external view returns (uint256);
    function MAX_VOUCHERS() external view returns (uint256);
}
