import { createPublicClient, http, type PublicClient } from 'viem';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chainTime, connect, isClosed, openRound, reached, readPhase, readRound } from '@covey/client';
import { startTestNetwork, cast, type TestNetwork } from './testing/test-network.ts';

let network: TestNetwork;

beforeAll(async () => {
  network = await startTestNetwork();
});

afterAll(async () => {
  await network?.stop();
});

describe('phases', () => {
  it('follow mined blocks alone: a moved clock changes nothing before a block has come', async () => {
    const { covey, anvil } = network;
    const { taskId } = await network.task({ rounds: 1 });
    const creator = network.account(cast.creator);
    expect(await openRound({ covey: creator, taskId, onEvent: () => undefined })).toBe(0);
    expect(await readPhase(covey, taskId, 0)).toBe('join');
    const { timestamp } = await covey.publicClient.getBlock({ blockTag: 'latest' });
    await anvil.testClient.increaseTime({ seconds: 3_601 });
    expect(await chainTime(covey)).toBe(timestamp);
    expect(await readPhase(covey, taskId, 0)).toBe('join');
    expect((await readRound(covey, taskId, 0)).phase).toBe('join');
    await anvil.testClient.mine({ blocks: 1 });
    expect(await chainTime(covey)).toBeGreaterThan(timestamp + 3_600n);
    expect(await readPhase(covey, taskId, 0)).toBe('trainerDraw');
    expect((await readRound(covey, taskId, 0)).phase).toBe('trainerDraw');
    expect(await readPhase(covey, taskId, 1)).toBe('none');
  });

  it('are ordered', () => {
    expect(reached('challenge', 'acceptance')).toBe(true);
    expect(reached('attest', 'key')).toBe(false);
    expect(isClosed('void')).toBe(true);
    expect(isClosed('ruling')).toBe(false);
  });

  it('cannot be read from an endpoint that is not there', async () => {
    const transport = http('http://127.0.0.1:1', { retryCount: 0 });
    const publicClient = createPublicClient({ transport }) as PublicClient;
    const gone = connect({ publicClient, deployment: network.deployment });
    await expect(readPhase(gone, 1n, 0)).rejects.toMatchObject({ code: 'CHAIN_UNREACHABLE' });
    await expect(chainTime(gone)).rejects.toMatchObject({ code: 'CHAIN_UNREACHABLE' });
  });
});
