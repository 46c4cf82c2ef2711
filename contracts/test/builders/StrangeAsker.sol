// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @dev A contract that asks the desk by whatever call it is told, and whose callback does what its mode says. It imports
/// nothing, so that tests in TypeScript can compile it alone.
contract StrangeAsker {
    enum Mode {
        Keep,
        Revert,
        Burn,
        Bomb,
        Reenter
    }

    Mode public mode;
    bytes public kept;
    uint256 public keptOf;
    bytes private _again;

    constructor(Mode mode_) {
        mode = mode_;
    }

    /// @dev What it calls the desk with when it is called back, in mode Reenter.
    function setAgain(bytes calldata data) external {
        _again = data;
    }

    function run(address target, bytes calldata data) external {
        (bool done, bytes memory result) = target.call(data);
        if (done) return;
        assembly {
            revert(add(result, 0x20), mload(result))
        }
    }

    function onAnswer(uint256 requestId, bytes calldata output) external {
        if (mode == Mode.Revert) revert("no answer is good enough");
        if (mode == Mode.Burn) {
            while (true) {}
        }
        if (mode == Mode.Bomb) {
            // What it returns would cost its caller more than the call itself.
            assembly {
                revert(0, 60000)
            }
        }
        if (mode == Mode.Reenter) {
            (bool done,) = msg.sender.call(_again);
            require(!done, "the desk paid twice");
        }
        kept = output;
        keptOf = requestId;
    }
}
