import { loraMatrices, loraTensors } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parameterCount, type Architecture } from './architecture.ts';
import { encodings, openEntry, openUpdate, updateFromBytes } from './encoding.ts';
import { MAX_LORA_RANK, adaptersOf, adaptersToBytes, type Adapter, type Adapters } from './lora.ts';
import { encodeSafetensors, parseSafetensors, type Tensor } from './safetensors.ts';

const core = await loadNodeCore();
// Shared keys, a gate, outputs of the embedding's own matrix: as Llama's networks have them.
const architecture: Architecture = {
  layers: [
    { type: 'embedding', vocabulary: 11, length: 4, width: 8 },
    {
      type: 'residual',
      layers: [
        { type: 'rms-norm', features: 8 },
        { type: 'attention', width: 8, heads: 4, kvHeads: 2, bias: false, rotary: true },
      ],
    },
    {
      type: 'residual',
      layers: [
        { type: 'dense', inputs: 8, outputs: 14, bias: false },
        { type: 'glu', activation: 'silu' },
        { type: 'dense', inputs: 7, outputs: 8 },
      ],
    },
    { type: 'unembedding' },
  ],
  input: 'tokens',
};
const count = parameterCount(architecture);
const matrices = loraMatrices(architecture.layers);
const options = { maxBytes: 1 << 20, encodings };
const code = (value: string): unknown => expect.objectContaining({ code: value });
const bitsOf = (values: Float32Array) => Array.from(new Uint32Array(values.slice().buffer));

const values = (length: number, seed: number) =>
  Float32Array.from({ length }, (_, i) => Math.fround(Math.sin(seed + 7.3 * i)));
const adapter = (rank: number, rows: number, inputs: number, seed = 1): Adapter => ({
  rank,
  rows,
  a: values(rank * inputs, seed),
  b: values(rows * rank, seed + 0.5),
});
/** Rows cut anywhere, each part with a rank of its own; some matrices have none. */
const drawn = fc
  .record({
    seeds: fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 4, maxLength: 4 }),
    cuts: fc.array(fc.nat(6), { minLength: 4, maxLength: 4 }),
    ranks: fc.array(fc.nat(5), { minLength: 8, maxLength: 8 }),
  })
  .map(({ seeds, cuts, ranks }): Adapters => {
    const parts = matrices.map(({ stem, place: { shape } }, i): [string, Adapter[]] => {
      const [outputs, inputs] = shape as [number, number];
      const cut = cuts[i]!;
      if (cut === 6) return [stem, []];
      if (cut === 0) return [stem, [adapter(1 + ranks[i]!, outputs, inputs, seeds[i])]];
      const rows = [cut, outputs - cut];
      return [stem, rows.map((some, part) => adapter(ranks[2 * (i % 4) + part]!, some, inputs, seeds[i]! + part))];
    });
    return new Map(parts.filter(([, some]) => some.length > 0));
  });

/** By plain loops of f32, the order of the rank ascending. */
function expectedOf(adapters: Adapters): Float32Array {
  const update = new Float32Array(count);
  for (const { stem, place } of matrices) {
    const inputs = place.shape[1]!;
    let row = 0;
    for (const { rank, rows, a, b } of adapters.get(stem) ?? []) {
      for (let r = 0; r < rows; r++, row++) {
        for (let i = 0; i < inputs; i++) {
          let sum = 0;
          for (let k = 0; k < rank; k++) sum = Math.fround(sum + Math.fround(b[r * rank + k]! * a[k * inputs + i]!));
          update[place.offset + row * inputs + i] = sum;
        }
      }
    }
  }
  return update;
}

describe('adapters', () => {
  it('are of attention and dense layers, not of the embedding that outputs share', () => {
    expect(matrices.map(({ stem }) => stem)).toEqual([
      'layers.1.layers.1.in_proj',
      'layers.1.layers.1.out_proj',
      'layers.2.layers.0',
      'layers.2.layers.2',
    ]);
  });

  it('are the update that plain sums give, to the bit, in any part', () => {
    fc.assert(
      fc.property(drawn, fc.nat(count), fc.nat(count), (adapters, x, y) => {
        if (adapters.size === 0) return;
        const bytes = adaptersToBytes(architecture, adapters);
        const whole = updateFromBytes(core, architecture, bytes, options);
        expect(bitsOf(whole)).toEqual(bitsOf(expectedOf(adapters)));
        const [from, to] = [Math.min(x, y), Math.max(x, y)];
        const part = new Float32Array(to - from).fill(NaN);
        openUpdate(core, architecture, bytes, options).read(from, to, part);
        expect(bitsOf(part)).toEqual(bitsOf(whole.slice(from, to)));
        expect(adaptersOf(architecture, parseSafetensors(bytes, options))).toEqual(adapters);
      }),
    );
  });

  it('apply as the core applies them to a base', () => {
    const rank = 3;
    const flat = values(
      loraTensors(architecture.layers, rank).reduce((sum, { length }) => sum + length, 0),
      2,
    );
    const places = loraTensors(architecture.layers, rank);
    const at = (i: number) => flat.slice(places[i]!.offset, places[i]!.offset + places[i]!.length);
    const adapters = matrices.map(({ stem, place }, i): [string, Adapter[]] => [
      stem,
      [{ rank, rows: place.shape[0]!, a: at(2 * i), b: at(2 * i + 1) }],
    ]);
    const bytes = adaptersToBytes(architecture, new Map(adapters));
    const base = core.initialise(architecture.layers, 3);
    const { model, isModel } = openEntry(core, architecture, bytes, { ...options, encodings: ['lora'], initial: base });
    const together = new Float32Array(count);
    model.read(0, count, together);
    expect(isModel).toBe(false);
    expect(bitsOf(together)).toEqual(
      bitsOf(core.applyLora({ layers: architecture.layers, parameters: base, adapters: flat, rank, alpha: rank })),
    );
  });

  it('of matrices larger than one product are read in parts', () => {
    const layers: Architecture['layers'] = [{ type: 'dense', inputs: 65_536, outputs: 6, bias: false }];
    const wide: Architecture = { layers, input: 'f32' };
    const one = adapter(2, 6, 65_536);
    const update = updateFromBytes(core, wide, adaptersToBytes(wide, new Map([['layers.0', [one]]])), {
      maxBytes: 1e8,
      encodings,
    });
    const product = core.codec.lowRank(one);
    expect(Buffer.from(update.buffer).equals(Buffer.from(product.buffer))).toBe(true);
  });
});

