import { bitsPerByte, networkLayout } from '@covey/wasm-core';
import type { Layer } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import { describe, expect, it } from 'vitest';
import { architectureSchema, modelFromBytes, modelToBytes, parameterCount } from './architecture.ts';
import type { Architecture } from './architecture.ts';
import { encodeDataset } from './dataset.ts';
import type { Dataset } from './dataset.ts';
import { Evaluator } from './round/evaluator.ts';
import { parseSafetensors } from './safetensors.ts';
import { decodeSamples } from './samples.ts';

const options = { maxBytes: 1e6 };
const code = (value: string): Error => expect.objectContaining({ code: value }) as Error;
const dense = (inputs: number, outputs: number): Layer => ({ type: 'dense', inputs, outputs });

const tokens = (vocabulary: number): Architecture => ({
  layers: [
    { type: 'embedding', vocabulary, length: 4, width: 6 },
    {
      type: 'residual',
      layers: [
        { type: 'layer-norm', features: 6 },
        { type: 'attention', width: 6, heads: 3, rotary: true },
      ],
    },
    dense(6, vocabulary),
  ],
  input: 'tokens',
});
const image: Architecture = {
  layers: [
    { type: 'image', channels: 1, height: 4, width: 4 },
    { type: 'conv2d', inputs: 1, outputs: 2, kernel: [3, 3], padding: [1, 1], groups: 1 },
    { type: 'batch-norm', features: 2, epsilon: 0.001 },
    { type: 'gelu', approximate: 'tanh' },
    { type: 'max-pool2d', kernel: [2, 2] },
    { type: 'flatten' },
    dense(8, 3),
  ],
  input: 'u8',
};
const regression: Architecture = { layers: [dense(3, 1)], input: 'u8', loss: 'squared-error', targets: 'u8' };

/** Whole texts of four tokens, filled up with token 1. */
const texts = (vocabulary: number): Architecture => ({
  layers: [
    { type: 'embedding', vocabulary, length: 4, width: 6, padding: 1 },
    { type: 'attention', width: 6, heads: 2, causal: false },
    { type: 'pooling', mode: 'mean' },
    dense(6, 3),
  ],
  input: 'tokens',
});
const ofTexts: Architecture = { ...texts(9), loss: 'squared-error', targets: 'f32' };

describe('architectures', () => {
  const real: Architecture = { ...regression, input: 'i32', targets: 'f32' };
  it.each([
    tokens(256),
    tokens(300),
    tokens(70_000),
    image,
    { ...image, input: 'f32' },
    regression,
    real,
    texts(300),
    ofTexts,
  ] as const)('%# is accepted, and its models are files', (architecture) => {
    expect(architectureSchema.parse(structuredClone(architecture))).toEqual(architecture);
    const parameters = Float32Array.from({ length: parameterCount(architecture) }, (_, i) => i);
    const bytes = modelToBytes(architecture, parameters);
    const whole = { maxBytes: bytes.length };
    expect(modelFromBytes(architecture, bytes, whole)).toEqual(parameters);
    const names = [...parseSafetensors(bytes, whole).keys()].sort();
    expect(names).toEqual(
      networkLayout(architecture.layers)
        .tensors.map(({ name }) => name)
        .sort(),
    );
  });

  it('names tensors as PyTorch does', () => {
    const names = (a: Architecture): string[] => networkLayout(a.layers).tensors.map(({ name }) => name);
    expect(names(tokens(9))).toEqual([
      'layers.0.weight',
      'layers.1.layers.0.weight',
      'layers.1.layers.0.bias',
      'layers.1.layers.1.in_proj_weight',
      'layers.1.layers.1.in_proj_bias',
      'layers.1.layers.1.out_proj.weight',
      'layers.1.layers.1.out_proj.bias',
      'layers.2.weight',
      'layers.2.bias',
    ]);
    expect(names(image).slice(0, 6)).toEqual([
      'layers.1.weight',
      'layers.1.bias',
      'layers.2.weight',
      'layers.2.bias',
      'layers.2.running_mean',
      'layers.2.running_var',
    ]);
  });

  const deep = (depth: number): Layer =>
    depth === 0 ? { type: 'tanh' } : { type: 'residual', layers: [dense(3, 3), deep(depth - 1)] };

  it.each<[string, unknown]>([
    ['tokens as bytes', { ...tokens(9), input: 'u8' }],
    ['texts as bytes', { ...texts(9), input: 'u8' }],
    ['texts with an output a token', { ...texts(9), layers: texts(9).layers.toSpliced(2, 1) }],
    ['texts of one class', { ...texts(9), layers: [...texts(9).layers.slice(0, -1), dense(6, 1)] }],
    ['tokens as real numbers', { ...tokens(9), input: 'f32' }],
    ['bytes as tokens', { ...image, input: 'tokens' }],
    ['features of another type', { ...image, input: 'u16' }],
    ['features of no type', { layers: image.layers }],
    ['squared error without the type of its targets', { ...regression, targets: undefined }],
    ['squared error with targets of another type', { ...regression, targets: 'i32' }],
    ['classes with a type', { ...image, targets: 'u8' }],
    ['tokens with a type', { ...tokens(9), targets: 'f32' }],
    ['a vocabulary beyond 2^18', tokens(2 ** 18 + 1)],
    ['tokens with squared error', { ...tokens(9), loss: 'squared-error' }],
    ['one class', { layers: [dense(3, 1)], input: 'u8' }],
    ['an image without flatten', { ...image, layers: image.layers.slice(0, 5) }],
    ['an image in the middle', { ...image, layers: [dense(16, 16), ...image.layers] }],
    [
      'a kernel larger than the image',
      { ...image, layers: [image.layers[0], { type: 'conv2d', inputs: 1, outputs: 2, kernel: [9, 1] }] },
    ],
    ['groups that do not divide', { ...image, layers: [image.layers[0], { ...image.layers[1], groups: 2 }] }],
    [
      'heads that do not divide',
      { ...tokens(9), layers: [tokens(9).layers[0], { type: 'attention', width: 6, heads: 4 }, dense(6, 9)] },
    ],
    ['outputs that are not the vocabulary', { ...tokens(9), layers: [...tokens(9).layers.slice(0, 2), dense(6, 8)] }],
    ['flattened tokens', { ...tokens(9), layers: [tokens(9).layers[0], { type: 'flatten' }, dense(24, 9)] }],
    [
      'a residual that changes the shape',
      { layers: [dense(3, 3), { type: 'residual', layers: [dense(3, 2)] }], input: 'u8' },
    ],
    ['an empty residual', { layers: [dense(3, 3), { type: 'residual', layers: [] }], input: 'u8' }],
    ['residuals too deep', { layers: [dense(3, 3), deep(5), dense(3, 2)], input: 'u8' }],
    [
      'too much work',
      {
        layers: [
          { type: 'image', channels: 1, height: 4096, width: 4096 },
          { type: 'conv2d', inputs: 1, outputs: 2, kernel: [99, 99] },
          { type: 'flatten' },
          dense(4, 2),
        ],
        input: 'u8',
      },
    ],
    ['a field too many', { ...image, layers: [{ ...image.layers[0], depth: 1 }, ...image.layers.slice(1)] }],
    [
      'an epsilon of zero',
      { layers: [dense(3, 3), { type: 'layer-norm', features: 3, epsilon: 0 }, dense(3, 2)], input: 'u8' },
    ],
  ])('refuses %s', (_, architecture) => {
    expect(architectureSchema.safeParse(architecture).success).toBe(false);
  });

  it('takes residuals four deep', () => {
    const architecture = { layers: [dense(3, 3), deep(4), dense(3, 2)], input: 'u8' };
    expect(architectureSchema.safeParse(architecture).success).toBe(true);
  });
});

