// sin and cos in f64 for 0 ≤ x < 2^20: x = k π/2 + r in three parts, |r| ≤ π/4, Taylor's series to r^19 and r^18
// (remainder < 2^-58). +, −, × only.

const TWO_OVER_PI: f64 = 0.6366197723675814;
// π/2 in parts; k · HIGH and k · MIDDLE are exact for k < 2^20, as their low 20 bits are zero.
const HIGH: f64 = 1.5707963267341256;
const MIDDLE: f64 = 6.077100506303966e-11;
const LOW: f64 = 2.0222662487959506e-21;

function sine(r: f64): f64 {
  const z = r * r;
  let p: f64 = -1.0 / 121645100408832000.0;
  p = p * z + 1.0 / 355687428096000.0;
  p = p * z - 1.0 / 1307674368000.0;
  p = p * z + 1.0 / 6227020800.0;
  p = p * z - 1.0 / 39916800.0;
  p = p * z + 1.0 / 362880.0;
  p = p * z - 1.0 / 5040.0;
  p = p * z + 1.0 / 120.0;
  p = p * z - 1.0 / 6.0;
  return r + r * z * p;
}

function cosine(r: f64): f64 {
  const z = r * r;
  let p: f64 = -1.0 / 6402373705728000.0;
  p = p * z + 1.0 / 20922789888000.0;
  p = p * z - 1.0 / 87178291200.0;
  p = p * z + 1.0 / 479001600.0;
  p = p * z - 1.0 / 3628800.0;
  p = p * z + 1.0 / 40320.0;
  p = p * z - 1.0 / 720.0;
  p = p * z + 1.0 / 24.0;
  p = p * z - 0.5;
  return 1.0 + z * p;
}

function reduced(x: f64, k: f64): f64 {
  return x - k * HIGH - k * MIDDLE - k * LOW;
}

export function sin(x: f64): f64 {
  const k = nearest(x * TWO_OVER_PI);
  const r = reduced(x, k);
  const quadrant = (<u32>k) & 3;
  const value = quadrant & 1 ? cosine(r) : sine(r);
  return quadrant & 2 ? -value : value;
}

export function cos(x: f64): f64 {
  const k = nearest(x * TWO_OVER_PI);
  const r = reduced(x, k);
  const quadrant = (<u32>k) & 3;
  const value = quadrant & 1 ? sine(r) : cosine(r);
  return quadrant == 1 || quadrant == 2 ? -value : value;
}
