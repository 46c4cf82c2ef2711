// SPDX-License-Identifier: AGPL-3.0-or-later
pragma solidity ^0.8.28;

/// @dev What a share costs in a pool that was never slashed: one wei. Prices are wei a share × 1e31.
uint256 constant PRICE_ONE = 1e31;

/// @dev Below 1/64 of that a pool takes no new stake: more shares than 96 bits hold could be bought with the supply.
uint256 constant PRICE_MIN = PRICE_ONE / 64;

/// @title Shares and their price
/// @notice Buying and selling never move the price, so nobody's stake depends on what others do; only slashes lower it.
/// @dev Notation: s shares of one position, S of the pool, P the price as a real number of wei a share (stored × 1e31).
///
/// For each position let c be what it put in, less what it was paid, less what slashes took from it. All roundings here
/// keep c ≥ s·P (each line says how), so whatever a position is owed or has to lose is really there, in the owner's own
/// custody; c − s·P stays below one wei for each deposit, payment and slash of that position, and is never paid out.
///
/// Bounds: the token's supply is at most 1e27 wei and P ≥ 1/64 whenever shares are bought, so that
/// S ≤ 64e27 < 2^96 and s·P·1e31 < 2^201: nothing below can overflow.
/// The habit of deriving each rounding beside it is learnt from EigenLayer's SlashingLib.
library SharePrice {
    /// @dev Shares for a deposit, rounded down: s·P ≤ wei paid, so c grows by at least as much as s·P. At most one wei of
    /// the deposit buys nothing, and as P ≤ 1 a deposit of one wei buys at least one share.
    function buy(uint256 amount, uint256 price) internal pure returns (uint256 shares) {
        return amount * PRICE_ONE / price;
    }

    /// @dev Wei for shares, rounded down: what leaves is at most s·P, so what stays has c ≥ s·P as before.
    function worth(uint256 shares, uint256 price) internal pure returns (uint256 amount) {
        return shares * price / PRICE_ONE;
    }

    /// @dev Shares to give up for `amount` wei, rounded up, at most `held`. The owner gives at least their worth; and it gets
    /// `amount` exactly, as less than one share (P ≤ 1) was added: ⌊⌈a/P⌉·P⌋ = a. With amount ≤ ⌊held·P⌋ this is at most
    /// `held`. Whoever asks for all it has gives up all shares: none worth less than a wei stay behind.
    function sell(uint256 amount, uint256 held, uint256 price) internal pure returns (uint256 shares) {
        if (amount == worth(held, price)) return held;
        return (amount * PRICE_ONE + price - 1) / price;
    }

    /// @dev Price after a slash of `amount` wei, rounded down: S·(P − P') ≥ amount, so the pool never loses less than what
    /// was announced. It loses less than S/1e31 < 0.01 wei more. A slash of all ends at 0 for good.
    /// @param amount At most `worth(shares, price)`.
    function slashed(uint256 amount, uint256 shares, uint256 price) internal pure returns (uint256) {
        if (amount == worth(shares, price)) return 0;
        return (shares * price - amount * PRICE_ONE) / shares;
    }

    /// @dev A position's part of a slash, rounded down: c loses at most s·(P − P'), so c ≥ s·P' after it. And the parts of
    /// all positions are at most what was announced: Σ⌊s·(P − P')⌋ ≤ ⌊S·(P − P')⌋ = amount, as S·(P − P') is less than
    /// amount + 1 (by 0.01 wei, or by the fraction of the last wei when everything was taken).
    function part(uint256 shares, uint256 before, uint256 afterwards) internal pure returns (uint256) {
        return shares * (before - afterwards) / PRICE_ONE;
    }
}
