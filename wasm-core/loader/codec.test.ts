import { createCipheriv } from 'node:crypto';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Codec } from './codec-types.ts';
import { kept } from './faint.ts';
import type { CoreInstance } from './instantiate.ts';
import { anyF32, bitsOf, f32Array, integers, moderateF32, testCore, testInstance } from './test-fixtures.ts';

let instance: CoreInstance;
let codec: Codec;
beforeAll(async () => {
  instance = await testInstance();
  ({ codec } = await testCore());
});

const refused = (code: string): unknown => expect.objectContaining({ code });
const shapes = fc.record({ channels: fc.integer({ min: 1, max: 5 }), length: fc.integer({ min: 1, max: 70 }) });
const matrix = (value: fc.Arbitrary<number>) =>
  shapes.chain(({ channels, length }) =>
    f32Array(value, channels * length).map((values) => ({ channels, length, values })),
  );

describe('int8 quantisation', () => {
  it('is the same bit for bit in SIMD and scalar code, both ways', () => {
    const { arena, exports } = instance;
    fc.assert(
      fc.property(matrix(anyF32()), ({ channels, length, values }) =>
        arena.scope(() => {
          const at = arena.copyIn(values);
          const results = (['Simd', 'Scalar'] as const).map((kind) => {
            const quanta = arena.allocate(values.length);
            const scales = arena.allocate(channels * 4);
            const back = arena.allocate(values.length * 4);
            exports[`quantise${kind}`](at, channels, length, scales, quanta);
            exports[`dequantise${kind}`](quanta, channels, length, scales, back);
            return [
              Array.from(arena.u8(quanta, values.length)),
              bitsOf(arena.f32(scales, channels)),
              bitsOf(arena.f32(back, values.length)),
            ];
          });
          expect(results[0]).toEqual(results[1]);
        }),
      ),
    );
  });

  it('is never further than half a step from any finite value, and quantises its own result to itself', () => {
    fc.assert(
      fc.property(matrix(anyF32().map(kept)), ({ channels, length, values }) => {
        const quantised = codec.quantise(values, channels);
        const back = codec.dequantise(quantised);
        back.forEach((value, i) => {
          const scale = quantised.scales[Math.floor(i / length)]!;
          // The largest values of all are cut to 127 times the largest scale.
          const bound = Math.max(scale * (0.5 + 2 ** -15), 2 ** -51);
          expect(Math.abs(value - values[i]!)).toBeLessThanOrEqual(bound);
        });
        expect(codec.quantise(back, channels).data).toEqual(quantised.data);
      }),
    );
  });

  it('rounds halves to even, keeps zeros and uses one scale a channel', () => {
    const { data, scales } = codec.quantise(Float32Array.of(127, 0.5, 1.5, -2.5, 0, -0, 0, 0), 2);
    expect(Array.from(data)).toEqual([127, 0, 2, -2, 0, 0, 0, 0]);
    expect(scales).toEqual(Float32Array.of(1, 2 ** -126));
  });

  it('refuses shapes and scales that do not fit', () => {
    const data = Int8Array.of(1, 2, 3, 4);
    expect(() => codec.quantise(new Float32Array(5), 2)).toThrowError(refused('CORE_BAD_ARGUMENT'));
    expect(() => codec.quantise(Float32Array.of(NaN), 1)).toThrowError(refused('CORE_NOT_FINITE'));
    for (const scale of [0, -0, -1]) {
      expect(() => codec.dequantise({ data, scales: Float32Array.of(1, scale) })).toThrowError(
        refused('CORE_BAD_ARGUMENT'),
      );
    }
    expect(() => codec.dequantise({ data, scales: Float32Array.of(1, Infinity) })).toThrowError(
      refused('CORE_NOT_FINITE'),
    );
    expect(() => codec.dequantise({ data, scales: new Float32Array(3).fill(1) })).toThrowError(
      refused('CORE_BAD_ARGUMENT'),
    );
    expect(() => codec.dequantise({ data, scales: Float32Array.of(3e38) })).toThrowError(refused('CORE_OVERFLOW'));
  });
});

