// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Answer} from "../../src/interfaces/IHostRegistry.sol";
import {Voucher} from "../../src/interfaces/IInferenceChannels.sol";
import {AnswerCaseId} from "../../src/types/Ids.sol";
import {Cid} from "../../src/types/Types.sol";
import {HostTest} from "../builders/HostTest.sol";

/// @dev Whole transactions (21,000 and call data included, all storage cold) of participants that have done the same
/// before: run with `forge test --isolate -vv`; without it they only show that the calls work.
contract HostGas is HostTest {
    bytes32 private channel;

    function setUp() public override {
        super.setUp();
        _enlisted();
        channel = _opened(1000e18);
        (Voucher memory v, bytes memory signature) = _voucher(channel, 1e18);
        channels.redeem(v, signature);
    }

    function test_enlist() public {
        address other = makeAddr("other host");
        _staked(other, 10_000e18, 1e18);
        vm.prank(other);
        registry.enlist(_terms());
        _log("enlist");
    }

    function test_openAChannel() public {
        _opened(10e18);
        _log("open a channel");
    }

    function test_redeemAVoucher() public {
        (Voucher memory v, bytes memory signature) = _voucher(channel, 2e18);
        channels.redeem(v, signature);
        _log("redeem a voucher");
    }

    function test_redeemFiftyVouchers() public {
        Voucher[] memory vouchers = new Voucher[](50);
        bytes[] memory signatures = new bytes[](50);
        for (uint256 i; i < 50; ++i) {
            (vouchers[i], signatures[i]) = _voucher(_opened(10e18), 5e18);
        }
        channels.redeemMany(vouchers, signatures);
        _log("redeem vouchers of 50 channels");
    }

    function test_contradict() public {
        Answer memory one = _answer("one", 1);
        Answer memory two = _answer("two", 2);
        (bytes memory s1, bytes memory s2) = (_signed(one), _signed(two));
        vm.prank(accuser);
        cases.contradict(node, one, s1, two, s2);
        _log("contradict");
    }

    function test_accuse() public {
        _accused();
        _log("accuse");
    }

    function test_execute() public {
        _accused();
        skip(3 days);
        cases.execute(AnswerCaseId.wrap(1));
        _log("execute an accusation");
    }

    function test_ask() public {
        _asked();
        _log("ask, 32 bytes inline");
    }

    function test_answer() public {
        _asked();
        vm.prank(node);
        desk.answer(1, node, "output");
        _log("answer");
    }

    function test_deliver() public {
        _asked();
        vm.prank(node);
        desk.answer(1, node, "output");
        skip(6 hours);
        desk.deliver(1, "output");
        _log("deliver without a callback");
    }

    function _accused() private {
        Answer memory a = _answer("wrong", 1);
        bytes memory signature = _signed(a);
        vm.prank(accuser);
        cases.accuse(node, a, signature, keccak256("right"), Cid(0x55, keccak256("evidence")));
    }

    function _asked() private {
        vm.prank(client);
        desk.ask(_order(10e18), abi.encode("question"));
    }

    function _log(string memory what) private {
        uint256 used = vm.lastCallGas().gasTotalUsed;
        emit log_named_uint(what, used);
    }
}
