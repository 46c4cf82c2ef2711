// C[m][n] = Σ_k A[m][k] · B[k][n], k ascending from +0, one rounding per product and per sum: every element is a plain
// sequential f32 sum, whatever the tile, so any blocking and the scalar twin give the same bits.
//
// A: f32 at a + m·rowStride + k·colStride (bytes): plain or transposed.
// B packed: panel p holds columns 8p … 8p+7:  f32[⌈n/8⌉][k][8], missing columns zero.
// C: row m at c + m·rowBytes.
// Tile 4 × 8 = 8 accumulators: more would spill (16 registers: 8 sums, 2 of B, 1 of A, temporaries).

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
): void {
  const panelBytes = (<usize>k) << 5;
  for (let p: u32 = 0; p < n; p += 8) {
    const panel = b + <usize>(p >> 3) * panelBytes;
    const end = panel + panelBytes;
    const columns = min<u32>(8, n - p);
    const corner = c + ((<usize>p) << 2);
    let i: u32 = 0;
    for (; i + 4 <= m; i += 4) {
      let a0 = a + <usize>i * rowStride;
      let a1 = a0 + rowStride;
      let a2 = a1 + rowStride;
      let a3 = a2 + rowStride;
      let c00 = f32x4.splat(0);
      let c01 = f32x4.splat(0);
      let c10 = f32x4.splat(0);
      let c11 = f32x4.splat(0);
      let c20 = f32x4.splat(0);
      let c21 = f32x4.splat(0);
      let c30 = f32x4.splat(0);
      let c31 = f32x4.splat(0);
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
      const row0 = corner + <usize>i * rowBytes;
      const row1 = row0 + rowBytes;
      const row2 = row1 + rowBytes;
      const row3 = row2 + rowBytes;
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
      let c00 = f32x4.splat(0);
      let c01 = f32x4.splat(0);
      for (let at = panel; at < end; at += 32) {
        const s = v128.load32_splat(a0);
        c00 = f32x4.add(c00, f32x4.mul(s, v128.load(at)));
        c01 = f32x4.add(c01, f32x4.mul(s, v128.load(at, 16)));
        a0 += colStride;
      }
      storePart(corner + <usize>i * rowBytes, c00, c01, columns);
    }
  }
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
