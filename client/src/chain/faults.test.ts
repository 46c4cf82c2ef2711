import { isCoveyError } from '@covey/errors';
import {
  attestationsAbi,
  resultsAbi,
  rewardDistributorAbi,
  roundManagerAbi,
  submissionsAbi,
  voteEscrowAbi,
} from '@covey/contracts/abi';
import { deployTestCovey, startAnvil, testBeacon, type Anvil } from '@covey/governance/testing';
import { loadNodeCore } from '@covey/wasm-core/node';
import { createPublicClient, encodeEventTopics, http, type PublicClient, type Hex } from 'viem';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { lock, readLocksOf } from '../escrow/locks.ts';
import { listAcceptedRounds } from '../replay/list-rounds.ts';
import { settleFromChain } from '../settle/settle-on-chain.ts';
import { rpcFaults as faults, rpcProxy, type Fault, type RpcProxy } from '../testing/index.ts';
import { scaled } from '../testing/pace.ts';
import {
  creator,
  hour,
  ONE,
  playedPolicy,
  playTask,
  stranger,
  taskId,
  trainers,
  validators,
} from '../testing/played-task.ts';
import type { PlayedTask } from '../testing/played-task.ts';
import { connect, type CoveyChain } from './chain.ts';
import { readChallenges, readRevealedResults } from './read-results.ts';
import { readClaims } from './read-rewards.ts';
import { readRoundInputs } from './read-round-inputs.ts';
import { readRound, type RoundOnChain } from './read-round.ts';
import { readCommitted, readSubmissions } from './read-submissions.ts';
import { readTask, readTaskDocument } from './read-task.ts';
import { readValidators } from './read-validators.ts';

let anvil: Anvil;
let played: PlayedTask;
let proxy: RpcProxy;
let branch: Anvil;
let truth: Awaited<ReturnType<typeof everything>>;

beforeAll(async () => {
  anvil = await startAnvil({ accounts: 10 });
  const core = await loadNodeCore();
  const { deployment } = await deployTestCovey(anvil, { scorer: core.sha256 as Hex, policy: playedPolicy });
  played = await playTask({ anvil, deployment, core, sign: (round) => testBeacon.sign(round) });
  await lock(anvil.covey(played.deployment, stranger), ONE, 365 * 86_400);
  await playRound();
  proxy = await rpcProxy(anvil.rpcUrl);
  truth = await everything(played.as(0).chain);
  branch = await startBranch();
});
afterAll(async () => {
  await proxy?.stop();
  await branch?.stop();
  await anvil?.stop();
});

/** A round whose result is challenged, stands for want of a ruling, and is claimed. */
async function playRound(): Promise<void> {
  const round = played.round(0, 0);
  await played.playToReveals(0);
  await round.draw(played.beacon);
  await played.attestAll(0);
  await played.round(creator, 0).publishKey(played.keys[0]!);
  await anvil.advance(hour);
  const result = await played.score(0);
  await played.revealResults(
    0,
    validators.map((account) => [account, result] as const),
  );
  await round.accept();
  await played.round(stranger, 0).challenge((await played.otherResult(result)).summary);
  await anvil.advance((await round.read()).rulingEnd - Number(await played.as(0).time()));
  await round.finalize();
  await round.openClaims();
  for (const account of [...trainers, ...validators]) await round.claim(played.address(account));
}

/** A client that knows nothing of the endpoint yet. */
function fresh(timeout = scaled(10_000)): CoveyChain {
  const transport = http(proxy.url, { batch: true, retryCount: 3, retryDelay: 5, timeout });
  const publicClient = createPublicClient({ chain: anvil.chain, transport, cacheTime: 0 });
  return connect({ deployment: played.deployment, publicClient: publicClient as PublicClient });
}

const ofRound =
  <T>(read: (covey: CoveyChain, info: RoundOnChain) => Promise<T>) =>
  async (covey: CoveyChain) =>
    read(covey, await readRound(covey, taskId, 0));

const reads = {
  settle: (covey: CoveyChain) => settleFromChain(covey, played.store, taskId, 0),
  'inputs of verify': async (covey: CoveyChain) => {
    const document = await readTaskDocument(played.store, await readTask(covey, taskId));
    return await readRoundInputs(covey, taskId, 0, document);
  },
  commitments: ofRound(readCommitted),
  submissions: ofRound(readSubmissions),
  validators: ofRound(readValidators),
  results: ofRound(readRevealedResults),
  challenges: ofRound(readChallenges),
  claims: ofRound(readClaims),
  'accepted rounds': (covey: CoveyChain) => listAcceptedRounds(covey),
  locks: (covey: CoveyChain) => readLocksOf(covey, played.address(stranger)),
};
type Read = keyof typeof reads;
const names = Object.keys(reads) as Read[];

