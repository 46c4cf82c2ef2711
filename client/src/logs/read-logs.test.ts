import { coveyTokenAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi';
import { deployTestCovey, startAnvil } from '@covey/governance/testing';
import type { Anvil } from '@covey/governance/testing';
import { createPublicClient, encodeEventTopics, http, parseEther, RpcRequestError } from 'viem';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chainError } from '../chain/contract-error.ts';
import { rpcFaults as faults, rpcProxy, type Fault, type RpcProxy } from '../testing/index.ts';
import { scaled } from '../testing/pace.ts';
import { askInRanges, RangeLimit } from './ranges.ts';
import { readEvents } from './read-events.ts';
import type { ReadLogsOptions } from './read-logs.ts';
import type { Rpc } from './rpc.ts';

let anvil: Anvil;
let deployment: Deployment;
let proxy: RpcProxy;
let from: bigint;
let to: bigint;
const amounts = Array.from({ length: 12 }, (_, at) => parseEther(String(at + 1)));

beforeAll(async () => {
  anvil = await startAnvil({ accounts: 4 });
  ({ deployment } = await deployTestCovey(anvil));
  from = (await anvil.publicClient.getBlockNumber()) + 1n;
  // Four blocks of three approvals each, with nine empty blocks after each.
  const wallet = anvil.wallet(1);
  for (let block = 0; block < 4; block++) {
    await anvil.testClient.setAutomine(false);
    for (const amount of amounts.slice(3 * block, 3 * block + 3)) {
      await wallet.writeContract({
        address: deployment.token,
        abi: coveyTokenAbi,
        functionName: 'approve',
        args: [deployment.stakeManager, amount],
        gas: 60_000n,
      });
    }
    await anvil.testClient.mine({ blocks: 10 });
    await anvil.testClient.setAutomine(true);
  }
  to = await anvil.publicClient.getBlockNumber();
  proxy = await rpcProxy(anvil.rpcUrl);
});
afterAll(async () => {
  await proxy.stop();
  await anvil.stop();
});
beforeEach(() => proxy.play(null));

/** A reader that knows nothing of the endpoint yet. */
const fresh = (timeout: number) =>
  createPublicClient({
    transport: http(proxy.url, { batch: true, retryCount: 3, retryDelay: 5, timeout }),
    cacheTime: 0,
  }) as unknown as Rpc;
const [topic] = encodeEventTopics({ abi: coveyTokenAbi, eventName: 'Approval' });

async function approvals(
  { timeout = scaled(10_000), ...options }: ReadLogsOptions & { timeout?: number } = {},
  range = { fromBlock: from, toBlock: to },
) {
  const owner = anvil.accounts[1]!.address;
  const query = {
    address: deployment.token,
    abi: coveyTokenAbi,
    eventName: 'Approval',
    args: { owner },
    ...range,
  } as const;
  const { events } = await readEvents(fresh(timeout), query, options).catch((cause: unknown) => {
    throw chainError(cause, 'reading approvals');
  });
  return events.map(({ args }) => args.value);
}

test('gives what the chain has, in its order', async () => {
  expect(await approvals()).toEqual(amounts);
  expect(await approvals({ bloomBlocks: 0 })).toEqual(amounts);
  expect(await approvals({}, { fromBlock: to, toBlock: to - 1n })).toEqual([]);
});

describe('gives the right answer', () => {
  const harmless: Record<string, Fault | (() => Fault)> = {
    'of doubled logs': () => faults.doubled(),
    'of logs in any order': () => faults.reordered(),
    'among logs that a reorganisation took back': () => faults.removed(),
    'of an endpoint that leaves whole blocks out': () => faults.empty(),
    'of one that limits ranges to 10 blocks': () => faults.limited(10),
    'of one that limits ranges to 1 block': () => faults.limited(1, 'nope', -32_000),
    'of one that limits results': () => faults.limitedResults(3),
  };
  test.each(Object.entries(harmless))('%s', async (_, fault) => {
    proxy.play((fault as () => Fault)());
    expect(await approvals()).toEqual(amounts);
    expect(proxy.played).toBeGreaterThan(0);
  });

  test.each([
    ['429, three times', faults.status(429), 3],
    ['a body that ends early, once', faults.truncated(), 1],
    ['a web page, once', faults.webPage(), 1],
    ['silence, once', faults.silent(), 1],
  ])('after %s', async (_, fault, times) => {
    proxy.play(fault, times);
    expect(await approvals(fault.silence ? { timeout: scaled(300) } : {})).toEqual(amounts);
    expect(proxy.played).toBe(times);
  });
});

