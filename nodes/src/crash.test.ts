import { expect, it } from 'vitest';
import { scaled } from '@covey/client/testing/pace';
import { crash } from './testing/crash.ts';

it(
  'a round whose daemons are killed at any moment ends whole: nobody commits twice, nobody can be slashed',
  { timeout: scaled(180_000) },
  async () => {
    const outcome = await crash({ rounds: 1, kills: 10, seed: 7 });
    expect(outcome).toMatchObject({
      ended: 1,
      kills: { all: 10 },
      commitments: { submissions: 2, attestations: 3, results: 3 },
      doubled: 0,
      cases: 0,
      problems: [],
    });
  },
);
