// Own e^x and ln x in f64: +, −, ×, ÷ and bit operations only, so the same bits everywhere (hosts' Math differs).
// Error below 1 ulp of the true value for each (tested against Math.* with 2 ulp, to leave room for the host's own).

const LOG2_E: f64 = 1.4426950408889634;
// ln 2 in two parts: k · LN2_HIGH is exact for |k| < 2^20, as its low 21 bits are zero.
const LN2_HIGH: f64 = 6.9314718036912381649e-1;
const LN2_LOW: f64 = 1.90821492927058770002e-10;

/** Below it e^x, less than 2^-199, is 0: no sum of probabilities sees it, and no quotient of them is subnormal. */
const EXP_LEAST: f64 = -138;

/** e^x: x = k ln 2 + r, |r| ≤ ln 2 / 2; Taylor's series of e^r to r^13 (remainder < 2^-57), then × 2^k. */
export function exp(x: f64): f64 {
  if (x > 709.782712893384) return Infinity;
  if (x < EXP_LEAST) return 0;
  const k = nearest(x * LOG2_E);
  const high = x - k * LN2_HIGH;
  const low = k * LN2_LOW;
  const r = high - low;
  let q: f64 = 1.0 / 6227020800.0;
  q = q * r + 1.0 / 479001600.0;
  q = q * r + 1.0 / 39916800.0;
  q = q * r + 1.0 / 3628800.0;
  q = q * r + 1.0 / 362880.0;
  q = q * r + 1.0 / 40320.0;
  q = q * r + 1.0 / 5040.0;
  q = q * r + 1.0 / 720.0;
  q = q * r + 1.0 / 120.0;
  q = q * r + 1.0 / 24.0;
  q = q * r + 1.0 / 6.0;
  q = q * r + 0.5;
  // (high − r) − low is what rounding took from r.
  const value = 1.0 + (r + (r * r * q + (high - r - low)));
  const n = <i32>k;
  // Two factors, as 2^k alone leaves the range of f64 at its upper end.
  const half = n >> 1;
  return value * power2(half) * power2(n - half);
}

/**
 * ln x, for x > 0 finite: x = 2^e (1 + f), √½ ≤ 1 + f < √2, s = f / (2 + f):
 * ln(1 + f) = f − f²/2 + s (f²/2 + R), R = 2 s²/3 + 2 s⁴/5 + … + 2 s²²/23 (remainder < 2^-60).
 */
export function log(x: f64): f64 {
  if (x == 0) return -Infinity;
  let bits = reinterpret<u64>(x);
  let e: i32 = 0;
  if (bits < 0x0010000000000000) {
    bits = reinterpret<u64>(x * 18014398509481984.0);
    e = -54;
  }
  // Adding the distance from √½'s mantissa to 1 carries into the exponent exactly when the mantissa is above √2.
  bits += 0x3ff0000000000000 - 0x3fe6a09e667f3bcd;
  e += <i32>(bits >> 52) - 1023;
  const f = reinterpret<f64>((bits & 0x000fffffffffffff) + 0x3fe6a09e667f3bcd) - 1.0;
  const s = f / (2.0 + f);
  const z = s * s;
  let r: f64 = 2.0 / 23.0;
  r = r * z + 2.0 / 21.0;
  r = r * z + 2.0 / 19.0;
  r = r * z + 2.0 / 17.0;
  r = r * z + 2.0 / 15.0;
  r = r * z + 2.0 / 13.0;
  r = r * z + 2.0 / 11.0;
  r = r * z + 2.0 / 9.0;
  r = r * z + 2.0 / 7.0;
  r = r * z + 2.0 / 5.0;
  r = r * z + 2.0 / 3.0;
  r = r * z;
  const half = 0.5 * f * f;
  const k = <f64>e;
  return k * LN2_HIGH - (half - (s * (half + r) + k * LN2_LOW) - f);
}

function power2(n: i32): f64 {
  return reinterpret<f64>((<u64>(n + 1023)) << 52);
}
