import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { CoreInstance } from './instantiate.ts';
import { layerTypes } from './layers/index.ts';
import { relu } from './layers/relu.ts';
import { anyF32, bitsOf, f32Array, moderateF32, testInstance } from './test-fixtures.ts';

// Every SIMD kernel of scoring and training against its scalar twin: equal bits, not close values. NaN, whose bits may
// differ, counts as one value.

let core: CoreInstance;
beforeAll(async () => {
  core = await testInstance();
});

const canonical = (values: Float32Array): number[] =>
  bitsOf(values.map((value) => (Number.isNaN(value) ? NaN : value)));

/** Runs both kernels into fresh outputs (a copy of `start`, or garbage) and compares the bits. */
function expectSameBits(
  length: number,
  simd: (out: number) => void,
  scalar: (out: number) => void,
  start?: Float32Array,
): void {
  const { arena } = core;
  const first = arena.allocate(length * 4);
  const second = arena.allocate(length * 4);
  arena.u8(first, length * 4).fill(0xaa);
  arena.u8(second, length * 4).fill(0x55);
  if (start) for (const at of [first, second]) arena.f32(at, length).set(start);
  simd(first);
  scalar(second);
  expect(canonical(arena.f32(first, length))).toEqual(canonical(arena.f32(second, length)));
}

function check<T>(inputs: fc.Arbitrary<T>, body: (input: T) => void, numRuns = 100): void {
  fc.assert(
    fc.property(inputs, (input) => core.arena.scope(() => body(input))),
    { numRuns, seed: 20_26 },
  );
}

const size = fc.integer({ min: 1, max: 37 });
/** Arguments where functions bend, end or overflow, besides any at all. */
const argument = fc.oneof(
  anyF32(),
  moderateF32(),
  fc.float({ noNaN: true, min: -110, max: 110 }),
  fc.float({ noNaN: true, min: -5, max: 5 }),
);
const same = <T>(value: T): fc.Arbitrary<T> => fc.constant(value);

describe('matrix product', () => {
  it('is the twin and the definition, plain or transposed, fresh or onto values, with panels apart', () => {
    const small = fc.integer({ min: 1, max: 21 });
    const shapes = fc.record({
      m: small,
      k: small,
      n: small,
      transposed: fc.boolean(),
      onto: fc.nat(1),
      gap: fc.nat(3),
    });
    const input = shapes.chain((shape) =>
      fc.record({
        shape: same(shape),
        a: f32Array(moderateF32(), shape.m * shape.k),
        b: f32Array(moderateF32(), shape.n * shape.k),
        c: f32Array(moderateF32(), shape.m * shape.n),
      }),
    );
    check(
      input,
      ({ shape: { m, k, n, transposed, onto, gap }, a, b, c }) => {
        const { arena, exports } = core;
        const left = arena.copyIn(a);
        const right = arena.copyIn(b);
        const panels = Math.ceil(n / 8);
        const panelBytes = (k + gap) * 32;
        const packed = arena.allocate(panels * panelBytes);
        for (let p = 0; p < panels; p++) {
          exports.packColumnsSimd(right + p * 8 * k * 4, k * 4, k, Math.min(8, n - p * 8), packed + p * panelBytes);
        }
        const [rowStride, colStride] = transposed ? [4, m * 4] : [k * 4, 4];
        const run = (kernel: typeof exports.matmulSimd) => (out: number) =>
          kernel(left, rowStride, colStride, packed, out, n * 4, m, k, n, onto, panelBytes);
        expectSameBits(m * n, run(exports.matmulSimd), run(exports.matmulScalar), c);
        // And against the definition in JS, whose Math.fround rounds each product and sum as f32 does.
        const out = arena.copyIn(c);
        run(exports.matmulSimd)(out);
        const expected = c.map((value, at) => {
          const [i, j] = [Math.floor(at / n), at % n];
          let sum = onto ? value : 0;
          for (let l = 0; l < k; l++) {
            sum = Math.fround(sum + Math.fround((transposed ? a[l * m + i]! : a[i * k + l]!) * b[j * k + l]!));
          }
          return sum;
        });
        expect(canonical(arena.f32(out, m * n))).toEqual(canonical(expected));
      },
      200,
    );
  });

  it('has the same bits beyond its blocks, and by parts of rows and columns', () => {
    const { arena, exports } = core;
    arena.scope(() => {
      const [m, k, n] = [71, 1031, 43];
      const values = (length: number, step: number): Float32Array =>
        Float32Array.from({ length }, (_, i) => Math.sin(i * step) * 10 ** ((i % 7) - 3));
      const a = arena.copyIn(values(m * k, 0.7));
      const b = arena.copyIn(values(n * k, 1.3));
      const packed = arena.allocate(Math.ceil(n / 8) * k * 32);
      exports.packRowsSimd(b, n * 4, k, n, packed);
      const whole = (out: number): void => exports.matmulScalar(a, k * 4, 4, packed, out, n * 4, m, k, n, 0, 0);
      expectSameBits(m * n, (out) => exports.matmulSimd(a, k * 4, 4, packed, out, n * 4, m, k, n, 0, 0), whole);
      const inParts = (out: number): void => {
        for (const [row, rows] of [
          [0, 33],
          [33, 38],
        ] as const) {
          for (const [column, columns] of [
            [0, 16],
            [16, 27],
          ] as const) {
            const from = packed + (column / 8) * k * 32;
            const to = out + row * n * 4 + column * 4;
            exports.matmulSimd(a + row * k * 4, k * 4, 4, from, to, n * 4, rows, k, columns, 0, 0);
          }
        }
      };
      expectSameBits(m * n, inParts, whole);
    });
  });
});

