import { readFileSync } from 'node:fs';
import { networkLayout, type Inputs } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import { describe, expect, it } from 'vitest';
import { isProtocolError } from '../errors.ts';
import { readForeignSafetensors, type ForeignTensor } from '../foreign-safetensors.ts';
import { exportHuggingFace } from './export.ts';
import { importHuggingFace, type ImportOptions } from './import.ts';
import type { SentenceFiles } from './sentence.ts';

// Encoders and networks of images with what transformers gives for them: `scripts/interop/hugging_face.py vectors`.
interface Vector {
  config: Record<string, unknown>;
  tensors: Record<string, { shape: number[]; data: string }>;
  tokens?: number[];
  image?: string;
  logits: string;
  sentence?: SentenceFiles;
}

const file = new URL('../../vectors/hugging-face.json', import.meta.url);
const all = JSON.parse(readFileSync(file, 'utf8')) as Vector[];
const vectors = all.filter(({ config }) => /bert|resnet/.test(config['model_type'] as string));
const core = await loadNodeCore();
const bytesOf = (text: string) => Uint8Array.from(Buffer.from(text, 'base64'));
const floatsOf = (text: string) => new Float32Array(bytesOf(text).buffer);
const tensorsOf = ({ tensors }: Vector) =>
  new Map(
    Object.entries(tensors).map(([name, { shape, data }]): [string, ForeignTensor] => [
      name,
      { dtype: 'F32', shape, data: bytesOf(data) },
    ]),
  );
/** An image of 21 pixels a side, or a text of the longest length. */
const optionsOf = ({ image, sentence }: Vector): ImportOptions => ({ ...(image && { size: 21 }), sentence });
const inputsOf = ({ tokens, image }: Vector): Inputs => (tokens ? Uint8Array.from(tokens) : floatsOf(image!));
const find = (type: string, head = '') =>
  vectors.find(
    ({ config }) => config['model_type'] === type && `${(config['architectures'] as string[])[0]}`.endsWith(head),
  )!;
const refused = (config: unknown, tensors: ReadonlyMap<string, ForeignTensor>, options: ImportOptions = {}) => {
  try {
    importHuggingFace(config, tensors, options);
  } catch (error) {
    if (isProtocolError(error)) return { code: error.code, message: error.message };
    throw error;
  }
  return undefined;
};
const withImageHead = (vector: Vector): Vector => ({
  ...vector,
  config: {
    ...vector.config,
    ...(vector.image && { architectures: ['ResNetForImageClassification'] }),
  },
});

describe.each(
  vectors.map((vector, i) => [`${i}: ${vector.config['model_type'] as string}`, withImageHead(vector)] as const),
)('%s', (_, vector) => {
  const imported = () => importHuggingFace(vector.config, tensorsOf(vector), optionsOf(vector));

  it('has the outputs of transformers', () => {
    const { architecture, parameters } = imported();
    const outputs = core.outputs({ layers: architecture.layers, parameters, inputs: inputsOf(vector) });
    const expected = floatsOf(vector.logits);
    expect(outputs).toHaveLength(expected.length);
    const largest = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    for (const [i, value] of outputs.entries()) expect(Math.abs(value - expected[i]!)).toBeLessThan(1e-5 * largest);
  });

  it('comes out as what comes in again to the bit', () => {
    const first = imported();
    const { config, model, others } = exportHuggingFace(first.architecture, first.parameters);
    const tensors = readForeignSafetensors(model, { maxBytes: 1 << 20 });
    const sentence = vector.sentence && {
      modules: JSON.parse(others['modules.json']!) as unknown,
      pooling: JSON.parse(others['1_Pooling/config.json']!) as unknown,
    };
    expect(Object.keys(others)).toHaveLength(vector.sentence ? 3 : 0);
    expect(importHuggingFace(JSON.parse(config), tensors, { ...optionsOf(vector), sentence })).toEqual(first);
  });

  it('lacks a tensor, or has one of another shape: said by name', () => {
    for (const [name, tensor] of tensorsOf(vector)) {
      const lacking = tensorsOf(vector);
      lacking.delete(name);
      const said = { code: 'PROTOCOL_WRONG_TENSORS', message: expect.stringContaining(name) as string };
      expect(refused(vector.config, lacking, optionsOf(vector))).toMatchObject(said);
      const other = tensorsOf(vector).set(name, { ...tensor, shape: [...tensor.shape, 1] });
      expect(refused(vector.config, other, optionsOf(vector))).toMatchObject(said);
    }
    const [, tensor] = [...tensorsOf(vector)][0]!;
    const more = tensorsOf(vector).set('score.weight', tensor);
    expect(refused(vector.config, more, optionsOf(vector))?.message).toContain('score.weight');
  });
});