describe('samples', () => {
  it.each([
    ['u8', 256, Uint8Array.of(255, 1, 0, 2, 3)],
    ['u16', 257, Uint16Array.of(256, 1, 0, 2, 3)],
    ['u16', 65_536, Uint16Array.of(65_535, 1, 0, 2, 3)],
    ['u32', 65_537, Uint32Array.of(65_536, 1, 0, 2, 3)],
    ['u32', 2 ** 18, Uint32Array.of(2 ** 18 - 1, 1, 0, 2, 3)],
  ] as const)('are %s tokens of a vocabulary of %d', (_, vocabulary, inputs) => {
    const file = encodeDataset({ inputs, features: 5 });
    expect(decodeSamples(tokens(vocabulary), file, options)).toEqual({ inputs, samples: 1, predictions: 4 });
    // No other type, though the tokens themselves would fit.
    for (const type of [Uint8Array, Uint16Array, Uint32Array]) {
      if (inputs instanceof type) continue;
      const other = encodeDataset({ inputs: new type(5), features: 5 });
      expect(() => decodeSamples(tokens(vocabulary), other, options)).toThrowError(code('PROTOCOL_INVALID_DATASET'));
    }
  });

  it.each([
    [256, Uint8Array.of(255, 1, 0, 2, 3, 4, 1, 1)],
    [300, Uint16Array.of(299, 1, 0, 2, 3, 4, 1, 1)],
    [70_000, Uint32Array.of(69_999, 1, 0, 2, 3, 4, 1, 1)],
  ] as const)('are whole texts of a vocabulary of %d with a label each', (vocabulary, inputs) => {
    const labels = Uint8Array.of(2, 0);
    const file = encodeDataset({ inputs, features: 4, labels });
    const read = decodeSamples(texts(vocabulary), file, options);
    expect(read).toEqual({ inputs, labels, samples: 2, predictions: 2 });
    expect(() => decodeSamples(texts(9), file, options)).toThrowError(code('PROTOCOL_INVALID_DATASET'));
    const stream = encodeDataset({ inputs, features: 4 });
    expect(() => decodeSamples(texts(vocabulary), stream, options)).toThrowError(code('PROTOCOL_INVALID_DATASET'));
  });

  it('are whole texts with numbers, as a teacher of embeddings gives them', () => {
    const inputs = Uint8Array.of(8, 3, 1, 1);
    const targets = Float32Array.of(0.5, -1, 2);
    const read = decodeSamples(ofTexts, encodeDataset({ inputs, features: 4, targets }), options);
    expect(read).toEqual({ inputs, labels: targets, samples: 1, predictions: 1 });
  });

  it.each([
    [256, Uint8Array.of(255, 0)],
    [257, Uint16Array.of(256, 0)],
    [65_537, Uint32Array.of(65_536, 0)],
  ] as const)('have labels of %d classes in the narrowest type', (classes, labels) => {
    const architecture: Architecture = { layers: [dense(2, classes)], input: 'f32' };
    const inputs = Float32Array.of(-1.5, 2, 1e38, -0);
    const file = encodeDataset({ inputs, features: 2, labels });
    expect(decodeSamples(architecture, file, options)).toEqual({ inputs, labels, samples: 2, predictions: 2 });
    labels[0] = 0;
    const wider = encodeDataset({
      inputs,
      features: 2,
      labels: labels instanceof Uint32Array ? Uint16Array.of(0, 0) : Uint32Array.from(labels),
    });
    expect(() => decodeSamples(architecture, wider, options)).toThrowError(code('PROTOCOL_INVALID_DATASET'));
  });

  it.each([
    ['u8', 'u8', Uint8Array.of(1, 2, 3, 4, 5, 6), Uint8Array.of(7, 8)],
    ['u8', 'f32', Uint8Array.of(1, 2, 3, 4, 5, 6), Float32Array.of(-7, 8.5)],
    ['i32', 'f32', Int32Array.of(-(2 ** 31), 2, 3, 4, 5, 2 ** 31 - 1), Float32Array.of(-7, 8.5)],
    ['f32', 'u8', Float32Array.of(1, 2, 3, 4, 5, 6), Uint8Array.of(7, 8)],
  ] as const)('are %s features with %s targets', (input, type, inputs, targets) => {
    const architecture = { ...regression, input, targets: type };
    const file = encodeDataset({ inputs, features: 3, targets });
    const read = decodeSamples(architecture, file, options);
    expect(read).toEqual({ inputs, labels: targets, samples: 2, predictions: 2 });
  });

  it.each<[string, Architecture, Dataset]>([
    ['a token beyond the vocabulary', tokens(9), { inputs: Uint8Array.of(0, 1, 2, 3, 9), features: 5 }],
    ['sequences of another length', tokens(9), { inputs: new Uint8Array(6), features: 6 }],
    [
      'a token of a text beyond the vocabulary',
      texts(9),
      { inputs: Uint8Array.of(0, 1, 2, 9), labels: new Uint8Array(1), features: 4 },
    ],
    ['labels for tokens', tokens(9), { inputs: new Uint8Array(5), labels: new Uint8Array(1), features: 5 }],
    ['tokens for features', image, { inputs: new Uint8Array(16), features: 16 }],
    ['a label without a class', image, { inputs: new Uint8Array(16), labels: Uint8Array.of(3), features: 16 }],
    ['another feature count', image, { inputs: new Uint8Array(15), labels: new Uint8Array(1), features: 15 }],
    ['features of another type', image, { inputs: new Float32Array(16), labels: new Uint8Array(1), features: 16 }],
    ['labels for targets', regression, { inputs: new Uint8Array(3), labels: new Uint8Array(1), features: 3 }],
    ['targets for labels', image, { inputs: new Uint8Array(16), targets: new Uint8Array(3), features: 16 }],
    ['targets of another size', regression, { inputs: new Uint8Array(3), targets: new Uint8Array(2), features: 3 }],
    ['targets of another type', regression, { inputs: new Uint8Array(3), targets: new Float32Array(1), features: 3 }],
  ])('with %s are refused', (_, architecture, data) => {
    expect(() => decodeSamples(architecture, encodeDataset(data), options)).toThrowError(
      code('PROTOCOL_INVALID_DATASET'),
    );
  });
});

describe('evaluation', () => {
  it('counts a prediction a token, and bits per byte are an exact integer', async () => {
    const core = await loadNodeCore();
    const architecture = tokens(256);
    const samples = decodeSamples(architecture, encodeDataset({ inputs: new Uint8Array(20), features: 5 }), options);
    const evaluator = new Evaluator(core, architecture, samples);
    // With all parameters 0 every byte is as likely as any other: exactly eight bits.
    const evaluation = await evaluator.evaluate(new Float32Array(parameterCount(architecture)));
    expect(evaluation.count).toBe(16);
    expect(Number(bitsPerByte(evaluation)) / 2 ** 32).toBeCloseTo(8, 8);
  });

  it('scores squared error', async () => {
    const core = await loadNodeCore();
    const file = encodeDataset({ inputs: new Uint8Array(6), targets: Uint8Array.of(255, 0), features: 3 });
    const evaluator = new Evaluator(core, regression, decodeSamples(regression, file, options));
    // Output 0 against the targets 1 and 0.
    const { loss, count } = await evaluator.evaluate(new Float32Array(4));
    expect(count).toBe(2);
    expect(Number(loss) / 2 ** 32).toBeCloseTo(1, 6);
  });
});
