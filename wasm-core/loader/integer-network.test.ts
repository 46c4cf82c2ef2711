import { beforeAll, describe, expect, it } from 'vitest';
import { arithmetics, nameOfArithmetic, type Arithmetic } from './arithmetic.ts';
import { evaluate } from './network.ts';
import { loadCore, networkLayout } from './index.ts';
import { layerTypes } from './layers/index.ts';
import { productOf, rowOf, type MatrixShape } from './reference-integers.ts';
import { bitsOf, integers, testCore, testInstance, wasmBytes } from './test-fixtures.ts';
import type { Core, Layer } from './types.ts';

let core: Core;
beforeAll(async () => {
  core = await testCore();
});

const shapeOf = ({ type, group }: Arithmetic, inputs: number, outputs: number): MatrixShape => ({
  inputs,
  outputs,
  group: group ?? 65_536,
  levels: type === 'int8' ? 127 : 7,
});

/** A model whose values, biases too, are all of a size. */
function model(layers: Layer[], seed: number): Float32Array {
  const next = integers(seed);
  return Float32Array.from({ length: core.parameterCount(layers) }, () => (next(2001) - 1000) / 997);
}

const bytes = (length: number, below = 256): Uint8Array => {
  const next = integers(length + 1);
  return Uint8Array.from({ length }, () => next(below));
};

describe.each(arithmetics.map((one: Arithmetic) => ({ name: nameOfArithmetic(one), arithmetic: one })))(
  'networks in $name',
  ({ arithmetic }) => {
    it('are plain loops over dense layers, to the bit', () => {
      const layers: Layer[] = [
        { type: 'dense', inputs: 70, outputs: 37 },
        { type: 'relu' },
        { type: 'dense', inputs: 37, outputs: 9, bias: false },
      ];
      const parameters = model(layers, 7);
      const inputs = bytes(5 * 70);
      const got = core.outputs({ layers, arithmetic, parameters, inputs });
      const second = parameters.subarray(70 * 37 + 37);
      const expected = Array.from({ length: 5 }, (_, i) => {
        const row = Array.from(inputs.subarray(i * 70, (i + 1) * 70), (byte) =>
          Math.fround(byte * Math.fround(1 / 255)),
        );
        const bias = (output: number): number => parameters[70 * 37 + output]!;
        const hidden = productOf(row, parameters, bias, shapeOf(arithmetic, 70, 37)).map((value) => Math.max(0, value));
        return productOf(hidden, second, undefined, shapeOf(arithmetic, 37, 9));
      }).flat();
      expect(bitsOf(got)).toEqual(bitsOf(Float32Array.from(expected)));
      expect(got).not.toEqual(core.outputs({ layers, parameters, inputs }));
    });

    it('are plain loops over embeddings, projections of attention and the tied outputs, to the bit', () => {
      // Of one token attention gives its value: all else is products.
      const layers: Layer[] = [
        { type: 'embedding', vocabulary: 21, length: 1, width: 36 },
        { type: 'attention', width: 36, heads: 3 },
        { type: 'unembedding' },
      ];
      const parameters = model(layers, 11);
      const inputs = bytes(6 * 2, 21);
      const place = new Map(networkLayout(layers).tensors.map(({ name, offset }) => [name, offset]));
      const from = (name: string): Float32Array => parameters.subarray(place.get(name));
      const bias = (name: string) => (output: number) => from(name)[output]!;
      const expected = Array.from({ length: 6 }, (_, i) => {
        const row = rowOf(parameters, inputs[i * 2]!, shapeOf(arithmetic, 36, 21));
        const into = [from('layers.1.in_proj_weight'), bias('layers.1.in_proj_bias')] as const;
        const projected = productOf(row, ...into, shapeOf(arithmetic, 36, 108));
        const out = [from('layers.1.out_proj.weight'), bias('layers.1.out_proj.bias')] as const;
        const mixed = productOf(projected.slice(72), ...out, shapeOf(arithmetic, 36, 36));
        return productOf(mixed, parameters, undefined, shapeOf(arithmetic, 36, 21));
      }).flat();
      const got = core.outputs({ layers, arithmetic, parameters, inputs });
      expect(bitsOf(got)).toEqual(bitsOf(Float32Array.from(expected)));
    });

    it('come near what f32 gives, for every kind of layer', () => {
      for (const { name, example } of layerTypes) {
        const layers = example as unknown as Layer[];
        const { input } = networkLayout(layers);
        const each = input.kind === 'tokens' ? input.size + 1 : input.size;
        const given = {
          layers,
          parameters: core.initialise(layers, 3),
          inputs: bytes(4 * each, input.kind === 'features' ? 256 : input.vocabulary),
        };
        const exact = core.outputs(given);
        const got = core.outputs({ ...given, arithmetic });
        const largest = exact.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-3);
        const apart = exact.reduce((most, value, i) => Math.max(most, Math.abs(value - got[i]!)), 0);
        expect(apart / largest, name).toBeLessThan(arithmetic.type === 'int8' ? 0.1 : 0.9);
      }
    });

    it('give the same whatever the threads, and each sample by itself', async () => {
      const layers: Layer[] = [
        { type: 'embedding', vocabulary: 61, length: 12, width: 16 },
        { type: 'attention', width: 16, heads: 2, rotary: true },
        { type: 'rms-norm', features: 16 },
        { type: 'dense', inputs: 16, outputs: 61 },
      ];
      const given = { layers, arithmetic, parameters: model(layers, 5), inputs: bytes(300 * 13, 61) };
      const threaded = await loadCore(await wasmBytes(), { threads: 2 });
      const all = core.outputs(given);
      const losses = core.rowLosses(given);
      expect(losses.reduce((sum, loss) => sum + loss, 0n)).toBe(core.evaluate(given).loss);
      expect(losses).not.toEqual(core.rowLosses({ ...given, arithmetic: undefined }));
      expect(bitsOf(threaded.outputs(given))).toEqual(bitsOf(all));
      expect(threaded.measure({ ...given, top: 5 })).toEqual(core.measure({ ...given, top: 5 }));
      threaded.close();
      const one = core.outputs({ ...given, inputs: given.inputs.subarray(13 * 7, 13 * 8) });
      expect(bitsOf(one)).toEqual(bitsOf(all.slice(7 * 12 * 61, 8 * 12 * 61)));
    });
  },
);