describe('encoders', () => {
  const bert = find('bert', 'BertModel');
  const classifier = find('bert', 'ForSequenceClassification');

  it('read texts no longer than asked, to the same embedding', () => {
    const options = { ...optionsOf(bert), size: 5 };
    const short = importHuggingFace(bert.config, tensorsOf(bert), options);
    const long = importHuggingFace(bert.config, tensorsOf(bert), optionsOf(bert));
    const run = ({ architecture, parameters }: typeof short) => {
      const inputs = new Uint8Array(networkLayout(architecture.layers).input.size).fill(0);
      inputs.set([4, 2, 1]);
      return core.outputs({ layers: architecture.layers, parameters, inputs });
    };
    expect(run(short)).toEqual(run(long));
    expect(refused(bert.config, tensorsOf(bert), { ...options, size: 13 })?.code).toBe('PROTOCOL_INVALID_ARGUMENT');
    // RoBERTa's first positions are the padding's.
    const roberta = find('roberta');
    expect(refused(roberta.config, tensorsOf(roberta), { ...optionsOf(roberta), size: 11 })?.code).toBe(
      'PROTOCOL_INVALID_ARGUMENT',
    );
    expect(refused(roberta.config, tensorsOf(roberta), { ...optionsOf(roberta), size: 10 })).toBeUndefined();
  });

  it('are scored by classes, or by numbers where they give those', () => {
    const kinds = [bert, classifier, find('distilbert')].map(
      (vector) => importHuggingFace(vector.config, tensorsOf(vector), optionsOf(vector)).architecture,
    );
    expect(kinds.map(({ loss, targets }) => [loss, targets])).toEqual([
      ['squared-error', 'f32'],
      [undefined, undefined],
      ['squared-error', 'f32'],
    ]);
  });

  it('may have the heads of their first training, and norms named as in TensorFlow', () => {
    const tensors = new Map(
      [...tensorsOf(bert)].map(([name, tensor]): [string, ForeignTensor] => [
        `bert.${name.replace('LayerNorm.weight', 'LayerNorm.gamma').replace('LayerNorm.bias', 'LayerNorm.beta')}`,
        tensor,
      ]),
    );
    const [, any] = [...tensors][0]!;
    for (const name of ['cls.predictions.bias', 'bert.pooler.dense.bias', 'bert.embeddings.position_ids'])
      tensors.set(name, any);
    const options = optionsOf(bert);
    expect(importHuggingFace(bert.config, tensors, options)).toEqual(
      importHuggingFace(bert.config, tensorsOf(bert), options),
    );
  });

  it('without modules are pooled by the mean', () => {
    const { layers } = importHuggingFace(bert.config, tensorsOf(bert)).architecture;
    expect(layers.at(-1)).toEqual({ type: 'pooling', mode: 'mean' });
  });

  it.each<[string, Record<string, unknown>]>([
    ['position_embedding_type', { position_embedding_type: 'relative_key' }],
    ['is_decoder', { is_decoder: true }],
    ['pad_token_id', { pad_token_id: -1 }],
    ['id2label', { id2label: {} }],
    ['problem_type', { problem_type: 'multi_label_classification' }],
    ['hidden_act', { hidden_act: 'selu' }],
    ['num_hidden_layers', { num_hidden_layers: 1e9 }],
  ])('%s that the core does not compute', (field, change) => {
    const { code, message } = refused({ ...classifier.config, ...change }, tensorsOf(classifier))!;
    expect(code).toBe('PROTOCOL_UNSUPPORTED_MODEL');
    expect(message).toContain(field);
  });

  it('padding beyond the vocabulary', () => {
    expect(refused({ ...classifier.config, pad_token_id: 9 }, tensorsOf(classifier))?.code).toBe(
      'PROTOCOL_UNSUPPORTED_MODEL',
    );
  });

  const transformer = { type: 'sentence_transformers.models.Transformer' };
  const pooling = { type: 'sentence_transformers.models.Pooling' };
  it.each<[string, SentenceFiles]>([
    ['modules.json', { modules: [transformer], pooling: { pooling_mode_mean_tokens: true } }],
    ['modules.json', { modules: 'x', pooling: {} }],
    ['modules.json', { modules: [transformer, pooling, { type: 'x.Dense' }], pooling: {} }],
    ['type', { modules: [{}], pooling: {} }],
    ['1_Pooling', { modules: [transformer, pooling], pooling: null }],
    ['pooling_mode', { modules: [transformer, pooling], pooling: {} }],
    ['pooling_mode', { modules: [transformer, pooling], pooling: { pooling_mode_max_tokens: true } }],
    [
      'pooling_mode',
      { modules: [transformer, pooling], pooling: { pooling_mode_max_tokens: true, pooling_mode_mean_tokens: true } },
    ],
  ])('pooling that the core does not compute: %s', (said, sentence) => {
    const { code, message } = refused(bert.config, tensorsOf(bert), { sentence })!;
    expect(code).toBe('PROTOCOL_UNSUPPORTED_MODEL');
    expect(message).toContain(said);
  });

  it('sums that leave f32', () => {
    const tensors = tensorsOf(bert);
    for (const name of ['embeddings.position_embeddings.weight', 'embeddings.token_type_embeddings.weight']) {
      const { shape, data } = tensors.get(name)!;
      const values = new Float32Array(data.length / 4).fill(3e38);
      tensors.set(name, { dtype: 'F32', shape, data: new Uint8Array(values.buffer) });
    }
    expect(refused(bert.config, tensors)?.code).toBe('PROTOCOL_NOT_FINITE');
  });
});

