import { NAT, rounded } from './measured.ts';

// e^x in integers of 2^-96: x = k ln 2 + r, 0 ≤ r < ln 2, and Taylor's series of e^r until its terms are 0.
// Each of the fewer than 32 terms is rounded down by less than 1 unit, r by less than 60: the error is below 2^-88 · e^x.

const BITS = 96n;
const ONE = 1n << BITS;
/** ln 2 · 2^96, rounded down. */
const LN_2 = 0xb17217f7d1cf79abc9e3b398n;
/** e^40 is 2.4 · 10^17; no model that learnt anything comes near it. */
const MOST = 40n;

/**
 * e to the mean loss of a prediction: between how many tokens of equal chance a model wavers (Jelinek and others, 1977).
 * Null where it is above e^40, or nothing was predicted.
 */
export function perplexity({ loss, count }: { loss: bigint; count: number }): number | null {
  if (count === 0 || loss > MOST * NAT * BigInt(count)) return null;
  const x = (loss * ONE) / (NAT * BigInt(count));
  const k = x / LN_2;
  const r = x - k * LN_2;
  let [sum, term] = [ONE, ONE];
  for (let n = 1n; term > 0n; n++) {
    term = (term * r) / (ONE * n);
    sum += term;
  }
  return rounded(sum << k, ONE);
}
