import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { FAINT, kept } from './faint.ts';
import type { CoreInstance } from './instantiate.ts';
import { anyF32, bitsOf, copyRows, f32Rows, testInstance } from './test-fixtures.ts';

// Every SIMD kernel of assembly/aggregate and assembly/vector against its scalar twin: equal bits, not close values.

let core: CoreInstance;
beforeAll(async () => {
  core = await testInstance();
});

/** Runs both kernels into outputs full of the same garbage and compares all bits: nothing else may be written either. */
function expectSameBits(bytes: number, simd: (out: number) => void, scalar: (out: number) => void): void {
  const { arena } = core;
  const first = dirty(bytes);
  const second = dirty(bytes);
  simd(first);
  scalar(second);
  expect(Buffer.from(arena.u8(first, bytes)).equals(Buffer.from(arena.u8(second, bytes)))).toBe(true);
}

/** Garbage, as a reused arena has, so that a kernel that relies on zeroed memory fails. */
function dirty(bytes: number): number {
  const at = core.arena.allocate(bytes);
  core.arena.u8(at, bytes).fill(0xff);
  return at;
}

function zeros(length: number): number {
  const at = core.arena.allocate(length * 8);
  core.arena.f64(at, length).fill(0);
  return at;
}

const check = <T>(inputs: fc.Arbitrary<T>, body: (input: T) => void, numRuns = 100): void =>
  fc.assert(
    fc.property(inputs, (input) => core.arena.scope(() => body(input))),
    { numRuns, seed: 20_26 },
  );

/** Counts beyond the first 200, around the powers of two and up to the most submissions of a round. */
const largeCounts = [255, 256, 257, 300, 511, 513, 777, 1023, 1024];

/**
 * Every N up to 200 and some up to 1,024: cheap values, many ties, signs and extremes, also those of the floor below which
 * rows have none, drawn without fast-check's overhead.
 */
function everyCount(body: (rows: Float32Array[], d: number) => void): void {
  const corners = [0, -0, 1, -1, FAINT, -FAINT, 3.4028234663852886e38, -3.4028234663852886e38, 0.1, 1e-10];
  for (const n of [...Array.from({ length: 200 }, (_, i) => i + 1), ...largeCounts]) {
    const d = 1 + ((n * 37) % 71);
    const rows = Array.from({ length: n }, (_, i) =>
      Float32Array.from({ length: d }, (_, c) => {
        const draw = Math.imul(i * 7919 + c * 104_729 + n, 2_654_435_761) >>> 0;
        return draw % 3 === 0 ? corners[(draw >>> 8) % corners.length]! : ((draw >>> 4) % 41) - 20 + (draw % 7) / 7;
      }),
    );
    core.arena.scope(() => body(rows, d));
  }
}

const rows = fc
  .record({ n: fc.integer({ min: 1, max: 64 }), d: fc.integer({ min: 1, max: 150 }) })
  .chain(({ n, d }) => f32Rows(anyF32(), n, d));
const rowsAndRange = rows.chain((r) =>
  fc.record({ rows: fc.constant(r), a: fc.nat(r[0]!.length), b: fc.nat(r[0]!.length) }).map(({ a, b }) => ({
    r,
    from: Math.min(a, b),
    to: Math.max(a, b),
  })),
);

