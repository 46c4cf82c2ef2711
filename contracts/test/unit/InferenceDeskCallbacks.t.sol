// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IInferenceDesk, RequestState} from "../../src/interfaces/IInferenceDesk.sol";
import {Behaviour} from "../builders/Asker.sol";
import {AskedDeskTest} from "../builders/AskedDeskTest.sol";

/// @dev What the asker does when it is called back.
contract InferenceDeskCallbacksTest is AskedDeskTest {
    function test_NoCallbackHoldsUpMoney() public {
        Behaviour[3] memory bad = [Behaviour.Revert, Behaviour.Burn, Behaviour.Bomb];
        for (uint256 i; i < 3; ++i) {
            asker.behave(bad[i]);
            uint256 id = _asked(100_000);
            _answered(id, RIGHT);
            skip(6 hours);
            uint256 paid = token.balanceOf(node);
            uint256 before = gasleft();
            // A megabyte of an answer is no failure, and is not copied.
            vm.expectEmit(address(desk));
            emit IInferenceDesk.InferenceDelivered(id, node, 97.5e18, 2.5e18, bad[i] == Behaviour.Bomb);
            desk.deliver(id, RIGHT);
            assertLt(before - gasleft(), 350_000);
            assertEq(token.balanceOf(node) - paid, 97.5e18);
            _assertOver(id, RequestState.Delivered);
        }
    }

    function test_ACallbackMayAskAgainAndGetsNothingTwice() public {
        asker.behave(Behaviour.Reenter);
        uint256 id = _asked(1_000_000);
        _answered(id, RIGHT);
        skip(6 hours);
        desk.deliver(id, RIGHT);
        assertEq(asker.got(), RIGHT);
        assertEq(asker.asked(), id + 1);
        assertEq(desk.held(), 1e18);
        assertEq(token.balanceOf(address(desk)), 1e18);
    }

    function test_NobodyMakesACallbackFailByTooLittleGas() public {
        uint256 id = _asked(1_000_000);
        _answered(id, RIGHT);
        skip(6 hours);
        vm.expectPartialRevert(IInferenceDesk.CallbackGasMissing.selector);
        desk.deliver{gas: 1_050_000}(id, RIGHT);
        desk.deliver{gas: 1_300_000}(id, RIGHT);
        assertEq(asker.got(), RIGHT);
    }
}
