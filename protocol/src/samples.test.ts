import { bitsPerByte, networkLayout } from '@covey/wasm-core';
import type { Layer } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import { describe, expect, it } from 'vitest';
import { architectureSchema, featureCount, modelFromBytes, modelToBytes, parameterCount } from './architecture.ts';
import type { Architecture } from './architecture.ts';
import { encodeDataset } from './dataset.ts';
import { Evaluator } from './round/evaluator.ts';
import { parseSafetensors } from './safetensors.ts';
import { decodeSamples, encodeTargets, encodeTokens } from './samples.ts';

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
  inputScale: 'token',
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
  inputScale: 'byte',
};
const regression: Architecture = { layers: [dense(3, 1)], inputScale: 'byte', loss: 'squared-error' };

describe('architectures', () => {
  it.each([tokens(256), tokens(300), image, regression])('%# is accepted, and its models are files', (architecture) => {
    expect(architectureSchema.parse(structuredClone(architecture))).toEqual(architecture);
    const parameters = Float32Array.from({ length: parameterCount(architecture) }, (_, i) => i);
    const bytes = modelToBytes(architecture, parameters);
    expect(modelFromBytes(architecture, bytes, options)).toEqual(parameters);
    const names = [...parseSafetensors(bytes, options).keys()].sort();
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
    ['tokens as bytes', { ...tokens(9), inputScale: 'byte' }],
    ['bytes as tokens', { ...image, inputScale: 'token' }],
    ['tokens with squared error', { ...tokens(9), loss: 'squared-error' }],
    ['one class', { layers: [dense(3, 1)], inputScale: 'byte' }],
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
      { layers: [dense(3, 3), { type: 'residual', layers: [dense(3, 2)] }], inputScale: 'byte' },
    ],
    ['an empty residual', { layers: [dense(3, 3), { type: 'residual', layers: [] }], inputScale: 'byte' }],
    ['residuals too deep', { layers: [dense(3, 3), deep(5), dense(3, 2)], inputScale: 'byte' }],
    [
      'too much work',
      {
        layers: [
          { type: 'image', channels: 1, height: 4096, width: 4096 },
          { type: 'conv2d', inputs: 1, outputs: 2, kernel: [99, 99] },
          { type: 'flatten' },
          dense(4, 2),
        ],
        inputScale: 'byte',
      },
    ],
    ['a field too many', { ...image, layers: [{ ...image.layers[0], depth: 1 }, ...image.layers.slice(1)] }],
    [
      'an epsilon of zero',
      { layers: [dense(3, 3), { type: 'layer-norm', features: 3, epsilon: 0 }, dense(3, 2)], inputScale: 'byte' },
    ],
  ])('refuses %s', (_, architecture) => {
    expect(architectureSchema.safeParse(architecture).success).toBe(false);
  });

  it('takes residuals four deep', () => {
    const architecture = { layers: [dense(3, 3), deep(4), dense(3, 2)], inputScale: 'byte' };
    expect(architectureSchema.safeParse(architecture).success).toBe(true);
  });
});

describe('samples', () => {
  it('are tokens of bytes or of 16 bits', () => {
    const bytes = Uint8Array.from({ length: 15 }, (_, i) => i * 17);
    const small = decodeSamples(tokens(256), encodeTokens({ tokens: bytes, length: 5 }), options);
    expect(small).toEqual({ inputs: bytes, samples: 3, predictions: 12 });
    const words = Uint16Array.from({ length: 10 }, (_, i) => i * 33);
    const wide = decodeSamples(tokens(300), encodeTokens({ tokens: words, length: 5 }), options);
    expect(wide).toEqual({ inputs: words, samples: 2, predictions: 8 });
  });

  it('are samples with targets or with labels', () => {
    const inputs = Uint8Array.of(1, 2, 3, 4, 5, 6);
    const targets = Uint8Array.of(7, 8);
    const file = encodeTargets({ inputs, targets, samples: 2 });
    expect(decodeSamples(regression, file, options)).toEqual({ inputs, labels: targets, samples: 2, predictions: 2 });
    const labelled = encodeDataset({
      inputs: new Uint8Array(32),
      labels: Uint8Array.of(0, 2),
      features: featureCount(image),
    });
    expect(decodeSamples(image, labelled, options).predictions).toBe(2);
  });

  it.each<[string, Architecture, Uint8Array]>([
    ['a token beyond the vocabulary', tokens(9), encodeTokens({ tokens: Uint8Array.of(0, 1, 2, 3, 9), length: 5 })],
    ['sequences of another length', tokens(9), encodeTokens({ tokens: new Uint8Array(6), length: 6 })],
    ['tokens of another type', tokens(9), encodeTokens({ tokens: new Uint16Array(5), length: 5 })],
    ['no sequences', tokens(9), encodeTokens({ tokens: new Uint8Array(0), length: 5 })],
    [
      'labels for tokens',
      tokens(9),
      encodeDataset({ inputs: new Uint8Array(5), labels: new Uint8Array(1), features: 5 }),
    ],
    [
      'labels for targets',
      regression,
      encodeDataset({ inputs: new Uint8Array(3), labels: new Uint8Array(1), features: 3 }),
    ],
    [
      'targets of another size',
      regression,
      encodeTargets({ inputs: new Uint8Array(3), targets: new Uint8Array(2), samples: 1 }),
    ],
  ])('with %s are refused', (_, architecture, file) => {
    expect(() => decodeSamples(architecture, file, options)).toThrowError(code('PROTOCOL_INVALID_DATASET'));
  });
});

describe('evaluation', () => {
  it('counts a prediction a token, and bits per byte are an exact integer', async () => {
    const core = await loadNodeCore();
    const architecture = tokens(256);
    const samples = decodeSamples(architecture, encodeTokens({ tokens: new Uint8Array(20), length: 5 }), options);
    const evaluator = new Evaluator(core, architecture, samples);
    // With all parameters 0 every byte is as likely as any other: exactly eight bits.
    const evaluation = await evaluator.evaluate(new Float32Array(parameterCount(architecture)));
    expect(evaluation.count).toBe(16);
    expect(Number(bitsPerByte(evaluation)) / 2 ** 32).toBeCloseTo(8, 8);
  });

  it('scores squared error', async () => {
    const core = await loadNodeCore();
    const file = encodeTargets({ inputs: new Uint8Array(6), targets: Uint8Array.of(255, 0), samples: 2 });
    const evaluator = new Evaluator(core, regression, decodeSamples(regression, file, options));
    // Output 0 against the targets 1 and 0.
    const { loss, count } = await evaluator.evaluate(new Float32Array(4));
    expect(count).toBe(2);
    expect(Number(loss) / 2 ** 32).toBeCloseTo(1, 6);
  });
});
