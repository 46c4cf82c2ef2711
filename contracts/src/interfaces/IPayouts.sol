// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title What a contract owes in several tokens, pulled by whom it is owed
/// @notice Nobody's payment waits for that of another: what a token refuses to send stays owed.
interface IPayouts {
    /// @notice What an account can withdraw has grown, wei of the token.
    event Credited(address indexed account, address indexed token, uint256 amount);
    event Withdrawn(address indexed account, address indexed token, uint256 amount);

    /// @notice The account has nothing to withdraw in this token.
    error NothingOwed(address account, address token);
    /// @notice The token took a fee of the transfer, or sent something else than it was asked to.
    /// @custom:action Pay with a token that arrives whole.
    error PaymentShort(address token, uint256 expected, uint256 received);

    /// @notice Sends an account what it is owed in each of these tokens; anyone may call. Tokens in which nothing is owed are
    /// skipped, so that a batch cannot be spoiled; `NothingOwed` where that is all of them.
    function withdraw(address account, address[] calldata tokens) external;

    /// @notice Wei of the token that the account can withdraw.
    function owed(address account, address token) external view returns (uint256);
}
