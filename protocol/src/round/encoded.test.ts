import { describe, expect, it } from 'vitest';
import { updateToBytes } from '../encoding.ts';
import type { EncodingChoice } from '../encoding.ts';
import { taskDocumentSchema } from '../task.ts';
import type { TaskDocument } from '../task.ts';
import { scoreRound } from './score.ts';
import { architecture, base, content, core, inputs, submission, task, train, verdictsOf } from './testing/corners.ts';

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

it('a task names each encoding once, or none', () => {
  const accepts = (encodings: unknown) => taskDocumentSchema.safeParse({ ...task, encodings }).success;
  expect([undefined, ['int8'], ['f32', 'int8', 'top-k']].map(accepts)).toEqual([true, true, true]);
  expect([[], ['int8', 'int8'], ['zip'], 'int8', null].map(accepts)).toEqual([false, false, false, false, false]);
});
