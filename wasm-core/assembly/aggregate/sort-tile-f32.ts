import { rowAt } from '../memory';
import { BOTH, ENTRY, MERGE_4_4, MIN, SORT_8 } from './sorting-network';

// A tile holds 64 columns (256 bytes a row) of all n rows in L1; a network (sorting-network.ts) runs over it, each entry
// over all 16 vectors of a row before the next. tile: f32[n][64]. pmin/pmax are bit-defined; ±0 compare equal.

export const TILE: u32 = 64;
export const TILE_ROW: usize = 256;

/** Sorts columns [start, start + columns) of the rows into the tile; columns beyond are zero. */
export function sortTile(rows: usize, n: u32, start: u32, columns: u32, tile: usize, table: usize, end: usize): void {
  const offset = (<usize>start) << 2;
  const bytes = (<usize>columns) << 2;
  const whole = bytes == TILE_ROW;
  // Groups of eight rows are sorted on their way into the tile, where a tile is whole.
  for (let i: u32 = 0; i < n; ++i) {
    const row = tile + <usize>i * TILE_ROW;
    if (!whole) {
      memory.fill(row, 0, TILE_ROW);
      memory.copy(row, rowAt(rows, i) + offset, bytes);
    }
  }
  let copied: u32 = whole ? 0 : n;
  for (let at = table; at < end; at += ENTRY) {
    const entry = load<u32>(at);
    const kind = entry >> 20;
    const a = (entry >> 10) & 1023;
    const b = entry & 1023;
    const to = tile + <usize>a * TILE_ROW;
    if (kind == SORT_8) {
      if (whole) {
        if (copied < a) copyRows(rows, copied, a, offset, tile);
        const p = rows + ((<usize>a) << 2);
        sort8(
          rowAt(p, 0) + offset,
          rowAt(p, 1) + offset,
          rowAt(p, 2) + offset,
          rowAt(p, 3) + offset,
          rowAt(p, 4) + offset,
          rowAt(p, 5) + offset,
          rowAt(p, 6) + offset,
          rowAt(p, 7) + offset,
          to,
        );
        copied = a + 8;
      } else {
        sort8(to, to + 256, to + 512, to + 768, to + 1024, to + 1280, to + 1536, to + 1792, to);
      }
      continue;
    }
    if (copied < n) {
      copyRows(rows, copied, n, offset, tile);
      copied = n;
    }
    if (kind == MERGE_4_4) merge44(to, <usize>b * TILE_ROW);
    else compareRows(to, tile + <usize>b * TILE_ROW, kind);
  }
  if (copied < n) copyRows(rows, copied, n, offset, tile);
}

function copyRows(rows: usize, from: u32, to: u32, offset: usize, tile: usize): void {
  for (let i = from; i < to; ++i) {
    const row = tile + <usize>i * TILE_ROW;
    const source = rowAt(rows, i) + offset;
    for (let c: usize = 0; c < TILE_ROW; c += 64) {
      v128.store(row + c, v128.load(source + c));
      v128.store(row + c, v128.load(source + c, 16), 16);
      v128.store(row + c, v128.load(source + c, 32), 32);
      v128.store(row + c, v128.load(source + c, 48), 48);
    }
  }
}

function compareRows(a: usize, b: usize, keep: u32): void {
  if (keep == BOTH) {
    for (let c: usize = 0; c < TILE_ROW; c += 64) {
      exchange(a + c, b + c);
      exchange(a + c + 16, b + c + 16);
      exchange(a + c + 32, b + c + 32);
      exchange(a + c + 48, b + c + 48);
    }
  } else if (keep == MIN) {
    for (let c: usize = 0; c < TILE_ROW; c += 16) v128.store(a + c, f32x4.pmin(v128.load(a + c), v128.load(b + c)));
  } else {
    for (let c: usize = 0; c < TILE_ROW; c += 16) v128.store(b + c, f32x4.pmax(v128.load(a + c), v128.load(b + c)));
  }
}

function exchange(a: usize, b: usize): void {
  const x = v128.load(a);
  const y = v128.load(b);
  v128.store(a, f32x4.pmin(x, y));
  v128.store(b, f32x4.pmax(x, y));
}