describe('packing', () => {
  it('rows and columns of f32', () => {
    const input = fc
      .record({ k: size, n: size })
      .chain(({ k, n }) => fc.record({ k: same(k), n: same(n), values: f32Array(anyF32(), k * n) }));
    check(input, ({ k, n, values }) => {
      const { exports, arena } = core;
      const from = arena.copyIn(values);
      const length = Math.ceil(n / 8) * k * 8;
      expectSameBits(
        length,
        (out) => exports.packRowsSimd(from, n * 4, k, n, out),
        (out) => exports.packRowsScalar(from, n * 4, k, n, out),
      );
      expectSameBits(
        length,
        (out) => exports.packColumnsSimd(from, k * 4, k, n, out),
        (out) => exports.packColumnsScalar(from, k * 4, k, n, out),
      );
    });
  });

  it('bytes, picked by an index', () => {
    const input = size.chain((features) =>
      fc.record({
        features: same(features),
        samples: fc.uint8Array({ minLength: 20 * features, maxLength: 20 * features }),
        index: fc.array(fc.nat(19), { minLength: 1, maxLength: 12 }),
      }),
    );
    check(input, ({ features, samples, index }) => {
      const { exports, arena } = core;
      const from = arena.copyIn(samples);
      const order = arena.copyIn(Uint32Array.from(index));
      expectSameBits(
        features * index.length,
        (out) => exports.bytesToF32Simd(from, features, order, index.length, out),
        (out) => exports.bytesToF32Scalar(from, features, order, index.length, out),
      );
    });
  });

  it('32-bit integers, picked by an index, as the host rounds them', () => {
    // Ties of the rounding stand between 2^24 and 2^31.
    const integer = fc.oneof(
      fc.integer(),
      fc.integer({ min: -(2 ** 25), max: 2 ** 25 }),
      fc.constantFrom(-(2 ** 31), 2 ** 31 - 1, 2 ** 24 + 1, -(2 ** 24) - 3, 0x7fffffc0, 0),
    );
    const input = size.chain((features) =>
      fc.record({
        features: same(features),
        samples: fc.array(integer, { minLength: 20 * features, maxLength: 20 * features }),
        index: fc.array(fc.nat(19), { minLength: 1, maxLength: 12 }),
      }),
    );
    check(input, ({ features, samples, index }) => {
      const { exports, arena } = core;
      const from = arena.copyIn(Uint32Array.from(samples));
      const order = arena.copyIn(Uint32Array.from(index));
      const length = features * index.length;
      expectSameBits(
        length,
        (out) => exports.integersToF32Simd(from, features, order, index.length, out),
        (out) => exports.integersToF32Scalar(from, features, order, index.length, out),
      );
      const out = arena.allocate(length * 4);
      exports.integersToF32Simd(from, features, order, index.length, out);
      const expected = index.flatMap((row) => samples.slice(row * features, (row + 1) * features));
      expect(bitsOf(arena.f32(out, length))).toEqual(bitsOf(Float32Array.from(expected, Math.fround)));
    });
  });
});

