import { rowAt } from '../memory';
import { orderedBits, sortU64 } from '../vector/sort-u64';

// What each update is in a mean of every column's sorted values in a window (order-statistic-f32-simd.ts,
// nearest-mean-f64-simd.ts): its effective weight w, and w · u · slope, both summed over the columns.
//
// Row a stands count_a times in its column. Equal values are one run, over which the window's overlap is shared equally, so
// that the order of the rows decides nothing:
//   mask_a = count_a · overlap / (run's count · window's length)          0 ≤ mask, Σ mask = 1
// Rows may be mixtures of the updates, y_a = Σ_i W[i][a] · u_i: then w_i = Σ_a mask_a · W[i][a], a ascending.
//
// All in f64, columns ascending, onto sums that start from zero at each segment (blocks.ts). With W ≤ 1, |u| < 2^128,
// |slope| < 2^160 and 2^30 columns sums are below 2^(10 + 128 + 160 + 30), where f64 ends at 2^1024. Counts are at most 1,024
// together, so their products are exact.
//
// Cost a column: a heap sort of m keys, and where rows are mixtures m · n products, but for rows outside of all windows of
// COLUMNS neighbouring columns. Scalar: 25,000 columns of 1,000 updates take about 2 s of a thread; of 1,000 mixtures under
// a trimmed mean about 20 s, of which making the mixtures again is one half.

/** Columns whose masks are spread over the updates together: W is read once for all of them. */
const COLUMNS: u32 = 8;

/** workspace bytes for m rows that are `count` with their copies. */
export function windowPartsWorkspace(m: f64, count: f64): f64 {
  return m * (64 + 8 + 4) + 64 + count * 4;
}

/**
 * values: u32[m] pointers to f32 rows; counts: u32[m]; the window: of sorted values [low, high) the `keep` nearest to their
 * median, ties to the lower. updates: u32[n] pointers to f32; weights: f64[n][m], or 0 where the rows are the updates.
 * slopes: f64; sums: f64[n][2], Σ w · u · slope and Σ w.
 */
export function windowParts(
  values: usize,
  counts: usize,
  m: u32,
  low: u32,
  high: u32,
  keep: u32,
  updates: usize,
  weights: usize,
  n: u32,
  slopes: usize,
  from: u32,
  to: u32,
  sums: usize,
  workspace: usize,
): void {
  const masks = workspace;
  const mixed = masks + ((<usize>m) << 6);
  const keys = mixed + 64;
  const active = keys + ((<usize>m) << 3);
  const sorted = active + ((<usize>m) << 2);
  for (let start = from; start < to; start += COLUMNS) {
    const columns = min(COLUMNS, to - start);
    memory.fill(masks, 0, (<usize>m) << 6);
    for (let c: u32 = 0; c < columns; ++c) {
      sortColumn(values, m, start + c, keys);
      let first = low;
      if (high - low > keep) first = nearest(keys, counts, m, low, high, keep, sorted);
      fillMasks(keys, counts, m, first, first + keep, masks + ((<usize>c) << 3));
    }
    if (weights) spread(masks, m, weights, updates, n, slopes, start, columns, sums, mixed, active);
    else {
      for (let a: u32 = 0; a < m; ++a) {
        const mask = masks + ((<usize>a) << 6);
        addMasks(mask, rowAt(updates, a), columns, slopes, start, sums + ((<usize>a) << 4));
      }
    }
  }
}

/** keys: u64[m], the value's bits in order, then the row. */
function sortColumn(values: usize, m: u32, c: u32, keys: usize): void {
  for (let a: u32 = 0; a < m; ++a) {
    const value = load<f32>(rowAt(values, a) + ((<usize>c) << 2));
    store<u64>(keys + ((<usize>a) << 3), ((<u64>orderedBits(value)) << 32) | a);
  }
  sortU64(keys, m);
}

/** Where the window begins: as nearest-mean-f64-simd.ts finds it. sorted: f32 of all values with their copies. */
function nearest(keys: usize, counts: usize, m: u32, low: u32, high: u32, keep: u32, sorted: usize): u32 {
  let to = sorted;
  for (let k: u32 = 0; k < m; ++k) {
    const key = load<u64>(keys + ((<usize>k) << 3));
    const value = valueOf(<u32>(key >> 32));
    for (let copies = countAt(counts, <u32>key); copies > 0; --copies) {
      store<f32>(to, value);
      to += 4;
    }
  }
  const n = high - low;
  const column = sorted + ((<usize>low) << 2);
  const upper = <f64>load<f32>(column + ((<usize>(n >> 1)) << 2));
  const median = (<f64>load<f32>(column + ((<usize>((n - 1) >> 1)) << 2)) + upper) * 0.5;
  let shift: u32 = 0;
  while (shift + keep < n) {
    const above = <f64>load<f32>(column + ((<usize>(shift + keep)) << 2)) - median;
    if (above >= median - <f64>load<f32>(column + ((<usize>shift) << 2))) break;
    ++shift;
  }
  return low + shift;
}

