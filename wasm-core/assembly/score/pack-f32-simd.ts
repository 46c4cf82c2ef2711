// Packing for matmulSimd: panels f32[⌈n/8⌉][k][8].

/** B[k][n] from rows: f32 at source + k·rowBytes + n·4. n must be a multiple of 8 (padded batches are). */
export function packRowsSimd(source: usize, rowBytes: usize, k: u32, n: u32, out: usize): void {
  for (let p: u32 = 0; p < n; p += 8) {
    let from = source + ((<usize>p) << 2);
    const end = from + <usize>k * rowBytes;
    for (; from < end; from += rowBytes) {
      v128.store(out, v128.load(from));
      v128.store(out, v128.load(from, 16), 16);
      out += 32;
    }
  }
}

/** B[k][n] from columns: f32 at source + n·rowBytes + k·4; columns past n are zero. */
export function packColumns(source: usize, rowBytes: usize, k: u32, n: u32, out: usize): void {
  for (let p: u32 = 0; p < n; p += 8) {
    const columns = min<u32>(8, n - p);
    if (columns < 8) memory.fill(out, 0, (<usize>k) << 5);
    for (let j: u32 = 0; j < columns; ++j) {
      const from = source + <usize>(p + j) * rowBytes;
      const to = out + ((<usize>j) << 2);
      for (let l: u32 = 0; l < k; ++l) store<f32>(to + ((<usize>l) << 5), load<f32>(from + ((<usize>l) << 2)));
    }
    out += (<usize>k) << 5;
  }
}
