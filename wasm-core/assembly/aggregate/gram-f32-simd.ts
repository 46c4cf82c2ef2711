import { rowAt } from '../memory';
import { BLOCK } from './blocks';

// Gram matrix of n updates: G[i][j] += Σ_c x_i[c] · x_j[c] over columns [from, to), for i ≤ j; G: f64[n][n].
//   inside a block of 1024 columns: four f32 sums (column mod 4); a block's sums are merged (s0 + s2) + (s1 + s3) in f64
//   and added to G, blocks ascending (blocks.ts). No f32 sum is longer than 256 terms, so G_ij is within about
//   2^-18 ‖x_i‖ ‖x_j‖, and usually far closer. Only for deltas: between full weights the error would hide the distance.
//
// One Gram matrix gives every norm and distance that the rules ask for (geometry.ts).
// Register tile: 2 rows × 4 rows, eight sums; 6 loads a 16 products and sums of four lanes.

export function gramSimd(rows: usize, n: u32, from: u32, to: u32, gram: usize): void {
  for (let start = from; start < to; start += BLOCK) {
    const stop = min(start + BLOCK, to);
    let i: u32 = 0;
    // A pair of rows for which two columns are left over waits for another such pair: together they fill a tile.
    let waiting = n;
    for (; i + 2 <= n; i += 2) {
      let j = i;
      for (; j + 4 <= n; j += 4) tile(rows, n, i, j, j + 2, start, stop, gram);
      if (j + 2 <= n) {
        if (j == i) square(rows, n, i, j, start, stop, gram);
        else if (waiting == n) waiting = i;
        else {
          tile(rows, n, j, waiting, i, start, stop, gram);
          waiting = n;
        }
        j += 2;
      }
      if (j < n) {
        addPair(rowAt(rows, i), rowAt(rows, j), start, stop, cell(gram, n, i, j));
        addPair(rowAt(rows, i + 1), rowAt(rows, j), start, stop, cell(gram, n, i + 1, j));
      }
    }
    if (waiting < n) square(rows, n, waiting, (n & ~1) - 2, start, stop, gram);
    if (i < n) addPair(rowAt(rows, i), rowAt(rows, i), start, stop, cell(gram, n, i, i));
  }
}

/** Only the diagonal, with the bits that gramSimd gives it. */
export function squaredNormsSimd(rows: usize, n: u32, from: u32, to: u32, gram: usize): void {
  for (let start = from; start < to; start += BLOCK) {
    const stop = min(start + BLOCK, to);
    for (let i: u32 = 0; i < n; ++i) addPair(rowAt(rows, i), rowAt(rows, i), start, stop, cell(gram, n, i, i));
  }
}

export function cell(matrix: usize, n: u32, i: u32, j: u32): usize {
  return matrix + ((<usize>i * n + j) << 3);
}

/** Rows i, i + 1 by rows j, j + 1, k, k + 1. */
function tile(rows: usize, n: u32, i: u32, j: u32, k: u32, start: u32, stop: u32, gram: usize): void {
  const a0 = rowAt(rows, i);
  const a1 = rowAt(rows, i + 1);
  const b0 = rowAt(rows, j);
  const b1 = rowAt(rows, j + 1);
  const b2 = rowAt(rows, k);
  const b3 = rowAt(rows, k + 1);
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  let s02 = f32x4.splat(0);
  let s03 = f32x4.splat(0);
  let s10 = f32x4.splat(0);
  let s11 = f32x4.splat(0);
  let s12 = f32x4.splat(0);
  let s13 = f32x4.splat(0);
  let c = (<usize>start) << 2;
  const end = c + ((<usize>((stop - start) & ~3)) << 2);
  const pairs = c + ((<usize>((stop - start) & ~7)) << 2);
  // Two steps at a time share their addresses.
  for (; c < pairs; c += 32) {
    const p0 = a0 + c;
    const p1 = a1 + c;
    const q0 = b0 + c;
    const q1 = b1 + c;
    const q2 = b2 + c;
    const q3 = b3 + c;
    let x = v128.load(p0);
    let y = v128.load(p1);
    let b = v128.load(q0);
    s00 = f32x4.add(s00, f32x4.mul(x, b));
    s10 = f32x4.add(s10, f32x4.mul(y, b));
    b = v128.load(q1);
    s01 = f32x4.add(s01, f32x4.mul(x, b));
    s11 = f32x4.add(s11, f32x4.mul(y, b));
    b = v128.load(q2);
    s02 = f32x4.add(s02, f32x4.mul(x, b));
    s12 = f32x4.add(s12, f32x4.mul(y, b));
    b = v128.load(q3);
    s03 = f32x4.add(s03, f32x4.mul(x, b));
    s13 = f32x4.add(s13, f32x4.mul(y, b));
    x = v128.load(p0, 16);
    y = v128.load(p1, 16);
    b = v128.load(q0, 16);
    s00 = f32x4.add(s00, f32x4.mul(x, b));
    s10 = f32x4.add(s10, f32x4.mul(y, b));
    b = v128.load(q1, 16);
    s01 = f32x4.add(s01, f32x4.mul(x, b));
    s11 = f32x4.add(s11, f32x4.mul(y, b));
    b = v128.load(q2, 16);
    s02 = f32x4.add(s02, f32x4.mul(x, b));
    s12 = f32x4.add(s12, f32x4.mul(y, b));
    b = v128.load(q3, 16);
    s03 = f32x4.add(s03, f32x4.mul(x, b));
    s13 = f32x4.add(s13, f32x4.mul(y, b));
  }
  if (c < end) {
    const x = v128.load(a0 + c);
    const y = v128.load(a1 + c);
    let b = v128.load(b0 + c);
    s00 = f32x4.add(s00, f32x4.mul(x, b));
    s10 = f32x4.add(s10, f32x4.mul(y, b));
    b = v128.load(b1 + c);
    s01 = f32x4.add(s01, f32x4.mul(x, b));
    s11 = f32x4.add(s11, f32x4.mul(y, b));
    b = v128.load(b2 + c);
    s02 = f32x4.add(s02, f32x4.mul(x, b));
    s12 = f32x4.add(s12, f32x4.mul(y, b));
    b = v128.load(b3 + c);
    s03 = f32x4.add(s03, f32x4.mul(x, b));
    s13 = f32x4.add(s13, f32x4.mul(y, b));
    c += 16;
  }
  const left = (stop - start) & 3;
  if (left) {
    const x = loadTail(a0 + c, left);
    const y = loadTail(a1 + c, left);
    let b = loadTail(b0 + c, left);
    s00 = f32x4.add(s00, f32x4.mul(x, b));
    s10 = f32x4.add(s10, f32x4.mul(y, b));
    b = loadTail(b1 + c, left);
    s01 = f32x4.add(s01, f32x4.mul(x, b));
    s11 = f32x4.add(s11, f32x4.mul(y, b));
    b = loadTail(b2 + c, left);
    s02 = f32x4.add(s02, f32x4.mul(x, b));
    s12 = f32x4.add(s12, f32x4.mul(y, b));
    b = loadTail(b3 + c, left);
    s03 = f32x4.add(s03, f32x4.mul(x, b));
    s13 = f32x4.add(s13, f32x4.mul(y, b));
  }
  merge(place(gram, n, i, j), s00);
  merge(place(gram, n, i, j + 1), s01);
  merge(place(gram, n, i, k), s02);
  merge(place(gram, n, i, k + 1), s03);
  // On the diagonal (i + 1, i) is (i, i + 1) again.
  if (i != j) merge(place(gram, n, i + 1, j), s10);
  merge(place(gram, n, i + 1, j + 1), s11);
  merge(place(gram, n, i + 1, k), s12);
  merge(place(gram, n, i + 1, k + 1), s13);
}