/** The value that has these ordered bits. */
function valueOf(ordered: u32): f32 {
  return reinterpret<f32>(ordered & 0x80000000 ? ordered ^ 0x80000000 : ~ordered);
}

function countAt(counts: usize, a: u32): u32 {
  return load<u32>(counts + ((<usize>a) << 2));
}

/** masks: f64[m][COLUMNS], of which one column, zero, is filled. */
function fillMasks(keys: usize, counts: usize, m: u32, low: u32, high: u32, masks: usize): void {
  let position: u32 = 0;
  let k: u32 = 0;
  while (k < m && position < high) {
    const bits = load<u64>(keys + ((<usize>k) << 3)) >> 32;
    const first = k;
    let count: u32 = 0;
    for (; k < m; ++k) {
      const key = load<u64>(keys + ((<usize>k) << 3));
      if (key >> 32 != bits) break;
      count += countAt(counts, <u32>key);
    }
    const end = position + count;
    if (end > low) {
      const overlap = min(high, end) - max(low, position);
      const share = <f64>overlap / <f64>(count * (high - low));
      for (let j = first; j < k; ++j) {
        const a = <u32>load<u64>(keys + ((<usize>j) << 3));
        store<f64>(masks + ((<usize>a) << 6), share * <f64>countAt(counts, a));
      }
    }
    position = end;
  }
}

/** Masks of made rows over the updates. mixed: f64[COLUMNS]; active: u32[m]. */
function spread(
  masks: usize,
  m: u32,
  weights: usize,
  updates: usize,
  n: u32,
  slopes: usize,
  start: u32,
  columns: u32,
  sums: usize,
  mixed: usize,
  active: usize,
): void {
  let end = active;
  for (let a: u32 = 0; a < m; ++a) {
    const mask = masks + ((<usize>a) << 6);
    let any = false;
    for (let c: usize = 0; c < 64; c += 8) if (load<f64>(mask + c) != 0) any = true;
    if (!any) continue;
    store<u32>(end, a);
    end += 4;
  }
  for (let i: u32 = 0; i < n; ++i) {
    const row = rowAt(updates, i);
    const shares = weights + ((<usize>i * m) << 3);
    let w0: f64 = 0;
    let w1: f64 = 0;
    let w2: f64 = 0;
    let w3: f64 = 0;
    let w4: f64 = 0;
    let w5: f64 = 0;
    let w6: f64 = 0;
    let w7: f64 = 0;
    for (let at = active; at < end; at += 4) {
      const a = <usize>load<u32>(at);
      const share = load<f64>(shares + (a << 3));
      const mask = masks + (a << 6);
      w0 += load<f64>(mask) * share;
      w1 += load<f64>(mask, 8) * share;
      w2 += load<f64>(mask, 16) * share;
      w3 += load<f64>(mask, 24) * share;
      w4 += load<f64>(mask, 32) * share;
      w5 += load<f64>(mask, 40) * share;
      w6 += load<f64>(mask, 48) * share;
      w7 += load<f64>(mask, 56) * share;
    }
    store<f64>(mixed, w0);
    store<f64>(mixed, w1, 8);
    store<f64>(mixed, w2, 16);
    store<f64>(mixed, w3, 24);
    store<f64>(mixed, w4, 32);
    store<f64>(mixed, w5, 40);
    store<f64>(mixed, w6, 48);
    store<f64>(mixed, w7, 56);
    addMasks(mixed, row, columns, slopes, start, sums + ((<usize>i) << 4));
  }
}

/** Adds what one update is in some columns to its sums; weights: f64[columns]. */
function addMasks(weights: usize, row: usize, columns: u32, slopes: usize, start: u32, sums: usize): void {
  for (let c: u32 = 0; c < columns; ++c) {
    const weight = load<f64>(weights + ((<usize>c) << 3));
    if (weight == 0) continue;
    const at = <usize>(start + c);
    const gain = <f64>load<f32>(row + (at << 2)) * load<f64>(slopes + (at << 3));
    store<f64>(sums, load<f64>(sums) + weight * gain);
    store<f64>(sums, load<f64>(sums, 8) + weight, 8);
  }
}
