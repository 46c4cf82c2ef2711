import { expect, it } from 'vitest';
import { scaled } from '@covey/client/testing/pace';
import { crash } from '@covey/nodes/testing/crash';
import { outages } from './outages.ts';

it(
  'a round whose daemons are killed, and whose chain and IPFS node go away, ends whole: nobody commits twice or can be slashed',
  { timeout: scaled(180_000) },
  async () => {
    const outcome = await crash({ rounds: 1, kills: 10, seed: 7, hosts: outages(3) });
    expect(outcome).toMatchObject({
      ended: 1,
      kills: { all: 10 },
      outages: { 'rpc-drops': 3, 'rpc-hangs': 1, content: 3 },
      commitments: { submissions: 2, attestations: 3, results: 3 },
      doubled: 0,
      cases: 0,
      problems: [],
    });
  },
);
