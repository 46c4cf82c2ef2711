// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {CommonBase} from "forge-std/Base.sol";
import {StdUtils} from "forge-std/StdUtils.sol";
import {AnswerCases} from "../../src/host/AnswerCases.sol";
import {HostRegistry} from "../../src/host/HostRegistry.sol";
import {InferenceChannels} from "../../src/host/InferenceChannels.sol";
import {InferenceDesk} from "../../src/host/InferenceDesk.sol";
import {Answer, HostTerms} from "../../src/interfaces/IHostRegistry.sol";
import {Channel, ChannelState, Voucher} from "../../src/interfaces/IInferenceChannels.sol";
import {DisputeVerdict, InferenceOrder, InferenceRequest, RequestState} from "../../src/interfaces/IInferenceDesk.sol";
import {AnswerCaseId} from "../../src/types/Ids.sol";
import {Cid} from "../../src/types/Types.sol";

/// @dev One host, one client and two who accuse and contest, in any order. Every call is one that may fail; books are kept of
/// what must hold whatever happened.
contract HostsHandler is CommonBase, StdUtils {
    address public immutable node;
    address public immutable client;
    address public immutable dao;
    uint256 private immutable _clientKey;
    uint256 private immutable _signerKey;
    HostTerms private _terms;
    HostRegistry private _registry;
    InferenceChannels private _channels;
    AnswerCases private _cases;
    InferenceDesk private _desk;

    bytes32[] public channels;
    mapping(bytes32 channel => uint256) public largestVoucher;
    uint256 public deposited;
    uint256 public redeemed;
    uint256 public returned;
    uint256 public escrowed;
    uint256 public cleared;
    uint256 public bonds;
    uint256 public bondsBack;
    uint64 private _nonce;

    constructor(
        address[3] memory who,
        uint256[2] memory keys,
        HostTerms memory terms,
        HostRegistry registry,
        InferenceChannels channels_,
        AnswerCases cases,
        InferenceDesk desk
    ) {
        (node, client, dao) = (who[0], who[1], who[2]);
        (_clientKey, _signerKey) = (keys[0], keys[1]);
        _terms = terms;
        (_registry, _channels, _cases, _desk) = (registry, channels_, cases, desk);
    }

    function count() external view returns (uint256) {
        return channels.length;
    }

    function pass(uint256 time) external {
        vm.warp(block.timestamp + bound(time, 1, 2 days));
    }

    function enlist() external {
        vm.prank(node);
        _registry.enlist(_terms);
    }

    /// @dev Rarely, so that there is something to leave.
    function leave(uint256 how) external {
        if (how % 8 != 0) {
            _registry.release(node);
        } else {
            vm.prank(node);
            _registry.resign();
        }
    }

    function open(uint128 amount) external {
        amount = uint128(bound(amount, 1, 100e18));
        vm.prank(client);
        bytes32 channel = _channels.open(node, amount, address(0));
        channels.push(channel);
        deposited += amount;
    }

    function topUp(uint256 which, uint128 amount) external {
        amount = uint128(bound(amount, 1, 100e18));
        vm.prank(client);
        _channels.topUp(_channel(which), amount);
        deposited += amount;
    }

    function redeem(uint256 which, uint128 amount) external {
        bytes32 channel = _channel(which);
        amount = uint128(bound(amount, 1, 300e18));
        Voucher memory voucher = Voucher(channel, amount);
        redeemed += _channels.redeem(voucher, _sign(_clientKey, _channels.voucherDigest(voucher)));
        if (amount > largestVoucher[channel]) largestVoucher[channel] = amount;
    }

    function close(uint256 which, uint256 how) external {
        bytes32 channel = _channel(which);
        Channel memory c = _channels.channelInfo(channel);
        vm.prank(how % 3 == 0 ? node : client);
        if (how % 3 == 1) {
            _channels.requestClose(channel);
        } else {
            _channels.close(channel);
            returned += c.deposit - c.redeemed;
        }
    }

    function accuse(bytes32 output) external {
        Answer memory a = Answer(0, 0, 0, output, 0, ++_nonce);
        bytes memory signature = _sign(_signerKey, _registry.answerDigest(a));
        vm.prank(client);
        _cases.accuse(node, a, signature, ~output, Cid(0x55, output));
        bonds += 500e18;
    }

    /// @dev Rarely: each takes half of what is bound.
    function contradict(bytes32 output) external {
        if (uint256(output) % 8 != 0) return;
        Answer memory one = Answer(0, 0, 0, output, 0, ++_nonce);
        Answer memory two = Answer(0, 0, 0, ~output, 0, _nonce);
        bytes memory s1 = _sign(_signerKey, _registry.answerDigest(one));
        bytes memory s2 = _sign(_signerKey, _registry.answerDigest(two));
        _cases.contradict(node, one, s1, two, s2);
    }

    function judge(uint256 which, uint256 how) external {
        uint256 cases = _cases.caseCount();
        AnswerCaseId id = AnswerCaseId.wrap(1 + which % cases);
        how %= 4;
        if (how == 0) {
            vm.prank(client);
            _cases.contest(id);
            bonds += 500e18;
        } else if (how == 1) {
            _cases.execute(id);
            bondsBack += 500e18;
        } else if (how == 2) {
            vm.prank(dao);
            _cases.rule(id, which % 2 == 0);
            bondsBack += 1000e18;
        } else {
            _cases.lapse(id);
            bondsBack += 1000e18;
        }
    }

    function ask(uint128 fee) external {
        fee = uint128(bound(fee, 0, 100e18));
        InferenceOrder memory order;
        (order.fee, order.answerWindow, order.disputeWindow) = (fee, 1 days, 1 days);
        vm.prank(client);
        _desk.ask(order, "question");
        escrowed += fee;
    }

    function answer(uint256 which) external {
        uint256 id = _request(which);
        vm.prank(node);
        _desk.answer(id, node, "one");
    }

    function dispute(uint256 which) external {
        uint256 id = _request(which);
        vm.prank(client);
        _desk.dispute(id, "two");
        escrowed += 500e18;
    }

    function finish(uint256 which, uint256 how) external {
        uint256 id = _request(which);
        InferenceRequest memory r = _desk.request(id);
        how %= 3;
        if (how == 0) {
            vm.prank(dao);
            _desk.rule(id, DisputeVerdict(which % 3));
            cleared += r.bond + (which % 3 == uint256(DisputeVerdict.BothWrong) ? r.fee : 0);
        } else if (how == 1) {
            bool disputers = r.output == sha256("two");
            _desk.deliver(id, disputers ? bytes("two") : bytes("one"));
            cleared += r.fee;
        } else {
            _desk.refund(id);
            cleared += r.fee + (r.state == RequestState.Disputed ? r.bond : 0);
        }
    }

    function _channel(uint256 which) private view returns (bytes32) {
        return channels[which % channels.length];
    }

    function _request(uint256 which) private view returns (uint256) {
        return 1 + which % _desk.requestCount();
    }

    function _sign(uint256 key, bytes32 digest) private pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }
}
