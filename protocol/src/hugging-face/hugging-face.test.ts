import { readFileSync } from 'node:fs';
import { networkLayout } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import { describe, expect, it } from 'vitest';
import { isProtocolError } from '../errors.ts';
import { readForeignSafetensors, type ForeignTensor } from '../foreign-safetensors.ts';
import { exportHuggingFace } from './export.ts';
import { importHuggingFace } from './import.ts';

// Models with the logits that transformers gives for them, by `scripts/interop/hugging_face.py vectors`; hundreds more are
// compared by `scripts/interop/hugging-face.ts`.
interface Vector {
  config: Record<string, unknown>;
  tensors: Record<string, { shape: number[]; data: string }>;
  tokens: number[];
  logits: string;
}

const file = new URL('../../vectors/hugging-face.json', import.meta.url);
const all = JSON.parse(readFileSync(file, 'utf8')) as Vector[];
// Encoders and networks of images: encoders.test.ts.
const vectors = all.filter(({ config }) => !/bert|resnet/.test(config['model_type'] as string));
const core = await loadNodeCore();
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
const tensorsOf = ({ tensors }: Vector) =>
  new Map(
    Object.entries(tensors).map(([name, { shape, data }]): [string, ForeignTensor] => [
      name,
      { dtype: 'F32', shape, data: bytesOf(data) },
    ]),
  );
const byType = (type: string) => vectors.find(({ config }) => config['model_type'] === type)!;
const refused = (config: unknown, tensors: ReadonlyMap<string, ForeignTensor>, length?: number) => {
  try {
    importHuggingFace(config, tensors, { size: length });
  } catch (error) {
    if (isProtocolError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  return undefined;
};

describe.each(vectors.map((vector) => [vector.config['model_type'] as string, vector] as const))('%s', (_, vector) => {
  const imported = () => importHuggingFace(vector.config, tensorsOf(vector));

  it('has the logits of transformers', () => {
    const { architecture, parameters } = imported();
    const inputs = Uint8Array.from([...vector.tokens, 0]);
    const outputs = core.outputs({ layers: architecture.layers, parameters, inputs });
    const logits = new Float32Array(bytesOf(vector.logits).buffer);
    expect(outputs).toHaveLength(logits.length);
    const largest = logits.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [i, value] of outputs.entries()) expect(Math.abs(value - logits[i]!)).toBeLessThan(1e-5 * largest);
  });

  it('comes out as it went in', () => {
    const first = imported();
    const { config, model } = exportHuggingFace(first.architecture, first.parameters);
    const tensors = readForeignSafetensors(model, { maxBytes: 1 << 20 });
    expect(importHuggingFace(JSON.parse(config), tensors)).toEqual(first);
    const given = tensorsOf(vector);
    expect([...tensors.keys()].sort()).toEqual([...given.keys()].sort());
    for (const [name, { shape, data }] of tensors) {
      expect([name, shape, [...data]]).toEqual([name, given.get(name)!.shape, [...given.get(name)!.data]]);
    }
  });

  it('reads texts no longer than asked', () => {
    const { architecture } = importHuggingFace(vector.config, tensorsOf(vector), { size: 5 });
    expect(networkLayout(architecture.layers).input.size).toBe(5);
    expect(refused(vector.config, tensorsOf(vector), 1000)?.code).toBe('PROTOCOL_INVALID_ARGUMENT');
  });

  it('lacks a tensor, has one too many, or one of another shape: said by name', () => {
    for (const name of Object.keys(vector.tensors)) {
      const lacking = tensorsOf(vector);
      lacking.delete(name);
      expect(refused(vector.config, lacking)).toMatchObject({
        code: 'PROTOCOL_WRONG_TENSORS',
        message: expect.stringContaining(name) as string,
      });
    }
    const [name, tensor] = [...tensorsOf(vector)][0]!;
    const more = tensorsOf(vector).set('score.weight', tensor);
    expect(refused(vector.config, more)?.message).toContain('score.weight');
    const other = tensorsOf(vector).set(name, { ...tensor, shape: tensor.shape.toReversed() });
    expect(refused(vector.config, other)?.code).toBe('PROTOCOL_WRONG_TENSORS');
  });
});

describe('what the core does not compute is refused by its field', () => {
  const llama = byType('llama');
  it.each<[string, Record<string, unknown>]>([
    ['model_type', { model_type: 'mamba' }],
    ['model_type', { model_type: 'constructor' }],
    ['hidden_act', { hidden_act: 'relu' }],
    ['rope_type', { rope_scaling: { rope_type: 'yarn', factor: 4 } }],
    ['factor', { rope_scaling: { rope_type: 'linear', factor: 'x' } }],
    ['rope_scaling', { rope_scaling: 7 }],
    ['hidden_size', { hidden_size: -8 }],
    ['num_hidden_layers', { num_hidden_layers: 1e9 }],
    ['vocab_size', { vocab_size: undefined }],
    ['attention_bias', { attention_bias: 'yes' }],
  ])('%s', (field, change) => {
    const { code, message } = refused({ ...llama.config, ...change }, tensorsOf(llama))!;
    expect(code).toBe('PROTOCOL_UNSUPPORTED_MODEL');
    expect(message).toContain(field);
  });

  it.each([null, 7, [], 'llama'])('%s is no config.json', (config) => {
    expect(refused(config, new Map())?.code).toBe('PROTOCOL_UNSUPPORTED_MODEL');
  });

  it('a window that is shorter than the texts', () => {
    const mistral = byType('mistral');
    const config = { ...mistral.config, sliding_window: 8 };
    expect(refused(config, tensorsOf(mistral))?.message).toContain('sliding_window');
    expect(refused(config, tensorsOf(mistral), 8)).toBeUndefined();
  });

  it('a weight that is no number', () => {
    const tensors = tensorsOf(llama);
    const [name, { shape, data }] = [...tensors][0]!;
    const values = new Float32Array(data.slice().buffer).fill(NaN, 0, 1);
    tensors.set(name, { dtype: 'F32', shape, data: new Uint8Array(values.buffer) });
    expect(refused(llama.config, tensors)?.code).toBe('PROTOCOL_NOT_FINITE');
  });

  it('an export of what no family has', () => {
    const { architecture } = importHuggingFace(llama.config, tensorsOf(llama));
    const layers = architecture.layers.toSpliced(-2, 1);
    const count = networkLayout(layers).parameterCount;
    expect(() => exportHuggingFace({ layers, input: 'tokens' }, new Float32Array(count))).toThrowError(/no model of/);
  });
});
