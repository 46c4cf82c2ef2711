import { setTimeout as sleep } from 'node:timers/promises';
import { createPublicClient, http, type PublicClient } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chainTime, connect, isClosed, openRound, reached, readPhase } from '@covey/client';
import { startTestNetwork, cast, type TestNetwork } from './testing/test-network.ts';

let network: TestNetwork;

beforeAll(async () => {
  network = await startTestNetwork();
});

afterAll(async () => {
  await network?.stop();
});

describe('phases', () => {
  it('follow the block being built: an idle chain moves on without a new block', async () => {
    const { covey } = network;
    const before = await covey.publicClient.getBlock({ blockTag: 'latest' });
    const time = await chainTime(covey);
    await sleep(2_100);
    expect((await covey.publicClient.getBlock({ blockTag: 'latest' })).hash).toBe(before.hash);
    expect(await chainTime(covey)).toBeGreaterThan(time + 1n);

    const { taskId } = await network.task({ rounds: 1 });
    const keeper = network.account(cast.keeper);
    expect(await openRound({ covey: keeper, taskId, onEvent: () => undefined })).toBe(0);
    expect(await readPhase(covey, taskId, 0)).toBe('commit');
    // The clock is moved, but no block is mined.
    await network.anvil.testClient.increaseTime({ seconds: 7_201 });
    expect(await readPhase(covey, taskId, 0)).toBe('reveal');
    expect(await readPhase(covey, taskId, 1)).toBe('none');
  });

  it('are ordered', () => {
    expect(reached('challenge', 'acceptance')).toBe(true);
    expect(reached('key', 'availability')).toBe(false);
    expect(isClosed('void')).toBe(true);
    expect(isClosed('disputed')).toBe(false);
  });

  it('cannot be read from an endpoint that is not there', async () => {
    const transport = http('http://127.0.0.1:1', { retryCount: 0 });
    const publicClient = createPublicClient({ transport }) as PublicClient;
    const gone = connect({ publicClient, deployment: network.deployment });
    await expect(readPhase(gone, 1n, 0)).rejects.toMatchObject({ code: 'CHAIN_UNREACHABLE' });
    await expect(chainTime(gone)).rejects.toMatchObject({ code: 'CHAIN_UNREACHABLE' });
  });
});
