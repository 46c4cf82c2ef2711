import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CoreInstance } from './instantiate.ts';
import { bitsOf, f32Array, moderateF32, testInstance } from './test-fixtures.ts';

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
