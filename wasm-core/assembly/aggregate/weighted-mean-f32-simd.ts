import { rowAt } from '../memory';
import { kept4 } from '../vector/faint';
import { exponentOf, firstPower, FLT_MAX, isTiny, leastFor, restOf, secondPower } from './share';
import { weightedMeanScalar } from './weighted-mean-f32-scalar';

// FedAvg: McMahan et al., "Communication-Efficient Learning of Deep Networks from Decentralized Data", AISTATS 2017.
//   out[c] = Σ_i p_i · x_i[c],  p_i = w_i / Σ w,  i ascending; f32 products and sums, so an error of at most about
//   n · 2^-24 · Σ p_i |x_i[c]|. Tolerates no hostile update. Every rule that ends in a linear combination of the
//   updates (Krum, geometric median, clipping …) uses this kernel with shares of its own.
//
// A sum that rounding carries beyond f32 is set to ±FLT_MAX, which is as close: for Σ |p_i| ≤ 1 the true value is
// within n · 2^-24 of it. What is below the floor is +0 (vector/faint.ts).
//
// rows: u32[n] pointers to f32; shares: f64[n]; out: f32. Columns [from, to) of each.
// A tile of columns stays in L1 as the sums, while four clients a pass are added to it.

const TILE_BYTES: usize = 16384;

export function weightedMeanSimd(rows: usize, shares: usize, n: u32, from: u32, to: u32, out: usize): void {
  const vectors = from + ((to - from) & ~3);
  const end = (<usize>vectors) << 2;
  for (let start = (<usize>from) << 2; start < end; start += TILE_BYTES) {
    const stop = min(start + TILE_BYTES, end);
    if (n == 0) memory.fill(out + start, 0, stop - start);
    let i: u32 = 0;
    for (; i < n; i += 4) {
      const count = min<u32>(4, n - i);
      const p = shares + ((<usize>i) << 3);
      if (count == 4 && !anyTiny(p)) addFour(rows, i, p, start, stop, out, i == 0, i + 4 == n);
      else
        for (let k: u32 = 0; k < count; ++k)
          addOne(rowAt(rows, i + k), load<f64>(p + ((<usize>k) << 3)), start, stop, out, i + k == 0, i + k + 1 == n);
    }
  }
  if (vectors < to) weightedMeanScalar(rows, shares, n, vectors, to, out);
}

function anyTiny(p: usize): bool {
  return isTiny(load<f64>(p)) || isTiny(load<f64>(p, 8)) || isTiny(load<f64>(p, 16)) || isTiny(load<f64>(p, 24));
}

function addFour(rows: usize, i: u32, p: usize, start: usize, stop: usize, out: usize, first: bool, last: bool): void {
  const x0 = rowAt(rows, i);
  const x1 = rowAt(rows, i + 1);
  const x2 = rowAt(rows, i + 2);
  const x3 = rowAt(rows, i + 3);
  const p0 = f32x4.splat(<f32>load<f64>(p));
  const p1 = f32x4.splat(<f32>load<f64>(p, 8));
  const p2 = f32x4.splat(<f32>load<f64>(p, 16));
  const p3 = f32x4.splat(<f32>load<f64>(p, 24));
  const zero = f32x4.splat(0);
  const low = f32x4.splat(-FLT_MAX);
  const high = f32x4.splat(FLT_MAX);
  if (first && last) {
    for (let c = start; c < stop; c += 16) {
      const sum = four(zero, p0, p1, p2, p3, x0 + c, x1 + c, x2 + c, x3 + c);
      v128.store(out + c, kept4(f32x4.pmin(f32x4.pmax(sum, low), high)));
    }
  } else if (first) {
    for (let c = start; c < stop; c += 16) {
      v128.store(out + c, four(zero, p0, p1, p2, p3, x0 + c, x1 + c, x2 + c, x3 + c));
    }
  } else if (last) {
    for (let c = start; c < stop; c += 16) {
      const sum = four(v128.load(out + c), p0, p1, p2, p3, x0 + c, x1 + c, x2 + c, x3 + c);
      v128.store(out + c, kept4(f32x4.pmin(f32x4.pmax(sum, low), high)));
    }
  } else {
    for (let c = start; c < stop; c += 16) {
      v128.store(out + c, four(v128.load(out + c), p0, p1, p2, p3, x0 + c, x1 + c, x2 + c, x3 + c));
    }
  }
}

function four(sum: v128, p0: v128, p1: v128, p2: v128, p3: v128, a0: usize, a1: usize, a2: usize, a3: usize): v128 {
  sum = f32x4.add(sum, f32x4.mul(p0, v128.load(a0)));
  sum = f32x4.add(sum, f32x4.mul(p1, v128.load(a1)));
  sum = f32x4.add(sum, f32x4.mul(p2, v128.load(a2)));
  return f32x4.add(sum, f32x4.mul(p3, v128.load(a3)));
}

function addOne(x: usize, share: f64, start: usize, stop: usize, out: usize, first: bool, last: bool): void {
  const tiny = isTiny(share);
  const e = tiny ? exponentOf(share) : 0;
  const p = f32x4.splat(tiny ? restOf(share, e) : <f32>share);
  const least = f32x4.splat(leastFor(e));
  const power = f32x4.splat(firstPower(e));
  const powerLeft = f32x4.splat(secondPower(e));
  const zero = f32x4.splat(0);
  const low = f32x4.splat(-FLT_MAX);
  const high = f32x4.splat(FLT_MAX);
  for (let c = start; c < stop; c += 16) {
    let sum = first ? zero : v128.load(out + c);
    let term = v128.load(x + c);
    if (tiny) {
      const large = v128.andnot(term, f32x4.lt(f32x4.abs(term), least));
      term = f32x4.mul(f32x4.mul(large, power), powerLeft);
    }
    sum = f32x4.add(sum, f32x4.mul(term, p));
    if (last) sum = kept4(f32x4.pmin(f32x4.pmax(sum, low), high));
    v128.store(out + c, sum);
  }
}
