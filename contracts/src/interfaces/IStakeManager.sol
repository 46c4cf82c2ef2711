// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {StakeSnapshot} from "../types/Types.sol";

/// @title Stake of training nodes and validators
interface IStakeManager {
    event Staked(address indexed node, address indexed payer, uint256 amount);
    event UnstakeRequested(address indexed node, uint256 amount, uint64 availableAt);
    event Unstaked(address indexed node, uint256 amount);
    event Frozen(address indexed node, uint256 openCases);
    event Unfrozen(address indexed node, uint256 openCases);
    event Slashed(
        address indexed node,
        uint256 amount,
        address indexed recipient,
        address indexed reporter,
        uint256 reporterAmount
    );

    error ZeroAmount();
    error StakeInsufficient(address node, uint256 staked, uint256 requested);
    error StakeFrozen(address node, uint256 openCases);
    error CooldownRunning(address node, uint64 availableAt);
    error NothingToWithdraw(address node);
    error ShareTooHigh(uint256 share, uint256 maximum);

    function stake(uint256 amount) external;
    /// @notice Stakes for another node; the payer's tokens become the node's.
    function stakeFor(address node, uint256 amount) external;
    function stakeWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external;
    function requestUnstake(uint256 amount) external;
    /// @notice Pays out what a finished cooldown released. Anyone may call; the node is paid.
    function withdraw(address node) external;

    /// @notice Active stake; what is unstaking no longer counts here but can still be slashed.
    function stakeOf(address node) external view returns (StakeSnapshot memory);
    function unstakingOf(address node) external view returns (uint256 amount, uint64 availableAt);
    function openCases(address node) external view returns (uint256);
    /// @notice Sum of all active stake.
    function totalStaked() external view returns (uint256);
    /// @notice Sum of what is unstaking and not yet withdrawn.
    function totalUnstaking() external view returns (uint256);

    /// @notice Needs SLASH_PERMISSION of the DAO (held by the slash court), like the two below.
    function freeze(address node) external;
    function unfreeze(address node) external;
    /// @notice Takes `amount` (capped at what the node has, active first, then unstaking); `reporterShare` (1e18) of it goes to
    /// `reporter`, the rest to `recipient`. Returns what was taken for the recipient.
    function slash(address node, uint256 amount, address recipient, address reporter, uint256 reporterShare)
        external
        returns (uint256 taken, uint256 toRecipient);
}
