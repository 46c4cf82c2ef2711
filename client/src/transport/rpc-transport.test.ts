import { startAnvil } from '@covey/governance/testing';
import type { Anvil } from '@covey/governance/testing';
import { createPublicClient, createWalletClient, parseEther } from 'viem';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { chainError } from '../chain/contract-error.ts';
import { rpcFaults as faults, rpcProxy, type Fault, type RpcProxy } from '../testing/index.ts';
import { scaled } from '../testing/pace.ts';
import { sleep } from '../logs/sleep.ts';
import type { RpcEvent } from './endpoint.ts';
import { rpcTransport } from './rpc-transport.ts';

let anvil: Anvil;
let other: Anvil;
let proxies: RpcProxy[];

beforeAll(async () => {
  [anvil, other] = await Promise.all([startAnvil({ accounts: 3 }), startAnvil({ accounts: 3, chainId: 1337 })]);
  proxies = await Promise.all([anvil, anvil, anvil].map(({ rpcUrl }) => rpcProxy(rpcUrl)));
  await anvil.testClient.mine({ blocks: 8 });
});
afterAll(async () => {
  await Promise.all(proxies.map((proxy) => proxy.stop()));
  await Promise.all([anvil.stop(), other.stop()]);
});
beforeEach(() => proxies.forEach((proxy) => proxy.play(null)));

const urls = () => proxies.map(({ url }) => url);
const through = (which: readonly string[], agree = 1, timeoutMs = scaled(5_000)) =>
  createPublicClient({
    chain: anvil.chain,
    transport: rpcTransport({ urls: which, chainId: 31_337, agree, timeoutMs, retryCount: 0 }),
    cacheTime: 0,
  });

describe('the next endpoint answers for one', () => {
  test.each<[string, Fault, number?]>([
    ['that drops connections', faults.unreachable()],
    ['that never answers', faults.silent(), scaled(500)],
    ['that says 429', faults.status(429)],
    ['that says 500', faults.status(500)],
    ['that says 403', faults.status(403)],
    ['that ends early', faults.truncated()],
    ['that gives web pages', faults.webPage()],
  ])('%s', async (_, fault, timeoutMs) => {
    proxies[0]!.play(fault);
    const client = through(urls().slice(0, 2), 1, timeoutMs);
    expect(await client.getBlockNumber()).toBe(await anvil.publicClient.getBlockNumber());
    expect(proxies[0]!.played).toBeGreaterThan(0);
    const played = proxies[0]!.played;
    await client.getBlockNumber();
    // It is not asked again at once.
    expect(proxies[0]!.played).toBe(played);
  });

  test('of another chain', async () => {
    expect(await through([other.rpcUrl, anvil.rpcUrl]).getChainId()).toBe(31_337);
    const alone = through([other.rpcUrl]).getBlockNumber();
    await expect(alone.catch((cause: unknown) => Promise.reject(chainError(cause, 'x')))).rejects.toThrow(
      /another chain/,
    );
  });

  test.each([
    ['CHAIN_WRONG', () => `${other.rpcUrl}/?key=secret`],
    ['CHAIN_UNREACHABLE', () => 'http://user:secret@127.0.0.1:1/v3/secret'],
  ])('is named without the key in its address: %s', async (code, url) => {
    const failure = await through([url()])
      .getBlockNumber()
      .catch((cause: unknown) => cause);
    const error = chainError(failure, 'reading');
    expect(error).toMatchObject({ code });
    expect(JSON.stringify(error) + error.message).not.toContain('secret');
  });

  test('that hangs, within the time of one request, and is gone back to once it answers again', async () => {
    const seen: RpcEvent[] = [];
    const transport = rpcTransport({
      ...{ urls: urls().slice(0, 2), chainId: 31_337, timeoutMs: scaled(300), avoidMs: 50 },
      onEvent: (event) => seen.push(event),
    });
    const client = createPublicClient({ chain: anvil.chain, transport, cacheTime: 0 });
    proxies[0]!.play(faults.silent());
    await client.getBlockNumber();
    expect(seen.map(({ type }) => type)).toEqual(['failed', 'left']);
    // Others answer at once while it is tried again.
    await sleep(60);
    const began = performance.now();
    await client.getBlockNumber();
    expect(performance.now() - began).toBeLessThan(scaled(250));
    // What it answers then may be no number: that is one more failure, and nothing that ends the process.
    proxies[0]!.play({
      answer: ({ method }) => Promise.resolve(method === 'eth_blockNumber' ? { result: '0x' } : undefined),
    });
    await expect.poll(() => client.getBlockNumber().then(() => proxies[0]!.played)).toBeGreaterThan(0);
    await sleep(60);
    expect(seen.some(({ type }) => type === 'back')).toBe(false);
    proxies[0]!.play(null);
    const back = () => client.getBlockNumber().then(() => seen.some(({ type }) => type === 'back'));
    await expect.poll(back).toBe(true);
    const asked = proxies[1]!.requests;
    await client.getBlockNumber();
    expect(proxies[1]!.requests).toBe(asked);
    proxies[0]!.play(faults.unreachable());
    proxies[1]!.play(faults.unreachable());
    await expect(client.getBlockNumber()).rejects.toThrow();
    expect(seen.at(-1)!.type).toBe('down');
    proxies[1]!.play(null);
    await client.getBlockNumber();
    expect(seen.at(-1)!.type).toBe('up');
  });

  test('that made up a head far ahead and then fails, after a while', async () => {
    const transport = rpcTransport({ urls: urls().slice(0, 2), chainId: 31_337, avoidMs: 20, forgetMs: 200 });
    const client = createPublicClient({ chain: anvil.chain, transport, cacheTime: 0 });
    const ahead = ({ method }: { method: string }) =>
      Promise.resolve(method === 'eth_blockNumber' ? { result: '0x38d7ea4c68000' } : undefined);
    proxies[0]!.play(faults.unreachable());
    proxies[1]!.play({ answer: ahead });
    expect(await client.getBlockNumber()).toBe(10n ** 15n);
    proxies[0]!.play(null);
    proxies[1]!.play(faults.unreachable());
    await expect(client.getBlockNumber()).rejects.toThrow();
    await expect.poll(() => client.getBlockNumber().catch(() => null)).toBe(await anvil.publicClient.getBlockNumber());
  });

  test('that lags behind what another one had', async () => {
    const client = through(urls().slice(0, 2));
    proxies[0]!.play(faults.unreachable(), 1);
    const head = await client.getBlockNumber();
    // The first endpoint is avoided for a while; then it is behind.
    const again = through([urls()[1]!, urls()[0]!]);
    expect(await again.getBlockNumber()).toBe(head);
    proxies[1]!.play(faults.lagging(5));
    expect(await again.getBlockNumber()).toBe(head);
    expect(proxies[1]!.played).toBeGreaterThan(0);
  });

  test('but where all of them are behind, the chain is shorter', async () => {
    const head = await anvil.publicClient.getBlockNumber();
    const client = through(urls().slice(0, 2));
    expect(await client.getBlockNumber()).toBe(head);
    proxies[0]!.play(faults.lagging(6));
    proxies[1]!.play(faults.lagging(5));
    await expect(client.getBlockNumber()).rejects.toThrow(/is behind/);
    expect([head - 5n, head - 6n]).toContain(await client.getBlockNumber());
    // One alone has nobody to be behind.
    const alone = through(urls().slice(2));
    expect(await alone.getBlockNumber()).toBe(head);
    proxies[2]!.play(faults.lagging(5));
    expect(await alone.getBlockNumber()).toBe(head - 5n);
  });

  test('but a call that reverts is an answer', async () => {
    proxies[0]!.calls.clear();
    proxies[1]!.calls.clear();
    const client = through(urls().slice(0, 2));
    // INVALID
    await expect(client.call({ data: '0xfe' })).rejects.toThrow();
    expect(proxies[1]!.calls.get('eth_call')).toBeUndefined();
  });
});