describe('weighted mean', () => {
  it('equals its twin on any range of columns, with shares of any size', () => {
    const input = rowsAndRange.chain(({ r, from, to }) =>
      fc.record({
        r: fc.constant(r),
        from: fc.constant(from),
        to: fc.constant(to),
        shares: fc.array(
          fc.oneof(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom(0, 1, 1e-30, 2 ** -64, 1e-60)),
          { minLength: r.length, maxLength: r.length },
        ),
      }),
    );
    check(
      input,
      ({ r, from, to, shares }) => {
        const { arena, exports } = core;
        const at = copyRows(core, r);
        const p = arena.copyIn(Float64Array.from(shares));
        expectSameBits(
          r[0]!.length * 4,
          (out) => exports.weightedMeanSimd(at, p, r.length, from, to, out),
          (out) => exports.weightedMeanScalar(at, p, r.length, from, to, out),
        );
      },
      200,
    );
  });

  it('equals its twin for every N from 1 to 200 and large ones, and stays finite and inside the range of each column', () => {
    everyCount((r, d) => {
      const { arena, exports } = core;
      const at = copyRows(core, r);
      const p = arena.copyIn(Float64Array.from(r, (_, i) => (i % 5) + 1));
      exports.normaliseShares(p, r.length);
      expectSameBits(
        d * 4,
        (out) => exports.weightedMeanSimd(at, p, r.length, 0, d, out),
        (out) => exports.weightedMeanScalar(at, p, r.length, 0, d, out),
      );
    });
  });

  it('equals its twin across tiles, with an odd last column', () => {
    const { arena, exports } = core;
    arena.scope(() => {
      const d = 4096 * 2 + 5;
      const r = Array.from({ length: 7 }, (_, i) => Float32Array.from({ length: d }, (_, c) => Math.sin(i * d + c)));
      const at = copyRows(core, r);
      const p = arena.copyIn(new Float64Array(7).fill(1 / 7));
      expectSameBits(
        d * 4,
        (out) => exports.weightedMeanSimd(at, p, 7, 0, d, out),
        (out) => exports.weightedMeanScalar(at, p, 7, 0, d, out),
      );
    });
  });

  it('keeps the largest f32 where rounding would leave f32, and a tiny share of a huge value', () => {
    const { arena, exports } = core;
    arena.scope(() => {
      const most = 3.4028234663852886e38;
      const at = copyRows(core, [Float32Array.of(most, -most, most), Float32Array.of(most, -most, 1)]);
      const out = arena.allocate(12);
      exports.weightedMeanSimd(at, arena.copyIn(Float64Array.of(0.5000001, 0.5000001)), 2, 0, 3, out);
      expect([...arena.f32(out, 2)]).toEqual([most, -most]);
      // 2^-140 of 2^128 is 2^-12; as an f32 share, 2^-140 would have nine bits left.
      exports.weightedMeanSimd(at, arena.copyIn(Float64Array.of(1.2345678 * 2 ** -140, 0)), 2, 0, 3, out);
      expect(Math.abs(arena.f32(out, 3)[2]! / (1.2345678 * 2 ** -140 * most) - 1)).toBeLessThan(1e-6);
    });
  });
});

