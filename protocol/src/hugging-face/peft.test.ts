import { readFileSync } from 'node:fs';
import { loadNodeCore } from '@covey/wasm-core/node';
import { describe, expect, it } from 'vitest';
import { updateFromBytes } from '../encoding.ts';
import { isProtocolError } from '../errors.ts';
import { readForeignSafetensors, type ForeignTensor } from '../foreign-safetensors.ts';
import { adaptersToBytes, type Adapters } from '../lora.ts';
import { importHuggingFace } from './import.ts';
import { exportPeft, importPeft } from './peft.ts';

// Adapters with the logits that PEFT gives for them, by `scripts/interop/peft_adapters.py vectors`, over the models of
// hugging-face.json; a hundred more are compared by `scripts/interop/peft-adapters.ts`.
type Tensors = Record<string, { shape: number[]; data: string }>;
interface Vector {
  base: number;
  config: Record<string, unknown>;
  tensors: Tensors;
  logits: string;
}

const read = (name: string) =>
  JSON.parse(readFileSync(new URL(`../../vectors/${name}`, import.meta.url), 'utf8')) as never;
const vectors: Vector[] = read('peft.json');
const bases: { config: object; tensors: Tensors; tokens: number[] }[] = read('hugging-face.json');
const core = await loadNodeCore();
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
const tensorsOf = (tensors: Tensors) =>
  new Map(
    Object.entries(tensors).map(([name, { shape, data }]): [string, ForeignTensor] => [
      name,
      { dtype: 'F32', shape, data: bytesOf(data) },
    ]),
  );
const baseOf = ({ base }: Vector) => importHuggingFace(bases[base]!.config, tensorsOf(bases[base]!.tensors));
const decode = (vector: Vector, adapters: Adapters) => {
  const { architecture } = baseOf(vector);
  const bytes = adaptersToBytes(architecture, adapters);
  return updateFromBytes(core, architecture, bytes, { maxBytes: 1e6, encodings: ['lora'] });
};

describe.each(vectors.map((vector) => [bases[vector.base]!.config as { model_type: string }, vector] as const))(
  'adapters of $model_type',
  (_, vector) => {
    const { architecture, parameters } = baseOf(vector);
    const adapters = importPeft(architecture, vector.config, tensorsOf(vector.tensors));

    it('give the logits of PEFT', () => {
      const { tokens } = bases[vector.base]!;
      const inputs = Uint8Array.from([...tokens, 0]);
      const merged = core.add(parameters, decode(vector, adapters));
      const outputs = core.outputs({ layers: architecture.layers, parameters: merged, inputs });
      const logits = new Float32Array(bytesOf(vector.logits).buffer);
      const largest = Math.max(...logits.map(Math.abs));
      expect(outputs).toHaveLength(logits.length);
      outputs.forEach((value, i) => expect(Math.abs(value - logits[i]!) / largest).toBeLessThan(1e-4));
      const without = core.outputs({ layers: architecture.layers, parameters, inputs });
      expect(without.some((value, i) => Math.abs(value - logits[i]!) / largest > 1e-2)).toBe(true);
    });

    it('go out and come back as they are', () => {
      const { config, model } = exportPeft(architecture, adapters);
      const again = importPeft(architecture, JSON.parse(config), readForeignSafetensors(model, { maxBytes: 1e6 }));
      expect(again).toEqual(adapters);
    });

    it('are one adapter of the summed rank, too', () => {
      // What the core trains changes a whole matrix: its module's parts share A.
      const whole = new Map(
        [...adapters].map(([stem, parts]) => {
          const rank = parts.reduce((sum, part) => sum + part.rank, 0);
          const rows = parts.reduce((sum, part) => sum + part.rows, 0);
          const a = Float32Array.from(parts.flatMap((part) => [...part.a]));
          const b = new Float32Array(rows * rank);
          let [row, column] = [0, 0];
          for (const part of parts) {
            for (let r = 0; r < part.rows; r++, row++) {
              b.set(part.b.subarray(r * part.rank, (r + 1) * part.rank), row * rank + column);
            }
            column += part.rank;
          }
          return [stem, [{ rank, rows, a, b }]] as const;
        }),
      );
      expect(decode(vector, whole)).toEqual(decode(vector, adapters));
      const { config, model } = exportPeft(architecture, whole);
      const again = importPeft(architecture, JSON.parse(config), readForeignSafetensors(model, { maxBytes: 1e6 }));
      expect(decode(vector, again)).toEqual(decode(vector, adapters));
    });
  },
);

