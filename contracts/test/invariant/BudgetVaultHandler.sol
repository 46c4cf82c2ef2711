// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {CommonBase} from "forge-std/Base.sol";
import {StdUtils} from "forge-std/StdUtils.sol";
import {BudgetVaultHarness} from "../builders/BudgetVaultHarness.sol";

/// @dev Funders, rounds and emission in any order. Beside the vault it keeps the books as they ought to be, in real numbers
/// scaled by 1e18: what each funder put in, less its part of all that was spent after that.
contract BudgetVaultHandler is CommonBase, StdUtils {
    uint256 public constant FUNDERS = 5;
    uint256 private constant SCALE = 1e18;

    BudgetVaultHarness public immutable vault;

    /// @dev Ghost books, wei · 1e18; `fair` counts what was redeemed too, which is in wei.
    mapping(address funder => uint256) public fair;
    mapping(address funder => uint256) public waiting;
    mapping(address funder => uint256) public redeemed;
    uint256 public fairTotal;
    uint256 public waitingTotal;
    uint256 public common;
    uint256 public paidIn;
    uint256 public paidOut;
    uint256 public spent;
    uint256 public operations;

    uint256 private _taken;
    /// @dev The last round that closed: what it took, and what of it was paid out and may come back.
    uint256 private _pastUnits;
    uint256 private _pastCommon;
    uint256 private _out;
    uint256 private _takenCommon;
    uint256 private _roundsLeft = 12;

    constructor(BudgetVaultHarness vault_) {
        vault = vault_;
    }

    function funderAt(uint256 index) public pure returns (address) {
        return address(uint160(0x1000 + index % FUNDERS));
    }

    function fund(uint256 who, uint256 amount) external {
        if (vault.isEnded()) return;
        // From dust to the supply, on a logarithmic scale.
        amount = bound(amount, 1, 1e26) >> (who % 80);
        if (amount == 0) amount = 1;
        address funder = funderAt(who);
        vault.fund(funder, amount);
        paidIn += amount;
        ++operations;
        if (vault.isOpen()) {
            waiting[funder] += amount * SCALE;
            waitingTotal += amount * SCALE;
        } else {
            fair[funder] += amount * SCALE;
            fairTotal += amount * SCALE;
        }
    }

    function emission(uint256 amount) external {
        amount = bound(amount, 0, 1e24);
        vault.addCommon(amount);
        common += amount;
        paidIn += amount;
    }

    function open() external {
        if (vault.isOpen() || vault.isEnded()) return;
        (uint256 units, uint256 fromCommon) = vault.open(_roundsLeft);
        common -= fromCommon;
        (_taken, _takenCommon) = (units, fromCommon);
        _scale(units, false);
        ++operations;
    }

    function close(uint256 carried, bool stop) external {
        if (!vault.isOpen()) return;
        uint256 pool = vault.pool();
        carried = bound(carried, 0, pool);
        bool last = stop && carried % 7 == 0;
        // A round that paid is gone; the last one stays to be tried again, so that runs are long.
        if (carried < pool && _roundsLeft > 2) --_roundsLeft;
        vault.close(carried, last);
        uint256 toUnits = pool == 0 ? 0 : carried * _taken / pool;
        common += carried - toUnits;
        spent += pool - carried;
        (_pastUnits, _pastCommon, _out) = (_taken, _takenCommon, pool - carried);
        _scale(toUnits, true);
        ++operations;
        if (!last) {
            for (uint256 i; i < FUNDERS; ++i) {
                address funder = funderAt(i);
                fair[funder] += waiting[funder];
                waiting[funder] = 0;
            }
            fairTotal += waitingTotal;
            waitingTotal = 0;
        }
    }

    /// @dev What of a past round's pool nobody earned, at any time after its close. The parts go to whoever has units then.
    function giveBack(uint256 amount) external {
        amount = bound(amount, 0, _out);
        if (amount == 0) return;
        _out -= amount;
        vault.giveBack(amount, _pastUnits, _pastCommon);
        uint256 toUnits = amount * _pastUnits / (_pastUnits + _pastCommon);
        common += amount - toUnits;
        spent -= amount;
        _scale(toUnits, true);
        ++operations;
    }

    function end(uint256 chance) external {
        if (chance % 8 != 0 || vault.isOpen() || vault.isEnded()) return;
        vault.end();
    }

    function redeem(uint256 who) external {
        if (!vault.isEnded()) return;
        address funder = funderAt(who);
        uint256 amount = vault.redeem(funder);
        paidOut += amount;
        redeemed[funder] += amount - waiting[funder] / SCALE;
        waitingTotal -= waiting[funder];
        waiting[funder] = 0;
        ++operations;
    }

    function sweep() external {
        if (!vault.isEnded()) return;
        paidOut += vault.sweep();
        common = 0;
    }

    /// @dev What a round takes or gives back, each funder's in proportion to what it had when the round opened.
    function _scale(uint256 amount, bool add) private {
        if (amount == 0) return;
        // A round that gives back does so to those it took from: nobody bought in between.
        uint256 base = fairTotal;
        uint256 changed;
        for (uint256 i; i < FUNDERS; ++i) {
            address funder = funderAt(i);
            uint256 part = base == 0 ? 0 : _mul(fair[funder], amount * SCALE, base);
            fair[funder] = add ? fair[funder] + part : fair[funder] - _min(part, fair[funder]);
            changed += part;
        }
        fairTotal = add ? base + changed : base - _min(changed, base);
    }

    /// @dev 1e26 · 1e18 each: the product passes 2^256 no more than it must.
    function _mul(uint256 a, uint256 b, uint256 c) private pure returns (uint256) {
        (uint256 x, uint256 y, uint256 z) = (a >> 24, b >> 24, c >> 24);
        return z == 0 ? 0 : (x * y / z) << 24;
    }

    function _min(uint256 a, uint256 b) private pure returns (uint256) {
        return a < b ? a : b;
    }
}
