import { startAnvil, type Anvil } from '@covey/governance/testing';
import { createPublicClient, createWalletClient, http, parseGwei, type Address, type Hex } from 'viem';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { rpcFaults, rpcProxy, type RpcProxy } from '../testing/index.ts';
import { poolAnswer } from './pool-answer.ts';
import { Sender, type SenderOptions } from './sender.ts';
import type { TransactionEvent } from './transaction-events.ts';

/** `once()` takes one call of each account and refuses the second, as contracts do with commitments. */
const abi = [{ type: 'function', name: 'once', inputs: [], outputs: [], stateMutability: 'nonpayable' }] as const;
// if (storage[caller]) revert; storage[caller] = 1 + storage[caller]
const runtime = '3354600c57600133556000' + '00' + '5b60006000fd';
const bytecode: Hex = `0x60${(runtime.length / 2).toString(16).padStart(2, '0')}600c60003960${(runtime.length / 2).toString(16).padStart(2, '0')}6000f3${runtime}`;

let anvil: Anvil;
let proxy: RpcProxy;
let events: TransactionEvent[];
let target: Address;

beforeAll(async () => {
  anvil = await startAnvil({ accounts: 4 });
  proxy = await rpcProxy(anvil.rpcUrl);
});
afterAll(async () => {
  await proxy?.stop();
  await anvil?.stop();
});
beforeEach(async () => {
  proxy.play(null);
  events = [];
  await anvil.testClient.setAutomine(true);
  await anvil.testClient.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei('1') });
  await anvil.testClient.mine({ blocks: 1 });
  target = (await sender(0).create({ abi, bytecode, args: [] as never, what: 'Making the contract' })).result;
  events = [];
  await anvil.testClient.setAutomine(false);
});

/** A process of the account: it knows nothing of others that have the same key. */
function sender(account: number, options: Partial<SenderOptions> = {}, url = proxy.url): Sender {
  const connection = { chain: anvil.chain, transport: http(url, { retryCount: 0 }), pollingInterval: 20 };
  return new Sender({
    wallet: createWalletClient({ account: anvil.accounts[account]!, ...connection }),
    client: createPublicClient({ ...connection, cacheTime: 0 }),
    patience: { blocks: 2, ms: 0 },
    timeoutMs: 20_000,
    onTransaction: (event) => events.push(event),
    ...options,
  });
}

const once = (from: Sender) => from.send({ address: target, abi, functionName: 'once', args: [] });
const seen = (name: TransactionEvent['event']) => events.filter(({ event }) => event === name);
const until = (name: TransactionEvent['event'], times = 1) =>
  expect.poll(() => seen(name).length).toBeGreaterThanOrEqual(times);
const mine = (blocks = 1) => anvil.testClient.mine({ blocks });
/** A block whose base fee nobody has offered to pay. */
async function mineDear(baseFeePerGas: bigint): Promise<void> {
  await anvil.testClient.setNextBlockBaseFeePerGas({ baseFeePerGas });
  await mine();
}
const calls = async () => {
  const logs = await Promise.all(
    Array.from({ length: Number(await anvil.publicClient.getBlockNumber()) + 1 }, (_, n) =>
      anvil.publicClient.getBlock({ blockNumber: BigInt(n), includeTransactions: true }),
    ),
  );
  return logs.flatMap(({ transactions }) => transactions).filter(({ to }) => to === target.toLowerCase());
};

/** Blocks that are too dear for whatever is offered, until it holds. */
async function mineDearUntil(holds: () => boolean): Promise<void> {
  for (let price = parseGwei('20'), block = 0; block < 40 && !holds(); price *= 3n, block++) {
    await mineDear(price);
    await new Promise((done) => setTimeout(done, 100));
  }
  expect(holds()).toBe(true);
}

/** Cheap blocks, one after the other, until it is settled: what is on its way may reach the node only after one of them. */
async function mineUntil<T>(work: Promise<T>): Promise<PromiseSettledResult<T>> {
  let isSettled = false;
  const end = Promise.allSettled([work]).finally(() => (isSettled = true));
  for (let block = 0; block < 150 && !isSettled; block++) {
    await mineDear(parseGwei('1'));
    await new Promise((done) => setTimeout(done, 80));
  }
  return (await end)[0];
}

test('what no block takes is replaced, again and again, and mined once', async () => {
  const sent = once(sender(0));
  await until('tx-sent');
  await mineDearUntil(() => seen('tx-replaced').length >= 2);
  expect((await mineUntil(sent)).status).toBe('fulfilled');
  const offers = [...seen('tx-sent'), ...seen('tx-replaced')];
  const prices = offers.flatMap((event) => ('maxPrice' in event ? [event.maxPrice] : []));
  for (const [n, price] of prices.entries()) if (n > 0) expect(price * 8n).toBeGreaterThanOrEqual(prices[n - 1]! * 9n);
  expect(seen('tx-mined')).toHaveLength(1);
  expect(await calls()).toHaveLength(1);
});

