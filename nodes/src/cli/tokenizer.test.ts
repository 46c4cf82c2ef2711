import { decodeDataDescription, decodeDataset, encodeSafetensors, fileCid, modelToBytes } from '@covey/protocol';
import { readTokenizer } from '@covey/protocol/tokenizer';
import { loadNodeCore } from '@covey/wasm-core/node';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { copyTokenizer } from '../models/tokenizer-files.ts';
import { runCommand as run } from '../testing/run-command.ts';

// A text by a tokenizer on its whole way: imported, drafted, trained on by the core, gone on with in words.

const core = await loadNodeCore();
const vectors = JSON.parse(
  await readFile(new URL('../../../protocol/vectors/tokenizers.json', import.meta.url), 'utf8'),
) as { name: string; tokenizer: object }[];
const file = JSON.stringify(vectors.find(({ name }) => name.startsWith('GPT-2'))!.tokenizer);
const tokenizer = readTokenizer(new TextEncoder().encode(file));
const song = 'hello world, hello you. '.repeat(60);

let dir: string;
const path = (name: string) => join(dir, name);

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'covey-tokenizer-'));
  await mkdir(path('tokenizer'));
  await writeFile(path('tokenizer/tokenizer.json'), file);
  await writeFile(path('tokenizer/tokenizer_config.json'), '{}');
  await writeFile(path('tokenizer/other.py'), '');
  await writeFile(path('song.txt'), song);
});
afterAll(() => rm(dir, { recursive: true }));

const importSong = (...more: string[]) =>
  run('data', 'import', path('song.txt'), '--length', '16', '--out', path('song.safetensors'), ...more);

it('text becomes a tokenizer’s numbers, and its description names the tokenizer', async () => {
  await importSong('--tokenizer', path('tokenizer'));
  const description = decodeDataDescription(await readFile(path('song.json')));
  const { inputs, features } = decodeDataset(await readFile(path('song.safetensors')), { maxBytes: 1e6 });
  const ids = tokenizer.encode(song, { special: 'before' });
  expect(description).toMatchObject({
    tokens: { tokenizer: await fileCid(new TextEncoder().encode(file)), vocabulary: tokenizer.vocabulary },
    length: 16,
  });
  expect(inputs).toBeInstanceOf(Uint16Array);
  expect([features, ...inputs.subarray(0, 17)]).toEqual([17, ...ids.slice(0, 17)]);
});

it('a larger vocabulary is the model’s, a smaller one is refused', async () => {
  await expect(importSong('--tokenizer', path('tokenizer'), '--vocabulary', '10')).rejects.toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID' }),
  );
});

it('a description that names a tokenizer asks for that one', async () => {
  await importSong('--tokenizer', path('tokenizer'));
  const like = ['--like', path('song.json')];
  await expect(importSong(...like)).rejects.toThrow(expect.objectContaining({ code: 'CONFIG_INVALID' }));
  await writeFile(path('other.json'), file.replace('"version":"1.0"', '"version": "1.0"'));
  await expect(importSong(...like, '--tokenizer', path('other.json'))).rejects.toThrow(/another tokenizer/);
});

it('a task of it is drafted with its tokenizer, trained, and goes on with a text in words', async () => {
  await importSong('--tokenizer', path('tokenizer'));
  const draft = path('task.json');
  await run(
    'task',
    'new',
    '--kind',
    'text',
    '--mode',
    'arena',
    '--data',
    path('song.safetensors'),
    '--rounds',
    '1',
    '--out',
    draft,
    '--tokenizer',
    path('tokenizer'),
  );
  const { architecture, validation } = JSON.parse(await readFile(draft, 'utf8')) as {
    architecture: Parameters<typeof modelToBytes>[0];
    validation: { tokenizer: string };
  };
  expect(validation.tokenizer).toBe('tokenizer/tokenizer.json');
  const { inputs } = decodeDataset(await readFile(path('song.safetensors')), { maxBytes: 1e6 });
  const { layers } = architecture;
  const parameters = core.train({
    ...{ layers, inputs, parameters: core.initialise(layers, 1), seed: 1 },
    ...{ epochs: 30, batchSize: 4, learningRate: 0.01, momentum: 0.9, optimizer: 'adam' },
  });
  await writeFile(path('model.safetensors'), modelToBytes(architecture, parameters));
  await writeFile(path('prompt.txt'), 'hello world, hello');
  const model = ['--model', path('model.safetensors'), '--draft', draft, '--tokenizer', path('tokenizer')];
  const said = await run<{ prompt: string; text: string; next: { token: number; text: string }[] }>(
    'predict',
    ...model,
    ...['--input', path('prompt.txt'), '--tokens', '8'],
  );
  expect(said.text).toMatch(/^ you\. hell/);
  expect(tokenizer.decode([said.next[0]!.token])).toBe(said.next[0]!.text);

  interface Evaluated {
    metrics: { type: string; value: number }[];
  }
  const numbers = ({ metrics }: Evaluated) => Object.fromEntries(metrics.map(({ type, value }) => [type, value]));
  const ofSong = await run<Evaluated>('model', 'evaluate', ...model, '--data', path('song.safetensors'));
  const { loss, bits_per_byte: bits } = numbers(ofSong);
  // What is predicted, in bytes and in tokens.
  const texts = Array.from({ length: inputs.length / 17 }, (_, i) => [...inputs.subarray(i * 17, i * 17 + 17)]);
  const bytes = texts.reduce((sum, ids) => sum + Buffer.byteLength(tokenizer.decode(ids)), 0);
  const first = texts.reduce((sum, [id]) => sum + Buffer.byteLength(tokenizer.decode([id!])), 0);
  expect(bits).toBeCloseTo((loss! / Math.LN2) * ((texts.length * 16) / (bytes - first)), 4);
  const question = { context: 'hello world, hello', choices: [' world, world', ' you'], answer: 1 };
  await writeFile(path('questions.jsonl'), JSON.stringify(question));
  const asked = await run<Evaluated>('model', 'evaluate', ...model, '--choices', path('questions.jsonl'));
  expect(numbers(asked)).toEqual({ acc: 1, acc_norm: 1 });
});

it('a tokenizer’s files go with a model, and nothing else does', async () => {
  expect(await copyTokenizer(path('tokenizer'), path('kept'))).toEqual(['tokenizer.json', 'tokenizer_config.json']);
  expect((await readdir(path('kept'))).sort()).toEqual(['tokenizer.json', 'tokenizer_config.json']);
  expect(await readFile(path('kept/tokenizer.json'), 'utf8')).toBe(file);
  expect(await copyTokenizer(path('nowhere'), path('none'))).toEqual([]);
});

it('what is no tokenizer is refused by what it is', async () => {
  await writeFile(path('weights.json'), Buffer.from(encodeSafetensors({})));
  await expect(importSong('--tokenizer', path('weights.json'))).rejects.toThrow(
    expect.objectContaining({ code: 'PROTOCOL_UNSUPPORTED_TOKENIZER' }),
  );
  await expect(importSong('--tokenizer', path('missing.json'))).rejects.toThrow(
    expect.objectContaining({ code: 'CONFIG_INVALID' }),
  );
});
