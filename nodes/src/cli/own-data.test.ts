import { decodeDataset, encodeSafetensors, modelToBytes, samplesOf, type Architecture } from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import written from '../data/import/written-elsewhere.json' with { type: 'json' };
import { runCommand as run } from '../testing/run-command.ts';

// Own data of every kind on its whole way: imported, trained on and scored by the core, predicted from in words.

const core = await loadNodeCore();
let dir: string;
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'covey-own-data-'));
});
afterAll(() => rm(dir, { recursive: true }));

const path = (name: string) => join(dir, name);

/** Trains on a dataset that was imported, writes model and draft, and gives the loss before and after. */
async function train(name: string, architecture: Architecture, training: { epochs: number; learningRate: number }) {
  const data = decodeDataset(await readFile(path(`${name}.safetensors`)), { maxBytes: 1e7 });
  const { inputs, labels } = samplesOf(architecture, data);
  const { layers, loss } = architecture;
  const start = core.initialise(layers, 1);
  const samples = { layers, inputs, ...(labels && { labels }), ...(loss && { loss }) };
  const parameters = core.train({ ...samples, parameters: start, ...training, batchSize: 8, momentum: 0.9, seed: 1 });
  await writeFile(path(`${name}.model`), modelToBytes(architecture, parameters));
  await writeFile(path(`${name}.draft.json`), JSON.stringify({ architecture }));
  const lossOf = (at: Float32Array) => Number(core.evaluate({ ...samples, parameters: at }).loss);
  return [lossOf(start), lossOf(parameters)] as const;
}

const offline = (name: string) => [
  'predict',
  ...['--model', path(`${name}.model`), '--draft', path(`${name}.draft.json`), '--like', path(`${name}.json`)],
];

interface Predicted {
  schema: string;
  predictions: { sample: string; name: string; probability: number; values: Record<string, number>; token: number }[];
  right?: { right: number; known: number };
  text: string;
  next: { text: string; probability: number }[];
}

describe('rows', () => {
  it('of classes: types, places and names go the whole way', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => [
      i,
      (i * 37) % 90,
      i % 3 === 0 ? 'A' : 'B',
      i % 7 === 0 ? '' : i % 5,
    ]);
    const line = ([id, age, ward, n]: (string | number)[]) =>
      [id, age, ward, n, Number(age) > 45 === (ward === 'A') ? 'ill' : 'well'].join(',');
    await writeFile(path('table.csv'), ['id,age,ward,n,outcome', ...rows.map(line)].join('\n'));
    const out = ['--out', path('table.safetensors')];
    const made = await run(
      'data',
      'import',
      path('table.csv'),
      '--label',
      'outcome',
      '--drop',
      'id',
      '--indicators',
      ...out,
    );
    expect(made).toMatchObject({ schema: 'covey.data-import/1', samples: 200, features: 5, notes: [] });
    const architecture: Architecture = {
      layers: [{ type: 'dense', inputs: 5, outputs: 16 }, { type: 'relu' }, { type: 'dense', inputs: 16, outputs: 2 }],
      input: 'f32',
    };
    const [before, after] = await train('table', architecture, { epochs: 60, learningRate: 0.05 });
    expect(after).toBeLessThan(before / 4);
    await writeFile(path('new.csv'), 'ward;age;n;note\nA;80;;x\nB;80;1;y\n');
    const { schema, predictions } = await run<Predicted>(...offline('table'), '--input', path('new.csv'));
    expect(schema).toBe('covey.predict/3');
    expect(predictions.map(({ sample, name }) => [sample, name])).toEqual([
      ['row 1', 'ill'],
      ['row 2', 'well'],
    ]);
    const known = await run<Predicted>(...offline('table'), '--input', path('table.csv'), '--out', path('answers.csv'));
    expect(known.right!.right).toBeGreaterThan(190);
    const answers = (await readFile(path('answers.csv'), 'utf8')).split('\r\n');
    expect(answers[0]).toBe('sample,predicted,probability,expected,probability of ill,probability of well');
    expect(answers).toHaveLength(202);
  });

  it('of numbers: predicted in their own unit', async () => {
    const rows = Array.from({ length: 120 }, (_, i) => [i % 11, (i * 7) % 13]);
    await writeFile(
      path('houses.csv'),
      ['a,b,price', ...rows.map(([a, b]) => `${a},${b},${3000 * a! - 2000 * b! + 500_000}`)].join('\n'),
    );
    await run('data', 'import', path('houses.csv'), '--target', 'price', '--out', path('houses.safetensors'));
    const layers: Architecture['layers'] = [{ type: 'dense', inputs: 2, outputs: 1 }];
    const architecture: Architecture = { layers, input: 'f32', loss: 'squared-error', targets: 'f32' };
    await train('houses', architecture, { epochs: 40, learningRate: 0.02 });
    await writeFile(path('house.csv'), 'a,b\n4,5\n');
    const { predictions } = await run<Predicted>(...offline('houses'), '--input', path('house.csv'));
    expect(Math.abs(predictions[0]!.values.price! - 502_000)).toBeLessThan(50);
  });
});

