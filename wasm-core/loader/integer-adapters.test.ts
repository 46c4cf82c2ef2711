import { beforeAll, describe, expect, it } from 'vitest';
import { arithmetics, nameOfArithmetic, type Arithmetic } from './arithmetic.ts';
import { loraTensors } from './lora.ts';
import { adapted, productOf, type MatrixShape } from './reference-integers.ts';
import { bitsOf, integers, testCore } from './test-fixtures.ts';
import type { Core, Layer, Lora } from './types.ts';

let core: Core;
beforeAll(async () => {
  core = await testCore();
});

const numbers = (length: number, seed: number): Float32Array => {
  const next = integers(seed);
  return Float32Array.from({ length }, () => (next(2001) - 1000) / 997);
};
const bytes = (length: number, below = 256): Uint8Array => {
  const next = integers(length + 1);
  return Uint8Array.from({ length }, () => next(below));
};

function loraOf(layers: Layer[], rank: number, alpha: number): Lora {
  const { offset, length } = loraTensors(layers, rank).at(-1)!;
  return { adapters: numbers(offset + length, rank), rank, alpha };
}

const each = arithmetics.map((arithmetic: Arithmetic) => ({ name: nameOfArithmetic(arithmetic), arithmetic }));

describe.each(each)('adapters beside $name', ({ arithmetic }) => {
  it.each([1, 3, 8, 21])('of rank %i are plain loops in f32, to the bit', (rank) => {
    const layers: Layer[] = [
      { type: 'dense', inputs: 37, outputs: 19 },
      { type: 'dense', inputs: 19, outputs: 9, bias: false },
    ];
    const [alpha, count] = [5, 21];
    const lora = loraOf(layers, rank, alpha);
    const parameters = numbers(core.parameterCount(layers), 7);
    const inputs = bytes(count * 37);
    const { group = 65_536, type } = arithmetic;
    const levels = type === 'int8' ? 127 : 7;
    const first: MatrixShape = { inputs: 37, outputs: 19, group, levels };
    const second: MatrixShape = { inputs: 19, outputs: 9, group, levels };
    const part = (from: number, length: number): Float32Array => lora.adapters.subarray(from, from + length);
    const [a, b] = [part(0, rank * 37), part(rank * 37, 19 * rank)];
    const [c, d] = [part(rank * 56, rank * 19), part(rank * 75, 9 * rank)];
    const scale = alpha / rank;
    const expected = Array.from({ length: count }, (_, i) => {
      const row = Array.from(inputs.subarray(i * 37, (i + 1) * 37), (byte) => Math.fround(byte * Math.fround(1 / 255)));
      const base = productOf(row, parameters, (output) => parameters[37 * 19 + output]!, first);
      const hidden = adapted(row, base, { a, b, scale });
      const out = productOf(hidden, parameters.subarray(37 * 19 + 19), undefined, second);
      return adapted(hidden, out, { a: c, b: d, scale });
    }).flat();
    const got = core.outputs({ layers, arithmetic, parameters, inputs, lora });
    expect(bitsOf(got)).toEqual(bitsOf(Float32Array.from(expected)));
  });

  it('of zeros change nothing, and none stands beside the embedding that is used again', () => {
    const layers: Layer[] = [
      { type: 'embedding', vocabulary: 21, length: 5, width: 12 },
      { type: 'attention', width: 12, heads: 3 },
      { type: 'unembedding' },
    ];
    const given = { layers, arithmetic, parameters: numbers(core.parameterCount(layers), 3), inputs: bytes(4 * 6, 21) };
    const lora = loraOf(layers, 2, 1);
    expect(lora.adapters).toHaveLength(2 * (12 + 36) + 2 * (12 + 12));
    const plain = core.outputs(given);
    expect(core.outputs({ ...given, lora: { ...lora, adapters: lora.adapters.map(() => 0) } })).toEqual(plain);
    expect(core.outputs({ ...given, lora: { ...lora, alpha: 0 } })).toEqual(plain);
    expect(core.outputs({ ...given, lora })).not.toEqual(plain);
    expect(core.evaluate({ ...given, lora }).loss).toBe(
      core.rowLosses({ ...given, lora }).reduce((sum, loss) => sum + loss, 0n),
    );
  });
});

describe('adapters', () => {
  const layers: Layer[] = [{ type: 'dense', inputs: 3, outputs: 2 }];
  const given = { layers, parameters: new Float32Array(8), inputs: bytes(6), labels: bytes(2, 2) };
  const arithmetic = { type: 'int8' } as const;

  it('come near the model that they make with a base in f32', () => {
    const wide: Layer[] = [{ type: 'dense', inputs: 64, outputs: 40 }];
    const lora = loraOf(wide, 4, 8);
    const parameters = numbers(core.parameterCount(wide), 9);
    const inputs = bytes(9 * 64);
    const merged = core.applyLora({ layers: wide, parameters, ...lora });
    const exact = core.outputs({ layers: wide, parameters: merged, inputs });
    const got = core.outputs({ layers: wide, arithmetic, parameters, inputs, lora });
    const largest = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    exact.forEach((value, i) => expect(Math.abs(value - got[i]!)).toBeLessThan(largest * 0.01));
  });

  it('are refused beside f32, in training, and where they do not fit', () => {
    const lora: Lora = { adapters: new Float32Array(5), rank: 1, alpha: 1 };
    const code = (value: string): Error => expect.objectContaining({ code: value }) as Error;
    expect(() => core.evaluate({ ...given, lora })).toThrow(code('CORE_BAD_ARGUMENT'));
    expect(() => core.gradient({ ...given, lora })).toThrow(code('CORE_FORWARD_ONLY'));
    const score = (change: object) => () =>
      core.evaluate({ ...given, arithmetic, lora: { ...lora, ...change } as Lora });
    expect(score({})).not.toThrow();
    expect(score({ adapters: new Float32Array(4) })).toThrow(code('CORE_BAD_SHAPE'));
    expect(score({ adapters: Float32Array.of(0, NaN, 0, 0, 0) })).toThrow(code('CORE_NOT_FINITE'));
    for (const change of [
      { rank: 0 },
      { rank: 1025 },
      { rank: 1.5 },
      { alpha: -1 },
      { alpha: NaN },
      { adapters: [] },
    ]) {
      expect(score(change)).toThrow(code('CORE_BAD_ARGUMENT'));
    }
    expect(() => core.evaluate({ ...given, arithmetic, lora: null as never })).toThrow(code('CORE_BAD_ARGUMENT'));
  });
});