/** Batcher's 19 comparators of eight rows p0 … p7 into eight tile rows from `to`. */
function sort8(
  p0: usize,
  p1: usize,
  p2: usize,
  p3: usize,
  p4: usize,
  p5: usize,
  p6: usize,
  p7: usize,
  to: usize,
): void {
  for (let c: usize = 0; c < TILE_ROW; c += 16) {
    let a = v128.load(p0 + c);
    let b = v128.load(p1 + c);
    let x0 = f32x4.pmin(a, b);
    let x1 = f32x4.pmax(a, b);
    a = v128.load(p2 + c);
    b = v128.load(p3 + c);
    let x2 = f32x4.pmin(a, b);
    let x3 = f32x4.pmax(a, b);
    a = f32x4.pmin(x0, x2);
    x2 = f32x4.pmax(x0, x2);
    b = f32x4.pmin(x1, x3);
    x3 = f32x4.pmax(x1, x3);
    x0 = a;
    x1 = f32x4.pmin(b, x2);
    x2 = f32x4.pmax(b, x2);
    a = v128.load(p4 + c);
    b = v128.load(p5 + c);
    let x4 = f32x4.pmin(a, b);
    let x5 = f32x4.pmax(a, b);
    a = v128.load(p6 + c);
    b = v128.load(p7 + c);
    let x6 = f32x4.pmin(a, b);
    let x7 = f32x4.pmax(a, b);
    a = f32x4.pmin(x4, x6);
    x6 = f32x4.pmax(x4, x6);
    b = f32x4.pmin(x5, x7);
    x7 = f32x4.pmax(x5, x7);
    x4 = a;
    x5 = f32x4.pmin(b, x6);
    x6 = f32x4.pmax(b, x6);
    const at = to + c;
    v128.store(at, f32x4.pmin(x0, x4));
    x4 = f32x4.pmax(x0, x4);
    v128.store(at, f32x4.pmax(x3, x7), 1792);
    x3 = f32x4.pmin(x3, x7);
    a = f32x4.pmin(x1, x5);
    x5 = f32x4.pmax(x1, x5);
    b = f32x4.pmin(x2, x6);
    x6 = f32x4.pmax(x2, x6);
    x2 = f32x4.pmin(b, x4);
    x4 = f32x4.pmax(b, x4);
    b = f32x4.pmin(x3, x5);
    x5 = f32x4.pmax(x3, x5);
    v128.store(at, f32x4.pmin(a, x2), 256);
    v128.store(at, f32x4.pmax(a, x2), 512);
    v128.store(at, f32x4.pmin(b, x4), 768);
    v128.store(at, f32x4.pmax(b, x4), 1024);
    v128.store(at, f32x4.pmin(x5, x6), 1280);
    v128.store(at, f32x4.pmax(x5, x6), 1536);
  }
}

/** Batcher's nine comparators of the rows at 0, s, 2s … 7s bytes from `at`. */
function merge44(at: usize, s: usize): void {
  const p1 = at + s;
  const p2 = p1 + s;
  const p3 = p2 + s;
  const p4 = p3 + s;
  const p5 = p4 + s;
  const p6 = p5 + s;
  const p7 = p6 + s;
  for (let c: usize = 0; c < TILE_ROW; c += 16) {
    let a = v128.load(at + c);
    let b = v128.load(p4 + c);
    v128.store(at + c, f32x4.pmin(a, b));
    let x4 = f32x4.pmax(a, b);
    a = v128.load(p3 + c);
    b = v128.load(p7 + c);
    v128.store(p7 + c, f32x4.pmax(a, b));
    let x3 = f32x4.pmin(a, b);
    a = v128.load(p1 + c);
    b = v128.load(p5 + c);
    const x1 = f32x4.pmin(a, b);
    let x5 = f32x4.pmax(a, b);
    a = v128.load(p2 + c);
    b = v128.load(p6 + c);
    let x2 = f32x4.pmin(a, b);
    const x6 = f32x4.pmax(a, b);
    a = f32x4.pmin(x2, x4);
    x4 = f32x4.pmax(x2, x4);
    b = f32x4.pmin(x3, x5);
    x5 = f32x4.pmax(x3, x5);
    v128.store(p1 + c, f32x4.pmin(x1, a));
    v128.store(p2 + c, f32x4.pmax(x1, a));
    v128.store(p3 + c, f32x4.pmin(b, x4));
    v128.store(p4 + c, f32x4.pmax(b, x4));
    v128.store(p5 + c, f32x4.pmin(x5, x6));
    v128.store(p6 + c, f32x4.pmax(x5, x6));
  }
}
