import { kept4 } from '../vector/faint';
import { headBytes, paddedInputs, panelBytes } from './packed';

// out[m][n] of rows of integers q[m][k] with a scale s each, and packed weights w[n][k] (packed.ts):
//
//   out = kept(kept(Σ_g f32(Σ_l q[l] · w[l]) · scale[g]) · s + bias)        l in group g; g ascending from +0
//
// The inner sum is exact in i32: |q · w| ≤ 127 · 127 = 16,129, and a group has at most 65,536 terms, so it is at most
// 1,057,030,144, below 2^31. The rest is f32, one rounding an operation, the same for each element whatever the tile.
// kept (vector/faint.ts): a scale of weights is 0 or a multiple of 2^-82 that is at least 2^-58, sums are multiples of 2^-82,
// and what is kept of them times s, at least 2^-58, is at least 2^-109 or 0: nothing is subnormal.
//
// rows: i16[⌈m/4⌉ · 4][padded k], rowBytes apart; scales: f32[m].  scratch: a panel's quanta as i16 | f32[4][8]
// A panel is widened once for all rows. Tile 4 × 8 = 8 accumulators; i32x4.dot_i16x8_s adds the products of a pair of inputs.

export function matmulIntSimd(
  rows: usize,
  rowBytes: usize,
  scales: usize,
  panels: usize,
  out: usize,
  outBytes: usize,
  m: u32,
  k: u32,
  n: u32,
  group: u32,
  bits: u32,
  scratch: usize,
): void {
  const padded = paddedInputs(k);
  const step = panelBytes(k, group, bits);
  const head = headBytes(k, group);
  const tile = scratch + ((<usize>padded) << 4);
  for (let p: u32 = 0; p < n; p += 8) {
    const columns = min<u32>(8, n - p);
    if (bits == 8) widen8(panels + head, padded, scratch);
    else widen4(panels + head, padded, scratch);
    let i: u32 = 0;
    for (; i + 2 <= m; i += 4) {
      tile4(rows + <usize>i * rowBytes, rowBytes, scratch, padded, group, panels + 32, tile);
      const last = min<u32>(4, m - i);
      for (let r: u32 = 0; r < last; ++r) {
        const to = out + <usize>(i + r) * outBytes + ((<usize>p) << 2);
        finish(tile + ((<usize>r) << 5), scales + ((<usize>(i + r)) << 2), panels, to, columns);
      }
    }
    if (i < m) {
      tile1(rows + <usize>i * rowBytes, scratch, padded, group, panels + 32, tile);
      const to = out + <usize>i * outBytes + ((<usize>p) << 2);
      finish(tile, scales + ((<usize>i) << 2), panels, to, columns);
    }
    panels += step;
  }
}

/** f32[4][8] = sums of f32(sum of a group) · its scales, from +0. */
function tile4(rows: usize, rowBytes: usize, panel: usize, k: u32, group: u32, scales: usize, tile: usize): void {
  let a0 = rows;
  let a1 = a0 + rowBytes;
  let a2 = a1 + rowBytes;
  let a3 = a2 + rowBytes;
  const whole = panel + ((<usize>k) << 4);
  const groupBytes = (<usize>group) << 4;
  const zero = f32x4.splat(0);
  for (let at: usize = 0; at < 128; at += 16) v128.store(tile + at, zero);
  let at = panel;
  while (at < whole) {
    const end = at + min(whole - at, groupBytes);
    let c00 = i32x4.splat(0);
    let c01 = i32x4.splat(0);
    let c10 = i32x4.splat(0);
    let c11 = i32x4.splat(0);
    let c20 = i32x4.splat(0);
    let c21 = i32x4.splat(0);
    let c30 = i32x4.splat(0);
    let c31 = i32x4.splat(0);
    for (; at < end; at += 64) {
      let b0 = v128.load(at);
      let b1 = v128.load(at, 16);
      let s = v128.load32_splat(a0);
      c00 = i32x4.add(c00, i32x4.dot_i16x8_s(s, b0));
      c01 = i32x4.add(c01, i32x4.dot_i16x8_s(s, b1));
      s = v128.load32_splat(a1);
      c10 = i32x4.add(c10, i32x4.dot_i16x8_s(s, b0));
      c11 = i32x4.add(c11, i32x4.dot_i16x8_s(s, b1));
      s = v128.load32_splat(a2);
      c20 = i32x4.add(c20, i32x4.dot_i16x8_s(s, b0));
      c21 = i32x4.add(c21, i32x4.dot_i16x8_s(s, b1));
      s = v128.load32_splat(a3);
      c30 = i32x4.add(c30, i32x4.dot_i16x8_s(s, b0));
      c31 = i32x4.add(c31, i32x4.dot_i16x8_s(s, b1));
      b0 = v128.load(at, 32);
      b1 = v128.load(at, 48);
      s = v128.load32_splat(a0, 4);
      c00 = i32x4.add(c00, i32x4.dot_i16x8_s(s, b0));
      c01 = i32x4.add(c01, i32x4.dot_i16x8_s(s, b1));
      s = v128.load32_splat(a1, 4);
      c10 = i32x4.add(c10, i32x4.dot_i16x8_s(s, b0));
      c11 = i32x4.add(c11, i32x4.dot_i16x8_s(s, b1));
      s = v128.load32_splat(a2, 4);
      c20 = i32x4.add(c20, i32x4.dot_i16x8_s(s, b0));
      c21 = i32x4.add(c21, i32x4.dot_i16x8_s(s, b1));
      s = v128.load32_splat(a3, 4);
      c30 = i32x4.add(c30, i32x4.dot_i16x8_s(s, b0));
      c31 = i32x4.add(c31, i32x4.dot_i16x8_s(s, b1));
      a0 += 8;
      a1 += 8;
      a2 += 8;
      a3 += 8;
    }
    const low = v128.load(scales);
    const high = v128.load(scales, 16);
    add(tile, c00, low);
    add(tile + 16, c01, high);
    add(tile + 32, c10, low);
    add(tile + 48, c11, high);
    add(tile + 64, c20, low);
    add(tile + 80, c21, high);
    add(tile + 96, c30, low);
    add(tile + 112, c31, high);
    scales += 32;
  }
}