describe('what is no plain LoRA of a matrix is refused', () => {
  const vector = vectors[1]!;
  const { architecture } = baseOf(vector);
  const refused = (config: unknown, change: Record<string, ForeignTensor | undefined> = {}) => {
    const all = { ...Object.fromEntries(tensorsOf(vector.tensors)), ...change };
    const tensors = new Map(Object.entries(all).filter((one): one is [string, ForeignTensor] => one[1] !== undefined));
    try {
      importPeft(architecture, config, tensors);
    } catch (error) {
      if (isProtocolError(error)) return error;
      throw error;
    }
    return undefined;
  };
  const f32 = (shape: number[], value = 1): ForeignTensor => {
    const length = shape.reduce((product, size) => product * size, 1);
    return { dtype: 'F32', shape, data: new Uint8Array(new Float32Array(length).fill(value).buffer) };
  };
  const [nameA] = Object.keys(vector.tensors) as [string];
  const nameB = nameA.replace('lora_A', 'lora_B');

  it.each([
    ['peft_type', 'LOHA'],
    ['bias', 'all'],
    ['use_dora', true],
    ['lora_bias', true],
    ['modules_to_save', ['lm_head']],
    ['trainable_token_indices', [1]],
    ['layer_replication', [[0, 1]]],
    ['target_parameters', ['x']],
    ['alora_invocation_tokens', [1, 2]],
    ['something_new', { on: true }],
    ['init_lora_weights', 'pissa'],
    ['init_lora_weights', 'loftq'],
    ['r', 0],
    ['r', 1e9],
    ['r', '8'],
    ['lora_alpha', -1],
    ['use_rslora', 'yes'],
    ['rank_pattern', { q_proj: 'x' }],
    ['alpha_pattern', [1]],
    ['alpha_pattern', { '(a+)+$': 1 }],
    ['alpha_pattern', { '.*.*.*.*x': 1 }],
    ['alpha_pattern', { ['a'.repeat(513)]: 1 }],
    ['alpha_pattern', { q_proj: NaN }],
  ])('%s: %j', (field, value) => {
    const error = refused({ ...vector.config, [field]: value });
    expect(error?.code).toMatch(/^PROTOCOL_(UNSUPPORTED_MODEL|WRONG_TENSORS)$/);
    expect(error?.message).toMatch(new RegExp(field === 'r' ? 'rank|`r`|not as adapter_config' : field));
  });

  it.each([null, 7, [], 'LORA'])('%j is no adapter_config.json', (config) => {
    expect(refused(config)?.code).toBe('PROTOCOL_UNSUPPORTED_MODEL');
  });

  it.each<[string, Record<string, ForeignTensor | undefined>, string]>([
    ['another rank', { [nameA]: f32([9, 8]) }, 'PROTOCOL_WRONG_TENSORS'],
    ['B alone', { [nameA]: undefined }, 'PROTOCOL_WRONG_TENSORS'],
    ['A alone', { [nameB]: undefined }, 'PROTOCOL_WRONG_TENSORS'],
    ['DoRA', { [nameA.replace('lora_A.weight', 'lora_magnitude_vector')]: f32([8]) }, 'PROTOCOL_WRONG_TENSORS'],
    ['tied outputs', { 'base_model.model.lm_head.lora_A.weight': f32([3, 8]) }, 'PROTOCOL_WRONG_TENSORS'],
    ['an embedding', { 'base_model.model.model.embed_tokens.lora_embedding_A': f32([3, 7]) }, 'PROTOCOL_WRONG_TENSORS'],
    [
      'a module that is not targeted',
      {
        'base_model.model.model.layers.0.self_attn.o_proj.lora_A.weight': f32([3, 16]),
        'base_model.model.model.layers.0.self_attn.o_proj.lora_B.weight': f32([8, 3]),
      },
      'PROTOCOL_WRONG_TENSORS',
    ],
    ['integers', { [nameA]: { ...f32([3, 8]), dtype: 'I32' } }, 'PROTOCOL_WRONG_TENSORS'],
    [
      'NaN',
      { [nameA]: { ...tensorsOf(vector.tensors).get(nameA)!, data: f32([3, 8], NaN).data } },
      'PROTOCOL_NOT_FINITE',
    ],
  ])('tensors: %s', (_, change, code) => {
    expect(refused(vector.config, change)?.code).toBe(code);
  });

  it('a scale that leaves f32', () => {
    expect(refused({ ...vector.config, lora_alpha: 1e300 })?.code).toBe('PROTOCOL_NOT_FINITE');
  });

  it('no adapter at all', () => {
    const none = () => importPeft(architecture, vector.config, new Map());
    expect(none).toThrowError(/other tensors/);
  });

  it('a network that no family has', () => {
    const layers = architecture.layers.toSpliced(-2, 1);
    expect(() => importPeft({ layers, input: 'tokens' }, vector.config, tensorsOf(vector.tensors))).toThrowError(
      /no model of/,
    );
  });
});