describe('hostile adapters', () => {
  const stem = 'layers.2.layers.2';
  const tensor = (shape: number[], value = 1, dtype: Tensor['dtype'] = 'F32'): Tensor => {
    const length = shape.reduce((product, size) => product * size, 1);
    const numbers = dtype === 'F32' ? new Float32Array(length).fill(value) : new Float64Array(length).fill(value);
    return { dtype, shape, data: new Uint8Array(numbers.buffer) };
  };
  const of = (a: number[], b: number[], part = '') => ({
    [`${stem}.lora_A.${part}weight`]: tensor(a),
    [`${stem}.lora_B.${part}weight`]: tensor(b),
  });
  const cases: Record<string, [Record<string, Tensor>, string]> = {
    'another width': [of([2, 8], [8, 2]), 'PROTOCOL_WRONG_TENSORS'],
    'another height': [of([2, 7], [7, 2]), 'PROTOCOL_WRONG_TENSORS'],
    'two ranks': [of([2, 7], [8, 3]), 'PROTOCOL_WRONG_TENSORS'],
    'no rank': [of([0, 7], [8, 0]), 'PROTOCOL_WRONG_TENSORS'],
    'a rank beyond the bound': [of([MAX_LORA_RANK + 1, 7], [8, MAX_LORA_RANK + 1]), 'PROTOCOL_WRONG_TENSORS'],
    'three dimensions': [of([2, 7, 1], [8, 2, 1]), 'PROTOCOL_WRONG_TENSORS'],
    'A alone': [{ [`${stem}.lora_A.weight`]: tensor([2, 7]) }, 'PROTOCOL_WRONG_TENSORS'],
    'B alone': [{ [`${stem}.lora_B.weight`]: tensor([8, 2]) }, 'PROTOCOL_WRONG_TENSORS'],
    'one part of two': [of([2, 7], [8, 2], '0.'), 'PROTOCOL_WRONG_TENSORS'],
    'parts of too many rows': [{ ...of([2, 7], [5, 2], '0.'), ...of([2, 7], [5, 2], '1.') }, 'PROTOCOL_WRONG_TENSORS'],
    'a part without rows': [{ ...of([2, 7], [8, 2], '0.'), ...of([2, 7], [0, 2], '1.') }, 'PROTOCOL_WRONG_TENSORS'],
    'a part left out': [{ ...of([2, 7], [5, 2], '0.'), ...of([2, 7], [3, 2], '2.') }, 'PROTOCOL_WRONG_TENSORS'],
    'a whole and its parts': [{ ...of([2, 7], [8, 2]), ...of([2, 7], [8, 2], '0.') }, 'PROTOCOL_WRONG_TENSORS'],
    'a matrix that is not there': [
      { 'layers.0.lora_A.weight': tensor([2, 8]), 'layers.0.lora_B.weight': tensor([11, 2]) },
      'PROTOCOL_WRONG_TENSORS',
    ],
    'another tensor': [{ ...of([2, 7], [8, 2]), more: tensor([1]) }, 'PROTOCOL_WRONG_TENSORS'],
    'another type': [
      { ...of([2, 7], [8, 2]), [`${stem}.lora_A.weight`]: tensor([2, 7], 1, 'F64') },
      'PROTOCOL_WRONG_TENSORS',
    ],
    NaN: [{ ...of([2, 7], [8, 2]), [`${stem}.lora_A.weight`]: tensor([2, 7], NaN) }, 'PROTOCOL_NOT_FINITE'],
    'products beyond f32': [
      { [`${stem}.lora_A.weight`]: tensor([2, 7], 3e38), [`${stem}.lora_B.weight`]: tensor([8, 2], 3e38) },
      'PROTOCOL_NOT_FINITE',
    ],
  };
  it.each(Object.entries(cases))('with %s are refused', (_, [tensors, expected]) => {
    expect(() => updateFromBytes(core, architecture, encodeSafetensors(tensors), options)).toThrowError(code(expected));
  });

  it('are refused where the task does not take them', () => {
    const bytes = adaptersToBytes(architecture, new Map([[stem, [adapter(2, 8, 7)]]]));
    const attempt = () => updateFromBytes(core, architecture, bytes, { maxBytes: 1 << 20 });
    expect(attempt).toThrowError(code('PROTOCOL_WRONG_TENSORS'));
    const initial = new Float32Array(count);
    expect(() => openEntry(core, architecture, bytes, { maxBytes: 1 << 20, initial })).toThrowError(
      code('PROTOCOL_WRONG_TENSORS'),
    );
  });

  it('that do not fit are not written', () => {
    const write = (name: string, one: Adapter) => () => adaptersToBytes(architecture, new Map([[name, [one]]]));
    for (const wrong of [
      write('layers.9', adapter(1, 8, 7)),
      write(stem, adapter(1, 7, 7)),
      write(stem, adapter(1, 8, 8)),
    ]) {
      expect(wrong).toThrowError(code('PROTOCOL_INVALID_ARGUMENT'));
    }
  });
});
