import { describe, expect, it } from 'vitest';
import { readHeader } from './result-header.ts';

describe('what losses of a result are sums over', () => {
  const scored = (total: number) => ({ loss: '12', correct: 1, total });
  const shard = { samples: 3 };

  it('is the predictions, not the samples: a text has one a token', () => {
    expect(readHeader({ baseline: scored(96), aggregate: scored(96), shard })).toMatchObject({
      samples: 3,
      predictions: 96,
    });
  });

  it('comes from whatever was scored, and is none where nothing was', () => {
    expect(readHeader({ baseline: null, aggregate: scored(7), shard })?.predictions).toBe(7);
    expect(readHeader({ baseline: scored(8), aggregate: null, shard })?.predictions).toBe(8);
    expect(readHeader({ baseline: null, aggregate: null, shard })?.predictions).toBe(0);
  });

  it('stands for the samples of a shard that could not be read', () => {
    expect(readHeader({ baseline: scored(9), aggregate: null, shard: { samples: null } })?.samples).toBe(9);
  });

  it('is not read from what is no result', () => {
    for (const value of [undefined, null, {}, { baseline: { ...scored(1), total: -1 }, aggregate: null, shard }]) {
      expect(readHeader(value)).toBeUndefined();
    }
  });
});
