import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CoreInstance } from './instantiate.ts';
import { productOf, quantised } from './reference-integers.ts';
import { anyF32, bitsOf, f32Array, moderateF32, testInstance } from './test-fixtures.ts';

// Kernels of integer scoring against their twins and against plain loops, to the bit.

let core: CoreInstance;
beforeAll(async () => {
  core = await testInstance();
});

const CHANNEL = 65_536;
const padded = (k: number): number => Math.ceil(k / 4) * 4;
const panelBytes = (k: number, group: number, bits: number): number =>
  32 * (1 + Math.ceil(k / group)) + padded(k) * bits;

function check<T>(inputs: fc.Arbitrary<T>, body: (input: T) => void, numRuns = 150): void {
  fc.assert(
    fc.property(inputs, (input) => core.arena.scope(() => body(input))),
    { numRuns, seed: 20_26 },
  );
}

function floored(values: Float32Array): number {
  const at = core.arena.copyIn(values);
  core.exports.floorSimd(at, values.length);
  return at;
}

const bytesAt = (at: number, length: number): number[] => Array.from(core.arena.u8(at, length));
const i16At = (at: number, length: number): number[] =>
  Array.from(new Int16Array(core.arena.u8(at, 2).buffer, at, length));

describe('quantisation of a row', () => {
  it('is the twin and the definition, ties to even', () => {
    const input = fc.integer({ min: 1, max: 40 }).chain((n) =>
      fc.record({
        values: f32Array(
          fc.oneof(
            anyF32(),
            moderateF32(),
            fc.integer({ min: -254, max: 254 }).map((x) => x / 2),
          ),
          n,
        ),
        levels: fc.constantFrom(127, 7),
      }),
    );
    check(input, ({ values, levels }) => {
      const { arena, exports } = core;
      const n = values.length;
      const at = floored(values);
      const most = levels === 127 ? 2.6793883890187504e36 : 4.861176380550412e37;
      const scale = exports.rowScaleSimd(at, n, levels, most);
      expect(scale).toBe(exports.rowScaleScalar(at, n, levels, most));
      const [simd, scalar] = [arena.allocate(n * 2), arena.allocate(n * 2)];
      exports.quantiseI16Simd(at, n, scale, simd);
      exports.quantiseI16Scalar(at, n, scale, scalar);
      expect(i16At(simd, n)).toEqual(i16At(scalar, n));
      const expected = quantised(Array.from(values), levels);
      expect(scale).toBe(expected.scale);
      // −0 is 0.
      expect(i16At(simd, n)).toEqual(expected.quanta.map((quantum) => quantum + 0));
      expect(Math.max(...i16At(simd, n).map(Math.abs))).toBeLessThanOrEqual(levels);
      // A quantum times its scale stays in f32, and within half a step.
      values.forEach((value, i) => {
        const back = Math.fround(i16At(simd, n)[i]! * scale);
        expect(Number.isFinite(back)).toBe(true);
        expect(Math.abs(back - value)).toBeLessThanOrEqual((scale / 2) * (1 + 2 ** -15) + 2 ** -51);
      });
    });
  });

  it('rounds halves to the even quantum', () => {
    const { arena, exports } = core;
    arena.scope(() => {
      const values = Float32Array.of(127, 0.5, 1.5, 2.5, -0.5, -1.5, -2.5, 3.5, 126.5);
      const at = arena.copyIn(values);
      const out = arena.allocate(64);
      expect(exports.rowScaleSimd(at, values.length, 127, 3e38)).toBe(1);
      exports.quantiseI16Simd(at, values.length, 1, out);
      expect(i16At(out, values.length)).toEqual([127, 0, 2, 2, 0, -2, -2, 4, 126]);
    });
  });

  it('gives NaN as the scale of what is not finite, wherever it stands, and zeros', () => {
    for (const bad of [NaN, Infinity, -Infinity]) {
      for (let place = 0; place < 9; place++) {
        core.arena.scope(() => {
          const { arena, exports } = core;
          const at = arena.copyIn(Float32Array.from({ length: 9 }, (_, i) => (i === place ? bad : i)));
          for (const [scaleOf, quantise] of [
            [exports.rowScaleSimd, exports.quantiseI16Simd],
            [exports.rowScaleScalar, exports.quantiseI16Scalar],
          ] as const) {
            const out = arena.allocate(32);
            arena.u8(out, 32).fill(9);
            const scale = scaleOf(at, 9, 127, 3e38);
            expect(scale).toBeNaN();
            quantise(at, 9, scale, out);
            expect(i16At(out, 9)).toEqual(Array(9).fill(0));
          }
        });
      }
    }
  });
});

const widths = fc.constantFrom(
  { bits: 8, group: CHANNEL },
  { bits: 8, group: 32 },
  { bits: 8, group: 64 },
  { bits: 4, group: 32 },
  { bits: 4, group: 64 },
);

/** Both packings, checked to be equal; returns where the panels stand. */
function packed(
  weights: Float32Array,
  bias: Float32Array | undefined,
  n: number,
  k: number,
  bits: number,
  group: number,
) {
  const { arena, exports } = core;
  const step = panelBytes(k, group, bits);
  const panels = Math.ceil(n / 8);
  const rows = floored(weights);
  const biasAt = bias ? floored(bias) : 0;
  const quanta = arena.allocate(2 * padded(k));
  const [simd, scalar] = [exports.packPanelSimd, exports.packPanelScalar].map((pack, i) => {
    const out = arena.allocate(step * panels);
    arena.u8(out, step * panels).fill(i ? 0xaa : 0x55);
    for (let p = 0; p < panels; p++) {
      const own = biasAt && biasAt + p * 32;
      pack(rows + p * 8 * k * 4, Math.min(8, n - p * 8), own, k, group, bits, out + p * step, quanta);
    }
    return out;
  }) as [number, number];
  expect(bytesAt(simd, step * panels)).toEqual(bytesAt(scalar, step * panels));
  return simd;
}

