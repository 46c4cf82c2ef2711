import { kept4 } from '../vector/faint';
import { sortTile, TILE, TILE_ROW } from './sort-tile-f32';
import { appendHalves, appendSort, networkBytes, prune } from './sorting-network';

// Coordinate-wise median and trimmed mean: Yin, Chen, Ramchandran, Bartlett, "Byzantine-Robust Distributed Learning:
// Towards Optimal Statistical Rates", ICML 2018. x_(k) is the k-th smallest of the n values of a column, from 0.
//   median = x_((n − 1)/2) for odd n, else x_(n/2 − 1) · ½ + x_(n/2) · ½       tolerates f < n / 2
//   trimmed mean = (x_(trim) + … + x_(n − trim − 1)) / (n − 2 trim)              tolerates f ≤ trim < n / 2
// Both are the mean of x_(low) … x_(high − 1). Of three or more it is an f32 sum in ascending order of terms scaled by
// 2^-11, so that no 1,024 of them overflow, times 2^11/count; at last it is clamped into [x_(low), x_(high − 1)], so that
// rounding never leads out of what was averaged. Its error is at most count · 2^-24 of the mean magnitude.
//
// Trimmed mean: the columns of a tile are sorted as far as needed (sort-tile-f32.ts). Median: two halves of the rows are
// sorted apart, a_0 … and b_0 …; of m = ⌈n/2⌉ pairs (a_i, b_(m−1−i)) the lesser ones are the m least values, so
//   x_(m−1) = max_i min(a_i, b_(m−1−i)),   and for even n   x_(m) = min_i max(a_i, b_(m−1−i)).

export const SCALE_DOWN: f32 = 0.00048828125;
export const SCALE_UP: f32 = 2048;

/** Bytes of a tile, then a network's table. */
export function orderStatisticWorkspace(n: f64): f64 {
  return n * 256 + networkBytes(n);
}

export function orderStatisticSimd(
  rows: usize,
  n: u32,
  from: u32,
  to: u32,
  low: u32,
  high: u32,
  out: usize,
  workspace: usize,
): void {
  const table = workspace + <usize>n * TILE_ROW;
  const half = (n + 1) >> 1;
  const median = n > 1 && low == (n - 1) >> 1 && high == (n >> 1) + 1;
  const end = median ? appendHalves(half, n, table) : prune(table, appendSort(n, table), n, low, high);
  for (let start = from; start < to; start += TILE) {
    const columns = min<u32>(TILE, to - start);
    sortTile(rows, n, start, columns, workspace, table, end);
    if (median) writeMedians(workspace, n, out + ((<usize>start) << 2), columns);
    else writeMeans(workspace, low, high, out + ((<usize>start) << 2), columns);
  }
}

/** Medians of a tile of two sorted halves. */
function writeMedians(tile: usize, n: u32, out: usize, columns: u32): void {
  const half = (n + 1) >> 1;
  const odd = n & 1;
  for (let c: u32 = 0; c < columns; c += 4) {
    const at = (<usize>c) << 2;
    let a = tile + at;
    let b = tile + at + <usize>(n - 1) * TILE_ROW;
    // Of an odd number the second half is one shorter: a_0 has no partner.
    let least = v128.load(a);
    let most = least;
    if (odd) {
      a += TILE_ROW;
    } else {
      const x = v128.load(a);
      const y = v128.load(b);
      least = f32x4.pmin(x, y);
      most = f32x4.pmax(x, y);
      a += TILE_ROW;
      b -= TILE_ROW;
    }
    for (let i: u32 = 1; i < half; ++i) {
      const x = v128.load(a);
      const y = v128.load(b);
      least = f32x4.pmax(least, f32x4.pmin(x, y));
      most = f32x4.pmin(most, f32x4.pmax(x, y));
      a += TILE_ROW;
      b -= TILE_ROW;
    }
    const mean = odd ? least : f32x4.add(f32x4.mul(least, f32x4.splat(0.5)), f32x4.mul(most, f32x4.splat(0.5)));
    const inside = odd ? mean : f32x4.pmin(f32x4.pmax(mean, least), most);
    writeColumns(kept4(inside), out + at, columns - c);
  }
}

function writeColumns(values: v128, out: usize, left: u32): void {
  if (left >= 4) v128.store(out, values);
  else for (let k: u32 = 0; k < left; ++k) store<f32>(out + ((<usize>k) << 2), lane(values, k));
}

/** Means of the tile's rows [low, high), ascending in each column. */
function writeMeans(tile: usize, low: u32, high: u32, out: usize, columns: u32): void {
  const first = tile + <usize>low * TILE_ROW;
  const last = tile + <usize>(high - 1) * TILE_ROW;
  for (let c: u32 = 0; c < columns; c += 4) {
    const at = (<usize>c) << 2;
    writeColumns(meanOf(first + at, last + at, high - low), out + at, columns - c);
  }
}

function meanOf(first: usize, last: usize, count: u32): v128 {
  const least = v128.load(first);
  const most = v128.load(last);
  let mean = least;
  if (count == 2) {
    const half = f32x4.splat(0.5);
    mean = f32x4.add(f32x4.mul(least, half), f32x4.mul(most, half));
  } else if (count > 2) {
    const down = f32x4.splat(SCALE_DOWN);
    mean = f32x4.splat(0);
    for (let at = first; at <= last; at += TILE_ROW) mean = f32x4.add(mean, f32x4.mul(v128.load(at), down));
    mean = f32x4.mul(mean, f32x4.splat(SCALE_UP / <f32>count));
  }
  return kept4(f32x4.pmin(f32x4.pmax(mean, least), most));
}

function lane(values: v128, k: u32): f32 {
  if (k == 0) return f32x4.extract_lane(values, 0);
  if (k == 1) return f32x4.extract_lane(values, 1);
  return f32x4.extract_lane(values, 2);
}
