import { beforeAll, describe, expect, it } from 'vitest';
import { layerTypes } from './layers/index.ts';
import { networkLayout } from './network.ts';
import { referenceOutputs } from './reference-network.ts';
import { integers, testCore } from './test-fixtures.ts';
import type { Core, Layer, Loss } from './types.ts';

// Every kind of layer against plain f64 loops: what it gives, and (by finite differences) what it learns.

let core: Core;
beforeAll(async () => {
  core = await testCore();
});

const dense = (inputs: number, outputs: number): Layer => ({ type: 'dense', inputs, outputs });
const image: Layer = { type: 'image', channels: 2, height: 6, width: 5 };
const conv = (inputs: number, outputs: number, more: object = {}): Layer => ({
  type: 'conv2d',
  inputs,
  outputs,
  kernel: [3, 3],
  padding: [1, 1],
  ...more,
});
const flatten: Layer = { type: 'flatten' };

const networks: Record<string, Layer[]> = {
  'dense without bias, tanh': [{ type: 'dense', inputs: 7, outputs: 6, bias: false }, { type: 'tanh' }, dense(6, 3)],
  'gelu, silu, softmax': [
    dense(7, 9),
    { type: 'gelu' },
    dense(9, 6),
    { type: 'silu' },
    { type: 'softmax' },
    dense(6, 3),
  ],
  'gelu by tanh, layer norm, rms norm': [
    dense(7, 9),
    { type: 'gelu', approximate: 'tanh' },
    { type: 'layer-norm', features: 9 },
    dense(9, 5),
    { type: 'rms-norm', features: 5, epsilon: 1e-3 },
    dense(5, 3),
  ],
  convolution: [
    image,
    conv(2, 3),
    { type: 'tanh' },
    conv(3, 4, { stride: [2, 1], padding: [0, 2] }),
    flatten,
    dense(56, 3),
  ],
  'grouped convolution, batch norm': [
    image,
    conv(2, 4, { groups: 2, kernel: [2, 3], stride: [1, 2], bias: false }),
    { type: 'batch-norm', features: 4 },
    { type: 'silu' },
    flatten,
    dense(84, 3),
  ],
  pools: [
    image,
    conv(2, 3),
    { type: 'max-pool2d', kernel: [2, 2], stride: [1, 1], padding: [1, 1] },
    { type: 'avg-pool2d', kernel: [3, 2], padding: [1, 0] },
    flatten,
    dense(27, 3),
  ],
  'residuals in residuals': [
    dense(7, 6),
    {
      type: 'residual',
      layers: [
        dense(6, 6),
        { type: 'tanh' },
        { type: 'residual', layers: [{ type: 'layer-norm', features: 6 }, dense(6, 6)] },
      ],
    },
    dense(6, 3),
  ],
  'a residual around inputs': [
    image,
    { type: 'residual', layers: [conv(2, 2), { type: 'tanh' }] },
    flatten,
    dense(60, 3),
  ],
  'residuals whose shortcuts project': [
    image,
    {
      type: 'residual',
      layers: [conv(2, 3, { stride: [2, 2] }), { type: 'tanh' }, conv(3, 3)],
      shortcut: [conv(2, 3, { kernel: [1, 1], stride: [2, 2], padding: [0, 0] })],
    },
    { type: 'relu' },
    { type: 'residual', layers: [{ type: 'tanh' }], shortcut: [{ type: 'max-pool2d', kernel: [1, 1] }, conv(3, 3)] },
    { type: 'avg-pool2d', kernel: [3, 3] },
    flatten,
    dense(3, 3),
  ],
  'attention, learned positions': [
    { type: 'embedding', vocabulary: 5, length: 9, width: 8 },
    { type: 'positions', length: 9, width: 8 },
    {
      type: 'residual',
      layers: [
        { type: 'layer-norm', features: 8 },
        { type: 'attention', width: 8, heads: 2 },
      ],
    },
    { type: 'residual', layers: [dense(8, 12), { type: 'gelu' }, dense(12, 8)] },
    dense(8, 5),
  ],
  'attention, rotary, more than a block of tokens': [
    { type: 'embedding', vocabulary: 4, length: 37, width: 4 },
    { type: 'attention', width: 4, heads: 1, rotary: true },
    { type: 'rms-norm', features: 4 },
    dense(4, 4),
  ],
  'attention of shared keys without biases, turned as Llama 3 does, gates, the table again at the end': [
    { type: 'embedding', vocabulary: 5, length: 33, width: 4 },
    {
      type: 'residual',
      layers: [
        { type: 'rms-norm', features: 4, epsilon: 1e-3 },
        {
          type: 'attention',
          width: 4,
          heads: 4,
          kvHeads: 2,
          headSize: 2,
          bias: false,
          rotary: true,
          rotaryBase: 500,
          rotaryFactor: 8,
          rotaryLow: 0.5,
          rotaryHigh: 2,
          rotaryLength: 20,
        },
      ],
    },
    {
      type: 'residual',
      layers: [
        { type: 'rms-norm', features: 4 },
        { type: 'dense', inputs: 4, outputs: 6, bias: false },
        { type: 'glu', activation: 'silu' },
        { type: 'dense', inputs: 3, outputs: 4, bias: false },
      ],
    },
    { type: 'unembedding' },
  ],
  'attention of normalised heads': [
    { type: 'embedding', vocabulary: 5, length: 34, width: 6 },
    { type: 'attention', width: 6, heads: 3, kvHeads: 1, outBias: false, qkNorm: 1e-2 },
    { type: 'attention', width: 6, heads: 1, rotary: true, rotaryFactor: 4 },
    dense(6, 5),
  ],
  'the table of the embedding twice more': [
    { type: 'embedding', vocabulary: 5, length: 4, width: 5 },
    { type: 'unembedding' },
    { type: 'tanh' },
    { type: 'unembedding' },
  ],
};