describe('tokens', () => {
  const bigrams = (vocabulary: number, length: number): Architecture => ({
    layers: [
      { type: 'embedding', vocabulary, length, width: 8 },
      { type: 'dense', inputs: 8, outputs: vocabulary },
    ],
    input: 'tokens',
  });

  it('of text: it goes on', async () => {
    await writeFile(path('song.txt'), 'la le lu\n'.repeat(100));
    await run('data', 'import', path('song.txt'), '--length', '9', '--out', path('song.safetensors'));
    const [before, after] = await train('song', bigrams(256, 9), { epochs: 30, learningRate: 0.3 });
    expect(after).toBeLessThan(before / 2);
    for (const prompt of ['u', 'la le lu\nla le lu']) {
      await writeFile(path('prompt.txt'), prompt);
      const { text, next } = await run<Predicted>(...offline('song'), '--input', path('prompt.txt'), '--tokens', '3');
      expect(text).toBe('\nl' + text.at(-1)!);
      expect(next[0]!.text).toBe('\n');
    }
    await writeFile(path('prompt.txt'), Uint8Array.of(0x6c, 0xff));
    const going = [...offline('song'), '--input', path('prompt.txt')];
    await expect(run(...going)).rejects.toMatchObject({ code: 'DATA_BAD_TEXT' });
    await writeFile(path('prompt.txt'), 'l');
    // Wrong usage ends the process.
    await expect(run(...going, '--tokens', '4097')).rejects.toThrow(/process\.exit/);
  });

  it('of u16: from another tool’s integers to the token that follows', async () => {
    const ids = BigInt64Array.from({ length: 401 }, (_, i) => BigInt((i * 100) % 300));
    const file = encodeSafetensors({ input_ids: { dtype: 'I64', shape: [401], data: new Uint8Array(ids.buffer) } });
    await writeFile(path('ids.safetensors'), file);
    const sizes = ['--length', '4', '--vocabulary', '301'];
    await run('data', 'import', path('ids.safetensors'), ...sizes, '--out', path('tokens.safetensors'));
    await train('tokens', bigrams(301, 4), { epochs: 20, learningRate: 0.3 });
    const { right } = await run<Predicted>(...offline('tokens'), '--data', path('tokens.safetensors'));
    expect(right).toEqual({ right: 100, known: 100 });
  });
});

it('images: folders are classes, and a file alone is predicted from', async () => {
  const { baseline, grey } = written.jpeg;
  for (const [name, { file }] of Object.entries({ smooth: baseline, dull: grey })) {
    await mkdir(path(`photos/${name}`), { recursive: true });
    await writeFile(path(`photos/${name}/1.jpg`), Buffer.from(file, 'base64'));
  }
  const size = ['--size', '6x4', '--channels', 'rgb'];
  await run('data', 'import', path('photos'), ...size, '--out', path('photos.safetensors'));
  const layers: Architecture['layers'] = [{ type: 'dense', inputs: 72, outputs: 2 }];
  await train('photos', { layers, input: 'u8' }, { epochs: 200, learningRate: 0.1 });
  const one = await run<Predicted>(...offline('photos'), '--input', path('photos/dull/1.jpg'));
  expect(one.predictions).toMatchObject([{ sample: '1.jpg', name: 'dull' }]);
  const all = await run<Predicted>(...offline('photos'), '--input', path('photos'));
  expect(all.predictions.map(({ name }) => name)).toEqual(['dull', 'smooth']);
});

describe('a split', () => {
  it('by a column keeps what validators score on from every shard', async () => {
    const rows = Array.from({ length: 60 }, (_, i) => `${['North', 'South'][i % 2]},${i},${i % 3}`);
    await writeFile(path('h.csv'), ['hospital,x,y', ...rows].join('\n'));
    const split = ['data', 'split', path('h.csv'), '--label', 'y', '--scale', 'none', '--by', 'hospital'];
    const made = await run<{ shards: { value: string; samples: number }[]; validation: { samples: number } }>(
      ...split,
      ...['--validation', '0.25', '--out', path('by')],
    );
    expect(made.shards.map(({ value }) => value).toSorted()).toEqual(['North', 'South']);
    const read = async (name: string) => [
      ...decodeDataset(await readFile(path(`by/${name}.safetensors`)), { maxBytes: 1e6 }).inputs,
    ];
    const [hidden, first, second] = await Promise.all(['validation', 'shard-0', 'shard-1'].map(read));
    expect(hidden).toHaveLength(15);
    expect([...hidden!, ...first!, ...second!].toSorted((a, b) => a - b)).toEqual(rows.map((_, i) => i));
    expect(new Set(first!.map((x) => x % 2)).size).toBe(1);
  });

  it('alike deals out every sample', async () => {
    const out = ['--how', 'iid', '--out', path('iid')];
    const { shards } = await run<{ shards: { samples: number }[] }>(
      'data',
      'split',
      path('houses.safetensors'),
      '--nodes',
      '7',
      ...out,
    );
    expect(shards.map(({ samples }) => samples)).toEqual([18, 17, 17, 17, 17, 17, 17]);
  });
});

