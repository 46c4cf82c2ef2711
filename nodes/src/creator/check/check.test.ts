import { memoryStore } from '@covey/client/testing';
import { encodeDataset, type Architecture, type Dataset } from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { draftFor } from '../preset/draft-for.ts';
import { kinds, networkSizes } from '../preset/architectures.ts';
import { draftText, type DraftText } from '../draft.ts';
import { checkTask } from './check-task.ts';
import { checkStore } from './check-store.ts';
import { findingLines } from './finding.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'covey-check-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** Samples of 64 bytes in four classes, each sample its own. */
function images(count: number, features = 64): Dataset {
  const inputs = Uint8Array.from({ length: count * features }, (_, i) => (i * 2_654_435_761) >>> 24);
  return { inputs, features, labels: Uint8Array.from({ length: count }, (_, i) => i % 4) };
}

const good = () =>
  draftText(
    draftFor({
      ...{ name: 'Digits', description: '', kind: 'tabular', size: 'small', mode: 'federated', licence: 'MIT' },
      ...{ data: images(800), file: 'data.safetensors', rounds: 3, pace: 'hours', budget: 3_000n * 10n ** 18n },
    }),
  );

async function check(draft: unknown, data: Dataset | Uint8Array = images(800), store = memoryStore()) {
  const file = join(folder, 'task.json');
  await writeFile(file, typeof draft === 'string' ? draft : JSON.stringify(draft));
  await writeFile(join(folder, 'data.safetensors'), data instanceof Uint8Array ? data : encodeDataset(data));
  const { sha256: scorer } = await loadNodeCore();
  return await checkTask(file, { store, ipfs: 'http://127.0.0.1:5001', scorer });
}

const dense = (inputs: number, outputs: number): Architecture => ({
  input: 'u8',
  layers: [{ type: 'dense', inputs, outputs }],
});

type Change = (draft: DraftText) => unknown;
const windows =
  (change: Record<string, string>): Change =>
  (draft) => ({ ...draft, windows: { ...draft.windows, ...change } });
const set =
  (change: object): Change =>
  (draft) => ({ ...draft, ...change });

describe('a task that can be', () => {
  it('passes, with nothing worse than that no chain is named', async () => {
    const { findings, ready } = await check(good());
    expect(findings.filter(({ level }) => level === 'fail')).toEqual([]);
    expect(findings.filter(({ level }) => level === 'warn').map(({ field }) => field)).toEqual(['chain']);
    expect(ready?.task.rounds).toBe(3);
    // Every line but those of what is well says what to do.
    for (const { level, next } of findings) expect(next !== undefined).toBe(level !== 'ok');
  });
});

describe('a task that cannot be is refused by the field that is wrong', () => {
  it.each<[string, string, Change, (Dataset | Uint8Array)?]>([
    ['shards of 4 features for a network of 64', 'validation.file', set({}), images(800, 4)],
    ['labels beyond the classes', 'validation.file', set({ architecture: dense(64, 3) })],
    [
      'real features for a network of bytes',
      'validation.file',
      set({}),
      { ...images(800), inputs: new Float32Array(800 * 64) },
    ],
    [
      'targets where classes are due',
      'validation.file',
      set({}),
      { ...images(800), labels: undefined, targets: new Float32Array(800) },
    ],
    ['text for a network of features', 'validation.file', set({}), { inputs: new Uint8Array(800 * 65), features: 65 }],
    ['bytes that are no dataset', 'validation.file', set({}), new Uint8Array(40)],
    ['a dataset that is not there', 'validation.file', set({ validation: { file: 'nowhere' } })],
    ['more rounds than samples', 'validation.shardSamples', set({ rounds: 128 }), images(100)],
    [
      'shards larger than the file',
      'validation.shardSamples',
      set({ validation: { file: 'data.safetensors', shardSamples: 400 } }),
    ],
    [
      'a hold-out of all samples',
      'validation.shardSamples',
      set({ validation: { file: 'data.safetensors', holdoutSamples: 800 } }),
    ],
    ['one class alone', 'labels', set({}), { ...images(800), labels: new Uint8Array(800) }],
    [
      'the same sample everywhere',
      'duplicates',
      set({ validation: { file: 'data.safetensors', shardSamples: 200 } }),
      {
        ...images(800),
        inputs: new Uint8Array(800 * 64),
        labels: Uint8Array.from({ length: 800 }, (_, i) => +(i === 0)),
      },
    ],
    ['a window below the policy’s', 'windows.key', windows({ key: '5 s' })],
    ['a window above the policy’s', 'windows.join', windows({ join: '30 d' })],
    ['a time without a unit', 'windows.join', windows({ join: '60' })],
    [
      'scoring that no window holds',
      'windows.resultCommit',
      set({ architecture: wide(), windows: { ...good().windows, resultCommit: '1 min' } }),
    ],
    [
      'a network that cannot be planned',
      'architecture',
      set({ architecture: deep(), training: { ...good().training, batchSize: 4_096 } }),
    ],
    [
      'layers that do not meet',
      'architecture.layers',
      set({ architecture: { input: 'u8', layers: [...dense(64, 8).layers, ...dense(9, 4).layers] } }),
    ],
    ['a budget that opens no round', 'budget', set({ budget: '30 COVEY' })],
    ['a budget without a unit', 'budget', set({ budget: '30' })],
    ['too low a stake', 'minValidatorStake', set({ minValidatorStake: '1 COVEY' })],
    [
      'a rule that needs more seats than there are',
      'aggregation',
      set({ aggregation: { rule: 'krum', byzantine: 31 } }),
    ],
    ['an unknown rule', 'aggregation.rule', set({ aggregation: { rule: 'best' } })],
    ['an arena that pays by contribution', 'document', set({ mode: 'arena' })],
    ['bits a byte of no bytes', 'document', set({ metric: 'bits-per-byte' })],
    ['an encoding twice', 'document', set({ encodings: ['f32', 'f32'] })],
    ['nodes twice', 'admitted', set({ admitted: [`0x${'ab'.repeat(20)}`, `0x${'AB'.repeat(20)}`] })],
    ['an unknown licence', 'licence', set({ licence: 'mine' })],
    ['a name with a hidden character', 'name', set({ name: 'Di\u200bgits' })],
    ['a base model that is not there', 'initialModel', set({ initialModel: 'nowhere' })],
    ['a base model that is none', 'initialModel', set({ initialModel: 'data.safetensors' })],
    ['a field that drafts do not have', 'file', set({ colour: 'red' })],
    ['another schema', 'schema', set({ schema: 'covey.task/2' })],
    ['no JSON', 'file', () => '{'],
  ])('%s: %s', async (_, field, change, data) => {
    const { findings, ready } = await check(change(good()), data);
    const failed = findings.filter(({ level }) => level === 'fail');
    expect(failed.map((finding) => finding.field)).toContain(field);
    for (const { next, value } of failed)
      expect([value, next].every((text) => text !== undefined && text.length > 2)).toBe(true);
    expect(ready).toBeUndefined();
  });

  it('says 64 features and 4 in one sentence, with what to do', async () => {
    const { findings } = await check(good(), images(800, 4));
    const [line, advice] = findingLines(findings.find(({ level }) => level === 'fail')!);
    expect(line).toMatch(/inputs U8 \[4\].*the network takes.*inputs U8 \[64\]/);
    expect(advice).toMatch(/data with 64 features a sample, or an architecture that takes 4/);
  });

  it('an IPFS node that is away', async () => {
    const store = memoryStore();
    const gone = { ...store, add: () => store.get('bafkqaaa') };
    expect(await checkStore(gone as never, 'http://127.0.0.1:1')).toMatchObject({ level: 'fail', field: 'ipfs' });
  });
});