describe('order statistics', () => {
  it('equal their twin for every range of positions and columns', () => {
    const input = rowsAndRange.chain(({ r, from, to }) =>
      fc.record({
        r: fc.constant(r),
        from: fc.constant(from),
        to: fc.constant(to),
        low: fc.nat(r.length - 1),
        span: fc.nat(r.length),
      }),
    );
    check(
      input,
      ({ r, from, to, low, span }) => {
        const { exports } = core;
        const n = r.length;
        const high = Math.min(n, low + 1 + span);
        const at = copyRows(core, r);
        const workspace = dirty(exports.orderStatisticWorkspace(n));
        const column = dirty(n * 4);
        expectSameBits(
          r[0]!.length * 4,
          (out) => exports.orderStatisticSimd(at, n, from, to, low, high, out, workspace),
          (out) => exports.orderStatisticScalar(at, n, from, to, low, high, out, column),
        );
      },
      300,
    );
  });

  it('equal their twin for every N from 1 to 200 and large ones, several trims, and lie between what they average', () => {
    everyCount((r, d) => {
      const { arena, exports } = core;
      const n = r.length;
      const at = copyRows(core, r);
      const workspace = dirty(exports.orderStatisticWorkspace(n));
      const column = dirty(n * 4);
      for (const trim of new Set([0, n >> 3, n >> 2, (n - 1) >> 1])) {
        expectSameBits(
          d * 4,
          (out) => exports.orderStatisticSimd(at, n, 0, d, trim, n - trim, out, workspace),
          (out) => exports.orderStatisticScalar(at, n, 0, d, trim, n - trim, out, column),
        );
      }
      const out = arena.allocate(d * 4);
      exports.orderStatisticSimd(at, n, 0, d, n >> 2, n - (n >> 2), out, workspace);
      arena.f32(out, d).forEach((mean, c) => {
        const sorted = r.map((row) => row[c]!).sort((a, b) => a - b);
        expect(mean).toBeGreaterThanOrEqual(sorted[n >> 2]!);
        expect(mean).toBeLessThanOrEqual(sorted[n - (n >> 2) - 1]!);
      });
    });
  });

  it('do not overflow in the mean of 1,024 of the largest values', () => {
    const { arena, exports } = core;
    arena.scope(() => {
      const most = 3.4028234663852886e38;
      const at = copyRows(
        core,
        Array.from({ length: 1024 }, () => Float32Array.of(most, -most)),
      );
      const out = arena.allocate(8);
      exports.orderStatisticSimd(at, 1024, 0, 2, 0, 1024, out, dirty(exports.orderStatisticWorkspace(1024)));
      expect([...arena.f32(out, 2)]).toEqual([most, -most]);
    });
  });

  it('Bulyan’s mean around the median equals its twin for every N and number kept', () => {
    everyCount((r, d) => {
      const { exports } = core;
      const n = r.length;
      const at = copyRows(core, r);
      const workspace = dirty(exports.nearestMeanWorkspace(n));
      const column = dirty(n * 4);
      for (const keep of new Set([1, (n + 1) >> 1, Math.max(1, n - 2 * ((n - 1) >> 3)), n])) {
        expectSameBits(
          d * 4,
          (out) => exports.nearestMeanSimd(at, n, 0, d, keep, out, workspace),
          (out) => exports.nearestMeanScalar(at, n, 0, d, keep, out, column),
        );
      }
    });
  });
});