describe('inspect', () => {
  it('shows folders of images and text', async () => {
    expect(await run('data', 'inspect', path('photos'))).toMatchObject({
      kind: 'images',
      classes: { dull: 1, smooth: 1 },
      first: { width: 24, height: 16 },
    });
    expect(await run('data', 'inspect', path('song.txt'))).toMatchObject({ kind: 'text', bytes: 900 });
  });

  it('shows columns, arrays and datasets', async () => {
    expect(await run('data', 'inspect', path('table.csv'))).toMatchObject({
      kind: 'table',
      rows: 200,
      columns: [{ type: 'integer' }, { type: 'integer' }, { type: 'category' }, { name: 'n', missing: 29 }, {}],
    });
    expect(await run('data', 'inspect', path('ids.safetensors'))).toMatchObject({
      arrays: [{ type: 'i64', shape: [401], greatest: 200 }],
    });
    expect(await run('data', 'inspect', path('table.safetensors'))).toMatchObject({
      kind: 'dataset',
      samples: 200,
      description: { kind: 'table' },
    });
  });
});

describe('is refused', () => {
  it.each([
    ['a file that says nothing of itself', ['data', 'import', 'NAMELESS', '--out', 'x'], 'DATA_NOT_FOUND'],
    ['no file', ['data', 'import', 'nowhere.csv', '--out', 'x'], 'DATA_NOT_FOUND'],
    ['images without a size', ['data', 'import', 'photos', '--out', 'x'], 'CONFIG_INVALID'],
    ['a table without a label', ['data', 'import', 'table.csv', '--out', 'x'], 'DATA_BAD_TABLE'],
    [
      'a type that is none',
      ['data', 'import', 'table.csv', '--out', 'x', '--label', 'n', '--type', 'age=float'],
      'CONFIG_INVALID',
    ],
    [
      'a description of another kind',
      ['data', 'import', 'song.txt', '--like', 'table.json', '--out', 'x'],
      'CONFIG_INVALID',
    ],
    [
      'a description that was changed',
      ['data', 'import', 'song.txt', '--like', 'table.draft.json', '--out', 'x'],
      'CONFIG_INVALID',
    ],
    [
      'a split by a column of what has none',
      ['data', 'split', 'song.txt', '--length', '4', '--by', 'x', '--out', 'x'],
      'CONFIG_INVALID',
    ],
    [
      'a split of numbers by label',
      ['data', 'split', 'houses.safetensors', '--nodes', '2', '--how', 'dirichlet', '--out', 'x'],
      'DATA_BAD_SPLIT',
    ],
    [
      'more nodes than samples',
      ['data', 'split', 'houses.safetensors', '--nodes', '121', '--out', 'x'],
      'DATA_BAD_SPLIT',
    ],
    ['a prediction of nothing', ['predict', '--draft', 'table.draft.json', '--model', 'table.model'], 'CONFIG_INVALID'],
    [
      'weights of another network',
      ['predict', '--draft', 'houses.draft.json', '--model', 'table.model', '--data', 'houses.safetensors'],
      'PROTOCOL_WRONG_TENSORS',
    ],
    [
      'data of another network',
      ['predict', '--draft', 'houses.draft.json', '--model', 'houses.model', '--data', 'table.safetensors'],
      'PROTOCOL_INVALID_DATASET',
    ],
    [
      'a description of another network',
      [
        'predict',
        '--draft',
        'houses.draft.json',
        '--model',
        'houses.model',
        '--like',
        'table.json',
        '--input',
        'new.csv',
      ],
      'PROTOCOL_INVALID_DATASET',
    ],
    [
      'a sample that is not there',
      [
        'predict',
        '--draft',
        'houses.draft.json',
        '--model',
        'houses.model',
        '--data',
        'houses.safetensors',
        '--index',
        '120',
      ],
      'CONFIG_INVALID',
    ],
  ])('%s', async (_, args, code) => {
    await writeFile(path('NAMELESS'), 'hello');
    const files = args.map((arg) => (/\.|^NAMELESS$|^photos$|^x$/.test(arg) && !arg.startsWith('-') ? path(arg) : arg));
    await expect(run(...files)).rejects.toMatchObject({ code });
  });
});