const texts: Record<string, Layer[]> = {
  'an encoder: attention in both directions, norms behind, mean, unit length': [
    { type: 'embedding', vocabulary: 5, length: 7, width: 8, padding: 3 },
    { type: 'positions', length: 7, width: 8 },
    { type: 'layer-norm', features: 8 },
    { type: 'residual', layers: [{ type: 'attention', width: 8, heads: 2, causal: false }] },
    { type: 'layer-norm', features: 8 },
    { type: 'residual', layers: [dense(8, 12), { type: 'gelu' }, dense(12, 8)] },
    { type: 'layer-norm', features: 8 },
    { type: 'pooling', mode: 'mean' },
    { type: 'l2-norm' },
    dense(8, 4),
  ],
  'an encoder of more than a block of tokens, shared keys, first token': [
    { type: 'embedding', vocabulary: 4, length: 37, width: 4, padding: 0 },
    { type: 'attention', width: 4, heads: 2, kvHeads: 1, causal: false, rotary: true },
    { type: 'tanh' },
    { type: 'attention', width: 4, heads: 1, causal: false },
    { type: 'pooling', mode: 'cls' },
    dense(4, 3),
  ],
};

const examples = layerTypes.map(
  ({ name, example }) => [`the example of ${name}`, example as unknown as Layer[]] as const,
);

interface Task {
  layers: Layer[];
  parameters: Float32Array;
  inputs: Uint8Array;
  labels?: Uint8Array;
  loss?: Loss;
}

function taskOf(layers: Layer[], count: number, loss: Loss = 'cross-entropy'): Task {
  const { input, classes } = networkLayout(layers);
  const next = integers(17);
  const parameters = core.initialise(layers, 3).map((w) => w + (next(2001) - 1000) / 5000);
  if (input.kind === 'tokens') {
    return {
      layers,
      parameters,
      inputs: Uint8Array.from({ length: count * (input.size + 1) }, () => next(input.vocabulary)),
    };
  }
  const inputs = Uint8Array.from({ length: count * input.size }, () => next(256));
  // Texts of all lengths, some with padding within.
  if (input.kind === 'text') {
    const tokens = inputs.map((_, i) => {
      const [sample, place] = [Math.floor(i / input.size), i % input.size];
      if (place > 0 && place >= input.size - 2 * sample) return input.padding;
      return next(input.vocabulary);
    });
    inputs.set(tokens);
  }
  const each = loss === 'squared-error' ? classes : 1;
  const labels = Uint8Array.from({ length: count * each }, () => next(each === 1 ? classes : 256));
  return { layers, parameters, inputs, labels, loss };
}

