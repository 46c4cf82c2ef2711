// How columns may be split, between calls and between threads, without changing a bit.
//
//   columns   0 ........ 1024 ........ 2048 ...   65536 ........ 131072 ...
//             |- block --|- block --|   ...       |
//             |---------------- segment ----------|---- segment ----|
//
// Kernels that write a value a column (weighted mean, order statistics, Bulyan's mean, int8 sum, server optimisers):
//   any range [from, to) of columns, in any order, on any thread.
// Kernels that sum over columns (Gram matrix, distances): a call takes [from, to) with `from` at a block's start, sums
//   in f32 (or f64, as its file says) inside a block, and adds each block's sum to f64 totals, blocks ascending. Totals
//   start from zero at each segment and segments are added in ascending order (addTotals). So a call may take any
//   number of whole blocks of one segment; and threads take whole segments into totals of their own, which one thread
//   then adds in order.

export const BLOCK: u32 = 1024;
export const SEGMENT: u32 = 65536;

/** into += from, n f64. */
export function addTotals(into: usize, from: usize, n: u32): void {
  for (let i: u32 = 0; i < n; ++i) {
    const at = (<usize>i) << 3;
    store<f64>(into + at, load<f64>(into + at) + load<f64>(from + at));
  }
}

/** Exported, so that hosts and threads split where this file says. */
export function blockColumns(): u32 {
  return BLOCK;
}

export function segmentColumns(): u32 {
  return SEGMENT;
}
