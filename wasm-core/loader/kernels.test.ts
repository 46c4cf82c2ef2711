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

describe('network kernels', () => {
  it('matrix product, with A plain or transposed', () => {
    const size = fc.integer({ min: 1, max: 21 });
    const input = fc.record({ m: size, k: size, n: size, transposed: fc.boolean() }).chain((shape) =>
      fc.record({
        shape: fc.constant(shape),
        a: f32Array(moderateF32(), shape.m * shape.k),
        b: f32Array(moderateF32(), shape.n * shape.k),
      }),
    );
    check(
      input,
      ({ shape: { m, k, n, transposed }, a, b }) => {
        const { arena, exports } = core;
        const left = arena.copyIn(a);
        const right = arena.copyIn(b);
        const packed = dirty(Math.ceil(n / 8) * k * 32);
        exports.packColumns(right, k * 4, k, n, packed);
        const [rowStride, colStride] = transposed ? [4, m * 4] : [k * 4, 4];
        expectSameBits(
          m * n,
          (out) => exports.matmulSimd(left, rowStride, colStride, packed, out, n * 4, m, k, n),
          (out) => exports.matmulScalar(left, rowStride, colStride, packed, out, n * 4, m, k, n),
        );
        // And against the definition in JS, whose Math.fround rounds each product and sum as f32 does.
        const out = arena.allocate(m * n * 4);
        exports.matmulSimd(left, rowStride, colStride, packed, out, n * 4, m, k, n);
        const expected = new Float32Array(m * n);
        for (let i = 0; i < m; i++) {
          for (let j = 0; j < n; j++) {
            let sum = 0;
            for (let l = 0; l < k; l++) {
              const value = transposed ? a[l * m + i]! : a[i * k + l]!;
              sum = Math.fround(sum + Math.fround(value * b[j * k + l]!));
            }
            expected[i * n + j] = sum;
          }
        }
        expect(bitsOf(arena.f32(out, m * n))).toEqual(bitsOf(expected));
      },
      200,
    );
  });

  it('packs bytes by sample columns and by sample rows', () => {
    const input = fc
      .record({ features: fc.integer({ min: 1, max: 40 }), count: fc.integer({ min: 1, max: 40 }) })
      .chain(({ features, count }) =>
        fc.record({
          features: fc.constant(features),
          samples: fc.uint8Array({ minLength: 50 * features, maxLength: 50 * features }),
          index: fc.array(fc.nat(49), { minLength: count, maxLength: count }),
        }),
      );
    check(input, ({ features, samples, index }) => {
      const { arena, exports } = core;
      const count = index.length;
      const from = arena.copyIn(samples);
      const order = arena.copyIn(Uint32Array.from(index));
      expectSameBits(
        Math.ceil(count / 8) * features * 8,
        (out) => exports.packSampleColumnsSimd(from, features, order, count, out),
        (out) => exports.packSampleColumnsScalar(from, features, order, count, out),
      );
      expectSameBits(
        Math.ceil(features / 8) * count * 8,
        (out) => exports.packSampleRowsSimd(from, features, order, count, out),
        (out) => exports.packSampleRowsScalar(from, features, order, count, out, 0),
      );
    });
  });

  it('packs f32 rows', () => {
    const input = fc
      .record({ k: fc.integer({ min: 1, max: 9 }), panels: fc.integer({ min: 1, max: 3 }) })
      .chain(({ k, panels }) =>
        fc.record({ k: fc.constant(k), n: fc.constant(panels * 8), values: f32Array(anyF32(), k * panels * 8) }),
      );
    check(input, ({ k, n, values }) => {
      const { arena, exports } = core;
      const from = arena.copyIn(values);
      expectSameBits(
        k * n,
        (out) => exports.packRowsSimd(from, n * 4, k, n, out),
        (out) => exports.packRowsScalar(from, n * 4, k, n, out),
      );
    });
  });

  it('bias, ReLU, its gradient, row sums and the SGD step', () => {
    const input = fc
      .record({ rows: fc.integer({ min: 1, max: 9 }), ld: fc.integer({ min: 1, max: 4 }).map((n) => n * 8) })
      .chain(({ rows, ld }) =>
        fc.record({
          rows: fc.constant(rows),
          ld: fc.constant(ld),
          x: f32Array(moderateF32(), rows * ld),
          y: f32Array(moderateF32(), rows * ld),
          z: f32Array(moderateF32(), rows * ld),
          bias: f32Array(moderateF32(), rows),
        }),
      );
    check(input, ({ rows, ld, x, y, z, bias }) => {
      const { arena, exports } = core;
      const n = rows * ld;
      const put = (at: number, values: Float32Array): number => {
        arena.f32(at, values.length).set(values);
        return at;
      };
      const biasAt = arena.copyIn(bias);
      const yAt = arena.copyIn(y);
      expectSameBits(
        n,
        (out) => exports.addBiasSimd(put(out, x), biasAt, rows, ld),
        (out) => exports.addBiasScalar(put(out, x), biasAt, rows, ld),
      );
      expectSameBits(
        n,
        (out) => exports.reluSimd(put(out, x), n),
        (out) => exports.reluScalar(put(out, x), n),
      );
      expectSameBits(
        n,
        (out) => exports.reluBackwardSimd(put(out, x), yAt, n),
        (out) => exports.reluBackwardScalar(put(out, x), yAt, n),
      );
      const xAt = arena.copyIn(x);
      expectSameBits(
        rows,
        (out) => exports.rowSumsSimd(xAt, rows, ld, out),
        (out) => exports.rowSumsScalar(xAt, rows, ld, out),
      );
      const odd = n - 3;
      expectSameBits(
        odd,
        (out) => exports.sgdSimd(put(out, x.subarray(0, odd)), arena.copyIn(y), arena.copyIn(z), odd, 0.1, 0.9),
        (out) => exports.sgdScalar(put(out, x.subarray(0, odd)), arena.copyIn(y), arena.copyIn(z), odd, 0.1, 0.9),
      );
    });
  });

  it('ReLU turns −0 and NaN into +0', () => {
    const { arena, exports } = core;
    arena.scope(() => {
      const at = arena.copyIn(Float32Array.of(-0, NaN, -1, 2));
      exports.reluSimd(at, 4);
      expect(bitsOf(arena.f32(at, 4))).toEqual(bitsOf(Float32Array.of(0, 0, 0, 2)));
    });
  });
});
