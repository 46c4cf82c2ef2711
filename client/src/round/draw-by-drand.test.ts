import { deployTestCovey, startAnvil, testBeacon, type Anvil } from '@covey/governance/testing';
import { decompressSignature } from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';
import { numberToHex, type Hex } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { creator, hour, playedPolicy, playTask, taskId, type PlayedTask } from '../testing/played-task.ts';

let anvil: Anvil;
let played: PlayedTask;
beforeAll(async () => {
  anvil = await startAnvil({ accounts: 10 });
  const core = await loadNodeCore();
  const { deployment } = await deployTestCovey(anvil, { scorer: core.sha256 as Hex, policy: playedPolicy });
  played = await playTask({ anvil, deployment, core, sign: (round) => testBeacon.sign(round) });
});
afterAll(async () => {
  await anvil?.stop();
});

/** On the curve and, like nearly every point of it, not in the subgroup that signatures are of. */
function pointBesideTheSubgroup(): Hex {
  for (let x = 1n; ; x++) {
    try {
      return decompressSignature(numberToHex((1n << 383n) | x, { size: 48 }));
    } catch {
      continue;
    }
  }
}

test('a relay whose proof is no signature at all keeps nobody from the next relay’s', async () => {
  await played.as(creator).rounds.open(taskId);
  await played.joinAll(0);
  // The window, and the beacon's delay with a round of it.
  await anvil.advance(hour + 60);
  const asked: string[] = [];
  const relays = {
    async *proofs(drandRound: bigint) {
      asked.push('beside the subgroup');
      yield await Promise.resolve(pointBesideTheSubgroup());
      asked.push('of another round');
      yield decompressSignature(testBeacon.sign(drandRound + 1n));
      asked.push('honest');
      yield decompressSignature(testBeacon.sign(drandRound));
    },
  };
  expect(await played.round(0, 0).draw(relays)).toBe('drawn');
  expect(asked).toEqual(['beside the subgroup', 'of another round', 'honest']);
});
