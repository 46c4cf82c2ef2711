import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import type { CoreInstance } from './instantiate.ts';
import { bitsOf, f32Array, moderateF32, testInstance } from './test-fixtures.ts';

let core: CoreInstance;
beforeAll(async () => {
  core = await testInstance();
});

it('a product of few rows has the bits of its scalar twin and of the product of many, rows apart', () => {
  const shape = fc.record({
    m: fc.integer({ min: 1, max: 9 }),
    k: fc.constantFrom(1, 3, 8, 255, 256, 257, 600),
    n: fc.constantFrom(1, 7, 8, 31, 32, 33, 71, 128),
    gap: fc.nat(2),
  });
  const input = shape.chain((given) =>
    fc.record({
      shape: fc.constant(given),
      a: f32Array(moderateF32(), given.m * (given.k + given.gap)),
      b: f32Array(moderateF32(), given.n),
    }),
  );
  const { arena, exports } = core;
  fc.assert(
    fc.property(input, ({ shape: { m, k, n, gap }, a, b }) =>
      arena.scope(() => {
        const columns = Float32Array.from({ length: n * k }, (_, i) => b[i % n]! * ((i % 13) - 6));
        const [left, right] = [arena.copyIn(a), arena.copyIn(columns)];
        const packed = arena.allocate(Math.ceil(n / 8) * k * 32);
        exports.packRowsSimd(right, n * 4, k, n, packed);
        const [aBytes, rowBytes] = [(k + gap) * 4, (n + gap) * 4];
        const made = (run: (out: number) => void): number[] => {
          const out = arena.copyIn(new Float32Array(m * (n + gap)).fill(7));
          run(out);
          return bitsOf(arena.f32(out, m * (n + gap)));
        };
        const rows = made((out) => exports.matmulRowsSimd(left, aBytes, packed, out, rowBytes, m, k, n));
        for (const kernel of [exports.matmulScalar, exports.matmulSimd])
          expect(rows).toEqual(made((out) => kernel(left, aBytes, 4, packed, out, rowBytes, m, k, n, 0, 0)));
      }),
    ),
    { numRuns: 120, seed: 20_26 },
  );
});
