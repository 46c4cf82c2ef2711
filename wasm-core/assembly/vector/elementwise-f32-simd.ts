import { addScalar, multiplyScalar, subtractScalar } from './elementwise-f32-scalar';
import { kept4 } from './faint';

/** out = a + b, n f32, without what is below the floor: −0 becomes +0, so that equal values have equal bytes. */
export function addSimd(a: usize, b: usize, out: usize, n: u32): void {
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    const o = (<usize>i) << 2;
    v128.store(out + o, kept4(f32x4.add(v128.load(a + o), v128.load(b + o))));
  }
  const o = (<usize>i) << 2;
  addScalar(a + o, b + o, out + o, n - i);
}

/** out = a · b, n f32, in the same way. */
export function multiplySimd(a: usize, b: usize, out: usize, n: u32): void {
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    const o = (<usize>i) << 2;
    v128.store(out + o, kept4(f32x4.mul(v128.load(a + o), v128.load(b + o))));
  }
  const o = (<usize>i) << 2;
  multiplyScalar(a + o, b + o, out + o, n - i);
}

/** out = a − b, n f32, in the same way. */
export function subtractSimd(a: usize, b: usize, out: usize, n: u32): void {
  let i: u32 = 0;
  for (; i + 4 <= n; i += 4) {
    const o = (<usize>i) << 2;
    v128.store(out + o, kept4(f32x4.sub(v128.load(a + o), v128.load(b + o))));
  }
  const o = (<usize>i) << 2;
  subtractScalar(a + o, b + o, out + o, n - i);
}
