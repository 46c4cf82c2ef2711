import { packColumnsScalar, packRowsScalar } from './pack-f32-scalar';

// Packing for matmulSimd: panels f32[⌈n/8⌉][k][8]; columns past n are zero.

/** B[k][n] from rows: f32 at source + k·rowBytes + n·4. */
export function packRowsSimd(source: usize, rowBytes: usize, k: u32, n: u32, out: usize): void {
  const whole = n & ~7;
  for (let p: u32 = 0; p < whole; p += 8) {
    let from = source + ((<usize>p) << 2);
    const end = from + <usize>k * rowBytes;
    for (; from < end; from += rowBytes) {
      v128.store(out, v128.load(from));
      v128.store(out, v128.load(from, 16), 16);
      out += 32;
    }
  }
  packRowsScalar(source + ((<usize>whole) << 2), rowBytes, k, n & 7, out);
}

/** B[k][n] from columns: f32 at source + n·rowBytes + k·4. */
export function packColumnsSimd(source: usize, rowBytes: usize, k: u32, n: u32, out: usize): void {
  const whole = n & ~7;
  const quads = k & ~3;
  for (let p: u32 = 0; p < whole; p += 8) {
    const s0 = source + <usize>p * rowBytes;
    const s4 = s0 + 4 * rowBytes;
    transpose4(s0, rowBytes, quads, out);
    transpose4(s4, rowBytes, quads, out + 16);
    let to = out + ((<usize>quads) << 5);
    for (let l = quads; l < k; ++l) {
      let from = s0 + ((<usize>l) << 2);
      for (let j: usize = 0; j < 32; j += 4) {
        store<f32>(to + j, load<f32>(from));
        from += rowBytes;
      }
      to += 32;
    }
    out += (<usize>k) << 5;
  }
  packColumnsScalar(source + <usize>whole * rowBytes, rowBytes, k, n & 7, out);
}

/** Four columns of k (a multiple of 4) values to rows of four, 32 bytes apart. */
function transpose4(source: usize, rowBytes: usize, k: u32, out: usize): void {
  let s0 = source;
  let s1 = s0 + rowBytes;
  let s2 = s1 + rowBytes;
  let s3 = s2 + rowBytes;
  for (let l: u32 = 0; l < k; l += 4) {
    const a = v128.load(s0);
    const b = v128.load(s1);
    const c = v128.load(s2);
    const d = v128.load(s3);
    const ab = v128.shuffle<i32>(a, b, 0, 4, 1, 5);
    const cd = v128.shuffle<i32>(c, d, 0, 4, 1, 5);
    const abHigh = v128.shuffle<i32>(a, b, 2, 6, 3, 7);
    const cdHigh = v128.shuffle<i32>(c, d, 2, 6, 3, 7);
    v128.store(out, v128.shuffle<i32>(ab, cd, 0, 1, 4, 5));
    v128.store(out, v128.shuffle<i32>(ab, cd, 2, 3, 6, 7), 32);
    v128.store(out, v128.shuffle<i32>(abHigh, cdHigh, 0, 1, 4, 5), 64);
    v128.store(out, v128.shuffle<i32>(abHigh, cdHigh, 2, 3, 6, 7), 96);
    s0 += 16;
    s1 += 16;
    s2 += 16;
    s3 += 16;
    out += 128;
  }
}
