import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEther } from 'viem';
import { expect, test } from 'vitest';
import { startAnvil } from './anvil.ts';

test('two chains run side by side, with the well-known accounts, and end when told', async () => {
  const [a, b] = await Promise.all([startAnvil({ accounts: 3 }), startAnvil({ accounts: 1, chainId: 1337 })]);
  try {
    expect(a.port).not.toBe(b.port);
    expect(a.accounts.map(({ address }) => address)).toEqual([
      '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
      '0x70997970C51812dc3A010C7d01b50e0d17dc79C8',
      '0x3C44CdDdB6a900fa2b585dd299e03d12FA4293BC',
    ]);
    expect(await b.publicClient.getChainId()).toBe(1337);
    const hash = await a.wallet(0).sendTransaction({ to: a.accounts[1]!.address, value: parseEther('1') });
    await a.publicClient.waitForTransactionReceipt({ hash });
    expect(await a.publicClient.getBalance({ address: a.accounts[1]!.address })).toBe(parseEther('10001'));
    const before = (await a.publicClient.getBlock()).timestamp;
    await a.advance(1_000);
    expect((await a.publicClient.getBlock()).timestamp).toBeGreaterThanOrEqual(before + 1_000n);
    expect(() => a.wallet(3)).toThrowError(expect.objectContaining({ code: 'GOV_INVALID_ARGUMENT' }) as Error);
  } finally {
    await Promise.all([a.stop(), b.stop()]);
  }
  await a.stop();
  await expect(a.publicClient.getBlockNumber()).rejects.toThrow();
  expect(() => process.kill(a.pid, 0)).toThrow();
});

test('a chain with a state file goes on where it stopped, even in a folder that did not exist', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'covey-anvil-'));
  const state = join(folder, 'deeper', 'chain.json');
  try {
    const first = await startAnvil({ accounts: 1, state });
    await first.testClient.mine({ blocks: 5 });
    await first.stop();
    expect(existsSync(state)).toBe(true);
    const second = await startAnvil({ accounts: 1, state });
    try {
      expect(await second.publicClient.getBlockNumber()).toBeGreaterThanOrEqual(5n);
    } finally {
      await second.stop();
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
});

test('a chain with a block time moves on by itself, and waits for it with no transaction', async () => {
  const chain = await startAnvil({ accounts: 2, blockTime: 1 });
  try {
    const { publicClient } = chain;
    const hash = await chain.wallet(0).sendTransaction({ to: chain.accounts[1]!.address, value: 1n });
    const { blockNumber } = await publicClient.waitForTransactionReceipt({ hash });
    await expect.poll(() => publicClient.getBlockNumber({ cacheTime: 0 })).toBeGreaterThan(blockNumber + 1n);
  } finally {
    await chain.stop();
  }
});

test('says what is wrong when the port is taken', async () => {
  const first = await startAnvil({ accounts: 1 });
  try {
    await expect(startAnvil({ accounts: 1, port: first.port })).rejects.toMatchObject({ code: 'GOV_ANVIL_START' });
  } finally {
    await first.stop();
  }
});