describe('refuses, with its code,', () => {
  test.each([
    ['two logs in one place', faults.contradicted(), 'LOGS_INVALID'],
    ['logs that were not asked for', faults.foreign(), 'LOGS_INVALID'],
    ['logs that the block does not announce', faults.invented(), 'LOGS_INVALID'],
    ['answers of another kind', faults.garbage(['eth_getLogs'], '0x'), 'LOGS_INVALID'],
    ['null for logs', faults.garbage(['eth_getLogs'], null), 'LOGS_INVALID'],
    ['logs of another form', faults.garbage(['eth_getLogs'], [{ address: 7 }]), 'LOGS_INVALID'],
    ['blocks of another form', faults.garbage(['eth_getBlockByNumber'], { hash: '0x1' }), 'HEADER_INVALID'],
    ['a node that lacks the newest blocks', faults.lagging(5), 'CHAIN_REORGANISED'],
    ['bodies that end early', faults.truncated(), 'CHAIN_UNREACHABLE'],
    ['shortened bodies', faults.shortened(), 'CHAIN_UNREACHABLE'],
    ['web pages', faults.webPage(), 'CHAIN_UNREACHABLE'],
    ['dropped connections', faults.unreachable(), 'CHAIN_UNREACHABLE'],
    ['silence', faults.silent(), 'CHAIN_UNREACHABLE'],
    ['503', faults.status(503), 'CHAIN_UNREACHABLE'],
  ])('%s', async (_, fault, code) => {
    proxy.play(fault);
    const timeout = fault.silence ? 100 : scaled(10_000);
    await expect(approvals({ attempts: 2, timeout })).rejects.toMatchObject({ code });
    expect(proxy.played).toBeGreaterThan(0);
  });

  test('an endpoint that leaves whole blocks out and proves none of them', async () => {
    const silentLogs = faults.empty();
    const noReceipts = faults.garbage(['eth_getBlockReceipts'], []);
    proxy.play({
      answer: async (call, ask) => (await silentLogs.answer!(call, ask)) ?? (await noReceipts.answer!(call, ask)),
    });
    await expect(approvals()).rejects.toMatchObject({ code: 'LOGS_INCOMPLETE' });
  });
});

test.each([10, 100, 500, 2_000])(
  'an endpoint limited to %i blocks is learnt once; refusals become rare',
  async (limit) => {
    const learnt = new RangeLimit(1n << 40n);
    const total = 40_000n;
    const seen: bigint[] = [];
    let asked = 0;
    const ask = async (start: bigint, end: bigint) => {
      asked++;
      const error = { code: -32_005, message: 'limit exceeded' };
      if (end - start >= BigInt(limit)) throw new RpcRequestError({ body: {}, error, url: 'http://endpoint' });
      return { start, end };
    };
    const stretches = await askInRanges(5n, 5n + total - 1n, learnt, ask, { onProgress: (done) => seen.push(done) });
    expect(stretches[0]?.start).toBe(5n);
    expect(stretches.at(-1)?.end).toBe(5n + total - 1n);
    for (const [at, { start }] of stretches.entries()) if (at > 0) expect(start).toBe(stretches[at - 1]!.end + 1n);
    expect(seen.at(-1)).toBe(total);
    expect(seen).toEqual(seen.toSorted((x, y) => (x < y ? -1 : 1)));
    // Halving lands between half the limit and the limit; a twentieth of the questions asks whether the limit still holds.
    const needed = Number(total) / limit;
    expect(asked).toBeLessThan(2.1 * needed + 45);
    expect(stretches.length).toBeGreaterThanOrEqual(needed);
  },
);

test('a limit that is lifted is outgrown', async () => {
  const learnt = new RangeLimit(10n);
  let longest = 0n;
  await askInRanges(0n, 99_999n, learnt, async (start, end) => {
    if (end - start > longest) longest = end - start;
  });
  expect(longest).toBeGreaterThan(1_000n);
});

test('is given up when the caller says so', async () => {
  const stop = new AbortController();
  proxy.play(faults.silent());
  const reading = approvals({ signal: stop.signal });
  setTimeout(() => stop.abort(new Error('enough')), 50);
  await expect(reading).rejects.toThrow(/enough|aborted/i);
});

test('a reorganisation in the middle is noticed, and the branch that stays is read', async () => {
  const head = await anvil.publicClient.getBlockNumber();
  const snapshot = await anvil.testClient.snapshot();
  const wallet = anvil.wallet(1);
  const approve = async (amount: bigint) => {
    const call = { address: deployment.token, abi: coveyTokenAbi, functionName: 'approve', gas: 60_000n } as const;
    const hash = await wallet.writeContract({ ...call, args: [deployment.stakeManager, amount] });
    await anvil.publicClient.waitForTransactionReceipt({ hash });
  };
  await approve(77n);
  let replaced = false;
  proxy.play({
    async answer({ method, params }, ask) {
      if (method !== 'eth_getLogs' || replaced) return undefined;
      replaced = true;
      const before = await ask(method, params);
      await anvil.testClient.revert({ id: snapshot });
      await approve(88n);
      return before;
    },
  });
  expect(await approvals({}, { fromBlock: head + 1n, toBlock: head + 1n })).toEqual([88n]);
  expect(replaced).toBe(true);
});

test('one event missing of several in a block shows in no Bloom filter: counts on chain must tell', async () => {
  proxy.play(faults.missing(topic!));
  expect(await approvals()).toHaveLength(11);
});
