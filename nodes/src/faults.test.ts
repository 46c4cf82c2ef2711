import { isCoveyError } from '@covey/errors';
import {
  connect,
  listAcceptedRounds,
  lock,
  readLocksOf,
  readCommitted,
  readRevealedResults,
  readRound,
  readRoundInputs,
  readSubmissions,
  readTask,
  readTaskDocument,
  readValidators,
  settleFromChain,
} from '@covey/client';
import type { CoveyChain } from '@covey/client';
import { rpcFaults as faults, rpcProxy, type Fault, type RpcProxy } from '@covey/client/testing';
import { scaled } from '@covey/client/testing/pace';
import { roundManagerAbi, voteEscrowAbi } from '@covey/contracts/abi';
import { startAnvil, type Anvil } from '@covey/governance/testing';
import { createPublicClient, encodeEventTopics, http, type PublicClient } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { playRound } from './testing/play-round.ts';
import { cast, startTestNetwork, type TestNetwork, type TestTask } from './testing/test-network.ts';

let network: TestNetwork;
let task: TestTask;
let proxy: RpcProxy;
let branch: Anvil;
let truth: Awaited<ReturnType<typeof everything>>;

beforeAll(async () => {
  network = await startTestNetwork();
  task = await network.task();
  const trainers = [network.trainer(0), network.trainer(1)];
  const validators = [0, 1, 2].map((n) => network.validator(n, { stake: 8_000n * 10n ** 18n }));
  await network.prepare(task.taskId, [...validators, ...trainers]);
  await lock(network.account(cast.outsider), 10n ** 18n, 365 * 86_400);
  await playRound(network, { task, trainers, validators }, 0);
  proxy = await rpcProxy(network.anvil.rpcUrl);
  truth = await everything(network.covey);
  branch = await startBranch();
});
afterAll(async () => {
  await proxy?.stop();
  await branch?.stop();
  await network?.stop();
});

/** A client that knows nothing of the endpoint yet. */
function fresh(timeout = scaled(10_000)): CoveyChain {
  const transport = http(proxy.url, { batch: true, retryCount: 3, retryDelay: 5, timeout });
  const publicClient = createPublicClient({ chain: network.anvil.chain, transport, cacheTime: 0 });
  return connect({ deployment: network.deployment, publicClient: publicClient as PublicClient });
}

const reads = {
  settle: (covey: CoveyChain) => settleFromChain(covey, network.store, task.taskId, 0),
  'inputs of verify': async (covey: CoveyChain) => {
    const document = await readTaskDocument(network.store, await readTask(covey, task.taskId));
    return await readRoundInputs(covey, task.taskId, 0, document);
  },
  submissions: async (covey: CoveyChain) => await readSubmissions(covey, await readRound(covey, task.taskId, 0)),
  validators: async (covey: CoveyChain) => await readValidators(covey, await readRound(covey, task.taskId, 0)),
  results: async (covey: CoveyChain) => await readRevealedResults(covey, await readRound(covey, task.taskId, 0)),
  commitments: async (covey: CoveyChain) => await readCommitted(covey, await readRound(covey, task.taskId, 0)),
  'accepted rounds': (covey: CoveyChain) => listAcceptedRounds(covey),
  locks: (covey: CoveyChain) => readLocksOf(covey, network.wallet(cast.outsider).account.address),
};
type Read = keyof typeof reads;
const names = Object.keys(reads) as Read[];

async function everything(covey: CoveyChain) {
  const answers = {} as Record<Read, unknown>;
  for (const name of names) answers[name] = await reads[name](covey);
  return answers;
}

const counted = [
  'ValidatorJoined',
  'SubmissionRevealed',
  'ResultRevealed',
  'AvailabilityAttested',
  'RoundFinalized',
  'Locked',
] as const;
const topicOf = (eventName: (typeof counted)[number]) =>
  encodeEventTopics({ abi: [...roundManagerAbi, ...voteEscrowAbi], eventName })[0]!;

/** Before the round's results were revealed. */
async function startBranch(): Promise<Anvil> {
  const { openedBlock } = await readRound(network.covey, task.taskId, 0);
  const [first] = await network.covey.events({
    address: network.deployment.roundManager,
    abi: roundManagerAbi,
    eventName: 'ResultRevealed',
    fromBlock: openedBlock,
  });
  const other = await startAnvil({
    accounts: 1,
    branch: { rpcUrl: network.anvil.rpcUrl, block: first!.blockNumber - 1n },
  });
  const missing = (await network.publicClient.getBlockNumber()) - (await other.publicClient.getBlockNumber());
  await other.testClient.mine({ blocks: Number(missing) });
  return other;
}
const everyRead = ['eth_getLogs', 'eth_getBlockByNumber', 'eth_getBlockByHash', 'eth_getBlockReceipts', 'eth_call'];

describe('right, whatever the endpoint does:', () => {
  test.each<[string, () => Fault]>([
    ['nothing', () => ({})],
    ['doubled logs', () => faults.doubled()],
    ['reordered logs', () => faults.reordered()],
    ['removed logs among others', () => faults.removed()],
    ['no logs at all', () => faults.empty()],
    ['a log of each validator missing', () => faults.missing(topicOf('ValidatorJoined'))],
    ['ranges of 10 blocks', () => faults.limited(10)],
    ['ranges of 100 blocks', () => faults.limited(100)],
    ['one log at a time', () => faults.limitedResults(1)],
  ])('%s', async (_, fault) => {
    for (const name of names) {
      proxy.play(fault());
      expect(await reads[name](fresh()), name).toEqual(truth[name]);
    }
  });
});

