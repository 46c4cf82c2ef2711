// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

interface ILent {
    function balanceOf(address account) external view returns (uint256);
    function transfer(address to, uint256 amount) external returns (bool);
    function delegate(address delegatee) external;
}

/// @title Lends tokens for the length of one call
/// @dev Needs no import, so that tests in TypeScript can compile this file alone.
contract FlashLender {
    function lend(ILent token, uint256 amount, bytes calldata data) external {
        uint256 before = token.balanceOf(address(this));
        token.transfer(msg.sender, amount);
        FlashBorrower(msg.sender).onLoan(token, amount, data);
        require(token.balanceOf(address(this)) == before, "not paid back");
    }
}

/// @title Tries to govern with borrowed tokens
contract FlashBorrower {
    /// @param voter Who votes with what is borrowed.
    /// @param target Called while the tokens are there.
    function attack(FlashLender lender, ILent token, uint256 amount, address voter, address target, bytes calldata call)
        external
    {
        lender.lend(token, amount, abi.encode(voter, target, call));
    }

    function onLoan(ILent token, uint256 amount, bytes calldata data) external {
        (address voter, address target, bytes memory call) = abi.decode(data, (address, address, bytes));
        token.delegate(voter);
        (bool ok, bytes memory reason) = target.call(call);
        if (!ok) {
            assembly ("memory-safe") {
                revert(add(reason, 32), mload(reason))
            }
        }
        token.transfer(msg.sender, amount);
    }
}
