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
/// @param redeemed Wei that its units have been paid since the end.
struct Funder {
    uint256 units;
    uint128 waiting;
    uint64 epoch;
    uint128 redeemed;
}

/// @notice A task's budget, in wei.
/// @param value Funders' part that is unspent and in no open round.
/// @param common What belongs to no funder, unspent and in no open round.
/// @param takenUnits The open round's part of `value`.
/// @param takenCommon The open round's part of `common`.
/// @param returned What waited for the last round and goes back as it came.
/// @param redeemed Paid for units since the end.
/// @param totalUnits All units, those of `waiting` that bought included.
/// @param epoch Rounds closed; what is funded waits for the one that is open.
struct Budget {
    uint128 value;
    uint128 common;
    uint128 takenUnits;
    uint128 takenCommon;
    uint128 returned;
    uint128 redeemed;
    uint64 epoch;
    bool roundOpen;
    bool ended;
    uint256 totalUnits;
    mapping(uint256 epoch => Waiting) waiting;
    mapping(address funder => Funder) funders;
}

/// @title A task's budget as a vault
/// @notice Funding buys units of what is unspent, at its value now; what a round spends lowers all units alike, whoever came
/// first; at the end units are paid what is unspent, and again when more of it comes back. So a late funder pays for no round before it, and an early
/// one gets back nothing that it already spent. Emission joins a common part that is nobody's; its rest goes to the treasury.
/// @dev Notation: U units, V their value. A wei buys (U + OFFSET)/(V + 1) units and a unit is worth (V + 1)/(U + OFFSET) wei,
/// both rounded down: the offset shares of ERC-4626 vaults (OpenZeppelin, "inflation attack"). OFFSET units and one wei that
/// nobody has begin the vault, so a first funder cannot make later ones round to nothing; and nothing but buying, and what
/// a round gives back, ever raises V: tokens that are sent to the contract unasked are not counted.
///
/// Buying never lowers a unit's worth: (V + a + 1)/(U + u + OFFSET) ≥ (V + 1)/(U + OFFSET) as u ≤ a·(U + OFFSET)/(V + 1).
/// After the end nothing buys and no unit is destroyed: with R what was redeemed, u units have ⌊u·(V + R + 1)/(U + OFFSET)⌋
/// of all that ever came back, less what they were paid. R only moves between V and the sum, so who redeems first, or
/// makes others redeem before more comes back, changes nobody's part; and all parts together are at most V + R, as
/// ⌊U·(V + R + 1)/(U + OFFSET)⌋ ≤ V + R for U/(U + OFFSET) < 1. What rounding leaves, less than a wei a funder, stays.
/// V is only ever raised for units: without any, V is 0.
///
/// Bounds: amounts are at most the token's supply, 1e27 < 2^90. A round takes V/(rounds left); V only reaches 0 with the last,
/// after which nothing buys. Until then V falls at most to 1/128 of what was put in by 128 rounds of a task, so
/// U < 2^20 · 2^7 · 2^90 · 2, and a·(U + OFFSET) goes through `mulDiv`. What a round gives back raises V again.
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
    /// @return units Bought now.
    function fund(Budget storage self, address funder, uint256 amount) internal returns (uint256 units) {
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
            units = _bought(self, amount);
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
        uint256 taken = pool(self, roundsLeft);
        fromUnits = all == 0 ? 0 : taken * value / all;
        fromCommon = taken - fromUnits;
        self.roundOpen = true;
        self.value = uint128(value - fromUnits);
        self.common -= uint128(fromCommon);
        self.takenUnits = uint128(fromUnits);
        self.takenCommon = uint128(fromCommon);
    }

    /// @notice Closes the open round, of whose pool `carried` goes back to both parts as taken; then what was funded meanwhile
    /// buys at the value that this leaves: what the round gave back was never its.
    /// @param last No round follows: what was funded meanwhile goes back as it came, for it has nothing to pay.
    function close(Budget storage self, uint256 carried, bool last) internal {
        if (!self.roundOpen) revert BudgetRoundNotOpen();
        uint256 taken = self.takenUnits;
        uint256 all = taken + self.takenCommon;
        if (carried > all) revert CarriedTooMuch(carried, all);
        _giveBack(self, carried, taken, all);
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

    /// @notice Adds what a round that has closed gives back after all, in the proportion in which it had taken it: also while
    /// another round is open, and after the end. The caller vouches that it is no more than the round was paid.
    /// @dev All units share it alike, those too that were bought after the round, and who comes to buy before it can: what
    /// is known when a round closes must go back by `close`. By this come only the rounding of claims, some wei a claimant,
    /// and what nobody claimed within a year; that late funders have their part of it is accepted, for whose it was nobody
    /// can say any more.
    function giveBack(Budget storage self, uint256 amount, uint256 fromUnits, uint256 fromCommon) internal {
        _giveBack(self, amount, fromUnits, fromUnits + fromCommon);
    }

    /// @notice Takes out what a funder has to get of an ended budget by now; the caller pays it. There may be more later.
    function redeem(Budget storage self, address funder) internal returns (uint256 amount) {
        if (!self.ended) revert BudgetNotEnded();
        Funder storage f = self.funders[funder];
        _count(self, f);
        uint256 back = f.waiting;
        amount = _owed(self, f.units, f.redeemed);
        f.waiting = 0;
        f.redeemed += uint128(amount);
        self.redeemed += uint128(amount);
        self.value -= uint128(amount);
        self.returned -= uint128(back);
        return amount + back;
    }

    /// @notice Takes the common part out of an ended budget, for the treasury. There may be more later.
    function sweep(Budget storage self) internal returns (uint256 amount) {
        if (!self.ended) revert BudgetNotEnded();
        amount = self.common;
        self.common = 0;
    }

    /// @notice What the funder's units are worth now, and what it has waiting, in wei.
    function valueOf(Budget storage self, address funder) internal view returns (uint256 units, uint256 waiting) {
        Funder storage f = self.funders[funder];
        (uint256 counted, uint256 back) = _counted(self, f);
        return (_owed(self, f.units + counted, f.redeemed), back);
    }

    /// @notice What the next round would get, in wei.
    /// @param roundsLeft That round included, above 0.
    function pool(Budget storage self, uint256 roundsLeft) internal view returns (uint256) {
        return (uint256(self.value) + self.common) / roundsLeft;
    }

    /// @notice What waits for the open round to close, or was to go back as it came and was not fetched yet, in wei.
    function waitingNow(Budget storage self) internal view returns (uint256) {
        return self.roundOpen ? self.waiting[self.epoch].amount : self.returned;
    }

    /// @dev Rounds down: for the units that were there before.
    function _bought(Budget storage self, uint256 amount) private view returns (uint256) {
        return Math.mulDiv(amount, self.totalUnits + OFFSET, uint256(self.value) + 1);
    }

    /// @dev Rounds down: for the others. What is paid for units never passes their part, which never falls after the end.
    function _owed(Budget storage self, uint256 units, uint256 redeemed) private view returns (uint256) {
        uint256 all = uint256(self.value) + self.redeemed;
        return Math.mulDiv(units, all + 1, self.totalUnits + OFFSET) - redeemed;
    }

    /// @dev The common part gets what rounding leaves: at most ⌈amount·common/all⌉, at most what was taken of it.
    function _giveBack(Budget storage self, uint256 amount, uint256 taken, uint256 all) private {
        uint256 toUnits = all == 0 ? 0 : amount * taken / all;
        self.value += uint128(toUnits);
        self.common += uint128(amount - toUnits);
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
}
