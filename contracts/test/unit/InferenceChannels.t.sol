// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {InferenceChannels} from "../../src/host/InferenceChannels.sol";
import {
    Channel,
    ChannelState,
    HostRating,
    IInferenceChannels,
    Voucher
} from "../../src/interfaces/IInferenceChannels.sol";
import {Param} from "../../src/interfaces/IPolicy.sol";
import {DaoAuthorized} from "../../src/permission/DaoAuthorized.sol";
import {PausableDeposits} from "../../src/permission/PausableDeposits.sol";
import {ISnapshotVoting} from "../../src/plugins/ISnapshotVoting.sol";
import {Cid} from "../../src/types/Types.sol";
import {HostTest} from "../builders/HostTest.sol";
import {OneKeyWallet} from "../builders/OneKeyWallet.sol";

/// @dev Burns all the gas that it gets, or answers with a megabyte of the magic word.
contract HostileWallet {
    bool private immutable BOMB;

    constructor(bool bomb) {
        BOMB = bomb;
    }

    function isValidSignature(bytes32, bytes calldata) external view returns (bytes4) {
        if (!BOMB) while (true) {}
        assembly ("memory-safe") {
            mstore(0, 0)
            return(0, 30000)
        }
    }
}

contract InferenceChannelsTest is HostTest {
    Cid private review = Cid(0x55, keccak256("review"));

    function setUp() public override {
        super.setUp();
        _enlisted();
    }

    function test_ChannelsAreOpenedWithHostsThatServeAlone() public {
        vm.expectRevert(abi.encodeWithSelector(IInferenceChannels.HostNotServing.selector, stranger));
        vm.prank(client);
        channels.open(stranger, 1e18, address(0));
        vm.expectRevert(IInferenceChannels.ZeroAmount.selector);
        vm.prank(client);
        channels.open(node, 0, address(0));
        bytes32 channel = keccak256(abi.encode(block.chainid, address(channels), client, 0));
        vm.expectEmit(address(channels));
        emit IInferenceChannels.ChannelOpened(channel, client, node, client);
        vm.expectEmit(address(channels));
        emit IInferenceChannels.ChannelToppedUp(channel, 100e18, 100e18);
        assertEq(_opened(100e18), channel);
        assertEq(channels.held(), 100e18);
        assertEq(channels.channelsOpened(client), 1);
        assertNotEq(_opened(1e18), channel);
        vm.prank(node);
        registry.resign();
        vm.expectRevert(abi.encodeWithSelector(IInferenceChannels.HostNotServing.selector, node));
        _opened(1e18);
    }

    function test_AVoucherPaysWhatIsBeyondTheLastOne() public {
        bytes32 channel = _opened(100e18);
        (Voucher memory v, bytes memory signature) = _voucher(channel, 40e18);
        vm.expectEmit(address(channels));
        emit IInferenceChannels.VoucherRedeemed(channel, node, 39e18, 1e18, 40e18);
        vm.prank(stranger);
        assertEq(channels.redeem(v, signature), 40e18);
        assertEq(token.balanceOf(node), 39e18);
        assertEq(token.balanceOf(address(dao)), 1e18);
        vm.expectRevert(abi.encodeWithSelector(IInferenceChannels.NothingToPay.selector, channel, 40e18, 40e18, 100e18));
        channels.redeem(v, signature);
        (Voucher memory older, bytes memory olderSignature) = _voucher(channel, 30e18);
        vm.expectRevert(abi.encodeWithSelector(IInferenceChannels.NothingToPay.selector, channel, 30e18, 40e18, 100e18));
        channels.redeem(older, olderSignature);
        (v, signature) = _voucher(channel, 50e18);
        assertEq(channels.redeem(v, signature), 10e18);
        assertEq(channels.held(), 50e18);
    }

    function test_AVoucherAboveTheDepositPaysTheDepositAndTheRestOnceItIsThere() public {
        bytes32 channel = _opened(100e18);
        (Voucher memory v, bytes memory signature) = _voucher(channel, 150e18);
        assertEq(channels.redeem(v, signature), 100e18);
        assertEq(channels.held(), 0);
        vm.prank(friend);
        channels.topUp(channel, 80e18);
        assertEq(channels.redeem(v, signature), 50e18);
        assertEq(channels.held(), 30e18);
        vm.expectRevert();
        channels.redeem(v, signature);
    }

    function test_AVoucherCountsInItsOwnChannelContractAndChain() public {
        bytes32 channel = _opened(100e18);
        bytes32 other = _opened(100e18);
        (Voucher memory v, bytes memory signature) = _voucher(other, 40e18);
        v.channel = channel;
        _unsigned(v, signature);
        v = Voucher(channel, 40e18);
        InferenceChannels elsewhere =
            new InferenceChannels(address(dao), address(token), address(policy), address(registry));
        _unsigned(v, _sign(clientKey, elsewhere.voucherDigest(v)));
        _unsigned(v, _sign(signerKey, channels.voucherDigest(v)));
        _unsigned(v, "");
        _unsigned(v, new bytes(65));
        uint256 chain = block.chainid;
        vm.chainId(chain + 1);
        signature = _sign(clientKey, channels.voucherDigest(v));
        vm.chainId(chain);
        _unsigned(v, signature);
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceChannels.WrongChannelState.selector, bytes32(0), ChannelState.None)
        );
        channels.redeem(Voucher(0, 1), signature);
    }

    function test_AClientClosesAloneAndTheHostHasAWindow() public {
        bytes32 channel = _opened(100e18);
        vm.expectRevert(abi.encodeWithSelector(IInferenceChannels.NotPayer.selector, channel, stranger, client));
        vm.prank(stranger);
        channels.requestClose(channel);
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceChannels.WrongChannelState.selector, channel, ChannelState.Open)
        );
        vm.prank(client);
        channels.close(channel);
        uint40 closeAt = uint40(block.timestamp + 1 days);
        vm.expectEmit(address(channels));
        emit IInferenceChannels.ChannelClosing(channel, closeAt);
        vm.startPrank(client);
        channels.requestClose(channel);
        // Asking again gives no other window, and more money cannot get in.
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceChannels.WrongChannelState.selector, channel, ChannelState.Closing)
        );
        channels.requestClose(channel);
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceChannels.WrongChannelState.selector, channel, ChannelState.Closing)
        );
        channels.topUp(channel, 1e18);
        vm.warp(closeAt - 1);
        vm.expectRevert(abi.encodeWithSelector(IInferenceChannels.ChannelWindowOpen.selector, channel, closeAt));
        channels.close(channel);
        vm.stopPrank();
        // The host is in time with what the client had signed before it asked.
        (Voucher memory v, bytes memory signature) = _voucher(channel, 60e18);
        channels.redeem(v, signature);
        vm.warp(closeAt);
        vm.expectEmit(address(channels));
        emit IInferenceChannels.ChannelClosed(channel, 40e18);
        vm.prank(stranger);
        channels.close(channel);
        assertEq(token.balanceOf(client), 10_000e18 - 60e18);
        assertEq(channels.held(), 0);
        (v, signature) = _voucher(channel, 90e18);
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceChannels.WrongChannelState.selector, channel, ChannelState.Closed)
        );
        channels.redeem(v, signature);
        vm.expectRevert();
        channels.close(channel);
    }

    function test_TheHostClosesAtOnceAndItsOperatorDoes() public {
        bytes32 first = _opened(100e18);
        bytes32 second = _opened(100e18);
        vm.prank(node);
        channels.close(first);
        address operator = makeAddr("operator");
        vm.prank(node);
        stakeManager.offerOperator(operator);
        vm.prank(operator);
        stakeManager.acceptOperator(node);
        vm.prank(operator);
        channels.close(second);
        assertEq(token.balanceOf(client), 10_000e18);
        assertEq(uint8(channels.channelInfo(second).state), uint8(ChannelState.Closed));
    }

    /// @dev Whoever stole it from the machine that serves would give clients back what the host has earned.
    function test_TheKeyThatSignsAnswersForfeitsNoVouchers() public {
        bytes32 channel = _opened(100e18);
        assertEq(registry.host(node).terms.signer, signer);
        vm.expectRevert(
            abi.encodeWithSelector(IInferenceChannels.WrongChannelState.selector, channel, ChannelState.Open)
        );
        vm.prank(signer);
        channels.close(channel);
        vm.prank(client);
        channels.requestClose(channel);
        uint40 closeAt = channels.channelInfo(channel).closeAt;
        vm.expectRevert(abi.encodeWithSelector(IInferenceChannels.ChannelWindowOpen.selector, channel, closeAt));
        vm.prank(signer);
        channels.close(channel);
        (Voucher memory v, bytes memory signature) = _voucher(channel, 100e18);
        channels.redeem(v, signature);
        assertEq(token.balanceOf(node), 97.5e18);
    }

    function test_ABatchPaysWhatItCanAndLeavesOutTheRest() public {
        bytes32 first = _opened(100e18);
        bytes32 second = _opened(50e18);
        bytes32 closed = _opened(10e18);
        vm.prank(node);
        channels.close(closed);
        Voucher[] memory vouchers = new Voucher[](5);
        bytes[] memory signatures = new bytes[](5);
        (vouchers[0], signatures[0]) = _voucher(first, 40e18);
        (vouchers[1], signatures[1]) = _voucher(closed, 5e18);
        (vouchers[2], signatures[2]) = (Voucher(second, 30e18), new bytes(65));
        (vouchers[3], signatures[3]) = _voucher(first, 40e18);
        (vouchers[4], signatures[4]) = _voucher(second, 20e18);
        for (uint256 i = 1; i < 4; ++i) {
            vm.expectEmit(address(channels));
            emit IInferenceChannels.VoucherRefused(vouchers[i].channel, vouchers[i].amount);
        }
        assertEq(channels.redeemMany(vouchers, signatures), 60e18);
        assertEq(token.balanceOf(node), 58.5e18);
        assertEq(token.balanceOf(address(dao)), 1.5e18);
        assertEq(channels.held(), 90e18);
        vm.expectRevert(abi.encodeWithSelector(IInferenceChannels.VoucherBatchLength.selector, 5, 4, 100));
        channels.redeemMany(vouchers, new bytes[](4));
        vm.expectRevert(abi.encodeWithSelector(IInferenceChannels.VoucherBatchLength.selector, 101, 101, 100));
        channels.redeemMany(new Voucher[](101), new bytes[](101));
    }

    function test_ABatchPaysSeveralHostsEachItsOwn() public {
        address other = makeAddr("other host");
        _staked(other, 6000e18, 1e18);
        vm.prank(other);
        registry.enlist(_terms());
        vm.prank(client);
        bytes32 second = channels.open(other, 100e18, address(0));
        bytes32 first = _opened(100e18);
        Voucher[] memory vouchers = new Voucher[](3);
        bytes[] memory signatures = new bytes[](3);
        (vouchers[0], signatures[0]) = _voucher(first, 40e18);
        (vouchers[1], signatures[1]) = _voucher(second, 20e18);
        (vouchers[2], signatures[2]) = _voucher(first, 80e18);
        assertEq(channels.redeemMany(vouchers, signatures), 100e18);
        assertEq(token.balanceOf(node), 78e18);
        assertEq(token.balanceOf(other), 19.5e18);
        assertEq(token.balanceOf(address(dao)), 2.5e18);
    }

    function test_AContractWalletSignsForItself() public {
        OneKeyWallet wallet = new OneKeyWallet(client);
        vm.prank(client);
        bytes32 channel = channels.open(node, 100e18, address(wallet));
        (Voucher memory v, bytes memory signature) = _voucher(channel, 40e18);
        assertEq(channels.redeem(v, signature), 40e18);
        v.amount = 50e18;
        _unsigned(v, signature);
        // Who brings too little gas for the wallet is told so, and has not shown that its signature is wrong.
        (v, signature) = _voucher(channel, 50e18);
        vm.expectRevert(abi.encodeWithSelector(ISnapshotVoting.NotEnoughGas.selector, 512_000));
        channels.redeem{gas: 400_000}(v, signature);
    }

    function test_AKeyWithBorrowedCodeSignsAsAKey() public {
        bytes32 channel = _opened(100e18);
        vm.etch(client, hex"fe");
        (Voucher memory v, bytes memory signature) = _voucher(channel, 40e18);
        assertEq(channels.redeem(v, signature), 40e18);
    }

    function test_AHostileWalletSpoilsNoBatchAndCostsABoundedAmount() public {
        Voucher[] memory vouchers = new Voucher[](3);
        bytes[] memory signatures = new bytes[](3);
        for (uint256 i; i < 2; ++i) {
            address wallet = address(new HostileWallet(i == 0));
            vm.prank(client);
            vouchers[i] = Voucher(channels.open(node, 10e18, wallet), 5e18);
        }
        (vouchers[2], signatures[2]) = _voucher(_opened(10e18), 5e18);
        uint256 before = gasleft();
        assertEq(channels.redeemMany(vouchers, signatures), 5e18);
        assertLt(before - gasleft(), 1_000_000);
    }

    function test_OnlyWhoPaidRatesAndOnceAChannel() public {
        bytes32 channel = _opened(100e18);
        vm.startPrank(client);
        vm.expectRevert(abi.encodeWithSelector(IInferenceChannels.NothingPaid.selector, channel));
        channels.rate(channel, 5, review);
        vm.stopPrank();
        _redeem(channel, 40e18);
        vm.expectRevert(abi.encodeWithSelector(IInferenceChannels.NotPayer.selector, channel, node, client));
        vm.prank(node);
        channels.rate(channel, 5, review);
        vm.startPrank(client);
        vm.expectRevert(abi.encodeWithSelector(IInferenceChannels.StarsOutOfBounds.selector, 0));
        channels.rate(channel, 0, review);
        vm.expectRevert(abi.encodeWithSelector(IInferenceChannels.StarsOutOfBounds.selector, 6));
        channels.rate(channel, 6, review);
        vm.expectEmit(address(channels));
        emit IInferenceChannels.HostRated(channel, node, 5, 40e18, review);
        channels.rate(channel, 5, review);
        vm.stopPrank();
        _assertRating(5 * 40e18, 40e18, 1);
        _redeem(channel, 60e18);
        vm.prank(client);
        channels.rate(channel, 2, review);
        _assertRating(2 * 60e18, 60e18, 1);
        bytes32 second = _opened(100e18);
        _redeem(second, 10e18);
        vm.prank(client);
        channels.rate(second, 4, review);
        _assertRating(2 * 60e18 + 4 * 10e18, 70e18, 2);
    }

    function test_APauseStopsDepositsAndNoExit() public {
        bytes32 channel = _opened(100e18);
        uint40 until = uint40(block.timestamp + 30 days);
        vm.prank(address(dao));
        channels.pauseDeposits(until);
        vm.expectRevert(abi.encodeWithSelector(PausableDeposits.DepositsArePaused.selector, until));
        _opened(1e18);
        vm.expectRevert(abi.encodeWithSelector(PausableDeposits.DepositsArePaused.selector, until));
        vm.prank(client);
        channels.topUp(channel, 1e18);
        _redeem(channel, 10e18);
        vm.startPrank(client);
        channels.requestClose(channel);
        skip(1 days);
        channels.close(channel);
        vm.stopPrank();
        assertEq(token.balanceOf(client), 9990e18);
    }

    /// @dev Whatever is signed and in whatever order it is brought, a channel pays the largest voucher, at most its deposit.
    /// forge-config: default.fuzz.runs = 256
    function testFuzz_AChannelPaysItsLargestVoucherOnce(uint128[4] memory amounts, uint128 deposit, uint64 fee) public {
        deposit = uint128(bound(deposit, 1, 10_000e18));
        fee = uint64(bound(fee, 0, 0.2e18));
        _setPolicy(Param.MarketFee, fee);
        bytes32 channel = _opened(deposit);
        uint256 largest;
        for (uint256 i; i < 4; ++i) {
            amounts[i] = uint128(bound(amounts[i], 0, 20_000e18));
            (Voucher memory v, bytes memory signature) = _voucher(channel, amounts[i]);
            uint256 payable_ = amounts[i] < deposit ? amounts[i] : deposit;
            if (payable_ > largest) {
                assertEq(channels.redeem(v, signature), payable_ - largest);
                largest = payable_;
            } else {
                vm.expectRevert();
                channels.redeem(v, signature);
            }
        }
        Channel memory c = channels.channelInfo(channel);
        assertEq(c.redeemed, largest);
        assertEq(token.balanceOf(node) + token.balanceOf(address(dao)), largest);
        assertEq(token.balanceOf(address(channels)), deposit - largest);
        vm.prank(node);
        channels.close(channel);
        assertEq(token.balanceOf(client), 10_000e18 - largest);
    }

    function _redeem(bytes32 channel, uint128 amount) private {
        (Voucher memory v, bytes memory signature) = _voucher(channel, amount);
        channels.redeem(v, signature);
    }

    function _unsigned(Voucher memory v, bytes memory signature) private {
        address by = channels.channelInfo(v.channel).signer;
        vm.expectRevert(abi.encodeWithSelector(IInferenceChannels.VoucherUnsigned.selector, v.channel, by));
        channels.redeem(v, signature);
    }

    function _assertRating(uint256 stars, uint256 weight, uint32 count) private view {
        HostRating memory r = channels.ratingOf(node);
        assertEq(r.stars, stars);
        assertEq(r.weight, weight);
        assertEq(r.channels, count);
    }
}
