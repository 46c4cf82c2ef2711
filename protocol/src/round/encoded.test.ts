import { describe, expect, it } from 'vitest';
import { updateFromBytes, updateToBytes } from '../encoding.ts';
import type { EncodingChoice } from '../encoding.ts';
import { adaptersToBytes, type Adapters } from '../lora.ts';
import { modelToBytes } from '../architecture.ts';
import { loraMatrices } from '@covey/wasm-core';
import { taskDocumentSchema } from '../task.ts';
import type { TaskDocument } from '../task.ts';
import { scoreRound } from './score.ts';
import {
  architecture,
  base,
  content,
  core,
  inputs,
  keys,
  submission,
  task,
  train,
  verdictsOf,
} from './testing/corners.ts';

const update = (seed: number): Float32Array => core.subtract(train(seed), base);
const file = (seed: number, choice: EncodingChoice): Promise<string> =>
  content.add(updateToBytes(core, architecture, update(seed), choice).bytes);
const score = (cids: string[], change: Partial<TaskDocument> = {}) =>
  scoreRound({
    core,
    task: { ...task, ...change },
    inputs: inputs(cids.map((cid, i) => submission(i, cid))),
    fetch: content.fetch,
  });

describe('a federated round of encoded updates', () => {
  it('counts them like plain ones', async () => {
    const cids = await Promise.all([
      file(1, { encoding: 'int8' }),
      file(2, { encoding: 'f32' }),
      file(3, { encoding: 'top-k', ratio: 0.3 }),
      file(4, { encoding: 'int8' }),
    ]);
    const result = await score(cids);
    const verdicts = Object.values(verdictsOf(result));
    expect(verdicts.filter((v) => v === 'valid' || v === 'no-contribution')).toHaveLength(4);
    expect(verdicts.filter((v) => v === 'valid').length).toBeGreaterThanOrEqual(2);
    const { baseline, aggregate } = result.document;
    expect(aggregate!.correct).toBeGreaterThan(baseline!.correct);
  });

  it('refuses encodings that the task does not name, as wrong tensors', async () => {
    const cids = [await file(1, { encoding: 'int8' }), await file(2, { encoding: 'f32' })];
    const verdicts = verdictsOf(await score(cids, { encodings: ['f32', 'top-k'], aggregation: { rule: 'fedavg' } }));
    expect(verdicts[0]).toBe('wrong-tensors');
    expect(verdicts[1]).not.toBe('wrong-tensors');
  });

  it('knows a copy in another encoding', async () => {
    const { bytes } = updateToBytes(core, architecture, update(1), { encoding: 'f32' });
    const copy = updateToBytes(core, architecture, update(1), { encoding: 'top-k', ratio: 1 }).bytes;
    expect(copy).not.toEqual(bytes);
    const verdicts = verdictsOf(await score([await content.add(bytes), await content.add(copy)]));
    expect(verdicts[1]).toBe('duplicate');
  });

  it('takes models only in an arena', async () => {
    const arena = { mode: 'arena', ranking: 'loss' } as const;
    const result = await score([await file(1, { encoding: 'int8' })], arena);
    expect(verdictsOf(result)[0]).toBe('wrong-tensors');
    expect(taskDocumentSchema.safeParse({ ...task, ...arena, encodings: ['int8'] }).success).toBe(false);
  });
});

describe('adapters', () => {
  /** Of as many ranks as a matrix has rows: B is one, A what training changes of the matrix. */
  const adaptersOf = (seed: number): Adapters => {
    const update = core.subtract(train(seed), base);
    return new Map(
      loraMatrices(architecture.layers).map(({ stem, place: { shape, offset, length } }) => {
        const [rows = 0] = shape;
        const b = Float32Array.from({ length: rows * rows }, (_, i) => (i % (rows + 1) === 0 ? 1 : 0));
        return [stem, [{ rank: rows, rows, a: update.slice(offset, offset + length), b }]];
      }),
    );
  };
  const updateOf = (seed: number) =>
    updateFromBytes(core, architecture, adaptersToBytes(architecture, adaptersOf(seed)), {
      maxBytes: 1e6,
      encodings: ['lora'],
    });
  const good = 2;
  const secondRound = { round: 1, key: keys[1]!, opened: [{ round: 0, key: keys[0]! }] };

  it('count in a federated round as the update that they are', async () => {
    const cid = await content.add(adaptersToBytes(architecture, adaptersOf(good)));
    const plain = await content.add(modelToBytes(architecture, updateOf(good)));
    const change: Partial<TaskDocument> = {
      aggregation: { rule: 'fedavg' },
      ranking: 'loss',
      encodings: ['f32', 'lora'],
    };
    const [small, whole] = [await score([cid], change), await score([plain], change)];
    expect(verdictsOf(small)[0]).toBe('valid');
    expect(small.modelCid).toBe(whole.modelCid);
    expect(verdictsOf(await score([plain, cid], change))[1]).toBe('duplicate');
    // Unless a task names them it takes all encodings but these.
    const { encodings: _, ...usual } = change;
    expect(verdictsOf(await score([cid], usual))[0]).toBe('wrong-tensors');
  });

  it('are models over the initial one in an arena that takes them, and the next base is whole', async () => {
    const arena: Partial<TaskDocument> = { mode: 'arena', ranking: 'loss', encodings: ['f32', 'lora'] };
    expect(taskDocumentSchema.safeParse({ ...task, ...arena }).success).toBe(true);
    const cid = await content.add(adaptersToBytes(architecture, adaptersOf(good)));
    const first = await score([cid], arena);
    expect(verdictsOf(first)[0]).toBe('valid');
    const model = modelToBytes(architecture, core.add(base, updateOf(good)));
    expect(first.model).toEqual(model);
    // In the next round the same file is the same model, whatever the base; so it does not beat it.
    await content.add(model);
    const again = await scoreRound({
      core,
      task: { ...task, ...arena },
      inputs: inputs([submission(0, cid)], { ...secondRound, base: first.modelCid }),
      fetch: content.fetch,
    });
    expect(again.document.submissions[0]!.loss).toBe(again.document.baseline!.loss);
    expect(verdictsOf(again)[0]).toBe('no-contribution');
    expect(verdictsOf(await score([cid], { mode: 'arena', ranking: 'loss' }))[0]).toBe('wrong-tensors');
  });

  it('of a task whose initial model is gone wait for it', async () => {
    const arena: Partial<TaskDocument> = { mode: 'arena', ranking: 'loss', encodings: ['lora'] };
    const cid = await content.add(adaptersToBytes(architecture, adaptersOf(good)));
    const another = await content.add(modelToBytes(architecture, train(1)));
    const attempt = scoreRound({
      core,
      task: { ...task, ...arena },
      inputs: inputs([submission(0, cid)], { ...secondRound, base: another }),
      fetch: (wanted) => (wanted === task.initialModel ? Promise.reject(new Error('gone')) : content.fetch(wanted)),
    });
    await expect(attempt).rejects.toMatchObject({ code: 'PROTOCOL_FETCH_FAILED' });
  });
});

it('a task names each encoding once, or none', () => {
  const accepts = (encodings: unknown) => taskDocumentSchema.safeParse({ ...task, encodings }).success;
  expect([undefined, ['int8'], ['f32', 'int8', 'top-k']].map(accepts)).toEqual([true, true, true]);
  expect([[], ['int8', 'int8'], ['zip'], 'int8', null].map(accepts)).toEqual([false, false, false, false, false]);
});
