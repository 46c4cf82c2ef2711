// C[m][n] = Σ_k A[m][k] · B[k][n], k ascending from +0 (or from C's values: `onto`), one rounding per product and per sum:
// every element is a plain sequential f32 sum, whatever the tile, so any blocking, any split of rows or columns between
// threads, and the scalar twin give the same bits.
//
// A: f32 at a + m·rowStride + k·colStride (bytes): plain or transposed.
// B packed: panel p holds columns 8p … 8p+7:  f32[k][8], missing columns zero; panels are panelBytes apart (0: k · 32).
// C: row m at c + m·rowBytes.
// A part of the rows: a and c of its first row, m rows. A part of the columns: b and c of its first panel, n columns.
//
// Tile 4 × 8 = 8 accumulators: more would spill (16 registers: 8 sums, 2 of B, 1 of A, temporaries). k is cut in blocks
// of 256 and rows in blocks of 32, so that A's block (32 KiB) and one panel's (8 KiB) stay in the first-level cache while
// panels pass by. docs/reference/wasm-speed.md has the measurements.

const K_BLOCK: u32 = 256;
const ROW_BLOCK: u32 = 32;

export function matmulSimd(
  a: usize,
  rowStride: usize,
  colStride: usize,
  b: usize,
  c: usize,
  rowBytes: usize,
  m: u32,
  k: u32,
  n: u32,
  onto: u32,
  panelBytes: usize,
): void {
  if (!panelBytes) panelBytes = (<usize>k) << 5;
  for (let l: u32 = 0; l < k; l += K_BLOCK) {
    const depth = min<u32>(K_BLOCK, k - l);
    const from = a + <usize>l * colStride;
    const panels = b + ((<usize>l) << 5);
    const start = onto | l;
    for (let i: u32 = 0; i < m; i += ROW_BLOCK) {
      block(
        from + <usize>i * rowStride,
        rowStride,
        colStride,
        panels,
        panelBytes,
        c + <usize>i * rowBytes,
        rowBytes,
        min<u32>(ROW_BLOCK, m - i),
        depth,
        n,
        start,
      );
    }
  }
  if (!k && !onto) for (let i: u32 = 0; i < m; ++i) memory.fill(c + <usize>i * rowBytes, 0, (<usize>n) << 2);
}

function block(
  a: usize,
  rowStride: usize,
  colStride: usize,
  b: usize,
  panelBytes: usize,
  c: usize,
  rowBytes: usize,
  m: u32,
  k: u32,
  n: u32,
  onto: u32,
): void {
  const depthBytes = (<usize>k) << 5;
  for (let p: u32 = 0; p < n; p += 8) {
    const panel = b + <usize>(p >> 3) * panelBytes;
    const end = panel + depthBytes;
    const columns = min<u32>(8, n - p);
    const corner = c + ((<usize>p) << 2);
    let i: u32 = 0;
    for (; i + 4 <= m; i += 4) {
      let a0 = a + <usize>i * rowStride;
      let a1 = a0 + rowStride;
      let a2 = a1 + rowStride;
      let a3 = a2 + rowStride;
      const row0 = corner + <usize>i * rowBytes;
      const row1 = row0 + rowBytes;
      const row2 = row1 + rowBytes;
      const row3 = row2 + rowBytes;
      let c00 = f32x4.splat(0);
      let c01 = f32x4.splat(0);
      let c10 = f32x4.splat(0);
      let c11 = f32x4.splat(0);
      let c20 = f32x4.splat(0);
      let c21 = f32x4.splat(0);
      let c30 = f32x4.splat(0);
      let c31 = f32x4.splat(0);
      if (onto) {
        c00 = loadPart(row0, columns);
        c01 = loadRest(row0, columns);
        c10 = loadPart(row1, columns);
        c11 = loadRest(row1, columns);
        c20 = loadPart(row2, columns);
        c21 = loadRest(row2, columns);
        c30 = loadPart(row3, columns);
        c31 = loadRest(row3, columns);
      }
      for (let at = panel; at < end; at += 32) {
        const b0 = v128.load(at);
        const b1 = v128.load(at, 16);
        let s = v128.load32_splat(a0);
        c00 = f32x4.add(c00, f32x4.mul(s, b0));
        c01 = f32x4.add(c01, f32x4.mul(s, b1));
        s = v128.load32_splat(a1);
        c10 = f32x4.add(c10, f32x4.mul(s, b0));
        c11 = f32x4.add(c11, f32x4.mul(s, b1));
        s = v128.load32_splat(a2);
        c20 = f32x4.add(c20, f32x4.mul(s, b0));
        c21 = f32x4.add(c21, f32x4.mul(s, b1));
        s = v128.load32_splat(a3);
        c30 = f32x4.add(c30, f32x4.mul(s, b0));
        c31 = f32x4.add(c31, f32x4.mul(s, b1));
        a0 += colStride;
        a1 += colStride;
        a2 += colStride;
        a3 += colStride;
      }
      if (columns == 8) {
        v128.store(row0, c00);
        v128.store(row0, c01, 16);
        v128.store(row1, c10);
        v128.store(row1, c11, 16);
        v128.store(row2, c20);
        v128.store(row2, c21, 16);
        v128.store(row3, c30);
        v128.store(row3, c31, 16);
      } else {
        storePart(row0, c00, c01, columns);
        storePart(row1, c10, c11, columns);
        storePart(row2, c20, c21, columns);
        storePart(row3, c30, c31, columns);
      }
    }
    for (; i < m; ++i) {
      let a0 = a + <usize>i * rowStride;
      const row0 = corner + <usize>i * rowBytes;
      let c00 = f32x4.splat(0);
      let c01 = f32x4.splat(0);
      if (onto) {
        c00 = loadPart(row0, columns);
        c01 = loadRest(row0, columns);
      }
      for (let at = panel; at < end; at += 32) {
        const s = v128.load32_splat(a0);
        c00 = f32x4.add(c00, f32x4.mul(s, v128.load(at)));
        c01 = f32x4.add(c01, f32x4.mul(s, v128.load(at, 16)));
        a0 += colStride;
      }
      storePart(row0, c00, c01, columns);
    }
  }
}

/** The first four of `columns` (1…8) values; nothing beyond them is read. */
function loadPart(at: usize, columns: u32): v128 {
  if (columns >= 4) return v128.load(at);
  let value = v128.load32_zero(at);
  if (columns > 1) value = v128.load32_lane(at, value, 1, 4);
  if (columns > 2) value = v128.load32_lane(at, value, 2, 8);
  return value;
}

function loadRest(at: usize, columns: u32): v128 {
  if (columns <= 4) return f32x4.splat(0);
  return loadPart(at + 16, columns - 4);
}

/** The first `columns` (1…8) of two vectors. */
function storePart(at: usize, low: v128, high: v128, columns: u32): void {
  let rest = low;
  let left = columns;
  if (left >= 4) {
    v128.store(at, low);
    rest = high;
    at += 16;
    left -= 4;
  }
  if (left > 3) v128.store(at, rest);
  else {
    if (left > 0) v128.store32_lane(at, rest, 0);
    if (left > 1) v128.store32_lane(at, rest, 1, 4);
    if (left > 2) v128.store32_lane(at, rest, 2, 8);
  }
}
