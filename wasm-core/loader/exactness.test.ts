import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LOSS_CAP, loadCore, type Core, type Layer } from './index.ts';
import { instantiate, type CoreInstance } from './instantiate.ts';
import { integers, wasmBytes } from './test-fixtures.ts';

// Every accumulator of integers at its bound, or where the one before it went wrong: an i64 of losses was full at 2,048
// capped rows of a call.

let cores: Core[];
let instance: CoreInstance;
beforeAll(async () => {
  const bytes = await wasmBytes();
  instance = await instantiate(bytes);
  cores = await Promise.all([1, 2, 3].map((threads) => loadCore(bytes, { threads })));
});
afterAll(() => {
  for (const core of cores) core.close();
});

function model(length: number): Layer[] {
  return [
    { type: 'embedding', vocabulary: 16, length, width: 8 },
    { type: 'dense', inputs: 8, outputs: 16 },
  ];
}

function tokens(length: number, count: number): Uint8Array {
  const next = integers(length + count);
  return Uint8Array.from({ length: count * (length + 1) }, () => next(16));
}

describe('the loss of capped predictions', () => {
  // Rows a call: 2,040 below 2^63 units, 2,048 at it, 4,096 at 2^64; then several calls, and one sample of 2^16 rows.
  it.each([
    [8, 255],
    [8, 256],
    [16, 256],
    [64, 256],
    [64, 1000],
    [2048, 3],
    [65_536, 2],
  ])('of %i tokens × %i samples is the cap times their number, whatever the threads', (length, count) => {
    const layers = model(length);
    const inputs = tokens(length, count);
    const expected = { loss: LOSS_CAP * BigInt(length * count), correct: 0, count: length * count };
    for (const core of cores) {
      const parameters = core.initialise(layers, 1).map((value) => (value < 0 ? -3e38 : 3e38));
      expect(core.evaluate({ layers, parameters, inputs })).toEqual(expected);
    }
  });

  it('is the cap for squared errors too, and for a prediction that is finite but far off', () => {
    const layers: Layer[] = [{ type: 'dense', inputs: 1, outputs: 2 }];
    const count = 5000;
    const inputs = new Uint8Array(count);
    for (const core of cores) {
      const far = { layers, parameters: Float32Array.of(0, 0, 3e38, -3e38), inputs };
      const expected = { loss: LOSS_CAP * BigInt(count), correct: 0, count };
      expect(core.evaluate({ ...far, labels: new Uint8Array(count).fill(1) })).toEqual(expected);
      expect(core.evaluate({ ...far, labels: new Uint8Array(2 * count), loss: 'squared-error' })).toEqual(expected);
    }
  });

  it('stays exact where capped and ordinary predictions are mixed', () => {
    const layers: Layer[] = [{ type: 'dense', inputs: 1, outputs: 2 }];
    const count = 9000;
    // Outputs (x · 2^30, 0) of x in 0 … 1: ordinary for x = 0, beyond the cap for x = 1 where the label is 1.
    const parameters = Float32Array.of(2 ** 30, 0, 0, 0);
    const next = integers(3);
    const inputs = Uint8Array.from({ length: count }, () => 255 * next(2));
    const labels = Uint8Array.from({ length: count }, () => next(2));
    const [core] = cores as [Core];
    const each = inputs.reduce(
      (sum, x, i) =>
        sum + core.evaluate({ layers, parameters, inputs: Uint8Array.of(x), labels: Uint8Array.of(labels[i]!) }).loss,
      0n,
    );
    for (const one of cores) expect(one.evaluate({ layers, parameters, inputs, labels }).loss).toBe(each);
  });
});

describe('other integers', () => {
  it('AUROC of the most scores it takes', () => {
    const n = 2 ** 24 - 1;
    const [core] = cores as [Core];
    // All equal: each pair counts once.
    const labels = new Uint8Array(n);
    for (let i = 1; i < n; i += 2) labels[i] = 1;
    const pairs = 2n ** 23n * (2n ** 23n - 1n);
    expect(core.auroc(new Float32Array(n), labels)).toEqual({ halfPairs: pairs, pairs });
    // All in order: each counts twice.
    expect(core.auroc(Float32Array.from(labels), labels)).toEqual({ halfPairs: 2n * pairs, pairs });
  });

  it('a Gram matrix of the largest values that are not scaled first: f32 sums of a block stay finite', () => {
    const { arena, exports } = instance;
    const columns = exports.segmentColumns();
    // measure.ts: exponents up to 48.
    const value = (2 - 2 ** -23) * 2 ** 48;
    arena.scope(() => {
      const rows = arena.copyIn(
        Uint32Array.of(...[1, -1].map((s) => arena.copyIn(new Float32Array(columns).fill(s * value)))),
      );
      for (const kind of ['Simd', 'Scalar'] as const) {
        const gram = arena.copyIn(new Float64Array(4));
        exports[`gram${kind}`](rows, 2, 0, columns, gram);
        const [own, cross] = arena.f64(gram, 2);
        expect(own! / (value ** 2 * columns)).toBeCloseTo(1, 5);
        expect(cross).toBe(-own!);
      }
    });
  });

  it('int8 sums of the largest weights there may be, from −2^31 + 128 to (2^24 − 1) · 127, both kernels', () => {
    const { arena, exports } = instance;
    const weights = [...Array<number>(512).fill(32_767), 511];
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    expect(total).toBe(2 ** 24 - 1);
    const columns = 33;
    arena.scope(() => {
      const row = arena.u8(arena.allocate(columns), columns);
      row.set(Array.from({ length: columns }, (_, c) => (c % 2 ? 127 : 128)));
      const rows = arena.copyIn(new Uint32Array(weights.length).fill(row.byteOffset));
      const weightsAt = arena.copyIn(new Uint8Array(Int16Array.from(weights).buffer));
      for (const kind of ['Simd', 'Scalar'] as const) {
        const out = arena.allocate(columns * 4);
        exports[`int8Sum${kind}`](rows, weightsAt, weights.length, 0, columns, out);
        const sums = Array.from(new Int32Array(arena.u32(out, columns)));
        expect(sums).toEqual(Array.from({ length: columns }, (_, c) => total * (c % 2 ? 127 : -128)));
      }
    });
  });
});
