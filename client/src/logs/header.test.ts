import { deployTestCovey, startAnvil } from '@covey/governance/testing';
import type { Anvil } from '@covey/governance/testing';
import { coveyTokenAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi';
import { keccak256, parseEther, toHex, type Hex } from 'viem';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { chanceOf, mayHold, mayMatch, parseBloom } from './bloom.ts';
import { readBlockLogs } from './block-logs.ts';
import { hashHeader, readHeader } from './header.ts';
import type { Rpc } from './rpc.ts';
import { receiptsRoot, type RawReceipt } from './receipts-root.ts';
import { trieRoot } from './trie-root.ts';

let anvil: Anvil;
let deployment: Deployment;
let rpc: Rpc;
let last: bigint;

beforeAll(async () => {
  anvil = await startAnvil({ accounts: 4 });
  ({ deployment } = await deployTestCovey(anvil));
  rpc = anvil.publicClient as unknown as Rpc;
  last = await anvil.publicClient.getBlockNumber();
});
afterAll(() => anvil.stop());

const raw = async (number: bigint) =>
  (await rpc.request({ method: 'eth_getBlockByNumber', params: [toHex(number), false] })) as Record<string, unknown>;

test('every header of a chain leads to its own hash, and no altered one does', async () => {
  for (let number = 0n; number <= last; number++) {
    const header = await raw(number);
    expect(hashHeader(header), `block ${number}`).toBe(header.hash);
    const bloom = header.logsBloom as string;
    expect(hashHeader({ ...header, logsBloom: bloom.replace(/.$/, bloom.endsWith('0') ? '1' : '0') })).not.toBe(
      header.hash,
    );
  }
});

test('a header that lacks a field of every fork has no hash', async () => {
  const { stateRoot: _, ...header } = await raw(1n);
  expect(hashHeader(header)).toBeNull();
});

test('Bloom filters hold each log of their block, and every block’s receipts lead to its root', async () => {
  let logs = 0;
  for (let number = 1n; number <= last; number++) {
    const header = await readHeader(rpc, number);
    const receipts = (await rpc.request({ method: 'eth_getBlockReceipts', params: [toHex(number)] })) as RawReceipt[];
    expect(receiptsRoot(receipts), `block ${number}`).toBe(header!.receiptsRoot);
    for (const log of receipts.flatMap((receipt) => receipt.logs)) {
      logs++;
      expect(mayHold(header!.logsBloom, log)).toBe(true);
    }
  }
  expect(logs).toBeGreaterThan(50);
});

test('an empty Bloom filter matches nothing; topics narrow', () => {
  const none = parseBloom(`0x${'00'.repeat(256)}`);
  const all = parseBloom(`0x${'ff'.repeat(256)}`);
  const filter = { address: [deployment.token], topics: [null, [keccak256('0x01'), keccak256('0x02')]] as const };
  expect(mayMatch(none, filter)).toBe(false);
  expect(mayMatch(all, filter)).toBe(true);
  expect(chanceOf(none, filter)).toBe(0);
  expect(chanceOf(all, filter)).toBe(1);
  // Half of the bits: an eighth for one value, 1 - (7/8)² for one of two.
  const half = parseBloom(`0x${'0f'.repeat(256)}`);
  expect(chanceOf(half, filter)).toBeCloseTo((1 / 8) * (1 - (7 / 8) ** 2));
});

test('blocks with hundreds of receipts have tries of several levels', async () => {
  const { testClient, publicClient } = anvil;
  await testClient.setAutomine(false);
  const wallet = anvil.wallet(0);
  const nonce = await publicClient.getTransactionCount({ address: wallet.account.address });
  await Promise.all(
    Array.from({ length: 140 }, (_, at) =>
      wallet.writeContract({
        address: deployment.token,
        abi: coveyTokenAbi,
        functionName: 'approve',
        args: [deployment.stakeManager, parseEther(String(at + 1))],
        nonce: nonce + at,
        gas: 60_000n,
      }),
    ),
  );
  await testClient.mine({ blocks: 1 });
  await testClient.setAutomine(true);
  const header = await readHeader(rpc, 'latest');
  expect(header!.transactions).toHaveLength(140);
  const found = await readBlockLogs(rpc, header!, { address: [deployment.token], topics: [] });
  expect(found.map(({ logIndex }) => logIndex)).toEqual(Array.from({ length: 140 }, (_, at) => at));
  const told = await publicClient.getLogs({ blockHash: header!.hash });
  expect(found.map(({ data, topics, transactionHash }) => ({ data, topics, transactionHash }))).toEqual(
    told.map(({ data, topics, transactionHash }) => ({ data, topics, transactionHash })),
  );
});

test('an endpoint without eth_getBlockReceipts is asked for them one by one; one that leaves a log out is refused', async () => {
  const number = (await anvil.publicClient.getBlockNumber()) - 1n;
  const header = await readHeader(rpc, number);
  const filter = { address: [deployment.dao, deployment.token, deployment.taskManager], topics: [] };
  const whole = await readBlockLogs(rpc, header!, filter);
  const { publicClient } = anvil;
  const single: Rpc = {
    request: (question, options) =>
      question.method === 'eth_getBlockReceipts'
        ? (publicClient.request({ method: 'eth_noSuchMethod' } as never) as Promise<unknown>)
        : rpc.request(question, options),
  };
  expect(await readBlockLogs(single, header!, filter)).toEqual(whole);
  const liar: Rpc = {
    async request(question, options) {
      const answer = await rpc.request(question, options);
      if (question.method !== 'eth_getBlockReceipts') return answer;
      const at = (answer as RawReceipt[]).findIndex(({ logs }) => logs.length > 0);
      return (answer as RawReceipt[]).with(at, { ...(answer as RawReceipt[])[at]!, logs: [] });
    },
  };
  await expect(readBlockLogs(liar, header!, filter)).rejects.toMatchObject({ code: 'LOGS_INCOMPLETE' });
});

test('tries of every size up to 300 have one root each', () => {
  const roots = new Set<Hex>();
  for (let size = 0; size <= 300; size++) {
    roots.add(
      trieRoot(
        Array.from({ length: size }, (_, at) => toHex(at % 3 === 0 ? 'short' : `a longer value ${at}`.repeat(3))),
      ),
    );
  }
  expect(roots.size).toBe(301);
  // The root of no receipts, as in the header of every empty block.
  expect(trieRoot([])).toBe('0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421');
});