/** Outputs of all samples in f64, rows of classes. */
function referenceRows(
  { layers, inputs }: Task,
  parameters: ArrayLike<number>,
): { row: number[]; target: number; at: number }[] {
  const { input, rows, classes } = networkLayout(layers);
  const each = input.kind === 'tokens' ? input.size + 1 : input.size;
  return Array.from({ length: inputs.length / each }, (_, s) => {
    const sample = Array.from(inputs.subarray(s * each, (s + 1) * each), (v) =>
      input.kind === 'features' ? v / 255 : v,
    );
    const out = referenceOutputs(layers, parameters, sample);
    return Array.from({ length: rows }, (__, r) => ({
      row: out.slice(r * classes, (r + 1) * classes),
      target: input.kind === 'tokens' ? sample[r + 1]! : -1,
      at: s,
    }));
  }).flat();
}

/** Mean loss of a prediction in f64. */
function referenceLoss(task: Task, parameters: ArrayLike<number>): number {
  const all = referenceRows(task, parameters);
  const total = all.reduce((sum, { row, target, at }) => {
    if (task.loss === 'squared-error') {
      return sum + row.reduce((s, z, j) => s + (z - task.labels![at * row.length + j]! / 255) ** 2, 0) / row.length;
    }
    const label = target < 0 ? task.labels![at]! : target;
    const top = Math.max(...row);
    return sum + Math.log(row.reduce((s, z) => s + Math.exp(z - top), 0)) - (row[label]! - top);
  }, 0);
  return total / all.length;
}

describe.each([...Object.entries(networks), ...Object.entries(texts), ...examples])('%s', (_, layers) => {
  it('gives what plain f64 loops give', () => {
    const task = taskOf(layers, 3);
    const expected = referenceRows(task, task.parameters).flatMap(({ row }) => row);
    const got = core.outputs(task);
    expect(got.length).toBe(expected.length);
    got.forEach((value, i) => expect(Math.abs(value - expected[i]!), `output ${i}`).toBeLessThan(1e-5));
    const { loss, count } = core.evaluate(task);
    expect(Math.abs(Number(loss) / 2 ** 32 / count - referenceLoss(task, task.parameters))).toBeLessThan(1e-5);
  });

  it.each([1, 3])('learns along the finite differences, %d samples a batch', (count) => {
    const task = taskOf(layers, count);
    // One full-batch step with rate 1 and no momentum moves by exactly the gradient.
    const after = core.train({ ...task, epochs: 1, batchSize: count, learningRate: 1, momentum: 0, seed: 1 });
    const frozen = networkLayout(layers).tensors.filter(({ name }) => name.includes('running_'));
    const at = Float64Array.from(task.parameters);
    const h = 1e-5;
    let largest = 0;
    at.forEach((value, i) => {
      if (frozen.some(({ offset, length }) => i >= offset && i < offset + length)) {
        expect(after[i]).toBe(task.parameters[i]);
        return;
      }
      at[i] = value + h;
      const above = referenceLoss(task, at);
      at[i] = value - h;
      const below = referenceLoss(task, at);
      at[i] = value;
      const slope = (above - below) / (2 * h);
      largest = Math.max(largest, Math.abs(slope));
      expect(Math.abs(task.parameters[i]! - after[i]! - slope), `parameter ${i}`).toBeLessThan(1e-5);
    });
    expect(largest).toBeGreaterThan(0.01);
  });

  it('does not depend on the chunk: each sample alone gives the same bits', () => {
    const task = taskOf(layers, 5);
    const each = task.inputs.length / 5;
    const alone = Array.from({ length: 5 }, (__, s) =>
      core.outputs({ ...task, inputs: task.inputs.subarray(s * each, (s + 1) * each) }),
    );
    expect(core.outputs(task)).toEqual(Float32Array.from(alone.flatMap((out) => Array.from(out))));
  });
});

