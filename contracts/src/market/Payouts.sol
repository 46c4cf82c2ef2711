// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {IPayouts} from "../interfaces/IPayouts.sol";

/// @title Takes and owes several tokens
/// @dev Every function of an heir that gets here is guarded against reentrancy: tokens are called.
abstract contract Payouts is IPayouts, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;

    mapping(address account => mapping(address token => uint256)) public owed;

    /// @inheritdoc IPayouts
    function withdraw(address account, address[] calldata tokens) external nonReentrant {
        bool any;
        for (uint256 i; i < tokens.length; ++i) {
            uint256 amount = owed[account][tokens[i]];
            if (amount == 0) continue;
            any = true;
            owed[account][tokens[i]] = 0;
            emit Withdrawn(account, tokens[i], amount);
            IERC20(tokens[i]).safeTransfer(account, amount);
        }
        if (!any) revert NothingOwed(account, tokens.length == 0 ? address(0) : tokens[0]);
    }

    /// @dev Takes a payment that must arrive whole: what is owed is never more than what is held.
    function _take(address token, uint256 amount) internal {
        if (amount == 0) return;
        uint256 before = IERC20(token).balanceOf(address(this));
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        uint256 received = IERC20(token).balanceOf(address(this)) - before;
        if (received != amount) revert PaymentShort(token, amount, received);
    }

    function _credit(address account, address token, uint256 amount) internal {
        if (amount == 0) return;
        owed[account][token] += amount;
        emit Credited(account, token, amount);
    }

    /// @dev Pays at once, or owes what the token refuses to send: no account can hold up what happens to others.
    function _pay(address account, address token, uint256 amount) internal {
        if (amount == 0) return;
        if (!IERC20(token).trySafeTransfer(account, amount)) _credit(account, token, amount);
    }
}