/** The cell of two rows, above the diagonal: x · y has the bits of y · x. */
function place(gram: usize, n: u32, i: u32, j: u32): usize {
  return i <= j ? cell(gram, n, i, j) : cell(gram, n, j, i);
}

/** Rows i, i + 1 by rows j, j + 1. */
function square(rows: usize, n: u32, i: u32, j: u32, start: u32, stop: u32, gram: usize): void {
  const a0 = rowAt(rows, i);
  const a1 = rowAt(rows, i + 1);
  const b0 = rowAt(rows, j);
  const b1 = rowAt(rows, j + 1);
  let s00 = f32x4.splat(0);
  let s01 = f32x4.splat(0);
  let s10 = f32x4.splat(0);
  let s11 = f32x4.splat(0);
  const left = (stop - start) & 3;
  let c = (<usize>start) << 2;
  const end = c + ((<usize>((stop - start) & ~3)) << 2);
  for (; c < end; c += 16) {
    const x = v128.load(a0 + c);
    const y = v128.load(a1 + c);
    let b = v128.load(b0 + c);
    s00 = f32x4.add(s00, f32x4.mul(x, b));
    s10 = f32x4.add(s10, f32x4.mul(y, b));
    b = v128.load(b1 + c);
    s01 = f32x4.add(s01, f32x4.mul(x, b));
    s11 = f32x4.add(s11, f32x4.mul(y, b));
  }
  if (left) {
    const x = loadTail(a0 + c, left);
    const y = loadTail(a1 + c, left);
    let b = loadTail(b0 + c, left);
    s00 = f32x4.add(s00, f32x4.mul(x, b));
    s10 = f32x4.add(s10, f32x4.mul(y, b));
    b = loadTail(b1 + c, left);
    s01 = f32x4.add(s01, f32x4.mul(x, b));
    s11 = f32x4.add(s11, f32x4.mul(y, b));
  }
  merge(cell(gram, n, i, j), s00);
  merge(cell(gram, n, i, j + 1), s01);
  if (i < j) merge(cell(gram, n, i + 1, j), s10);
  merge(cell(gram, n, i + 1, j + 1), s11);
}

function addPair(x: usize, y: usize, start: u32, stop: u32, total: usize): void {
  let sum = f32x4.splat(0);
  let c = (<usize>start) << 2;
  const end = c + ((<usize>((stop - start) & ~3)) << 2);
  for (; c < end; c += 16) sum = f32x4.add(sum, f32x4.mul(v128.load(x + c), v128.load(y + c)));
  const left = (stop - start) & 3;
  if (left) sum = f32x4.add(sum, f32x4.mul(loadTail(x + c, left), loadTail(y + c, left)));
  merge(total, sum);
}

/** One to three f32, then zeros; never reads beyond them. */
function loadTail(at: usize, count: u32): v128 {
  if (count == 1) return v128.load32_zero(at);
  const pair = v128.load64_zero(at);
  return count == 2 ? pair : v128.load32_lane(at, pair, 2, 8);
}

/** total += the four sums, in f64. */
function merge(total: usize, sums: v128): void {
  const halves = f64x2.add(
    f64x2.promote_low_f32x4(sums),
    f64x2.promote_low_f32x4(i8x16.shuffle(sums, sums, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15)),
  );
  const sum = f64x2.extract_lane(halves, 0) + f64x2.extract_lane(halves, 1);
  store<f64>(total, load<f64>(total) + sum);
}
