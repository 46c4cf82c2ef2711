import { TILE_COLUMNS } from '../memory';

// FedAvg: McMahan et al., "Communication-Efficient Learning of Deep Networks from Decentralized Data", AISTATS 2017.
//   out[c] = f32( Σ_i p_i · x_i[c] ),  p_i = w_i / Σ w,  i ascending, products and sums in f64, one rounding at the end.
// f64 sums keep every finite input finite (an f32 sum of hostile 3e38s would overflow and stop the round).
// rows: u32[n] pointers to f32[d]; share: f64[n] = p_i; workspace: f64[TILE_COLUMNS], the tile's sums, kept in L1.

export function weightedMeanSimd(rows: usize, share: usize, n: u32, d: u32, out: usize, workspace: usize): void {
  // Added after the rounding to f32, as a tiny negative sum rounds to −0.
  const zero = f32x4.splat(0);
  for (let start: u32 = 0; start < d; start += TILE_COLUMNS) {
    const columns = min(TILE_COLUMNS, d - start);
    // Pairs of columns; an odd last column is finished by hand after each pass.
    const even = (<usize>(columns & ~1)) << 2;
    const offset = (<usize>start) << 2;
    memory.fill(workspace, 0, (<usize>columns + 1) << 3);
    let i: u32 = 0;
    // Four clients a pass: the sums are loaded and stored once for four rows.
    for (; i + 4 <= n; i += 4) {
      const r = rows + ((<usize>i) << 2);
      const x0 = <usize>load<u32>(r) + offset;
      const x1 = <usize>load<u32>(r, 4) + offset;
      const x2 = <usize>load<u32>(r, 8) + offset;
      const x3 = <usize>load<u32>(r, 12) + offset;
      const p = share + ((<usize>i) << 3);
      const p0 = v128.load64_splat(p);
      const p1 = v128.load64_splat(p, 8);
      const p2 = v128.load64_splat(p, 16);
      const p3 = v128.load64_splat(p, 24);
      let c: usize = 0;
      for (; c < even; c += 8) {
        const at = workspace + (c << 1);
        let sum = v128.load(at);
        sum = f64x2.add(sum, f64x2.mul(p0, f64x2.promote_low_f32x4(v128.load64_zero(x0 + c))));
        sum = f64x2.add(sum, f64x2.mul(p1, f64x2.promote_low_f32x4(v128.load64_zero(x1 + c))));
        sum = f64x2.add(sum, f64x2.mul(p2, f64x2.promote_low_f32x4(v128.load64_zero(x2 + c))));
        sum = f64x2.add(sum, f64x2.mul(p3, f64x2.promote_low_f32x4(v128.load64_zero(x3 + c))));
        v128.store(at, sum);
      }
      if (columns & 1) {
        const at = workspace + (c << 1);
        let sum = load<f64>(at);
        sum += load<f64>(p) * <f64>load<f32>(x0 + c);
        sum += load<f64>(p, 8) * <f64>load<f32>(x1 + c);
        sum += load<f64>(p, 16) * <f64>load<f32>(x2 + c);
        sum += load<f64>(p, 24) * <f64>load<f32>(x3 + c);
        store<f64>(at, sum);
      }
    }
    for (; i < n; ++i) {
      const x = <usize>load<u32>(rows + ((<usize>i) << 2)) + offset;
      const p = share + ((<usize>i) << 3);
      const p0 = v128.load64_splat(p);
      let c: usize = 0;
      for (; c < even; c += 8) {
        const at = workspace + (c << 1);
        const term = f64x2.mul(p0, f64x2.promote_low_f32x4(v128.load64_zero(x + c)));
        v128.store(at, f64x2.add(v128.load(at), term));
      }
      if (columns & 1) {
        const at = workspace + (c << 1);
        store<f64>(at, load<f64>(at) + load<f64>(p) * <f64>load<f32>(x + c));
      }
    }
    let c: usize = 0;
    for (; c < even; c += 8) {
      const sum = f32x4.demote_f64x2_zero(v128.load(workspace + (c << 1)));
      v128.store64_lane(out + offset + c, f32x4.add(sum, zero), 0);
    }
    if (columns & 1) store<f32>(out + offset + c, <f32>load<f64>(workspace + (c << 1)) + <f32>0);
  }
}
