import { addScalar, subtractScalar } from './elementwise-f32-scalar';

/** out = (a + b) + 0, n f32. Adding +0 turns −0 into +0, so that equal values have equal bytes. */
export function addSimd(a: usize, b: usize, out: usize, n: u32): void {
  const zero = f32x4.splat(0);
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    const o = (<usize>i) << 2;
    v128.store(out + o, f32x4.add(f32x4.add(v128.load(a + o), v128.load(b + o)), zero));
  }
  const o = (<usize>i) << 2;
  addScalar(a + o, b + o, out + o, n - i);
}

/** out = (a − b) + 0, n f32. */
export function subtractSimd(a: usize, b: usize, out: usize, n: u32): void {
  const zero = f32x4.splat(0);
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    const o = (<usize>i) << 2;
    v128.store(out + o, f32x4.add(f32x4.sub(v128.load(a + o), v128.load(b + o)), zero));
  }
  const o = (<usize>i) << 2;
  subtractScalar(a + o, b + o, out + o, n - i);
}
