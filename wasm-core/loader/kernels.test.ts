import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CoreInstance } from './instantiate.ts';
import { anyF32, bitsOf, f32Array, moderateF32, testInstance } from './test-fixtures.ts';

// Every SIMD kernel against its scalar twin: equal bits, not close values.

let core: CoreInstance;
beforeAll(async () => {
  core = await testInstance();
});

/** Runs both kernels into fresh outputs full of garbage and compares the bits. */
function expectSameBits(length: number, simd: (out: number) => void, scalar: (out: number) => void): void {
  const { arena } = core;
  const first = arena.allocate(length * 4);
  const second = arena.allocate(length * 4);
  arena.u8(first, length * 4).fill(0xaa);
  arena.u8(second, length * 4).fill(0x55);
  simd(first);
  scalar(second);
  expect(bitsOf(arena.f32(first, length))).toEqual(bitsOf(arena.f32(second, length)));
}

const check = <T>(inputs: fc.Arbitrary<T>, body: (input: T) => void, numRuns = 100): void =>
  fc.assert(
    fc.property(inputs, (input) => core.arena.scope(() => body(input))),
    { numRuns, seed: 20_26 },
  );

describe('vector kernels', () => {
  it('add and subtract', () => {
    const pair = fc.nat(40).chain((n) => fc.tuple(f32Array(moderateF32(), n), f32Array(moderateF32(), n)));
    check(pair, ([a, b]) => {
      const { arena, exports } = core;
      const left = arena.copyIn(a);
      const right = arena.copyIn(b);
      for (const [simd, scalar] of [
        [exports.addSimd, exports.addScalar],
        [exports.subtractSimd, exports.subtractScalar],
      ] as const) {
        expectSameBits(
          a.length,
          (out) => simd(left, right, out, a.length),
          (out) => scalar(left, right, out, a.length),
        );
      }
    });
  });

  it('accumulate in f64, with any weight, onto what is there', () => {
    const input = fc
      .nat(40)
      .chain((n) => fc.tuple(f32Array(anyF32(), n), fc.double({ noNaN: true, min: -1e9, max: 1e9 })));
    check(input, ([values, weight]) => {
      const { arena, exports } = core;
      const at = arena.copyIn(values);
      const start = Float64Array.from(values, (value, i) => value / 3 + i);
      const [first, second] = [arena.copyIn(start), arena.copyIn(start)];
      exports.accumulateSimd(first, at, values.length, weight);
      exports.accumulateScalar(second, at, values.length, weight);
      const bytes = values.length * 8;
      expect(arena.u8(first, bytes)).toEqual(arena.u8(second, bytes));
      // One rounding of the product and one of the sum, as hosts round doubles too.
      const expected = start.map((sum, i) => sum + values[i]! * weight);
      expect(Float64Array.from(arena.f64(first, values.length))).toEqual(expected);
    });
  });

  it('finds a value that is not finite at any place', () => {
    const { arena, exports } = core;
    for (let n = 1; n <= 19; n++) {
      for (let bad = -1; bad < n; bad++) {
        for (const value of [NaN, Infinity, -Infinity]) {
          arena.scope(() => {
            const values = new Float32Array(n).fill(-3.4028234663852886e38);
            if (bad >= 0) values[bad] = value;
            const at = arena.copyIn(values);
            expect(exports.notFiniteSimd(at, n)).toBe(bad >= 0 ? 1 : 0);
            expect(exports.notFiniteScalar(at, n)).toBe(bad >= 0 ? 1 : 0);
          });
        }
      }
    }
  });
});