describe('networks of images', () => {
  const resnet = withImageHead(vectors.at(-1)!);
  const change = (fields: object, options: ImportOptions = optionsOf(resnet)) =>
    refused({ ...resnet.config, ...fields }, tensorsOf(resnet), options);

  it.each<[string, Record<string, unknown>]>([
    ['depths', { depths: [2, 1, 1] }],
    ['depths', { depths: [1e6, 1] }],
    ['depths', { depths: 'x' }],
    ['hidden_sizes', { hidden_sizes: [8, -1] }],
    ['layer_type', { layer_type: 'wide' }],
    ['architectures', { architectures: ['ResNetBackbone'] }],
  ])('%s that the core does not compute', (field, fields) => {
    const { code, message } = change(fields)!;
    expect(code).toBe('PROTOCOL_UNSUPPORTED_MODEL');
    expect(message).toContain(field);
  });

  it('of sides that are too large', () => {
    expect(change({}, { size: 5000 })?.code).toBe('PROTOCOL_INVALID_ARGUMENT');
  });

  it('variances below 0, and scales that leave f32', () => {
    for (const [part, value, code] of [
      ['running_var', -1, 'PROTOCOL_WRONG_TENSORS'],
      ['weight', 3e38, 'PROTOCOL_NOT_FINITE'],
    ] as const) {
      const tensors = tensorsOf(resnet);
      const name = `resnet.embedder.embedder.normalization.${part}`;
      const values = new Float32Array(3).fill(value);
      tensors.set(name, { dtype: 'F32', shape: [3], data: new Uint8Array(values.buffer) });
      const low = new Float32Array(3);
      if (part === 'weight')
        tensors.set('resnet.embedder.embedder.normalization.running_var', {
          ...{ dtype: 'F32', shape: [3], data: new Uint8Array(low.buffer) },
        });
      expect(refused(resnet.config, tensors, optionsOf(resnet))?.code).toBe(code);
    }
  });
});
