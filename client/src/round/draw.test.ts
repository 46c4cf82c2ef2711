import { deployTestCovey, startAnvil, testBeacon, type Anvil } from '@covey/governance/testing';
import { loadNodeCore } from '@covey/wasm-core/node';
import type { Hex } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { blockHashBeaconConstants } from '@covey/contracts/abi/constants';
import { creator, hour, playedPolicy, playTask, taskId, type PlayedTask } from '../testing/played-task.ts';

const distance = 3n;

let anvil: Anvil;
let played: PlayedTask;
beforeAll(async () => {
  anvil = await startAnvil({ accounts: 10 });
  const core = await loadNodeCore();
  const { deployment } = await deployTestCovey(anvil, {
    scorer: core.sha256 as Hex,
    policy: playedPolicy,
    beacon: { kind: 'block-hash', distance },
  });
  played = await playTask({ anvil, deployment, core, sign: (round) => testBeacon.sign(round) });
});
afterAll(async () => {
  await anvil?.stop();
});

const mine = (blocks: bigint) => anvil.testClient.mine({ blocks: Number(blocks) });
const at = (round: number) => played.round(0, round);

test('seats are drawn by the hash of a block that is fixed first', async () => {
  await played.as(creator).rounds.open(taskId);
  await played.joinAll(0);
  expect(await at(0).draw()).toBe('not-due');
  await anvil.advance(hour);
  expect(await at(0).draw(undefined, played.onEvent)).toBe('waiting');
  const fixed = played.events.find(({ event }) => event === 'beacon-fixed');
  expect(fixed).toMatchObject({ taskId, round: 0 });
  // Nothing is fixed twice, and nothing is drawn before the block is there.
  const block = await anvil.publicClient.getBlockNumber({ cacheTime: 0 });
  expect(await at(0).draw()).toBe('waiting');
  expect(await anvil.publicClient.getBlockNumber({ cacheTime: 0 })).toBe(block);
  await mine(distance);
  expect(await at(0).draw()).toBe('drawn');
  const candidates = await at(0).candidates('trainer');
  expect(candidates.reduce((sum, { seats }) => sum + seats, 0)).toBe(8);
});

test('a hash that nobody brought in time fails the draw', async () => {
  await played.submitAll(0);
  expect(await at(0).draw()).toBe('waiting');
  await mine(distance + blockHashBeaconConstants.BLOCK_HASHES + 1n);
  expect(await at(0).draw()).toBe('failed');
  // The validators are drawn anew, for the end of another window.
  expect(await at(0).void()).toBe('repeated');
  expect(await at(0).read()).toMatchObject({ phase: 'validatorJoin', attempt: 1 });
});
