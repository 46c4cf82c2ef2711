// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {InferenceDesk} from "../../src/host/InferenceDesk.sol";
import {IInferenceCallback, InferenceOrder} from "../../src/interfaces/IInferenceDesk.sol";
import {CoveyToken} from "../../src/token/CoveyToken.sol";

enum Behaviour {
    Keep,
    Revert,
    Burn,
    Bomb,
    Reenter
}

/// @dev A contract that asks, and then behaves in its callback.
contract Asker is IInferenceCallback {
    InferenceDesk private immutable DESK;
    Behaviour public behaviour;
    bytes public got;
    uint256 public asked;

    constructor(InferenceDesk desk, CoveyToken token) {
        DESK = desk;
        token.approve(address(desk), type(uint256).max);
    }

    function behave(Behaviour behaviour_) external {
        behaviour = behaviour_;
    }

    function ask(InferenceOrder memory order, bytes memory input) public returns (uint256) {
        return DESK.ask(order, input);
    }

    function onAnswer(uint256 requestId, bytes calldata output) external {
        require(msg.sender == address(DESK), "not the desk");
        if (behaviour == Behaviour.Revert) revert("no");
        if (behaviour == Behaviour.Burn) while (true) {}
        if (behaviour == Behaviour.Bomb) {
            assembly ("memory-safe") {
                return(0, 100000)
            }
        }
        if (behaviour == Behaviour.Reenter) {
            (bool again,) = address(DESK).call(abi.encodeCall(DESK.deliver, (requestId, output)));
            (bool back,) = address(DESK).call(abi.encodeCall(DESK.refund, (requestId)));
            require(!again && !back, "paid twice");
            InferenceOrder memory order;
            order.fee = 1e18;
            order.answerWindow = 1 hours;
            order.disputeWindow = 1 hours;
            asked = DESK.ask(order, "next");
        }
        got = output;
    }
}
