// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {DaoAuthorized} from "./DaoAuthorized.sol";
import {PAUSE_DEPOSITS_PERMISSION} from "./Permissions.sol";

/// @title A brake on new deposits, and on nothing else
/// @notice Trust: the DAO can stop new value from coming in for at most `MAX_PAUSE` a decision. Exits (unstaking,
/// withdrawing, claims, refunds, unlocking) never look at it, and it ends by itself, so that no lost DAO can leave it on.
abstract contract PausableDeposits is DaoAuthorized {
    event DepositsPaused(uint40 until);
    event DepositsResumed();

    /// @notice The DAO has paused deposits for a while; withdrawing works.
    error DepositsArePaused(uint40 until);
    /// @notice A pause ends at most so late, unix seconds; the DAO may decide another one then.
    error PauseTooLong(uint256 until, uint256 latest);

    uint256 public constant MAX_PAUSE = 30 days;

    /// @notice Deposits are refused before this moment, unix seconds.
    uint40 public depositsPausedUntil;

    modifier whenDepositsOpen() {
        if (block.timestamp < depositsPausedUntil) revert DepositsArePaused(depositsPausedUntil);
        _;
    }

    /// @notice Needs PAUSE_DEPOSITS_PERMISSION of the DAO.
    /// @param until Unix seconds, at most `MAX_PAUSE` from now.
    function pauseDeposits(uint40 until) external auth(PAUSE_DEPOSITS_PERMISSION) {
        if (until > block.timestamp + MAX_PAUSE) revert PauseTooLong(until, block.timestamp + MAX_PAUSE);
        depositsPausedUntil = until;
        emit DepositsPaused(until);
    }

    /// @notice Needs PAUSE_DEPOSITS_PERMISSION of the DAO.
    function resumeDeposits() external auth(PAUSE_DEPOSITS_PERMISSION) {
        depositsPausedUntil = 0;
        emit DepositsResumed();
    }
}