describe('sums over columns', () => {
  const long = (n: number, d: number): Float32Array[] =>
    Array.from({ length: n }, (_, i) => Float32Array.from({ length: d }, (_, c) => Math.sin(i * 31 + c * 0.37) * 3));

  it('the Gram matrix equals its twin for every N from 1 to 200 and large ones', () => {
    everyCount((r, d) => {
      const { arena, exports } = core;
      const n = r.length;
      // Magnitudes that stay inside f32, as the loader sees to (rows beyond are scaled first).
      const at = copyRows(
        core,
        r.map((row) => row.map((x) => (Math.abs(x) > 1e15 ? 1e15 : x))),
      );
      const first = zeros(n * n);
      const second = zeros(n * n);
      exports.gramSimd(at, n, 0, d, first);
      exports.gramScalar(at, n, 0, d, second);
      expect(Buffer.from(arena.u8(first, n * n * 8)).equals(Buffer.from(arena.u8(second, n * n * 8)))).toBe(true);
      // The diagonal alone has the same bits.
      const norms = zeros(n * n);
      const normsTwin = zeros(n * n);
      exports.squaredNormsSimd(at, n, 0, d, norms);
      exports.squaredNormsScalar(at, n, 0, d, normsTwin);
      for (let i = 0; i < n; i++) {
        expect(arena.f64(norms, n * n)[i * n + i]).toBe(arena.f64(first, n * n)[i * n + i]);
        expect(arena.f64(normsTwin, n * n)[i * n + i]).toBe(arena.f64(first, n * n)[i * n + i]);
      }
    });
  });

  it('the Gram matrix has the same bits in one call or in calls of whole blocks, and is right', () => {
    const { arena, exports } = core;
    const block = exports.blockColumns();
    arena.scope(() => {
      for (const n of [1, 2, 3, 5, 8, 13]) {
        const d = 5 * block + 7;
        const r = long(n, d);
        const at = copyRows(core, r);
        const whole = zeros(n * n);
        const parts = zeros(n * n);
        const twin = zeros(n * n);
        exports.gramSimd(at, n, 0, d, whole);
        exports.gramScalar(at, n, 0, d, twin);
        for (const [from, to] of [
          [0, block],
          [block, 4 * block],
          [4 * block, d],
        ] as const) {
          exports.gramSimd(at, n, from, to, parts);
        }
        expect(arena.u8(parts, n * n * 8)).toEqual(arena.u8(whole, n * n * 8));
        expect(arena.u8(twin, n * n * 8)).toEqual(arena.u8(whole, n * n * 8));
        for (let i = 0; i < n; i++) {
          for (let j = i; j < n; j++) {
            const exact = r[i]!.reduce((sum, x, c) => sum + x * r[j]![c]!, 0);
            expect(Math.abs(arena.f64(whole, n * n)[i * n + j]! - exact)).toBeLessThan(1e-5 * d * 9);
          }
        }
      }
    });
  });

  it('squared distances equal their twin, whole or in blocks, and are finite for any finite rows', () => {
    const pairs = Uint32Array.of(0, 1, 2, 0, 1, 2);
    check(
      fc.integer({ min: 1, max: 70 }).chain((d) => f32Rows(anyF32(), 3, d)),
      (r) => {
        const { arena, exports } = core;
        const at = copyRows(core, r);
        const table = arena.copyIn(pairs);
        const first = zeros(3);
        const second = zeros(3);
        exports.squaredDistancesSimd(at, table, 3, 0, r[0]!.length, first);
        exports.squaredDistancesScalar(at, table, 3, 0, r[0]!.length, second);
        expect(arena.u8(first, 24)).toEqual(arena.u8(second, 24));
        expect([...arena.f64(first, 3)].every(Number.isFinite)).toBe(true);
      },
    );
    const { arena, exports } = core;
    arena.scope(() => {
      const block = exports.blockColumns();
      const d = 3 * block + 2;
      const at = copyRows(core, long(3, d));
      const table = arena.copyIn(pairs);
      const [whole, parts, twin] = [zeros(3), zeros(3), zeros(3)];
      exports.squaredDistancesSimd(at, table, 3, 0, d, whole);
      exports.squaredDistancesScalar(at, table, 3, 0, d, twin);
      exports.squaredDistancesSimd(at, table, 3, 0, 2 * block, parts);
      exports.squaredDistancesSimd(at, table, 3, 2 * block, d, parts);
      expect(arena.u8(parts, 24)).toEqual(arena.u8(whole, 24));
      expect(arena.u8(twin, 24)).toEqual(arena.u8(whole, 24));
    });
  });

  it('the floor equals its twin, gives the largest magnitude and finds what is not finite', () => {
    const { arena, exports } = core;
    for (const n of [...Array(40).keys(), 1023, 1024, 1025, 2051]) {
      for (const value of [
        NaN,
        Infinity,
        -Infinity,
        -3.4028234663852886e38,
        -0,
        1e-45,
        -FAINT,
        FAINT * (1 - 2 ** -24),
      ]) {
        arena.scope(() => {
          const values = Float32Array.from({ length: n }, (_, i) => Math.sin(i) * 1e-10);
          if (n > 0) values[(n * 5) % n] = value;
          const [first, second] = [arena.copyIn(values), arena.copyIn(values)];
          const bits = exports.floorSimd(first, n) >>> 0;
          expect(bits).toBe(exports.floorScalar(second, n) >>> 0);
          const floored = bitsOf(values.map(kept));
          expect(bits).toBe(Math.max(0, ...floored.map((b) => b & 0x7fffffff)));
          for (const at of [first, second]) expect(bitsOf(arena.f32(at, n))).toEqual(floored);
        });
      }
    }
  });
});
