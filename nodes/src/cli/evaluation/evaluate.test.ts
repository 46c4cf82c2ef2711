import { encodeDataset, modelToBytes, type Architecture, type Dataset } from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runCommand } from '../../testing/run-command.ts';

const core = await loadNodeCore();
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'covey-evaluate-'));
});
afterAll(() => rm(dir, { recursive: true }));

const path = (name: string) => join(dir, name);

interface Answer {
  schema: string;
  scorer: string;
  count: number;
  metrics: { type: string; value: number }[];
}

function evaluated(...args: string[]): Promise<Answer> {
  const model = ['--model', path('model.safetensors'), '--draft', path('architecture.json')];
  return runCommand('model', 'evaluate', ...model, ...args);
}

/** The network alone, as `model import` writes it. */
async function writeModel(architecture: Architecture, parameters: Float32Array): Promise<void> {
  await writeFile(path('model.safetensors'), modelToBytes(architecture, parameters));
  await writeFile(path('architecture.json'), JSON.stringify(architecture));
}

async function onData(data: Dataset): Promise<Record<string, number>> {
  await writeFile(path('data.safetensors'), encodeDataset(data));
  const { schema, scorer, metrics } = await evaluated('--data', path('data.safetensors'));
  expect([schema, scorer]).toEqual(['covey.model-evaluate/1', core.sha256]);
  return byType(metrics);
}

const byType = (metrics: Answer['metrics']) => Object.fromEntries(metrics.map(({ type, value }) => [type, value]));