test('never beyond the price that is allowed; said once, and mined when the price falls', async () => {
  const maxGasPrice = parseGwei('3');
  const sent = once(sender(0, { maxGasPrice }));
  await until('tx-sent');
  await mineDearUntil(() => seen('tx-capped').length > 0);
  for (let block = 0; block < 4; block++) {
    await mineDear(parseGwei('50'));
    await new Promise((done) => setTimeout(done, 80));
  }
  expect(seen('tx-capped')).toHaveLength(1);
  for (const event of events) if ('maxPrice' in event) expect(event.maxPrice).toBeLessThanOrEqual(maxGasPrice);
  expect((await mineUntil(sent)).status).toBe('fulfilled');
  expect(await calls()).toHaveLength(1);
  await anvil.testClient.setNextBlockBaseFeePerGas({ baseFeePerGas: parseGwei('9') });
  await mine();
  await expect(once(sender(1, { maxGasPrice }))).rejects.toMatchObject({ code: 'GAS_PRICE_LIMIT' });
});

test('what nodes forget is sent again', async () => {
  const sent = once(sender(0));
  await until('tx-sent');
  const { tx } = seen('tx-sent')[0] as { tx: Hex };
  await anvil.testClient.dropTransaction({ hash: tx });
  await mine();
  await until('tx-resent');
  await mineUntil(sent);
  expect((await sent).tx).toBe(tx);
  expect(await calls()).toHaveLength(1);
});

test.each([
  ['a block still takes', false],
  ['no block takes', true],
])('a process that begins with a transaction on its way that %s does nothing twice', async (_, isStuck) => {
  const first = await rpcProxy(anvil.rpcUrl);
  const killed = once(sender(0, { timeoutMs: 1 }, first.url));
  killed.catch(() => undefined);
  await until('tx-sent');
  await first.stop();
  await killed.catch(() => undefined);
  events = [];
  const next = once(sender(0));
  next.catch(() => undefined);
  await new Promise((done) => setTimeout(done, 100));
  if (isStuck) await mineDearUntil(() => seen('tx-sent').length > 0);
  const end = await mineUntil(next);
  // What is on its way is seen into a block, and its repetition refused; or it is what was sent anew in its place.
  if (!isStuck) expect(end.status).toBe('rejected');
  expect(await calls()).toHaveLength(1);
});

test('a nonce that another process took: looked at anew, and refused where that did the same', async () => {
  const rivals = [once(sender(0)), once(sender(0))];
  for (const rival of rivals) rival.catch(() => undefined);
  await until('tx-sent', 1);
  // Another transaction of the account in the place of theirs, which offers more.
  const wallet = createWalletClient({ account: anvil.accounts[0]!, chain: anvil.chain, transport: http(anvil.rpcUrl) });
  const { nonce } = seen('tx-sent')[0] as { nonce: number };
  const dearer = { maxFeePerGas: parseGwei('90'), maxPriorityFeePerGas: parseGwei('80') };
  const by = await wallet.sendTransaction({ to: wallet.account.address, value: 1n, nonce, ...dearer });
  await mine();
  await until('tx-displaced');
  expect(seen('tx-displaced')[0]).toMatchObject({ by, nonce });
  await until('tx-sent', 2);
  // Of equal price they are one transaction, byte for byte.
  await mineUntil(Promise.allSettled(rivals));
  const made = await calls();
  const receipts = await Promise.all(made.map(({ hash }) => anvil.publicClient.getTransactionReceipt({ hash })));
  expect(receipts.filter(({ status }) => status === 'success')).toHaveLength(1);
});

test('an endpoint that goes away while a transaction is on its way: mined once when it is back', async () => {
  const sent = once(sender(0));
  await until('tx-sent');
  proxy.play(rpcFaults.unreachable());
  await mine();
  await new Promise((done) => setTimeout(done, 300));
  proxy.play(null);
  expect((await sent).receipt.status).toBe('success');
  expect(await calls()).toHaveLength(1);
});

test('a transaction that stays in no block says so, and that it may still be mined', async () => {
  await expect(once(sender(0, { timeoutMs: 200 }))).rejects.toMatchObject({ code: 'TRANSACTION_PENDING' });
  await mine();
});

test.each([
  ['already known', 'known'],
  ['nonce too low: next nonce 5, tx nonce 4', 'used'],
  ['OldNonce', 'used'],
  ['replacement transaction underpriced', 'underpriced'],
  ['FeeTooLowToCompete', 'underpriced'],
  ['max fee per gas less than block base fee: address 0x1, maxFeePerGas: 1, baseFee: 2', 'cheap'],
  ['transaction underpriced: gas tip cap 1, minimum needed 2', 'cheap'],
  ['insufficient funds for gas * price + value', null],
])('what nodes say: %s', async (message, answer) => {
  proxy.play({
    answer: ({ method }) =>
      Promise.resolve(method === 'eth_chainId' ? { error: { code: -32_000, message } } : undefined),
  });
  const client = createPublicClient({ chain: anvil.chain, transport: http(proxy.url, { retryCount: 0 }) });
  const error = await client.getChainId().catch((cause: unknown) => cause);
  expect(poolAnswer(error)).toBe(answer);
});
