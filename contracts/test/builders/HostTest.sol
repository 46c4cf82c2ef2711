// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {AnswerCases} from "../../src/host/AnswerCases.sol";
import {HostRegistry} from "../../src/host/HostRegistry.sol";
import {InferenceChannels} from "../../src/host/InferenceChannels.sol";
import {InferenceDesk} from "../../src/host/InferenceDesk.sol";
import {ICoveyToken} from "../../src/interfaces/ICoveyToken.sol";
import {Answer, HostTerms} from "../../src/interfaces/IHostRegistry.sol";
import {Voucher} from "../../src/interfaces/IInferenceChannels.sol";
import {InferenceOrder} from "../../src/interfaces/IInferenceDesk.sol";
import "../../src/permission/Permissions.sol";
import {StakeManager} from "../../src/stake/StakeManager.sol";
import {TaskId} from "../../src/types/Ids.sol";
import {Cid, Role} from "../../src/types/Types.sol";
import {TokenTest} from "./TokenTest.sol";

/// @dev The contracts of hosts with the permissions of a deployment, and a node with 20,000 COVEY of own stake, half of it
/// allocated to hosting since yesterday.
abstract contract HostTest is TokenTest {
    bytes32 internal constant MODEL = keccak256("model");
    bytes32 internal constant CORE = keccak256("core");
    TaskId internal constant HOSTING = TaskId.wrap(0);

    StakeManager internal stakeManager;
    HostRegistry internal registry;
    InferenceChannels internal channels;
    AnswerCases internal cases;
    InferenceDesk internal desk;

    address internal node = makeAddr("node");
    address internal client;
    uint256 internal clientKey;
    address internal signer;
    uint256 internal signerKey;
    address internal accuser = makeAddr("accuser");
    address internal friend = makeAddr("friend");

    function setUp() public virtual override {
        super.setUp();
        (client, clientKey) = makeAddrAndKey("client");
        (signer, signerKey) = makeAddrAndKey("signer");
        address d = address(dao);
        address t = address(token);
        address p = address(policy);
        stakeManager = new StakeManager(d, t, p);
        address s = address(stakeManager);
        registry = new HostRegistry(d, p, s);
        address r = address(registry);
        channels = new InferenceChannels(d, t, p, r);
        cases = new AnswerCases(d, t, p, s, r);
        desk = new InferenceDesk(d, t, p, r, address(cases));
        _setCustodian(s, ICoveyToken.CustodianKind.Custodian);
        dao.grant(s, r, BIND_PERMISSION);
        dao.grant(s, r, UNBIND_PERMISSION);
        dao.grant(s, address(cases), SLASH_PERMISSION);
        dao.grant(r, address(cases), HOLD_HOST_PERMISSION);
        dao.grant(r, address(desk), HOLD_HOST_PERMISSION);
        dao.grant(address(cases), address(desk), CONVICT_HOST_PERMISSION);
        dao.grant(address(cases), d, RULE_ANSWER_PERMISSION);
        dao.grant(address(desk), d, RULE_ANSWER_PERMISSION);
        dao.grant(address(channels), d, PAUSE_DEPOSITS_PERMISSION);
        dao.grant(address(desk), d, PAUSE_DEPOSITS_PERMISSION);
        _staked(node, 20_000e18, 0.5e18);
        address[4] memory spenders = [client, accuser, friend, stranger];
        for (uint256 i; i < 4; ++i) {
            _give(spenders[i], 10_000e18);
            _approveAll(spenders[i]);
        }
    }

    function _staked(address who, uint256 amount, uint64 ratio) internal {
        _give(who, amount);
        vm.startPrank(who);
        token.approve(address(stakeManager), amount);
        stakeManager.stake(amount);
        stakeManager.allocate(HOSTING, Role.Host, ratio);
        vm.stopPrank();
        skip(1 days);
    }

    function _approveAll(address who) internal {
        vm.startPrank(who);
        token.approve(address(channels), type(uint256).max);
        token.approve(address(cases), type(uint256).max);
        token.approve(address(desk), type(uint256).max);
        vm.stopPrank();
    }

    function _terms() internal view returns (HostTerms memory) {
        return HostTerms("https://host.example", Cid(0x0129, keccak256("offer")), signer, 8);
    }

    function _enlisted() internal {
        vm.prank(node);
        registry.enlist(_terms());
    }

    function _answer(string memory output, uint64 nonce) internal pure returns (Answer memory) {
        return Answer(MODEL, CORE, keccak256("input"), keccak256(bytes(output)), 0, nonce);
    }

    function _signed(Answer memory a) internal view returns (bytes memory) {
        return _sign(signerKey, registry.answerDigest(a));
    }

    function _sign(uint256 key, bytes32 digest) internal pure returns (bytes memory) {
        (uint8 v, bytes32 r, bytes32 s) = vm.sign(key, digest);
        return abi.encodePacked(r, s, v);
    }

    function _opened(uint128 amount) internal returns (bytes32 channel) {
        vm.prank(client);
        return channels.open(node, amount, address(0));
    }

    function _voucher(bytes32 channel, uint128 amount)
        internal
        view
        returns (Voucher memory v, bytes memory signature)
    {
        v = Voucher(channel, amount);
        signature = _sign(clientKey, channels.voucherDigest(v));
    }

    function _order(uint128 fee) internal pure returns (InferenceOrder memory) {
        return InferenceOrder({
            model: MODEL,
            scorer: CORE,
            input: Cid(0, 0),
            host: address(0),
            fee: fee,
            callbackGas: 0,
            answerWindow: 1 hours,
            disputeWindow: 6 hours
        });
    }
}