async function lines(name: string, rows: readonly unknown[]): Promise<string> {
  await writeFile(path(name), rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'));
  return path(name);
}

describe('samples', () => {
  it('of two classes: loss, accuracy, area under the ROC curve', async () => {
    // The output of class 1 is the feature, that of class 0 is 0.
    const architecture: Architecture = { layers: [{ type: 'dense', inputs: 1, outputs: 2 }], input: 'f32' };
    await writeModel(architecture, Float32Array.of(0, 1, 0, 0));
    const inputs = Float32Array.of(-2, -1, 1, 2, 3);
    const labels = Uint8Array.of(0, 1, 0, 1, 1);
    const z = (x: number, label: number) => Math.log(1 + Math.exp(label === 1 ? -x : x));
    const loss = inputs.reduce((sum, x, i) => sum + z(x, labels[i]!), 0) / 5;
    const found = await onData({ inputs, labels, features: 1 });
    // Of six pairs one is the wrong way round.
    expect(found).toEqual({ loss: expect.closeTo(loss, 5) as number, accuracy: 0.6, roc_auc: 0.833333 });
  });

  it('of many classes: whether the right one is among five', async () => {
    const layers: Architecture['layers'] = [{ type: 'dense', inputs: 1, outputs: 8 }];
    const parameters = new Float32Array(16);
    // Whatever comes in, class 0 is likeliest, then class 1, …
    parameters.set([8, 7, 6, 5, 4, 3, 2, 1], 8);
    await writeModel({ layers, input: 'u8' }, parameters);
    const labels = Uint8Array.of(0, 1, 2, 3, 4, 5, 6, 7);
    const found = await onData({ inputs: new Uint8Array(8), labels, features: 1 });
    expect(found).toMatchObject({ accuracy: 0.125, top_5_accuracy: 0.625, roc_auc: 0.5 });
  });

  it('of numbers: the share of the variance that is explained', async () => {
    const layers: Architecture['layers'] = [{ type: 'dense', inputs: 1, outputs: 1 }];
    await writeModel({ layers, input: 'f32', loss: 'squared-error', targets: 'f32' }, Float32Array.of(2, 0));
    const found = await onData({
      inputs: Float32Array.of(1, 2, 3),
      targets: Float32Array.of(2, 4, 7),
      features: 1,
    });
    expect(found).toEqual({ loss: 0.333333, r_squared: expect.closeTo(1 - 1 / (114 / 9), 5) as number });
  });

  it('of text: bits per byte and perplexity', async () => {
    const layers: Architecture['layers'] = [
      { type: 'embedding', vocabulary: 256, length: 4, width: 1 },
      { type: 'dense', inputs: 1, outputs: 256 },
    ];
    await writeModel({ layers, input: 'tokens' }, new Float32Array(core.parameterCount(layers)));
    const found = await onData({ inputs: new Uint8Array(Buffer.from('a little and more.. ')), features: 5 });
    expect(found).toMatchObject({ loss: 5.545177, perplexity: 256, bits_per_byte: 8 });
  });
});

describe('files of lines', () => {
  /** Of bytes, each of which is most likely followed by the next number. */
  beforeAll(async () => {
    const layers: Architecture['layers'] = [
      { type: 'embedding', vocabulary: 256, length: 16, width: 256 },
      { type: 'dense', inputs: 256, outputs: 256, bias: false },
    ];
    const parameters = new Float32Array(2 * 256 * 256);
    for (let byte = 0; byte < 256; byte++) {
      parameters[byte * 256 + byte] = 1;
      parameters[256 * 256 + ((byte + 1) % 256) * 256 + byte] = 9;
    }
    await writeModel({ layers, input: 'tokens' }, parameters);
  });

  it('questions: the choice that is likeliest, by itself and by byte', async () => {
    const file = await lines('questions.jsonl', [
      { context: 'a', choices: ['bcd', 'x'], answer: 0 },
      { context: 'a', choices: ['bcx', 'x'], answer: 0 },
      '',
      { context: [97], choices: [[120], [98]], answer: 1 },
      { context: 'abc', choices: ['dxx', 'x'], answer: 0 },
    ]);
    const { count, metrics } = await evaluated('--choices', file);
    expect(count).toBe(4);
    // 'bcx' and 'x' have one unlikely byte each, 'bcx' two likely ones more; 'dxx' has two unlikely ones of three.
    expect(byType(metrics)).toEqual({ acc: 0.5, acc_norm: 1 });
  });

  it('pairs: whether a text is nearest to its own', async () => {
    const file = await lines('pairs.jsonl', [
      { query: 'ab', document: 'abab' },
      { query: 'xy', document: 'zxyx' },
      { query: 'q', document: 'ab' },
    ]);
    const { count, metrics } = await evaluated('--pairs', file);
    expect(count).toBe(3);
    expect(byType(metrics)).toEqual({ recall_at_1: 0.666667, mrr: 0.777778 });
  });

  it.each<[string, string, unknown[], RegExp]>([
    ['what is no JSON', '--choices', ['{"context": '], /line 1: no JSON/],
    ['a question without choices', '--choices', ['', { context: 'a', answer: 0 }], /line 2: choices/],
    ['an unknown field', '--pairs', [{ query: 'a', document: 'b', __proto: 1 }], /line 1/],
    ['an empty file', '--pairs', ['', ' '], /an empty file/],
    ['bytes that are no text', '--pairs', ['\ud800'], /line 1: no JSON/],
  ])('refuses %s', async (_, option, rows, got) => {
    const file = await lines('bad.jsonl', rows);
    await expect(evaluated(option, file)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      got: expect.stringMatching(got) as string,
    });
  });

  it('takes token numbers where the model is not of bytes', async () => {
    const layers: Architecture['layers'] = [
      { type: 'embedding', vocabulary: 300, length: 4, width: 1 },
      { type: 'dense', inputs: 1, outputs: 300 },
    ];
    await writeModel({ layers, input: 'tokens' }, new Float32Array(core.parameterCount(layers)));
    const text = await lines('text.jsonl', [{ context: 'a', choices: ['b', 'c'], answer: 0 }]);
    await expect(evaluated('--choices', text)).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
    const tokens = await lines('tokens.jsonl', [{ context: [299], choices: [[1], [2]], answer: 0 }]);
    expect(byType((await evaluated('--choices', tokens)).metrics)).toEqual({ acc: 1, acc_norm: 1 });
  });
});

it('needs one source of data', async () => {
  await expect(evaluated()).rejects.toMatchObject({ code: 'CONFIG_INVALID', got: 'none' });
  await expect(evaluated('--mnist', 'x', '--pairs', 'y')).rejects.toMatchObject({ got: '--mnist --pairs' });
});