describe('warnings', () => {
  it.each<[string, string, Change, Dataset?]>([
    ['few samples a shard', 'validation.shardSamples', set({}), images(40)],
    ['a class without samples', 'labels', set({ architecture: dense(64, 6) })],
    [
      'a sample twice',
      'duplicates',
      set({}),
      {
        ...images(800),
        inputs: images(800).inputs.map((value, i, all) => (i < 64 ? all[i + 64]! : value)) as Uint8Array<ArrayBuffer>,
      },
    ],
    ['no licence', 'licence', set({ licence: undefined })],
    ['more than the creation stake secures', 'budget', set({ budget: '90000 COVEY' })],
    [
      'features far from one',
      'features',
      set({ architecture: { ...dense(64, 4), input: 'f32' } }),
      { ...images(800), inputs: Float32Array.from(images(800).inputs, (value) => value * 100) },
    ],
  ])('%s: %s', async (_, field, change, data) => {
    const { findings, ready } = await check(change(good()), data);
    expect(findings.filter(({ level }) => level === 'warn').map((finding) => finding.field)).toContain(field);
    expect(ready).toBeDefined();
  });
});

describe('what `covey task new` writes', () => {
  const text: Dataset = {
    inputs: Uint8Array.from({ length: 200 * 33 }, (_, i) => (i * 2_654_435_761) >>> 24),
    features: 33,
  };
  const cases = kinds.flatMap((kind) => networkSizes.map((size) => ({ kind, size })));
  it.each(cases)('passes for $kind, $size', async ({ kind, size }) => {
    const data = kind === 'text' ? text : images(800);
    const draft = draftFor({
      ...{
        name: 'A task',
        description: '',
        kind,
        size,
        mode: 'federated',
        data,
        file: 'data.safetensors',
        licence: 'MIT',
      },
      ...{ rounds: 3, pace: 'hours', budget: 3_000n * 10n ** 18n },
    });
    const { findings } = await check(draftText(draft), data);
    expect(findings.filter(({ level }) => level === 'fail')).toEqual([]);
  });
});

/** Of 17 million parameters. */
function wide(): Architecture {
  return { input: 'u8', layers: [...stack(64, 4_096, 4_096), { type: 'dense', inputs: 4_096, outputs: 4 }] };
}

/** Whose activations of 4,096 samples take more than the core can have. */
function deep(): Architecture {
  return { input: 'u8', layers: [...stack(64, 16_384, 64, 16_384, 64), { type: 'dense', inputs: 64, outputs: 4 }] };
}

function stack(...widths: number[]): Architecture['layers'] {
  return widths.slice(1).flatMap((outputs, i) => [{ type: 'dense', inputs: widths[i]!, outputs }, { type: 'relu' }]);
}