describe('memory of integers', () => {
  const layers: Layer[] = [{ type: 'dense', inputs: 4096, outputs: 4096 }];

  it('is a quarter of f32, and less in 4 bits', () => {
    const { bytes: f32 } = networkLayout(layers);
    const parts = arithmetics.map((arithmetic) => networkLayout(layers, arithmetic).bytes / f32);
    expect(f32).toBe(4 * (4096 * 4096 + 4096));
    [0.2505, 0.266, 0.2816, 0.141, 0.1566].forEach((most, i) => expect(parts[i]).toBeLessThan(most));
  });

  it('is what the core takes: no copy of the weights in f32 is in it', async () => {
    const instance = await testInstance();
    const parameters = new Float32Array(4096 * 4097).fill(0.5);
    const given = { layers, parameters, inputs: bytes(3 * 4096), labels: new Uint16Array(3) };
    evaluate(instance, { ...given, arithmetic: { type: 'int8' } });
    // 16 MiB of weights, and less than 4 of scratch.
    expect(instance.arena.u8(0, 1).buffer.byteLength).toBeLessThan(20 * 2 ** 20);
    expect(instance.arena.used).toBe(0);
    evaluate(instance, given);
    expect(instance.arena.u8(0, 1).buffer.byteLength).toBeGreaterThan(128 * 2 ** 20);
  });
});

describe('what integers refuse', () => {
  const layers: Layer[] = [{ type: 'dense', inputs: 3, outputs: 2 }];
  const given = { layers, parameters: new Float32Array(8).fill(0.5), inputs: bytes(6), labels: bytes(2, 2) };
  const training = { epochs: 1, batchSize: 1, learningRate: 0.1, momentum: 0, seed: 1 };

  it('is a gradient, and training', () => {
    const arithmetic = { type: 'int8' } as const;
    for (const act of [
      () => core.gradient({ ...given, arithmetic }),
      () => core.train({ ...given, ...training, ...{ arithmetic } }),
    ]) {
      expect(act).toThrow(expect.objectContaining({ code: 'CORE_FORWARD_ONLY' }));
    }
    expect(core.gradient({ ...given, arithmetic: undefined })).toHaveLength(8);
  });

  it('is arithmetic that the core does not have', () => {
    const strange = [
      ...[null, 'int8', 8, [], {}, { type: 'int8', group: 16 }, { type: 'int8', group: '32' }],
      ...[{ type: 'int4' }, { type: 'int4', group: 65_536 }, { type: 'f32' }, { type: 'toString', group: 32 }],
    ];
    for (const arithmetic of strange as Arithmetic[]) {
      for (const act of [
        () => core.evaluate({ ...given, arithmetic }),
        () => core.outputs({ ...given, arithmetic }),
        () => networkLayout(layers, arithmetic),
      ]) {
        expect(act).toThrow(expect.objectContaining({ code: 'CORE_BAD_ARGUMENT' }));
      }
    }
  });

  it('is a parameter that is not finite, wherever it stands', () => {
    for (let place = 0; place < 8; place++) {
      const parameters = given.parameters.slice();
      parameters[place] = place % 2 ? NaN : Infinity;
      const bad = expect.objectContaining({ code: 'CORE_NOT_FINITE', got: `${parameters[place]} at index ${place}` });
      expect(() => core.evaluate({ ...given, parameters, arithmetic: { type: 'int8' } })).toThrow(bad);
    }
  });

  it('is no model of absurd size: its outputs leave the numbers and its loss is the cap', () => {
    const deep: Layer[] = [
      { type: 'dense', inputs: 3, outputs: 2 },
      { type: 'dense', inputs: 2, outputs: 2 },
    ];
    const absurd = { ...given, layers: deep, parameters: new Float32Array(14).fill(3e38) };
    for (const arithmetic of arithmetics) {
      const { loss, count } = core.evaluate({ ...absurd, arithmetic });
      expect(loss).toBe(BigInt(count) << 52n);
      expect(() => core.outputs({ ...absurd, arithmetic })).toThrow(expect.objectContaining({ code: 'CORE_OVERFLOW' }));
    }
  });
});