describe('right or refused, never wrong and never without end:', () => {
  const cases: [string, () => Fault][] = [
    ['two logs in one place', () => faults.contradicted()],
    ['logs that were not asked for', () => faults.foreign()],
    ['invented logs', () => faults.invented()],
    ['a node that lags by 3 blocks', () => faults.lagging(3)],
    ['every other node lags', () => faults.swaying(25)],
    ['bodies that end early', () => faults.truncated()],
    ['shortened bodies', () => faults.shortened()],
    ['web pages', () => faults.webPage()],
    ['garbage for logs', () => faults.garbage(['eth_getLogs'], {})],
    ['garbage for calls', () => faults.garbage(['eth_call'], '0x')],
    ['nothing for blocks', () => faults.garbage(['eth_getBlockByNumber'], null)],
    ['dropped connections', () => faults.unreachable()],
    ['429', () => faults.status(429)],
    ['503', () => faults.status(503)],
    ['silence', () => faults.silent()],
    ['slow answers', () => faults.slow(20)],
    ['logs of two branches', () => faults.forked(branch.rpcUrl)],
    ['logs and blocks of two branches', () => faults.forked(branch.rpcUrl, ['eth_getLogs', 'eth_getBlockByNumber'])],
    ['everything of two branches', () => faults.forked(branch.rpcUrl, everyRead)],
    // Of one validator's events each, in blocks that hold others, so that no header shows it.
    ...counted.map((event): [string, () => Fault] => [
      `no ${event}, and no receipts`,
      () => {
        const logs = faults.onLogs((all) => {
          const kept = all.filter(({ topics }) => topics[0] !== topicOf(event));
          return kept.length === all.length ? undefined : kept;
        });
        const receipts = faults.garbage(['eth_getBlockReceipts'], []);
        return {
          answer: async (call, ask) => (await logs.answer!(call, ask)) ?? (await receipts.answer!(call, ask)),
        };
      },
    ]),
  ];
  /** Of a node that lags these lists tell, whole, what was so a few blocks before. */
  const asOfABlock: readonly Read[] = ['accepted rounds', 'locks'];
  test.each(cases)('%s', async (title, fault) => {
    for (const name of names) {
      proxy.play(fault());
      const answer = await reads[name](fresh(fault().silence === 'hang' ? 50 : undefined)).catch(
        (error: unknown) => error,
      );
      if (answer instanceof Error)
        expect(isCoveyError(answer) && answer.code, `${name}: ${answer.message}`).toMatch(/^[A-Z_]+$/);
      else if (/\blags\b/.test(title) && asOfABlock.includes(name))
        expect(answer, name).toEqual((truth[name] as unknown[]).slice(0, (answer as unknown[]).length));
      else expect(answer, name).toEqual(truth[name]);
    }
  });
});

test('a node that lags as a whole tells what was so before', async () => {
  for (const name of names) {
    proxy.play(faults.lagging(25));
    const answer = await reads[name](fresh()).catch((error: unknown) => error);
    if (answer instanceof Error) expect(isCoveyError(answer), `${name}: ${answer.message}`).toBe(true);
    // What is final is so, or is not yet; what grows has begun.
    else if (!Array.isArray(answer)) expect(answer, name).toEqual(truth[name]);
    else {
      const who = (all: readonly unknown[]) =>
        all.map((one) => (one as { address?: string; node?: string }).address ?? one);
      const whole = truth[name] as unknown[];
      if (name === 'validators' || name === 'commitments')
        expect(who(answer)).toEqual(who(whole.slice(0, answer.length)));
      else expect(answer, name).toEqual(whole.slice(0, answer.length));
    }
  }
});

describe('counts on chain show what no header can:', () => {
  /** Bloom filters that announce everything, so that they say nothing, and headers of a chain that hashes otherwise. */
  const withoutHeaders = (fault: Fault): Fault => ({
    async answer(call, ask) {
      const other = await fault.answer?.(call, ask);
      if (other || !call.method.startsWith('eth_getBlockBy')) return other;
      const block = await ask(call.method, call.params);
      return 'result' in block && block.result !== null
        ? { result: { ...block.result, logsBloom: `0x${'ff'.repeat(256)}` } }
        : block;
    },
  });
  test.each<[string, Read, Parameters<typeof topicOf>[0]]>([
    ['a candidate', 'settle', 'ValidatorJoined'],
    ['a candidate', 'validators', 'ValidatorJoined'],
    ['a submission', 'inputs of verify', 'SubmissionRevealed'],
    ['a submission', 'submissions', 'SubmissionRevealed'],
    ['an attestation', 'validators', 'AvailabilityAttested'],
    ['a result', 'settle', 'ResultRevealed'],
    ['a closed round', 'accepted rounds', 'RoundFinalized'],
    ['a lock', 'locks', 'Locked'],
  ])('%s is missing: %s is refused', async (_, name, event) => {
    proxy.play(withoutHeaders(faults.missing(topicOf(event))));
    await expect(reads[name](fresh())).rejects.toMatchObject({ code: 'LOGS_INCOMPLETE' });
  });
});

test('settle asks a bounded number of questions', async () => {
  proxy.play(null);
  proxy.requests = 0;
  proxy.calls.clear();
  await reads.settle(fresh());
  const calls = [...proxy.calls.values()].reduce((sum, count) => sum + count, 0);
  const blocks = Number(await network.publicClient.getBlockNumber());
  console.log(
    `settle: ${proxy.requests} requests, ${calls} calls over ${blocks} blocks`,
    Object.fromEntries(proxy.calls),
  );
  expect(proxy.requests).toBeLessThan(40);
});
