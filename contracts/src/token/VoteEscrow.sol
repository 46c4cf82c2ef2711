// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {IERC20Permit} from "@openzeppelin/contracts/token/ERC20/extensions/IERC20Permit.sol";
import {ICoveyToken} from "../interfaces/ICoveyToken.sol";
import {IVoteEscrow, Lock} from "../interfaces/IVoteEscrow.sol";
import {DaoAuthorized} from "../permission/DaoAuthorized.sol";
import {PausableDeposits} from "../permission/PausableDeposits.sol";

/// @title Vote escrow
/// @notice Trust: the token lets this contract give bonuses and holds it to twice what is locked; nobody, the DAO included,
/// can shorten a notice, lengthen it, or keep an owner from asking for its tokens and getting them.
/// @dev The owner's bonus lives in the token alone; here is only what each lock adds to it.
contract VoteEscrow is IVoteEscrow, PausableDeposits {
    /// @notice Least notice in seconds: longer than a vote, so that a bonus always costs being bound by its outcome.
    uint32 public constant MIN_NOTICE = 7 days;
    /// @notice Notice in seconds that gives the whole bonus, and the longest one.
    uint32 public constant MAX_NOTICE = 365 days;

    ICoveyToken public immutable token;

    /// @inheritdoc IVoteEscrow
    uint256 public lockCount;
    mapping(uint256 lockId => Lock) private _locks;

    constructor(address dao_, address token_) DaoAuthorized(dao_) {
        if (token_ == address(0)) revert ZeroAddress();
        token = ICoveyToken(token_);
    }

    /// @inheritdoc IVoteEscrow
    function lock(uint256 amount, uint32 notice) external returns (uint256 lockId) {
        return _lock(amount, notice);
    }

    /// @inheritdoc IVoteEscrow
    function lockWithPermit(uint256 amount, uint32 notice, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        returns (uint256 lockId)
    {
        // Whoever saw the permit may have used it already; then the allowance is there and the deposit goes through.
        try IERC20Permit(address(token)).permit(msg.sender, address(this), amount, deadline, v, r, s) {} catch {}
        return _lock(amount, notice);
    }

    /// @inheritdoc IVoteEscrow
    function requestUnlock(uint256 lockId) external {
        Lock storage l = _ownLock(lockId);
        if (l.unlocksAt != 0) revert AlreadyUnlocking(lockId, l.unlocksAt);
        uint40 unlocksAt = uint40(block.timestamp + l.notice);
        l.unlocksAt = unlocksAt;
        emit UnlockRequested(lockId, msg.sender, unlocksAt);
        token.setBonus(msg.sender, token.bonusOf(address(this), msg.sender) - bonusFor(l.amount, l.notice));
    }

    /// @inheritdoc IVoteEscrow
    function relock(uint256 lockId) external {
        Lock storage l = _ownLock(lockId);
        if (l.unlocksAt == 0) revert NotUnlocking(lockId);
        l.unlocksAt = 0;
        uint256 bonus = bonusFor(l.amount, l.notice);
        emit Relocked(lockId, msg.sender, bonus);
        token.setBonus(msg.sender, token.bonusOf(address(this), msg.sender) + bonus);
    }

    /// @inheritdoc IVoteEscrow
    function withdraw(uint256 lockId) external {
        Lock memory l = _locks[lockId];
        if (l.owner == address(0)) revert UnknownLock(lockId);
        if (l.unlocksAt == 0) revert NotUnlocking(lockId);
        if (block.timestamp < l.unlocksAt) revert StillLocked(lockId, l.unlocksAt);
        delete _locks[lockId];
        emit Unlocked(lockId, l.owner, l.amount);
        token.withdraw(l.owner, l.amount);
    }

    /// @inheritdoc IVoteEscrow
    function lockOf(uint256 lockId) external view returns (Lock memory) {
        return _locks[lockId];
    }

    /// @inheritdoc IVoteEscrow
    function bonusFor(uint256 amount, uint32 notice) public pure returns (uint256) {
        // Rounds down: bonuses of several locks never add up to more than the bound on their sum.
        return amount * 2 * notice / MAX_NOTICE;
    }

    function _lock(uint256 amount, uint32 notice) private whenDepositsOpen returns (uint256 lockId) {
        if (amount == 0) revert ZeroAmount();
        if (notice < MIN_NOTICE || notice > MAX_NOTICE) revert NoticeOutOfBounds(notice, MIN_NOTICE, MAX_NOTICE);
        token.deposit(msg.sender, amount);
        lockId = ++lockCount;
        // Safe narrowing: the amount was just deposited, so it is below the token's cap.
        _locks[lockId] = Lock(msg.sender, uint96(amount), notice, 0);
        uint256 bonus = bonusFor(amount, notice);
        emit Locked(lockId, msg.sender, amount, notice, bonus);
        token.setBonus(msg.sender, token.bonusOf(address(this), msg.sender) + bonus);
    }

    function _ownLock(uint256 lockId) private view returns (Lock storage l) {
        l = _locks[lockId];
        if (l.owner == address(0)) revert UnknownLock(lockId);
        if (l.owner != msg.sender) revert NotLockOwner(lockId, msg.sender, l.owner);
    }
}