describe('squared error', () => {
  it('is scored and learnt', () => {
    const task = taskOf([dense(4, 5), { type: 'tanh' }, dense(5, 2)], 6, 'squared-error');
    const mean = Number(core.evaluate(task).loss) / 2 ** 32 / 6;
    expect(Math.abs(mean - referenceLoss(task, task.parameters))).toBeLessThan(1e-6);
    const parameters = core.train({ ...task, epochs: 400, batchSize: 6, learningRate: 0.5, momentum: 0.9, seed: 1 });
    expect(Number(core.evaluate({ ...task, parameters }).loss) / 2 ** 32 / 6).toBeLessThan(mean / 20);
  });
});

describe('metrics', () => {
  it('top-k counts labels within the k largest, ties by class', () => {
    const task = taskOf([dense(7, 6)], 40);
    const all = referenceRows(task, task.parameters);
    for (const top of [1, 2, 4, 6]) {
      const within = all.filter(({ row, at }) => row.filter((z) => z > row[task.labels![at]!]!).length < top).length;
      expect(core.measure({ ...task, top }).withinTop).toBe(within);
    }
    const flat = { ...task, parameters: new Float32Array(task.parameters.length), top: 2 };
    expect(core.measure(flat).withinTop).toBe(task.labels!.filter((label) => label < 2).length);
  });

  it('AUROC counts pairs exactly, ties as halves', () => {
    const next = integers(5);
    for (const n of [1, 2, 7, 60]) {
      const scores = Float32Array.from({ length: n }, () => (next(21) - 10) * (next(2) ? 0.5 : -0.5));
      const labels = Uint8Array.from({ length: n }, () => next(2));
      let [halfPairs, pairs] = [0n, 0n];
      labels.forEach((a, i) =>
        labels.forEach((b, j) => {
          if (a !== 1 || b !== 0) return;
          pairs++;
          halfPairs += scores[i]! > scores[j]! ? 2n : scores[i] === scores[j] ? 1n : 0n;
        }),
      );
      expect(core.auroc(scores, labels)).toEqual({ halfPairs, pairs });
    }
    expect(core.auroc(Float32Array.of(-0, 0), Uint8Array.of(1, 0))).toEqual({ halfPairs: 1n, pairs: 1n });
  });
});

describe('LoRA', () => {
  it('adds alpha / rank · B A to every matrix of a base', async () => {
    const { loraTensors } = await import('./lora.ts');
    const layers = networks['attention, learned positions']!;
    const parameters = core.initialise(layers, 1);
    const places = loraTensors(layers, 3);
    expect(places.map(({ name }) => name).slice(0, 4)).toEqual([
      'layers.2.layers.1.in_proj.lora_A.weight',
      'layers.2.layers.1.in_proj.lora_B.weight',
      'layers.2.layers.1.out_proj.lora_A.weight',
      'layers.2.layers.1.out_proj.lora_B.weight',
    ]);
    const total = places.reduce((sum, { length }) => sum + length, 0);
    const adapters = Float32Array.from({ length: total }, (_, i) => Math.sin(i));
    const got = core.applyLora({ layers, parameters, adapters, rank: 3, alpha: 6 });
    const { tensors } = networkLayout(layers);
    const changed = new Set<number>();
    for (let p = 0; p < places.length; p += 2) {
      const [a, b] = [places[p]!, places[p + 1]!];
      const stem = a.name.replace('.lora_A.weight', '');
      const place = tensors.find(({ name }) => name === `${stem}.weight` || name === `${stem}_weight`)!;
      const [outputs, inputs] = place.shape as [number, number];
      for (let o = 0; o < outputs; o++) {
        for (let i = 0; i < inputs; i++) {
          let sum = 0;
          for (let r = 0; r < 3; r++) sum += adapters[b.offset + o * 3 + r]! * adapters[a.offset + r * inputs + i]!;
          const at = place.offset + o * inputs + i;
          changed.add(at);
          expect(Math.abs(got[at]! - (parameters[at]! + 2 * sum))).toBeLessThan(1e-5);
        }
      }
    }
    got.forEach((value, i) => changed.has(i) || expect(value).toBe(parameters[i]));
  });
});