describe('int8 sums', () => {
  const rows = fc.record({ n: fc.integer({ min: 1, max: 9 }), d: fc.integer({ min: 1, max: 100 }) }).chain(({ n, d }) =>
    fc.record({
      rows: fc.array(fc.int8Array({ minLength: d, maxLength: d }), { minLength: n, maxLength: n }),
      weights: fc.array(fc.integer({ min: 0, max: 32_767 }), { minLength: n, maxLength: n }),
    }),
  );

  it('are exact, in SIMD and scalar code, over any part of the columns', () => {
    const { arena, exports } = instance;
    fc.assert(
      fc.property(rows, fc.nat(40), ({ rows, weights }, skip) =>
        arena.scope(() => {
          const d = rows[0]!.length;
          const first = Math.min(skip, d - 1);
          const at = arena.copyIn(Uint32Array.from(rows, (row) => arena.copyIn(new Uint8Array(row.buffer))));
          const weightsAt = arena.copyIn(new Uint8Array(Int16Array.from(weights).buffer));
          const expected = Array.from({ length: d - first }, (_, c) =>
            rows.reduce((sum, row, i) => sum + row[first + c]! * weights[i]!, 0),
          );
          for (const kind of ['Simd', 'Scalar'] as const) {
            const out = arena.allocate(d * 4);
            exports[`int8Sum${kind}`](at, weightsAt, rows.length, first, d - first, out);
            expect(Array.from(new Int32Array(arena.u32(out, d - first)))).toEqual(expected);
          }
        }),
      ),
    );
  });

  it('become a weighted mean with one rounding', () => {
    const mean = codec.int8Mean({ rows: [Int8Array.of(127, -128), Int8Array.of(1, 2)], weights: [1, 3], scale: 0.5 });
    expect(mean).toEqual(Float32Array.of((127 + 3) / 8, (-128 + 6) / 8));
    const thirds = codec.int8Mean({ rows: [Int8Array.of(1)], weights: [3], scale: 1 / 3 });
    expect(thirds).toEqual(Float32Array.of(1 / 3));
  });

  it('refuse weights whose sum could leave 31 bits', () => {
    const many = Array<Int8Array>(513).fill(Int8Array.of(1));
    const call = (weights: number[]) => () => codec.int8Mean({ rows: many, weights, scale: 1 });
    expect(call(Array(513).fill(32_767))).toThrowError(refused('CORE_BAD_ARGUMENT'));
    expect(call(Array(513).fill(0))).toThrowError(refused('CORE_BAD_ARGUMENT'));
    expect(call(Array(512).fill(1))).toThrowError(refused('CORE_BAD_SHAPE'));
    expect(call(Array(513).fill(0.5))).toThrowError(refused('CORE_BAD_ARGUMENT'));
  });
});

describe('top-k', () => {
  it('takes what a stable sort by magnitude takes, and leaves the rest', () => {
    const input = fc.integer({ min: 1, max: 300 }).chain((n) =>
      fc.record({
        values: f32Array(fc.oneof(anyF32().map(kept), fc.constantFrom(1, -1, 0.5)), n),
        k: fc.integer({ min: 1, max: n }),
      }),
    );
    fc.assert(
      fc.property(input, ({ values, k }) => {
        const order = Array.from(values.keys()).sort((a, b) => Math.abs(values[b]!) - Math.abs(values[a]!) || a - b);
        const expected = order.slice(0, k).sort((a, b) => a - b);
        const sparse = codec.topK(values, k);
        expect(Array.from(sparse.indices)).toEqual(expected);
        expect(bitsOf(sparse.values)).toEqual(bitsOf(Float32Array.from(expected, (i) => values[i]!)));
        const dense = codec.scatter(sparse, values.length);
        values.forEach((value, i) => {
          expect([dense[i], sparse.residual[i]].filter((part) => part !== 0)).toEqual(value === 0 ? [] : [value]);
        });
      }),
    );
  });

  it('with error feedback sends everything in the end', () => {
    const random = integers(11);
    const gradient = Float32Array.from({ length: 40 }, () => (random(2001) - 1000) / 1024);
    let residual = new Float32Array(40);
    let sent = new Float32Array(40);
    for (let round = 0; round < 200; round++) {
      const wanted = gradient.map((value, i) => value + residual[i]!);
      const sparse = codec.topK(wanted, 4);
      residual = Float32Array.from(sparse.residual);
      sent = sent.map((value, i) => value + (codec.scatter(sparse, 40)[i] ?? 0));
    }
    // What was not sent is no more than what one value gathers between two of its turns.
    sent.forEach((value, i) => expect(Math.abs(value - 200 * gradient[i]!)).toBeLessThan(20));
  });

  it('refuses indices that descend, repeat or lie outside', () => {
    const values = Float32Array.of(1, 2);
    for (const indices of [
      [1, 0],
      [1, 1],
      [0, 5],
    ]) {
      expect(() => codec.scatter({ indices: Uint32Array.from(indices), values }, 5)).toThrowError(
        refused('CORE_BAD_ARGUMENT'),
      );
    }
    expect(() => codec.topK(values, 3)).toThrowError(refused('CORE_BAD_ARGUMENT'));
  });
});