async function everything(covey: CoveyChain) {
  const answers = {} as Record<Read, unknown>;
  for (const name of names) answers[name] = await reads[name](covey);
  return answers;
}

const counted = [
  'CandidateJoined',
  'SubmissionCommitted',
  'SubmissionRevealed',
  'AttestationCommitted',
  'AttestationRevealed',
  'ResultRevealed',
  'ResultChallenged',
  'RoundFinalized',
  'TrainerClaimed',
  'Locked',
] as const;
const abi = [
  ...roundManagerAbi,
  ...submissionsAbi,
  ...attestationsAbi,
  ...resultsAbi,
  ...rewardDistributorAbi,
  ...voteEscrowAbi,
];
type Event = (typeof counted)[number];
const topicOf = (eventName: Event) => encodeEventTopics({ abi, eventName })[0]!;

/** Leaves out every log of an event. */
const without = (event: Event): Fault =>
  faults.onLogs((logs) => {
    const kept = logs.filter(({ topics }) => topics[0] !== topicOf(event));
    return kept.length === logs.length ? undefined : kept;
  });

/** Before the round's results were revealed. */
async function startBranch(): Promise<Anvil> {
  const { chain } = played.as(0);
  const [first] = await chain.events({
    address: played.deployment.results,
    abi: resultsAbi,
    eventName: 'ResultRevealed',
  });
  const { rpcUrl, publicClient } = anvil;
  const other = await startAnvil({ accounts: 1, branch: { rpcUrl, block: first!.blockNumber - 1n } });
  const missing = (await publicClient.getBlockNumber()) - (await other.publicClient.getBlockNumber());
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
    ['a log of each candidate missing', () => faults.missing(topicOf('CandidateJoined'))],
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
        const logs = without(event);
        const receipts = faults.garbage(['eth_getBlockReceipts'], []);
        return {
          answer: async (call, ask) => (await logs.answer!(call, ask)) ?? (await receipts.answer!(call, ask)),
        };
      },
    ]),
  ];
  /** Of a node that lags these lists tell, whole, what was so a few blocks before. */
  const asOfABlock: readonly Read[] = ['accepted rounds', 'claims', 'locks'];
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
    else expect(whoOf(answer), name).toEqual(whoOf((truth[name] as unknown[]).slice(0, answer.length)));
  }
});

/** Whom or what a list names, without what became of it. */
const whoOf = (all: readonly unknown[]) =>
  (all as { address?: string; node?: string; resultHash?: string }[]).map(
    (one) => one.address ?? one.node ?? one.resultHash ?? one,
  );

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
  test.each<[string, Read, Event]>([
    ['a candidate', 'settle', 'CandidateJoined'],
    ['a candidate', 'validators', 'CandidateJoined'],
    ['a commitment', 'commitments', 'SubmissionCommitted'],
    ['a submission', 'inputs of verify', 'SubmissionRevealed'],
    ['a submission', 'submissions', 'SubmissionRevealed'],
    ['an attestation', 'validators', 'AttestationCommitted'],
    ['an attestation’s reveal', 'validators', 'AttestationRevealed'],
    ['a result', 'settle', 'ResultRevealed'],
    ['a result', 'results', 'ResultRevealed'],
    ['a challenge', 'challenges', 'ResultChallenged'],
    ['a claim', 'claims', 'TrainerClaimed'],
    ['a closed round', 'accepted rounds', 'RoundFinalized'],
    ['a lock', 'locks', 'Locked'],
  ])('%s is missing: %s is refused', async (_, name, event) => {
    proxy.play(withoutHeaders(without(event)));
    await expect(reads[name](fresh())).rejects.toMatchObject({ code: 'LOGS_INCOMPLETE' });
  });
});

test('settle asks a bounded number of questions', async () => {
  proxy.play(null);
  proxy.requests = 0;
  proxy.calls.clear();
  await reads.settle(fresh());
  const calls = [...proxy.calls.values()].reduce((sum, count) => sum + count, 0);
  const blocks = Number(await anvil.publicClient.getBlockNumber());
  console.log(
    `settle: ${proxy.requests} requests, ${calls} calls over ${blocks} blocks`,
    Object.fromEntries(proxy.calls),
  );
  expect(proxy.requests).toBeLessThan(40);
});
