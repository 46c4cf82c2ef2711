import { rowAt } from '../memory';
import { buildNetwork, networkBytes } from './sorting-network';

// Coordinate-wise median and trimmed mean: Yin, Chen, Ramchandran, Bartlett, "Byzantine-Robust Distributed Learning:
// Towards Optimal Statistical Rates", ICML 2018. x_(k) is the k-th smallest of the n values of a column, from 0.
//   median = x_((n − 1)/2) for odd n, else x_(n/2 − 1) · ½ + x_(n/2) · ½       tolerates f < n / 2
//   trimmed mean = (x_(trim) + … + x_(n − trim − 1)) / (n − 2 trim)              tolerates f ≤ trim < n / 2
// Both are the mean of x_(low) … x_(high − 1). Of three or more it is an f32 sum in ascending order of terms scaled by
// 2^-9, so that no 256 of them overflow, times 2^9/count; at last it is clamped into [x_(low), x_(high − 1)], so that
// rounding never leads out of what was averaged. Its error is at most count · 2^-24 of the mean magnitude.
//
// A tile holds 64 columns (256 bytes a row) of all n rows in L1; the network runs over it, 16 vectors a comparator.
//   tile: f32[n][64]      pmin/pmax are bit-defined; ±0 compare equal and are canonicalised at the end.

export const TILE: u32 = 64;
export const TILE_ROW: usize = 256;
export const SCALE_DOWN: f32 = 0.001953125;
export const SCALE_UP: f32 = 512;

/** Bytes of a tile, then a network's table. */
export function tileWorkspace(n: f64): f64 {
  return n * 256 + networkBytes(n);
}

export function orderStatisticWorkspace(n: f64): f64 {
  return tileWorkspace(n);
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
  const comparators = buildNetwork(n, low, high, table);
  for (let start = from; start < to; start += TILE) {
    const columns = min<u32>(TILE, to - start);
    sortTile(rows, n, start, columns, workspace, table, comparators);
    writeMeans(workspace, low, high, out + ((<usize>start) << 2), columns);
  }
}

/** The tile's columns through the network; columns beyond `columns` are zero. */
export function sortTile(
  rows: usize,
  n: u32,
  start: u32,
  columns: u32,
  tile: usize,
  table: usize,
  comparators: u32,
): void {
  const offset = (<usize>start) << 2;
  const bytes = (<usize>columns) << 2;
  for (let i: u32 = 0; i < n; ++i) {
    const row = tile + <usize>i * TILE_ROW;
    const source = rowAt(rows, i) + offset;
    if (bytes == TILE_ROW) {
      for (let c: usize = 0; c < TILE_ROW; c += 64) {
        v128.store(row + c, v128.load(source + c));
        v128.store(row + c, v128.load(source + c, 16), 16);
        v128.store(row + c, v128.load(source + c, 32), 32);
        v128.store(row + c, v128.load(source + c, 48), 48);
      }
    } else {
      memory.fill(row, 0, TILE_ROW);
      memory.copy(row, source, bytes);
    }
  }
  const end = table + <usize>comparators * 12;
  for (let at = table; at < end; at += 12) {
    const a = tile + <usize>load<u32>(at) * TILE_ROW;
    const b = tile + <usize>load<u32>(at, 4) * TILE_ROW;
    const keep = load<u32>(at, 8);
    if (keep == 3) {
      for (let c: usize = 0; c < TILE_ROW; c += 64) {
        exchange(a + c, b + c);
        exchange(a + c + 16, b + c + 16);
        exchange(a + c + 32, b + c + 32);
        exchange(a + c + 48, b + c + 48);
      }
    } else if (keep == 1) {
      for (let c: usize = 0; c < TILE_ROW; c += 16) v128.store(a + c, f32x4.pmin(v128.load(a + c), v128.load(b + c)));
    } else {
      for (let c: usize = 0; c < TILE_ROW; c += 16) v128.store(b + c, f32x4.pmax(v128.load(a + c), v128.load(b + c)));
    }
  }
}

function exchange(a: usize, b: usize): void {
  const x = v128.load(a);
  const y = v128.load(b);
  v128.store(a, f32x4.pmin(x, y));
  v128.store(b, f32x4.pmax(x, y));
}

/** Means of the tile's rows [low, high), ascending in each column. */
export function writeMeans(tile: usize, low: u32, high: u32, out: usize, columns: u32): void {
  const first = tile + <usize>low * TILE_ROW;
  const last = tile + <usize>(high - 1) * TILE_ROW;
  for (let c: u32 = 0; c < columns; c += 4) {
    const at = (<usize>c) << 2;
    const mean = meanOf(first + at, last + at, high - low);
    const left = columns - c;
    if (left >= 4) v128.store(out + at, mean);
    else for (let k: u32 = 0; k < left; ++k) store<f32>(out + at + ((<usize>k) << 2), lane(mean, k));
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
  return f32x4.add(f32x4.pmin(f32x4.pmax(mean, least), most), f32x4.splat(0));
}

function lane(values: v128, k: u32): f32 {
  if (k == 0) return f32x4.extract_lane(values, 0);
  if (k == 1) return f32x4.extract_lane(values, 1);
  return f32x4.extract_lane(values, 2);
}