describe('agreement of two', () => {
  test('accepts what two of three say, at a block that they have in common', async () => {
    proxies[0]!.play(faults.garbage(['eth_getBalance'], '0x7'));
    const client = through(urls(), 2);
    const head = await anvil.publicClient.getBlockNumber();
    expect(await client.getBlockNumber()).toBe(head);
    const address = anvil.accounts[1]!.address;
    expect(await client.getBalance({ address })).toBe(parseEther('10000'));
    proxies[1]!.play(faults.lagging(3));
    const two = through(urls().slice(1), 2);
    expect(await two.getBlockNumber()).toBe(head - 3n);
    expect((await two.getBlock()).number).toBe(head - 3n);
    expect(await two.getBalance({ address })).toBe(parseEther('10000'));
  });

  test('waits for none that hangs where enough others agree', async () => {
    proxies[0]!.play(faults.silent());
    const client = through(urls(), 2, scaled(500));
    await client.getBlockNumber();
    await sleep(250);
    const began = performance.now();
    await client.getBlockNumber();
    expect(performance.now() - began).toBeLessThan(scaled(400));
  });

  test('refuses what only one says', async () => {
    const address = anvil.accounts[1]!.address;
    proxies[0]!.play(faults.garbage(['eth_getBalance'], '0x7'));
    const failed = through(urls().slice(0, 2), 2).getBalance({ address });
    await expect(failed.catch((cause: unknown) => Promise.reject(chainError(cause, 'x')))).rejects.toMatchObject({
      code: 'CHAIN_DISAGREES',
    });
    expect(() => through(urls().slice(0, 1), 2)).toThrow(expect.objectContaining({ code: 'CHAIN_DISAGREES' }) as Error);
  });

  test('waits for an endpoint that hears of a block a moment later', async () => {
    proxies[1]!.play(faults.garbage(['eth_getBlockByNumber'], null), 1);
    const client = through(urls().slice(0, 2), 2);
    expect((await client.getBlock()).number).toBe(await anvil.publicClient.getBlockNumber());
    expect(proxies[1]!.played).toBe(1);
  });

  test('doubled logs are equal answers; a revert of both is one', async () => {
    proxies[0]!.play(faults.doubled());
    const client = through(urls().slice(0, 2), 2);
    expect(await client.getLogs({ fromBlock: 0n, toBlock: 'latest' })).toEqual([]);
    await expect(client.call({ data: '0xfe' })).rejects.not.toThrow(/CHAIN_DISAGREES/);
  });

  test('writes need one endpoint', async () => {
    const transport = rpcTransport({ urls: urls(), chainId: 31_337, agree: 2, retryCount: 0 });
    const wallet = createWalletClient({ account: anvil.accounts[0]!, chain: anvil.chain, transport });
    const hash = await wallet.sendTransaction({ to: anvil.accounts[2]!.address, value: 1n });
    expect((await through(urls(), 2).waitForTransactionReceipt({ hash })).status).toBe('success');
  });
});
