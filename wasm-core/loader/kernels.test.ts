import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CoreInstance } from './instantiate.ts';
import { anyF32, bitsOf, copyRows, f32Array, f32Rows, moderateF32, testInstance } from './test-fixtures.ts';

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

/** Garbage, as a reused arena has, so that a kernel that relies on zeroed memory fails. */
function dirty(bytes: number): number {
  const at = core.arena.allocate(bytes);
  core.arena.u8(at, bytes).fill(0xff);
  return at;
}

const check = <T>(inputs: fc.Arbitrary<T>, body: (input: T) => void, numRuns = 100): void =>
  fc.assert(
    fc.property(inputs, (input) => core.arena.scope(() => body(input))),
    { numRuns, seed: 20_26 },
  );

describe('aggregation kernels', () => {
  const rows = fc
    .record({ n: fc.integer({ min: 1, max: 64 }), d: fc.integer({ min: 1, max: 150 }) })
    .chain(({ n, d }) => f32Rows(anyF32(), n, d));

  it('weighted mean', () => {
    const input = rows.chain((r) =>
      fc.record({
        rows: fc.constant(r),
        weights: fc.array(fc.double({ min: 0, max: 2 ** 53, noNaN: true }), {
          minLength: r.length,
          maxLength: r.length,
        }),
      }),
    );
    check(input, ({ rows: r, weights }) => {
      const { arena, exports } = core;
      const n = r.length;
      const d = r[0]!.length;
      const at = copyRows(core, r);
      const shares = arena.copyIn(Float64Array.from(weights, (w, i) => (i ? w : w + 1)));
      exports.normaliseShares(shares, n);
      const workspace = dirty(2050 * 8);
      expectSameBits(
        d,
        (out) => exports.weightedMeanSimd(at, shares, n, d, out, workspace),
        (out) => exports.weightedMeanScalar(at, shares, n, d, out),
      );
    });
  });

  it('weighted mean across tiles, with an odd last column', () => {
    const { arena, exports } = core;
    arena.scope(() => {
      const d = 2048 * 2 + 5;
      const r = Array.from({ length: 7 }, (_, i) => Float32Array.from({ length: d }, (_, c) => Math.sin(i * d + c)));
      const at = copyRows(core, r);
      const shares = arena.allocate(7 * 8);
      exports.equalShares(shares, 7);
      const workspace = dirty(2050 * 8);
      expectSameBits(
        d,
        (out) => exports.weightedMeanSimd(at, shares, 7, d, out, workspace),
        (out) => exports.weightedMeanScalar(at, shares, 7, d, out),
      );
    });
  });

  it('order statistics, every range of positions', () => {
    const input = rows.chain((r) =>
      fc.record({ rows: fc.constant(r), low: fc.nat(r.length - 1), span: fc.nat(r.length) }),
    );
    check(
      input,
      ({ rows: r, low, span }) => {
        const { exports } = core;
        const n = r.length;
        const d = r[0]!.length;
        const high = Math.min(n, low + 1 + span);
        const at = copyRows(core, r);
        const workspace = dirty(exports.orderStatisticWorkspace(n));
        const column = dirty(n * 4);
        expectSameBits(
          d,
          (out) => exports.orderStatisticSimd(at, n, d, low, high, out, workspace),
          (out) => exports.orderStatisticScalar(at, n, d, low, high, out, column),
        );
      },
      300,
    );
  });

  it('order statistics of every n from 1 to 64 and of 256, all trims', () => {
    const { arena, exports } = core;
    for (const n of [...Array.from({ length: 64 }, (_, i) => i + 1), 100, 255, 256]) {
      arena.scope(() => {
        const d = 67;
        const r = Array.from({ length: n }, (_, i) =>
          Float32Array.from({ length: d }, (_, c) => Math.round(Math.sin(i * 7.3 + c * 1.7) * 20)),
        );
        const at = copyRows(core, r);
        const workspace = dirty(exports.orderStatisticWorkspace(n));
        const column = dirty(n * 4);
        for (const trim of new Set([0, n >> 3, n >> 2, (n - 1) >> 1])) {
          expectSameBits(
            d,
            (out) => exports.orderStatisticSimd(at, n, d, trim, n - trim, out, workspace),
            (out) => exports.orderStatisticScalar(at, n, d, trim, n - trim, out, column),
          );
        }
      });
    }
  });

  it('squared distance', () => {
    const pair = fc.nat(70).chain((n) => fc.tuple(f32Array(anyF32(), n), f32Array(anyF32(), n)));
    check(pair, ([a, b]) => {
      const { arena, exports } = core;
      const left = arena.copyIn(a);
      const right = arena.copyIn(b);
      const simd = exports.squaredDistanceSimd(left, right, a.length);
      expect(Object.is(simd, exports.squaredDistanceScalar(left, right, a.length))).toBe(true);
      expect(Number.isFinite(simd)).toBe(true);
    });
  });
});

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
