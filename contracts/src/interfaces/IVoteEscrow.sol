// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @param notice Seconds between asking for the tokens and getting them; what the multiplier pays for.
/// @param unlocksAt When they can be withdrawn, unix seconds; 0 while nobody asked.
struct Lock {
    address owner;
    uint96 amount;
    uint32 notice;
    uint40 unlocksAt;
}

/// @title Vote escrow: locked tokens vote more
/// @notice A lock is defined by its notice: whoever locks for a notice of t seconds votes with
/// amount × (1 + 2·t/365 days), at most three times, for as long as the tokens stay t seconds out of reach. Asking for
/// them ends the bonus at once and starts the notice; so votes only ever change by a transaction, and every past block
/// has an exact answer (no decay between blocks).
interface IVoteEscrow {
    event Locked(uint256 indexed lockId, address indexed owner, uint256 amount, uint32 notice, uint256 bonus);
    event UnlockRequested(uint256 indexed lockId, address indexed owner, uint40 unlocksAt);
    event Relocked(uint256 indexed lockId, address indexed owner, uint256 bonus);
    event Unlocked(uint256 indexed lockId, address indexed owner, uint256 amount);

    /// @notice An amount is at least one wei.
    error ZeroAmount();
    /// @notice A notice is between the shortest and the longest that escrow takes, seconds.
    error NoticeOutOfBounds(uint256 notice, uint256 min, uint256 max);
    /// @notice Only the owner of a lock may do this.
    error NotLockOwner(uint256 lockId, address caller, address owner);
    /// @notice The lock has been given notice already.
    error AlreadyUnlocking(uint256 lockId, uint40 unlocksAt);
    /// @notice The lock has not been given notice.
    error NotUnlocking(uint256 lockId);
    /// @notice The notice has not passed.
    /// @custom:action `covey escrow show` says when it has.
    error StillLocked(uint256 lockId, uint40 unlocksAt);
    /// @notice There is no lock with this id, or it was withdrawn.
    error UnknownLock(uint256 lockId);

    /// @return lockId From 1.
    function lock(uint256 amount, uint32 notice) external returns (uint256 lockId);
    function lockWithPermit(uint256 amount, uint32 notice, uint256 deadline, uint8 v, bytes32 r, bytes32 s)
        external
        returns (uint256 lockId);
    /// @notice Ends the bonus and starts the notice. Only the owner.
    function requestUnlock(uint256 lockId) external;
    /// @notice Takes the request back: the bonus is there again.
    function relock(uint256 lockId) external;
    /// @notice Returns the tokens once the notice has passed. Anyone may call; the owner is paid.
    function withdraw(uint256 lockId) external;

    function lockOf(uint256 lockId) external view returns (Lock memory);
    function lockCount() external view returns (uint256);
    /// @notice Bonus votes in wei that a lock of `amount` with `notice` gives: floor(amount·2·notice / 365 days).
    function bonusFor(uint256 amount, uint32 notice) external pure returns (uint256);
}
