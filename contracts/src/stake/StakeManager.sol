// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20} from "@openzeppelin/contracts/token/ERC20/IERC20.sol";
import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {SafeERC20} from "@openzeppelin/contracts/token/ERC20/utils/SafeERC20.sol";
import {ReentrancyGuardTransient} from "@openzeppelin/contracts/utils/ReentrancyGuardTransient.sol";
import {SafeCast} from "@openzeppelin/contracts/utils/math/SafeCast.sol";
import {ICoveyToken} from "../interfaces/ICoveyToken.sol";
import {IPolicy, Param} from "../interfaces/IPolicy.sol";
import {IStakeManager} from "../interfaces/IStakeManager.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {SLASH_PERMISSION} from "../permission/Permissions.sol";
import {StakeSnapshot} from "../types/Types.sol";

/// @title Stake of training nodes and validators
/// @notice Trust: the holder of SLASH_PERMISSION can freeze and take stake; nobody else can move it but its node.
/// Staked and unstaking tokens keep voting for their node (the token credits its votes) until withdrawn or slashed.
/// @dev Own stake only: `delegated` and `commission` are always 0 in this version.
contract StakeManager is IStakeManager, DaoAuthorized, ReentrancyGuardTransient {
    using SafeERC20 for IERC20;
    using SafeCast for uint256;

    struct Account {
        uint128 active;
        uint128 unstaking;
        uint64 availableAt;
        uint64 openCases;
    }

    uint256 private constant ONE = 1e18;

    address public immutable token;
    IPolicy public immutable policy;

    uint256 public totalStaked;
    uint256 public totalUnstaking;
    mapping(address node => Account) private _accounts;

    constructor(address dao_, address token_, address policy_) DaoAuthorized(dao_) {
        if (token_ == address(0) || policy_ == address(0)) revert ZeroAddress();
        token = token_;
        policy = IPolicy(policy_);
    }

    /// @inheritdoc IStakeManager
    function stake(uint256 amount) external nonReentrant {
        _stake(msg.sender, amount);
    }

    /// @inheritdoc IStakeManager
    function stakeFor(address node, uint256 amount) external nonReentrant {
        _stake(node, amount);
    }

    /// @inheritdoc IStakeManager
    function stakeWithPermit(uint256 amount, uint256 deadline, uint8 v, bytes32 r, bytes32 s) external nonReentrant {
        // Somebody may have used the same permit first; what counts is the allowance, which the transfer checks.
        try IERC20Permit(token).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        _stake(msg.sender, amount);
    }

    /// @inheritdoc IStakeManager
    /// @dev Another request before the first has been withdrawn restarts the cooldown for both.
    function requestUnstake(uint256 amount) external {
        Account storage account = _accounts[msg.sender];
        if (amount == 0) revert ZeroAmount();
        if (account.openCases != 0) revert StakeFrozen(msg.sender, account.openCases);
        if (amount > account.active) revert StakeInsufficient(msg.sender, account.active, amount);
        uint64 availableAt = (block.timestamp + policy.latest(Param.UnstakeCooldown)).toUint64();
        uint128 amount128 = amount.toUint128();
        account.active -= amount128;
        account.unstaking += amount128;
        account.availableAt = availableAt;
        totalStaked -= amount;
        totalUnstaking += amount;
        emit UnstakeRequested(msg.sender, amount, availableAt);
    }

    /// @inheritdoc IStakeManager
    function withdraw(address node) external nonReentrant {
        Account storage account = _accounts[node];
        uint256 amount = account.unstaking;
        if (amount == 0) revert NothingToWithdraw(node);
        if (account.openCases != 0) revert StakeFrozen(node, account.openCases);
        if (block.timestamp < account.availableAt) revert CooldownRunning(node, account.availableAt);
        account.unstaking = 0;
        account.availableAt = 0;
        totalUnstaking -= amount;
        emit Unstaked(node, amount);
        ICoveyToken(token).debitVotes(node, amount);
        IERC20(token).safeTransfer(node, amount);
    }

    /// @inheritdoc IStakeManager
    function freeze(address node) external auth(SLASH_PERMISSION) {
        uint64 cases = ++_accounts[node].openCases;
        emit Frozen(node, cases);
    }

    /// @inheritdoc IStakeManager
    function unfreeze(address node) external auth(SLASH_PERMISSION) {
        uint64 cases = --_accounts[node].openCases;
        emit Unfrozen(node, cases);
    }

    /// @inheritdoc IStakeManager
    function slash(address node, uint256 amount, address recipient, address reporter, uint256 reporterShare)
        external
        auth(SLASH_PERMISSION)
        nonReentrant
        returns (uint256 taken, uint256 toRecipient)
    {
        if (reporterShare > ONE) revert ShareTooHigh(reporterShare, ONE);
        Account storage account = _accounts[node];
        uint256 fromActive = amount < account.active ? amount : account.active;
        uint256 fromUnstaking = amount - fromActive;
        if (fromUnstaking > account.unstaking) fromUnstaking = account.unstaking;
        taken = fromActive + fromUnstaking;
        // Rounds down the reporter's part, so that parts never exceed what was taken.
        uint256 toReporter = taken * reporterShare / ONE;
        toRecipient = taken - toReporter;
        // Safe narrowing: each is capped by the uint128 that it is taken from.
        account.active -= uint128(fromActive);
        account.unstaking -= uint128(fromUnstaking);
        totalStaked -= fromActive;
        totalUnstaking -= fromUnstaking;
        emit Slashed(node, taken, recipient, reporter, toReporter);
        if (taken == 0) return (0, 0);
        ICoveyToken(token).debitVotes(node, taken);
        if (toRecipient != 0) IERC20(token).safeTransfer(recipient, toRecipient);
        if (toReporter != 0) IERC20(token).safeTransfer(reporter, toReporter);
    }

    /// @inheritdoc IStakeManager
    function stakeOf(address node) external view returns (StakeSnapshot memory) {
        return StakeSnapshot({own: _accounts[node].active, delegated: 0, commission: 0});
    }

    /// @inheritdoc IStakeManager
    function unstakingOf(address node) external view returns (uint256 amount, uint64 availableAt) {
        Account storage account = _accounts[node];
        return (account.unstaking, account.availableAt);
    }

    /// @inheritdoc IStakeManager
    function openCases(address node) external view returns (uint256) {
        return _accounts[node].openCases;
    }

    function _stake(address node, uint256 amount) private {
        if (amount == 0) revert ZeroAmount();
        _accounts[node].active += amount.toUint128();
        totalStaked += amount;
        emit Staked(node, msg.sender, amount);
        IERC20(token).safeTransferFrom(msg.sender, address(this), amount);
        // Refuses the zero address as node.
        ICoveyToken(token).creditVotes(node, amount);
    }
}
