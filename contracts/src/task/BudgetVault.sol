// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

import {Math} from "@openzeppelin/contracts/utils/math/Math.sol";

/// @notice What is funded while a round is open, until it closes: all of one round together.
/// @param amount Wei that wait.
/// @param bought The round is closed, and they bought units; where they go back as they came they never do.
/// @param units What they bought together.
struct Waiting {
    uint128 amount;
    bool bought;
    uint256 units;
}

/// @notice One funder's part.
/// @param units Bought, not counting what waits.
/// @param waiting Wei that wait for the close of `epoch`, or have bought since and were not counted yet.
struct Funder {
    uint256 units;
    uint128 waiting;
    uint64 epoch;
}

/// @notice A task's budget, in wei.
/// @param value Funders' part that is unspent and in no open round.
/// @param common What belongs to no funder, unspent and in no open round.
/// @param takenUnits The open round's part of `value`.
/// @param takenCommon The open round's part of `common`.
/// @param returned What waited for the last round and goes back as it came.
/// @param totalUnits All units, those of `waiting` that bought included.
/// @param epoch Rounds closed; what is funded waits for the one that is open.
struct Budget {
    uint128 value;
    uint128 common;
    uint128 takenUnits;
    uint128 takenCommon;
    uint128 returned;
    uint64 epoch;
    bool roundOpen;
    bool ended;
    uint256 totalUnits;
    mapping(uint256 epoch => Waiting) waiting;
    mapping(address funder => Funder) funders;
}

