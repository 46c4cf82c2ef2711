import { matmulSimd } from './matmul-f32-simd';

/**
 * matmulSimd for few rows, fresh and from plain A: C[m][n] = Σ_k A[m][k] · B[k][n], k ascending from +0. A row alone waits for
 * each of its sums; four panels at once keep eight of them going, and the weights come from memory as fast as they can.
 * Rows in fours go by matmulSimd, whose tile has them. Scalar twin: matmulScalar.
 */
export function matmulRowsSimd(
  a: usize,
  aBytes: usize,
  b: usize,
  c: usize,
  rowBytes: usize,
  m: u32,
  k: u32,
  n: u32,
): void {
  const whole = m & ~3;
  if (whole) matmulSimd(a, aBytes, 4, b, c, rowBytes, whole, k, n, 0, 0);
  if (whole == m) return;
  a += <usize>whole * aBytes;
  c += <usize>whole * rowBytes;
  const panelBytes = (<usize>k) << 5;
  const wide = n & ~31;
  const end = a + ((<usize>k) << 2);
  for (let p: u32 = 0; p < wide; p += 32) {
    const panels = b + <usize>(p >> 3) * panelBytes;
    let row = a;
    let to = c + ((<usize>p) << 2);
    for (let i = whole; i < m; ++i) {
      let b0 = panels;
      let b1 = b0 + panelBytes;
      let b2 = b1 + panelBytes;
      let b3 = b2 + panelBytes;
      let c0 = f32x4.splat(0);
      let c1 = f32x4.splat(0);
      let c2 = f32x4.splat(0);
      let c3 = f32x4.splat(0);
      let c4 = f32x4.splat(0);
      let c5 = f32x4.splat(0);
      let c6 = f32x4.splat(0);
      let c7 = f32x4.splat(0);
      const stop = end + (row - a);
      for (let at = row; at < stop; at += 4) {
        const s = v128.load32_splat(at);
        c0 = f32x4.add(c0, f32x4.mul(s, v128.load(b0)));
        c1 = f32x4.add(c1, f32x4.mul(s, v128.load(b0, 16)));
        c2 = f32x4.add(c2, f32x4.mul(s, v128.load(b1)));
        c3 = f32x4.add(c3, f32x4.mul(s, v128.load(b1, 16)));
        c4 = f32x4.add(c4, f32x4.mul(s, v128.load(b2)));
        c5 = f32x4.add(c5, f32x4.mul(s, v128.load(b2, 16)));
        c6 = f32x4.add(c6, f32x4.mul(s, v128.load(b3)));
        c7 = f32x4.add(c7, f32x4.mul(s, v128.load(b3, 16)));
        b0 += 32;
        b1 += 32;
        b2 += 32;
        b3 += 32;
      }
      v128.store(to, c0);
      v128.store(to, c1, 16);
      v128.store(to, c2, 32);
      v128.store(to, c3, 48);
      v128.store(to, c4, 64);
      v128.store(to, c5, 80);
      v128.store(to, c6, 96);
      v128.store(to, c7, 112);
      row += aBytes;
      to += rowBytes;
    }
  }
  const rest = b + <usize>(wide >> 3) * panelBytes;
  const to = c + ((<usize>wide) << 2);
  if (wide < n) matmulSimd(a, aBytes, 4, rest, to, rowBytes, m - whole, k, n - wide, 0, 0);
}
