import { kept4 } from '../vector/faint';
import { sortTile, TILE, TILE_ROW } from './sort-tile-f32';
import { appendSort, networkBytes } from './sorting-network';

// Second step of Bulyan (bulyan.ts): per column the mean of the `keep` of n values closest to their median, ties to the
// lower value. Of ascending values x they are neighbours x_s … x_(s + keep − 1), where s is the least index with
//   x_(s + keep) − median ≥ median − x_s.
// Differences and sums in f64, ascending; one rounding at the end. Two columns a vector, each with its own s.

/** workspace bytes. */
export function nearestMeanWorkspace(n: f64): f64 {
  return n * 256 + networkBytes(n);
}

export function nearestMeanSimd(
  rows: usize,
  n: u32,
  from: u32,
  to: u32,
  keep: u32,
  out: usize,
  workspace: usize,
): void {
  const table = workspace + <usize>n * TILE_ROW;
  const end = appendSort(n, table);
  const middle = workspace + <usize>((n - 1) >> 1) * TILE_ROW;
  const upper = workspace + <usize>(n >> 1) * TILE_ROW;
  for (let start = from; start < to; start += TILE) {
    const columns = min<u32>(TILE, to - start);
    sortTile(rows, n, start, columns, workspace, table, end);
    for (let c: u32 = 0; c < columns; c += 2) {
      const at = (<usize>c) << 2;
      const median = f64x2.mul(f64x2.add(wide(middle + at), wide(upper + at)), f64x2.splat(0.5));
      const shift = shiftOf(workspace + at, n, keep, median);
      let sum = f64x2.splat(0);
      for (let k: u32 = 0; k < n; ++k) {
        const position = f64x2.splat(<f64>k);
        const inside = v128.and(
          f64x2.ge(position, shift),
          f64x2.lt(position, f64x2.add(shift, f64x2.splat(<f64>keep))),
        );
        sum = f64x2.add(sum, v128.and(wide(workspace + at + <usize>k * TILE_ROW), inside));
      }
      const mean = kept4(f32x4.demote_f64x2_zero(f64x2.div(sum, f64x2.splat(<f64>keep))));
      const to = out + ((<usize>start) << 2) + at;
      if (c + 1 < columns) v128.store64_lane(to, mean, 0);
      else v128.store32_lane(to, mean, 0);
    }
  }
}

/** s of both columns, as f64. */
function shiftOf(column: usize, n: u32, keep: u32, median: v128): v128 {
  let shift = f64x2.splat(0);
  let moving = i8x16.splat(-1);
  const one = f64x2.splat(1);
  for (let k: u32 = 0; k + keep < n; ++k) {
    const above = f64x2.sub(wide(column + <usize>(k + keep) * TILE_ROW), median);
    const below = f64x2.sub(median, wide(column + <usize>k * TILE_ROW));
    moving = v128.and(moving, f64x2.lt(above, below));
    shift = f64x2.add(shift, v128.and(moving, one));
  }
  return shift;
}

function wide(at: usize): v128 {
  return f64x2.promote_low_f32x4(v128.load64_zero(at));
}
