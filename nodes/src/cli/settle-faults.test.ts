import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { settleFromChain } from '@covey/client';
import { rpcFaults as faults, rpcProxy, serveContent } from '@covey/client/testing';
import type { Fault, HttpContent, RpcProxy } from '@covey/client/testing';
import { resultsAbi, roundManagerAbi } from '@covey/contracts/abi';
import { encodeEventTopics, type Hex } from 'viem';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { covey, type Line } from '../testing/covey-process.ts';
import { playRound } from '../testing/play-round.ts';
import { startTestNetwork, type TestNetwork } from '../testing/test-network.ts';

let network: TestNetwork;
let content: HttpContent;
let proxies: RpcProxy[];
let round: string[];
let truth: Line;

beforeAll(async () => {
  network = await startTestNetwork();
  const task = await network.task();
  const trainers = [network.trainer(0), network.trainer(1)];
  const validators = [0, 1, 2].map((n) => network.validator(n, { stake: 8_000n * 10n ** 18n }));
  await network.prepare(task.taskId, [...validators, ...trainers]);
  await playRound(network, { task, trainers, validators }, 0);
  content = await serveContent(network.store);
  proxies = await Promise.all([0, 1, 2].map(() => rpcProxy(network.anvil.rpcUrl)));
  const deployment = join(network.folder, 'deployment.json');
  await writeFile(deployment, JSON.stringify(network.deployment));
  round = ['--task', String(task.taskId), '--round', '0', '--deployment', deployment, '--ipfs', content.url];
  const settled = await settle(network.anvil.rpcUrl);
  truth = settled.line!;
  const { paid } = await settleFromChain(network.covey, network.store, task.taskId, 0);
  expect(settled).toMatchObject({ code: 0, line: { schema: 'covey.settle/2', paid: String(paid) } });
});
afterAll(async () => {
  await content?.stop();
  await Promise.all((proxies ?? []).map((proxy) => proxy.stop()));
  await network?.stop();
});
beforeEach(() => proxies.forEach((proxy) => proxy.play(null)));

/** `covey settle` as a process of its own. */
async function settle(rpc: string, ...more: string[]) {
  const running = covey(['settle', ...round, '--rpc', rpc, ...more, '--json']);
  const code = await running.exit;
  expect(running.lines).toHaveLength(1);
  return { code, line: running.lines[0] };
}

const urls = (count: number) =>
  proxies
    .slice(0, count)
    .map(({ url }) => url)
    .join();
const right = () => ({ code: 0, line: truth });
const topicOf = (eventName: 'CandidateJoined' | 'ResultRevealed') =>
  encodeEventTopics({ abi: [...roundManagerAbi, ...resultsAbi], eventName })[0]!;

/** Neither logs of an event nor receipts that would show that they are missing. */
function hidden(topic: Hex): Fault {
  const logs = faults.missing(topic);
  const receipts = faults.garbage(['eth_getBlockReceipts'], []);
  return { answer: async (call, ask) => (await logs.answer!(call, ask)) ?? (await receipts.answer!(call, ask)) };
}

/** Every call answers with another last byte. */
const lying = (): Fault => ({
  async answer({ method, params }, ask) {
    if (method !== 'eth_call') return undefined;
    const answer = await ask(method, params);
    if (!('result' in answer) || answer.result === '0x') return undefined;
    const told = answer.result as Hex;
    return { result: `${told.slice(0, -2)}${told.endsWith('01') ? '02' : '01'}` };
  },
});

describe('one endpoint: the right number and 0', () => {
  test.each<[string, () => Fault]>([
    ['each log twice', () => faults.doubled()],
    ['one CandidateJoined missing', () => faults.missing(topicOf('CandidateJoined'))],
    ['one ResultRevealed missing', () => faults.missing(topicOf('ResultRevealed'))],
    ['removed logs among others', () => faults.removed()],
    ['ranges of 10 blocks', () => faults.limited(10)],
  ])('%s', async (_, fault) => {
    proxies[0]!.play(fault());
    expect(await settle(urls(1))).toEqual(right());
    expect(proxies[0]!.played).toBeGreaterThan(0);
  });
});

describe('one endpoint: no number, and the exit code of the error’s kind', () => {
  test.each<[string, () => Fault, number, string]>([
    ['a CandidateJoined is hidden', () => hidden(topicOf('CandidateJoined')), 4, 'LOGS_INCOMPLETE'],
    ['a ResultRevealed is hidden', () => hidden(topicOf('ResultRevealed')), 4, 'LOGS_INCOMPLETE'],
    ['two logs in one place', () => faults.contradicted(), 3, 'LOGS_INVALID'],
    ['logs of others', () => faults.foreign(), 3, 'LOGS_INVALID'],
    ['no blocks', () => faults.garbage(['eth_getBlockByNumber'], null), 4, 'CHAIN_LAGGING'],
    ['dropped connections', () => faults.unreachable(), 4, 'CHAIN_UNREACHABLE'],
  ])('%s', async (_, fault, code, error) => {
    proxies[0]!.play(fault());
    expect(await settle(urls(1))).toMatchObject({ code, line: { schema: 'covey.error/1', error: { code: error } } });
  });
});

describe('--rpc A,B', () => {
  test.each<[string, () => Fault]>([
    ['drops connections', () => faults.unreachable()],
    ['says 429', () => faults.status(429)],
    ['gives web pages', () => faults.webPage()],
    ['is of another chain', () => faults.garbage(['eth_chainId'], '0x1')],
  ])('B answers where A %s', async (_, fault) => {
    proxies[0]!.play(fault());
    expect(await settle(urls(2))).toEqual(right());
    expect(proxies[0]!.played).toBeGreaterThan(0);
  });
});

describe('--agree 2', () => {
  test('gives the same number from two that agree', async () => {
    proxies[1]!.play(faults.reordered());
    expect(await settle(urls(2), '--agree', '2')).toEqual(right());
    expect(proxies[1]!.played).toBeGreaterThan(0);
  });

  test.each<[string, () => Fault]>([
    ['about state', lying],
    ['about logs', () => faults.missing(topicOf('CandidateJoined'))],
  ])('refuses where the second one lies %s', async (_, fault) => {
    proxies[1]!.play(fault());
    expect(await settle(urls(2), '--agree', '2')).toMatchObject({
      code: 3,
      line: { schema: 'covey.error/1', error: { code: 'CHAIN_DISAGREES' } },
    });
  });

  test('takes what two of three say', async () => {
    proxies[1]!.play(lying());
    expect(await settle(urls(3), '--agree', '2')).toEqual(right());
    expect(proxies[1]!.played).toBeGreaterThan(0);
  });

  test('needs two endpoints', async () => {
    expect(await settle(urls(1), '--agree', '2')).toMatchObject({ line: { error: { code: 'CHAIN_DISAGREES' } } });
  });
});
