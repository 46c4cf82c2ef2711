import { MAX_SAMPLES } from '@covey/wasm-core';
import { describe, expect, it } from 'vitest';
import { OPENED_SHARDS } from '../open-data-limits.ts';
import type { Samples } from '../samples.ts';
import { openShards, together } from './opened-data.ts';
import { content, keys, task } from './testing/corners.ts';

/** So many samples of one byte, all of that value; their labels too. */
function shard(samples: number, value: number): Samples {
  return {
    inputs: new Uint8Array(samples).fill(value),
    labels: new Uint8Array(samples).fill(value),
    samples,
    predictions: samples,
  };
}

describe('opened shards together', () => {
  const edges = ({ inputs, labels }: Samples) => [inputs[0], inputs.at(-1), labels?.[0], labels?.at(-1)];

  it('are as many samples as the core takes at once, and not one more: the earliest shard stays out whole', () => {
    const [first, second] = [shard(MAX_SAMPLES - 5, 1), shard(5, 2)];
    const all = together([first, second])!;
    expect(all).toMatchObject({ samples: MAX_SAMPLES, predictions: MAX_SAMPLES });
    expect(all.inputs).toHaveLength(MAX_SAMPLES);
    expect(edges(all)).toEqual([1, 2, 1, 2]);
    const less = together([shard(MAX_SAMPLES - 4, 1), second])!;
    expect(less.samples).toBe(5);
    expect(edges(less)).toEqual([2, 2, 2, 2]);
    // What stands before one that does not fit is not taken either: it would not be the latest.
    expect(together([shard(1, 3), shard(MAX_SAMPLES, 1), second])!.samples).toBe(5);
    expect(together([shard(MAX_SAMPLES + 1, 1)])).toBeUndefined();
  });

  it('are the latest, in the order of their rounds', () => {
    const five = [1, 2, 3, 4, 5].map((value) => shard(2, value));
    expect(Array.from(together(five)!.inputs)).toEqual([2, 2, 3, 3, 4, 4, 5, 5]);
    expect(together([])).toBeUndefined();
  });

  it('leave out one that is not what was promised, and take no earlier one in its place', async () => {
    expect(OPENED_SHARDS).toBe(4);
    // Five rounds have opened; the third was void, as its shard does not fit its commitment.
    const [good, other] = task.validation.shards;
    const promised = [good!, good!, { ...good!, plaintextSha256: other!.plaintextSha256 }, other!, good!];
    const five = { ...task, validation: { ...task.validation, shards: promised } };
    const opened = promised.map((_, round) => ({ round, key: keys[round === 3 ? 1 : 0]! }));
    const found = await openShards({ task: five, opened, fetch: content.fetch });
    expect(found.map(({ samples }) => samples)).toEqual([good!.samples, other!.samples, good!.samples]);
    const all = together(found)!;
    expect(all.samples).toBe(2 * good!.samples + other!.samples);
    const values = [found[0]!, found[1]!, found[2]!].flatMap(({ inputs }) => Array.from(inputs));
    expect(Array.from(all.inputs)).toEqual(values);
  });
});
