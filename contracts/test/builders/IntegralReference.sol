// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @dev The integral of 1e36 / max(total, a token) by its definition: a list of all stretches, summed anew for each question.
contract IntegralReference {
    uint256[] private _times;
    uint256[] private _totals;

    /// @dev From this second on; a total that is what it was begins no stretch.
    function push(uint256 total) external {
        if (_totals.length != 0 && _totals[_totals.length - 1] == total) return;
        _times.push(block.timestamp);
        _totals.push(total);
    }

    function until(uint256 time) external view returns (uint256 sum) {
        for (uint256 i; i < _times.length && _times[i] < time; ++i) {
            uint256 end = i + 1 < _times.length && _times[i + 1] < time ? _times[i + 1] : time;
            sum += 1e36 * (end - _times[i]) / (_totals[i] < 1e18 ? 1e18 : _totals[i]);
        }
    }
}