describe('elementwise', () => {
  const vectors = size.chain((n) =>
    fc.record({
      x: f32Array(argument, n),
      y: f32Array(argument, n),
      z: f32Array(argument, n),
      s: argument,
      t: argument,
    }),
  );

  it('exp, tanh and erf', () => {
    check(vectors, ({ x }) => {
      const from = core.arena.copyIn(x);
      for (const which of [0, 1, 2]) {
        expectSameBits(
          x.length,
          (out) => core.exports.functionSimd(which, from, out, x.length),
          (out) => core.exports.functionScalar(which, from, out, x.length),
        );
      }
    });
  });

  const activations = layerTypes.filter(({ activation }) => activation === 'value');
  it.each(activations.flatMap(({ operations }) => Object.entries(operations)))('%s and its gradient', (_, code) => {
    check(vectors, ({ x, y }) => {
      const { exports, arena } = core;
      const [at, delta] = [arena.copyIn(x), arena.copyIn(y)];
      expectSameBits(
        x.length,
        (out) => exports.activationSimd(code, at, out, x.length),
        (out) => exports.activationScalar(code, at, out, x.length),
      );
      expectSameBits(
        x.length,
        (out) => exports.activationBackwardSimd(code, delta, at, out, x.length),
        (out) => exports.activationBackwardScalar(code, delta, at, out, x.length),
      );
    });
  });

  it('scale and shift, bias, SGD and Adam', () => {
    check(vectors, ({ x, y, z, s, t }) => {
      const { exports, arena } = core;
      const n = x.length;
      const from = arena.copyIn(x);
      expectSameBits(
        n,
        (out) => exports.scaleShiftSimd(from, out, n, s, t),
        (out) => exports.scaleShiftScalar(from, out, n, s, t),
      );
      const three = Float32Array.from([...y, ...z, ...x]);
      expectSameBits(
        3 * n,
        (out) => exports.addBiasSimd(out, from, 3, n),
        (out) => exports.addBiasScalar(out, from, 3, n),
        three,
      );
      expectSameBits(
        2 * n,
        (out) => exports.sgdSimd(out, out + n * 4, from, n, 0.1, 0.9),
        (out) => exports.sgdScalar(out, out + n * 4, from, n, 0.1, 0.9),
        three.subarray(0, 2 * n),
      );
      expectSameBits(
        3 * n,
        (out) => exports.adamSimd(out, out + n * 4, out + n * 8, from, n, 0.1, 0.9, 0.999, 1e-8, 10, 1000),
        (out) => exports.adamScalar(out, out + n * 4, out + n * 8, from, n, 0.1, 0.9, 0.999, 1e-8, 10, 1000),
        three.map((value, i) => (i < 2 * n ? value : Math.abs(value))),
      );
    });
  });

  it('ReLU turns −0 and NaN into +0', () => {
    const { arena, exports } = core;
    arena.scope(() => {
      const at = arena.copyIn(Float32Array.of(-0, NaN, -1, 2, -0));
      exports.activationSimd(relu.operations.RELU, at, at, 5);
      expect(bitsOf(arena.f32(at, 5))).toEqual(bitsOf(Float32Array.of(0, 0, 0, 2, 0)));
    });
  });
});

describe('rows', () => {
  const matrix = fc.record({ rows: fc.integer({ min: 1, max: 9 }), width: size }).chain(({ rows, width }) =>
    fc.record({
      rows: same(rows),
      width: same(width),
      x: f32Array(argument, rows * width),
      y: f32Array(argument, rows * width),
      weight: f32Array(argument, width),
      bias: f32Array(argument, width),
      scale: argument,
    }),
  );

  it('layer and RMS norm', () => {
    check(matrix, ({ rows, width, x, weight, bias }) => {
      const { exports, arena } = core;
      const [from, w, b] = [arena.copyIn(x), arena.copyIn(weight), arena.copyIn(bias)];
      for (const [centred, shift] of [
        [1, b],
        [0, 0],
      ] as const) {
        expectSameBits(
          rows * width,
          (out) => exports.normaliseRowsSimd(from, out, rows, width, centred, 1e-5, w, shift),
          (out) => exports.normaliseRowsScalar(from, out, rows, width, centred, 1e-5, w, shift),
        );
      }
    });
  });

  it('softmax and its gradient', () => {
    check(matrix, ({ rows, width, x, y, scale }) => {
      const { exports, arena } = core;
      const [from, delta] = [arena.copyIn(x), arena.copyIn(y)];
      const n = rows * width;
      expectSameBits(
        n,
        (out) => exports.softmaxRowSimd(from, out, n, scale),
        (out) => exports.softmaxRowScalar(from, out, n, scale),
      );
      expectSameBits(
        n,
        (out) => exports.softmaxBackwardSimd(from, delta, out, n, scale),
        (out) => exports.softmaxBackwardScalar(from, delta, out, n, scale),
      );
    });
  });

  it('sums of columns and of all', () => {
    check(matrix, ({ rows, width, x }) => {
      const { exports, arena } = core;
      const from = arena.copyIn(x);
      expectSameBits(
        width,
        (out) => exports.columnSumsSimd(from, rows, width, width * 4, out),
        (out) => exports.columnSumsScalar(from, rows, width, width * 4, out),
      );
      const sums = [exports.sumSimd(from, x.length), exports.sumScalar(from, x.length)];
      expect(Object.is(sums[0], sums[1])).toBe(true);
    });
  });
});
