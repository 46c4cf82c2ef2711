import { buildNetwork, networkBytes } from './sorting-network';

// Coordinate-wise median and trimmed mean: Yin et al., "Byzantine-Robust Distributed Learning", ICML 2018.
//   out[c] = f32( (x_(low)[c] + … + x_(high−1)[c]) / (high − low) ), x_(k) the k-th smallest of the n values,
//   summed in ascending order in f64. Trimmed mean: low = trim, high = n − trim. Median: the middle one or two.
//
// A tile holds 64 columns (256 bytes a row) of all n rows in L1; the network runs over it, 16 vectors a comparator.
//   tile: f32[n][64]      pmin/pmax are bit-defined; ±0 compare equal and are canonicalised at the end.

const ROW: usize = 256;

/** workspace bytes: the tile, then the network's table. */
export function orderStatisticWorkspace(n: f64): f64 {
  return n * 256 + networkBytes(n);
}

export function orderStatisticSimd(
  rows: usize,
  n: u32,
  d: u32,
  low: u32,
  high: u32,
  out: usize,
  workspace: usize,
): void {
  const table = workspace + <usize>n * ROW;
  const comparators = buildNetwork(n, low, high, table);
  const end = table + <usize>comparators * 12;
  const divisor = f64x2.splat(<f64>(high - low));
  for (let start: u32 = 0; start < d; start += 64) {
    const offset = (<usize>start) << 2;
    const bytes = (<usize>min<u32>(64, d - start)) << 2;
    for (let i: u32 = 0; i < n; ++i) {
      const row = workspace + <usize>i * ROW;
      const from = <usize>load<u32>(rows + ((<usize>i) << 2)) + offset;
      if (bytes == ROW) {
        for (let c: usize = 0; c < ROW; c += 64) {
          v128.store(row + c, v128.load(from + c));
          v128.store(row + c, v128.load(from + c, 16), 16);
          v128.store(row + c, v128.load(from + c, 32), 32);
          v128.store(row + c, v128.load(from + c, 48), 48);
        }
      } else {
        memory.fill(row, 0, ROW);
        memory.copy(row, from, bytes);
      }
    }
    for (let at = table; at < end; at += 12) {
      const a = workspace + <usize>load<u32>(at) * ROW;
      const b = workspace + <usize>load<u32>(at, 4) * ROW;
      const keep = load<u32>(at, 8);
      if (keep == 3) {
        for (let c: usize = 0; c < ROW; c += 64) {
          exchange(a + c, b + c);
          exchange(a + c + 16, b + c + 16);
          exchange(a + c + 32, b + c + 32);
          exchange(a + c + 48, b + c + 48);
        }
      } else if (keep == 1) {
        for (let c: usize = 0; c < ROW; c += 16) v128.store(a + c, f32x4.pmin(v128.load(a + c), v128.load(b + c)));
      } else {
        for (let c: usize = 0; c < ROW; c += 16) v128.store(b + c, f32x4.pmax(v128.load(a + c), v128.load(b + c)));
      }
    }
    const first = workspace + <usize>low * ROW;
    const last = workspace + <usize>high * ROW;
    let c: usize = 0;
    for (; c + 8 <= bytes; c += 8) {
      let sum = f64x2.splat(0);
      for (let at = first + c; at < last; at += ROW) {
        sum = f64x2.add(sum, f64x2.promote_low_f32x4(v128.load64_zero(at)));
      }
      // +0 after the rounding to f32, as a tiny negative mean rounds to −0.
      const mean = f32x4.add(f32x4.demote_f64x2_zero(f64x2.div(sum, divisor)), f32x4.splat(0));
      v128.store64_lane(out + offset + c, mean, 0);
    }
    if (c < bytes) {
      let sum: f64 = 0;
      for (let at = first + c; at < last; at += ROW) sum += <f64>load<f32>(at);
      store<f32>(out + offset + c, <f32>(sum / <f64>(high - low)) + <f32>0);
    }
  }
}

function exchange(a: usize, b: usize): void {
  const x = v128.load(a);
  const y = v128.load(b);
  v128.store(a, f32x4.pmin(x, y));
  v128.store(b, f32x4.pmax(x, y));
}