describe('privacy', () => {
  it('draws from ChaCha20 as RFC 8439 defines it', () => {
    const { arena, exports } = instance;
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 32, maxLength: 32 }), fc.nat(0xffffffff), (key, counter) =>
        arena.scope(() => {
          const at = arena.copyIn(key);
          const out = arena.allocate(64);
          exports.chacha20Block(at, counter, out);
          // OpenSSL's initial vector: the counter, then the nonce.
          const vector = new Uint8Array(Uint32Array.of(counter, 0, 0, 0).buffer);
          const expected = createCipheriv('chacha20', key, vector).update(new Uint8Array(64));
          expect(Array.from(arena.u8(out, 64))).toEqual(Array.from(expected));
        }),
      ),
    );
  });

  const key = Uint8Array.from({ length: 32 }, (_, i) => i);
  const sum = (values: Float32Array, term: (x: number) => number): number => values.reduce((s, x) => s + term(x), 0);

  it('adds normal noise of the right moments and tails', () => {
    const n = 400_000;
    const noise = codec.privatise({ values: new Float32Array(n), clip: 2, noise: 1.5, key });
    const unit = noise.map((x) => x / 3);
    // Each bound is six standard errors of its estimate.
    expect(Math.abs(sum(unit, (x) => x) / n)).toBeLessThan(6 / Math.sqrt(n));
    expect(Math.abs(sum(unit, (x) => x * x) / n - 1)).toBeLessThan(6 * Math.sqrt(2 / n));
    expect(Math.abs(sum(unit, (x) => x ** 4) / n - 3)).toBeLessThan(6 * Math.sqrt(96 / n));
    for (const [edge, share] of [
      [1, 0.3173105],
      [2, 0.0455003],
      [3, 0.0026998],
    ] as const) {
      const outside = sum(unit, (x) => Number(Math.abs(x) > edge)) / n;
      expect(Math.abs(outside - share)).toBeLessThan(6 * Math.sqrt((share * (1 - share)) / n));
    }
    // Neighbours come from the same pair: they must not go together.
    const products = unit.map((x, i) => x * (unit[i ^ 1] ?? 0));
    expect(Math.abs(sum(products, (x) => x) / n)).toBeLessThan(6 * Math.sqrt(2 / n));
  });

  it('is the same for the same key and another for another', () => {
    const values = Float32Array.from({ length: 21 }, (_, i) => i / 100);
    const a = { values, clip: 1, noise: 1, key };
    expect(bitsOf(codec.privatise(a))).toEqual(bitsOf(codec.privatise(a)));
    const other = codec.privatise({ ...a, key: key.toReversed() });
    expect(other.every((value, i) => value !== codec.privatise(a)[i])).toBe(true);
    // Any prefix of an array gets the noise that it gets alone.
    const part = codec.privatise({ ...a, values: values.subarray(0, 13) });
    expect(bitsOf(part)).toEqual(bitsOf(codec.privatise(a).subarray(0, 13)));
  });

  it('clips to the norm, never above, and leaves what is below it', () => {
    const { arena, exports } = instance;
    const input = fc.integer({ min: 1, max: 70 }).chain((n) => f32Array(moderateF32().map(kept), n));
    fc.assert(
      fc.property(input, fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (values, clip) => {
        const clipped = codec.privatise({ values, clip, noise: 0, key });
        const norm = Math.sqrt(sum(values, (x) => x * x));
        if (norm <= clip) expect(clipped).toEqual(values);
        else expect(Math.sqrt(sum(clipped, (x) => x * x))).toBeLessThanOrEqual(clip);
        arena.scope(() => {
          const before = exports.clipNorm(arena.copyIn(values), values.length, clip);
          expect(Math.abs(before - norm)).toBeLessThanOrEqual(1e-14 * norm);
        });
      }),
    );
  });

  it('refuses keys of another length, and noise that is no number', () => {
    const values = Float32Array.of(1);
    expect(() => codec.privatise({ values, clip: 1, noise: 1, key: new Uint8Array(31) })).toThrowError(
      refused('CORE_BAD_SHAPE'),
    );
    expect(() => codec.privatise({ values, clip: 0, noise: 1, key })).toThrowError(refused('CORE_BAD_ARGUMENT'));
    expect(() => codec.privatise({ values, clip: 1, noise: NaN, key })).toThrowError(refused('CORE_BAD_ARGUMENT'));
  });
});