function multiplied(
  kernel: CoreInstance['exports']['matmulIntSimd'],
  rows: Float32Array,
  panels: number,
  { m, k, n, bits, group }: { m: number; k: number; n: number; bits: number; group: number },
): Float32Array {
  const { arena, exports } = core;
  const from = floored(rows);
  const rowBytes = 2 * padded(k);
  const quanta = arena.allocate(Math.ceil(m / 4) * 4 * rowBytes);
  // What stands behind the last row does not matter.
  arena.u8(quanta, Math.ceil(m / 4) * 4 * rowBytes).fill(0x7f);
  const scales = arena.allocate(m * 4);
  for (let i = 0; i < m; i++) {
    const scale = exports.rowScaleSimd(from + i * k * 4, k, 127, 3.4028234663852886e38);
    arena.f32(scales, m)[i] = scale;
    arena.u8(quanta + i * rowBytes, rowBytes).fill(0);
    exports.quantiseI16Simd(from + i * k * 4, k, scale, quanta + i * rowBytes);
  }
  const out = arena.allocate(m * n * 4 + 16);
  arena.u8(out, m * n * 4 + 16).fill(0xaa);
  const scratch = arena.allocate(16 * padded(k) + 128);
  kernel(quanta, rowBytes, scales, panels, out, n * 4, m, k, n, group, bits, scratch);
  // Nothing behind the result is written.
  expect(bytesAt(out + m * n * 4, 16)).toEqual(Array(16).fill(0xaa));
  return arena.copyOut(out, m * n);
}

const canonical = (values: ArrayLike<number>): number[] =>
  bitsOf(Float32Array.from(values, (value) => (Number.isNaN(value) ? NaN : value)));

describe('integer matrix product', () => {
  it('is the twin and the definition, in all widths', () => {
    const input = fc
      .record({
        m: fc.integer({ min: 1, max: 9 }),
        k: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 140 })),
        n: fc.integer({ min: 1, max: 19 }),
        widths,
        biased: fc.boolean(),
      })
      .chain((shape) =>
        fc.record({
          shape: fc.constant(shape),
          rows: f32Array(moderateF32(), shape.m * shape.k),
          weights: f32Array(moderateF32(), shape.n * shape.k),
          bias: f32Array(moderateF32(), shape.n),
        }),
      );
    check(input, ({ shape: { m, k, n, widths, biased }, rows, weights, bias }) => {
      const sizes = { m, k, n, ...widths };
      const panels = packed(weights, biased ? bias : undefined, n, k, widths.bits, widths.group);
      const simd = multiplied(core.exports.matmulIntSimd, rows, panels, sizes);
      expect(canonical(simd)).toEqual(canonical(multiplied(core.exports.matmulIntScalar, rows, panels, sizes)));
      const shape = { inputs: k, outputs: n, group: widths.group, levels: widths.bits === 8 ? 127 : 7 };
      const expected = Array.from({ length: m }, (_, i) =>
        productOf(Array.from(rows.subarray(i * k, (i + 1) * k)), weights, biased ? (o) => bias[o]! : undefined, shape),
      ).flat();
      expect(canonical(simd)).toEqual(canonical(expected));
    });
  });

  it('is exact at the bound: 65,536 products of the largest quanta, of either sign', () => {
    const k = CHANNEL;
    for (const [bits, group] of [
      [8, CHANNEL],
      [8, 64],
      [4, 32],
    ] as const) {
      for (const sign of [1, -1]) {
        core.arena.scope(() => {
          const rows = new Float32Array(5 * k).fill(sign * 127);
          const weights = new Float32Array(2 * k).fill(bits === 8 ? 127 : 7);
          const panels = packed(weights, undefined, 2, k, bits, group);
          const sizes = { m: 5, k, n: 2, bits, group };
          const levels = bits === 8 ? 127 : 7;
          // 1,057,030,144 where bits is 8, which f32 holds: 127² · 2^16. Groups add multiples of it, exact too.
          const expected = Array(10).fill(sign * 127 * levels * k);
          expect(Array.from(multiplied(core.exports.matmulIntSimd, rows, panels, sizes))).toEqual(expected);
          expect(Array.from(multiplied(core.exports.matmulIntScalar, rows, panels, sizes))).toEqual(expected);
        });
      }
    }
  });

  it('gives NaN for rows that are not finite, and leaves the others alone', () => {
    core.arena.scope(() => {
      const [m, k, n] = [5, 6, 3];
      const weights = Float32Array.from({ length: n * k }, (_, i) => i - 7);
      const panels = packed(weights, undefined, n, k, 8, CHANNEL);
      const rows = Float32Array.from({ length: m * k }, (_, i) => i);
      const sizes = { m, k, n, bits: 8, group: CHANNEL };
      const sound = multiplied(core.exports.matmulIntSimd, rows, panels, sizes);
      rows[2 * k + 3] = Infinity;
      for (const kernel of [core.exports.matmulIntSimd, core.exports.matmulIntScalar]) {
        const got = multiplied(kernel, rows, panels, sizes);
        expect(Array.from(got.subarray(6, 9))).toEqual([NaN, NaN, NaN]);
        expect(got.subarray(0, 6)).toEqual(sound.subarray(0, 6));
        expect(got.subarray(9)).toEqual(sound.subarray(9));
      }
    });
  });
});