/// @title A task's budget as a vault
/// @notice Funding buys units of what is unspent, at its value now; what a round spends lowers all units alike, whoever came
/// first; at the end units are redeemed for what is unspent. So a late funder pays for no round before it, and an early
/// one gets back nothing that it already spent. Emission joins a common part that is nobody's; its rest goes to the treasury.
/// @dev Notation: U units, V their value. A wei buys (U + OFFSET)/(V + 1) units and a unit is worth (V + 1)/(U + OFFSET) wei,
/// both rounded down: the offset shares of ERC-4626 vaults (OpenZeppelin, "inflation attack"). OFFSET units and one wei that
/// nobody has begin the vault, so a first funder cannot make later ones round to nothing; and nothing but buying, and what
/// a round gives back, ever raises V: tokens that are sent to the contract unasked are not counted.
///
/// Buying never lowers a unit's worth: (V + a + 1)/(U + u + OFFSET) ≥ (V + 1)/(U + OFFSET) as u ≤ a·(U + OFFSET)/(V + 1).
/// Redeeming never lowers it: with a ≤ u·(V + 1)/(U + OFFSET) taken for u units, (V − a + 1)/(U − u + OFFSET) is at least
/// what it was. And all units are worth at most V: ⌊U·(V + 1)/(U + OFFSET)⌋ ≤ V, as U/(U + OFFSET) < 1. So in whatever
/// order funders redeem, each gets at least ⌊its worth before the first⌋, and together at most V.
///
/// Bounds: amounts are at most the token's supply, 1e27 < 2^90. A round takes V/(rounds left); V only reaches 0 with the last,
/// after which nothing buys. Until then V falls at most to 1/128 of what was put in by 128 rounds of a task, so
/// U < 2^20 · 2^7 · 2^90 · 2, and a·(U + OFFSET) goes through `mulDiv`. What a void round gives back raises V again.
library BudgetVault {
    /// @notice Units that a wei buys in an empty vault.
    uint256 internal constant OFFSET = 1e6;

    /// @notice The task's budget is closed for this: it has ended.
    error BudgetEnded();
    /// @notice The task's budget can be redeemed once it has ended.
    error BudgetNotEnded();
    /// @notice A round of this budget is open already.
    error BudgetRoundOpen();
    /// @notice No round of this budget is open.
    error BudgetRoundNotOpen();
    /// @notice A round cannot give back more than it took, wei.
    error CarriedTooMuch(uint256 carried, uint256 pool);
    /// @notice The amount buys nothing at the present value of a unit.
    error FundingTooSmall(uint256 amount);

    /// @notice Adds a funder's tokens, which the caller has received. They buy units now, or when the open round closes.
    function fund(Budget storage self, address funder, uint256 amount) internal {
        if (self.ended) revert BudgetEnded();
        Funder storage f = self.funders[funder];
        _count(self, f);
        if (self.roundOpen) {
            if (amount == 0) revert FundingTooSmall(amount);
            f.epoch = self.epoch;
            // Safe narrowing, here and below: amounts are below 2^90.
            f.waiting += uint128(amount);
            self.waiting[self.epoch].amount += uint128(amount);
        } else {
            uint256 units = _bought(self, amount);
            if (units == 0) revert FundingTooSmall(amount);
            f.units += units;
            self.totalUnits += units;
            self.value += uint128(amount);
        }
    }

    /// @notice Adds tokens that belong to no funder: emission.
    /// @dev After the end they only wait for `sweep`.
    function addCommon(Budget storage self, uint256 amount) internal {
        self.common += uint128(amount);
    }

    /// @notice Gives the next round its pool: (units' value + common part) / rounds left, from both in proportion.
    /// @param roundsLeft This round included, above 0.
    /// @dev Both quotients round down, so the round's part of the common part rounds up; it is at most all of it, as
    /// pool − ⌊pool·V/(V + C)⌋ = ⌈pool·C/(V + C)⌉ ≤ C for pool ≤ V + C.
    function open(Budget storage self, uint256 roundsLeft) internal returns (uint256 fromUnits, uint256 fromCommon) {
        if (self.ended) revert BudgetEnded();
        if (self.roundOpen) revert BudgetRoundOpen();
        uint256 value = self.value;
        uint256 all = value + self.common;
        uint256 pool = all / roundsLeft;
        fromUnits = all == 0 ? 0 : pool * value / all;
        fromCommon = pool - fromUnits;
        self.roundOpen = true;
        self.value = uint128(value - fromUnits);
        self.common -= uint128(fromCommon);
        self.takenUnits = uint128(fromUnits);
        self.takenCommon = uint128(fromCommon);
    }

    /// @notice Closes the open round, of whose pool `carried` goes back to both parts as taken; then what was funded meanwhile
    /// buys at the value that this leaves: what the round gave back was never its.
    /// @param last No round follows: what was funded meanwhile goes back as it came, for it has nothing to pay.
    /// @dev The common part gets what rounding leaves: at most ⌈carried·takenCommon/pool⌉ ≤ takenCommon.
    function close(Budget storage self, uint256 carried, bool last) internal {
        if (!self.roundOpen) revert BudgetRoundNotOpen();
        uint256 taken = self.takenUnits;
        uint256 pool = taken + self.takenCommon;
        if (carried > pool) revert CarriedTooMuch(carried, pool);
        uint256 toUnits = pool == 0 ? 0 : carried * taken / pool;
        self.value += uint128(toUnits);
        self.common += uint128(carried - toUnits);
        (self.takenUnits, self.takenCommon, self.roundOpen) = (0, 0, false);

        Waiting storage w = self.waiting[self.epoch++];
        uint256 amount = w.amount;
        if (last) {
            self.ended = true;
            self.returned = uint128(amount);
        } else if (amount != 0) {
            uint256 units = _bought(self, amount);
            (w.bought, w.units) = (true, units);
            self.totalUnits += units;
            self.value += uint128(amount);
        }
    }

    /// @notice Ends a budget of which no round is open: units can be redeemed from now on.
    function end(Budget storage self) internal {
        if (self.ended) revert BudgetEnded();
        if (self.roundOpen) revert BudgetRoundOpen();
        self.ended = true;
    }

    /// @notice Takes out all that a funder has in an ended budget; the caller pays it.
    function redeem(Budget storage self, address funder) internal returns (uint256 amount) {
        if (!self.ended) revert BudgetNotEnded();
        Funder storage f = self.funders[funder];
        _count(self, f);
        uint256 units = f.units;
        uint256 back = f.waiting;
        amount = _worth(self, units);
        (f.units, f.waiting) = (0, 0);
        self.totalUnits -= units;
        self.value -= uint128(amount);
        self.returned -= uint128(back);
        return amount + back;
    }

    /// @notice Takes out what belongs to nobody in an ended budget, for the treasury: the common part, and what rounding
    /// left of the funders' once the last of them has redeemed.
    function sweep(Budget storage self) internal returns (uint256 amount) {
        if (!self.ended) revert BudgetNotEnded();
        amount = self.common;
        self.common = 0;
        if (_nobodyHas(self)) {
            amount += self.value;
            self.value = 0;
        }
    }

    /// @notice What the funder's units are worth now, and what it has waiting, in wei.
    function valueOf(Budget storage self, address funder) internal view returns (uint256 units, uint256 waiting) {
        Funder storage f = self.funders[funder];
        (uint256 counted, uint256 back) = _counted(self, f);
        return (_worth(self, f.units + counted), back);
    }

    /// @notice All that the budget holds outside of an open round, in wei.
    function held(Budget storage self) internal view returns (uint256) {
        uint256 waiting = self.roundOpen ? self.waiting[self.epoch].amount : self.returned;
        return uint256(self.value) + self.common + waiting;
    }

    /// @dev Rounds down: for the units that were there before.
    function _bought(Budget storage self, uint256 amount) private view returns (uint256) {
        return Math.mulDiv(amount, self.totalUnits + OFFSET, uint256(self.value) + 1);
    }

    /// @dev Rounds down: for those that stay.
    function _worth(Budget storage self, uint256 units) private view returns (uint256) {
        return Math.mulDiv(units, uint256(self.value) + 1, self.totalUnits + OFFSET);
    }

    /// @dev Units of the round that a funder waited for, by its part of what waited; rounded down, so that all together
    /// have at most what was bought.
    function _counted(Budget storage self, Funder storage f) private view returns (uint256 units, uint256 waiting) {
        waiting = f.waiting;
        if (waiting == 0) return (0, 0);
        Waiting storage w = self.waiting[f.epoch];
        // What goes back buys nothing: it keeps waiting until it is redeemed.
        if (!w.bought) return (0, waiting);
        return (Math.mulDiv(w.units, waiting, w.amount), 0);
    }

    function _count(Budget storage self, Funder storage f) private {
        (uint256 units, uint256 waiting) = _counted(self, f);
        if (units != 0) f.units += units;
        f.waiting = uint128(waiting);
    }

    /// @dev Each wait leaves less than one unit a funder in nobody's hands, worth far less than a wei.
    function _nobodyHas(Budget storage self) private view returns (bool) {
        return _worth(self, self.totalUnits) == 0;
    }
}