function tile1(row: usize, panel: usize, k: u32, group: u32, scales: usize, tile: usize): void {
  const whole = panel + ((<usize>k) << 4);
  const groupBytes = (<usize>group) << 4;
  let low = f32x4.splat(0);
  let high = f32x4.splat(0);
  let at = panel;
  while (at < whole) {
    const end = at + min(whole - at, groupBytes);
    let c00 = i32x4.splat(0);
    let c01 = i32x4.splat(0);
    for (; at < end; at += 32) {
      const s = v128.load32_splat(row);
      c00 = i32x4.add(c00, i32x4.dot_i16x8_s(s, v128.load(at)));
      c01 = i32x4.add(c01, i32x4.dot_i16x8_s(s, v128.load(at, 16)));
      row += 4;
    }
    low = f32x4.add(low, f32x4.mul(f32x4.convert_i32x4_s(c00), v128.load(scales)));
    high = f32x4.add(high, f32x4.mul(f32x4.convert_i32x4_s(c01), v128.load(scales, 16)));
    scales += 32;
  }
  v128.store(tile, low);
  v128.store(tile, high, 16);
}

function add(tile: usize, sums: v128, scales: v128): void {
  v128.store(tile, f32x4.add(v128.load(tile), f32x4.mul(f32x4.convert_i32x4_s(sums), scales)));
}

/** The first `columns` (1…8) of kept(kept(sums) · scale + bias). */
function finish(sums: usize, scale: usize, bias: usize, out: usize, columns: u32): void {
  const s = v128.load32_splat(scale);
  const low = kept4(f32x4.add(f32x4.mul(kept4(v128.load(sums)), s), v128.load(bias)));
  const high = kept4(f32x4.add(f32x4.mul(kept4(v128.load(sums, 16)), s), v128.load(bias, 16)));
  if (columns == 8) {
    v128.store(out, low);
    v128.store(out, high, 16);
    return;
  }
  v128.store(sums, low);
  v128.store(sums, high, 16);
  memory.copy(out, sums, (<usize>columns) << 2);
}

/** i16[k][8] by pairs, from i8. */
function widen8(quanta: usize, k: u32, out: usize): void {
  const end = quanta + ((<usize>k) << 3);
  for (; quanta < end; quanta += 16, out += 32) {
    v128.store(out, v128.load8x8_s(quanta));
    v128.store(out, v128.load8x8_s(quanta, 8), 16);
  }
}

/** The same from 4 bits; k is a multiple of 4. */
function widen4(quanta: usize, k: u32, out: usize): void {
  const mask = i8x16.splat(15);
  const eight = i8x16.splat(8);
  const end = quanta + ((<usize>k) << 2);
  for (; quanta < end; quanta += 16, out += 64) {
    const both = v128.load(quanta);
    const even = i8x16.sub(v128.and(both, mask), eight);
    const odd = i8x16.sub(v128.and(i16x8.shr_u(both, 4), mask), eight);
    const first = i8x16.shuffle(even, odd, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const second = i8x16.shuffle(even, odd, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    v128.store(out, i16x8.extend_low_i8x16_s(first));
    v128.store(out, i16x8.extend_high_i8x16_s(first), 16);
    v128.store(out, i16x8.extend_low_i8x16_s(second), 32);
    v128.store(out, i16x8.extend_high_i8x16_s(second), 48);
  }
}
