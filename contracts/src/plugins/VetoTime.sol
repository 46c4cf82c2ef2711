// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @title How long the DAO's TokenVoting needs for a veto
/// @notice Its votes take at least its own minimum duration, which the DAO can change at any time: so it is asked whenever the
/// answer matters, and believed only as far as TokenVoting itself could have set it.
library VetoTime {
    /// @notice Beside the vote itself: to notice what passed, to propose the veto and to execute it.
    uint256 internal constant VETO_MARGIN = 1 days;
    /// @dev TokenVoting's own bound of its minimum duration.
    uint256 private constant LONGEST = 365 days;

    /// @return answered False where there is no TokenVoting, it fails, or says what none could.
    /// @return time Seconds; 0 when not answered.
    /// @dev Of the answer one word is copied, whatever its length. Who gives so little gas that the call runs out of it keeps a
    /// 63rd of what the call had, too little for anything after it.
    function neededBy(address tokenVoting) internal view returns (bool answered, uint256 time) {
        bytes4 selector = bytes4(keccak256("minDuration()"));
        assembly ("memory-safe") {
            mstore(0, selector)
            answered := staticcall(gas(), tokenVoting, 0, 4, 0, 32)
            answered := and(answered, gt(returndatasize(), 31))
            time := mload(0)
        }
        if (!answered || time > LONGEST) return (false, 0);
        time += VETO_MARGIN;
    }
}
