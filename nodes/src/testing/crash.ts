import { readRewards, readRound, slashableFacts, type RoundOnChain } from '@covey/client';
import { serveContent } from '@covey/client/testing';
import { scaled } from '@covey/client/testing/pace';
import { attestationsAbi, resultsAbi, slashCourtAbi, submissionsAbi } from '@covey/contracts/abi';
import { testBeacon } from '@covey/governance/testing';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { keyFileOf, writeKeyFile } from '../creator/keys.ts';
import { CrashDaemons, trainers, validators, type DaemonKind } from './crash-daemons.ts';
import { serveBeacon } from './serve-beacon.ts';
import { PrivacyLedger } from '../privacy/ledger.ts';
import { startTestNetwork, type TestNetwork } from './test-network.ts';

export interface CrashParameters {
  /** Rounds to play, one after the other. */
  rounds: number;
  /** Daemons to kill in all, spread over the steps of all rounds. */
  kills: number;
  /** Of who is killed, and when. */
  seed: number;
  /** Where daemons find chain and content. Default: there all the time. */
  hosts?: (network: TestNetwork) => Promise<CrashHosts>;
  say?: (line: string) => void;
}

export interface CrashHosts {
  rpc: string;
  ipfs: string;
  /** Before a step (its number in the round) becomes possible: takes away what it will lack, and gives it back by itself. */
  disturb(step: number): Promise<{ over: Promise<void> }>;
  /** How often each was away. */
  readonly outages: Record<string, number>;
  stop(): Promise<void>;
}

export interface CrashOutcome {
  schema: 'covey.crash/1';
  rounds: number;
  /** Rounds that ended with an accepted result and open claims. */
  ended: number;
  seed: number;
  kills: Record<DaemonKind | 'all', number>;
  /** How often chain and content were away. */
  outages: Record<string, number>;
  /** Seconds that the slowest step took from when everything was there again. */
  slowest: number;
  /** Commitments on chain; each node makes one of a kind in a round. */
  commitments: { submissions: number; attestations: number; results: number };
  /** Commitments beyond the first of a node. */
  doubled: number;
  /** Slash cases that were opened. */
  cases: number;
  /** Transactions that the chain took and reverted: gas lost to a restart, and nothing else. */
  reverted: number;
  /** Errors that daemons reported and outlived, by code. */
  errors: Record<string, number>;
  /** What should not be: empty. */
  problems: string[];
}

/** A step that an idle machine has not done by then will not be. */
const patienceMs = 60_000;

type Window = 'join' | 'commit' | 'reveal' | 'attest' | 'attestReveal' | 'key' | 'resultCommit' | 'resultReveal';

/** What everybody does in a window; the clock moves on once it holds. */
const steps: { until: (info: RoundOnChain) => boolean; then?: Window }[] = [
  { until: (i) => i.trainerCandidates === trainers && i.validatorCandidates === validators, then: 'join' },
  { until: (i) => i.trainerSeed !== null && i.committed === trainers, then: 'commit' },
  { until: (i) => i.submissions === trainers, then: 'reveal' },
  { until: (i) => i.validatorSeed !== null && i.attestations.committed === validators, then: 'attest' },
  { until: (i) => i.attestations.revealed === validators, then: 'attestReveal' },
  { until: (i) => i.key !== null, then: 'key' },
  { until: (i) => i.results.committed === validators, then: 'resultCommit' },
  { until: (i) => i.results.revealed === validators, then: 'resultReveal' },
  { until: (i) => i.phase === 'challenge' },
];
/** The last is the opening of claims. */
const stepsPerRound = steps.length + 1;

/**
 * Plays whole rounds with every daemon as a process of its own, which are killed as by a power cut, at any moment of any
 * step, and started again. Nobody may miss a step by that, commit to two things, or have done what is slashed.
 */
export async function crash(parameters: CrashParameters): Promise<CrashOutcome> {
  const { rounds, kills, seed, hosts: open = undisturbed, say = () => undefined } = parameters;
  const network = await startTestNetwork();
  const relay = await serveBeacon((round) => testBeacon.sign(round));
  const daemons = new CrashDaemons(seed);
  let hosts: CrashHosts | undefined;
  try {
    const { taskId, validation } = await network.task({ rounds, ranking: 'loss' });
    const keys = join(network.folder, 'keys.json');
    await writeKeyFile(keys, keyFileOf(validation));
    hosts = await open(network);
    const { rpc, ipfs } = hosts;
    await daemons.start(network, { taskId, keys, rpc, ipfs, beacon: relay.url });
    const play = new CrashRounds({ network, daemons, hosts, taskId, share: kills / (rounds * stepsPerRound) });
    const problems: string[] = [];
    let ended = 0;
    for (; ended < rounds; ended++) {
      try {
        problems.push(...(await play.round(ended)));
      } catch (error) {
        problems.push(`round ${ended} did not end: ${error instanceof Error ? error.message : String(error)}`);
        break;
      }
      say(`round ${ended}: ${killed(daemons)} kills so far, ${problems.length === 0 ? 'whole' : problems.join('; ')}`);
    }
    await daemons.stop();
    const found = await commitmentsOf(network);
    const cases = await casesOf(network);
    const releases = await new PrivacyLedger(join(network.folder, 'crash')).entries();
    const counted = releases.filter(({ cid }) => cid !== null).length;
    if (releases.length !== counted || counted !== found.commitments.submissions) {
      problems.push(
        `${counted} of ${releases.length} counted releases for ${found.commitments.submissions} submissions`,
      );
    }
    problems.push(...daemons.deaths);
    if (found.doubled > 0) problems.push(`${found.doubled} commitments beyond the first`);
    if (cases > 0) problems.push(`${cases} slash cases`);
    return {
      schema: 'covey.crash/1',
      ...{ rounds, ended, seed },
      kills: { all: killed(daemons), ...daemons.kills },
      outages: hosts.outages,
      slowest: play.slowest,
      ...found,
      cases,
      reverted: await revertedOf(network),
      errors: daemons.errors,
      problems,
    };
  } finally {
    await daemons.stop();
    await relay.stop();
    await hosts?.stop();
    await network.stop();
  }
}

function killed({ kills }: CrashDaemons): number {
  return Object.values(kills).reduce((sum, count) => sum + count, 0);
}

async function undisturbed(network: TestNetwork): Promise<CrashHosts> {
  const { url: ipfs, stop } = await serveContent(network.store);
  const disturb = () => Promise.resolve({ over: Promise.resolve() });
  return { rpc: network.anvil.rpcUrl, ipfs, disturb, outages: {}, stop };
}

interface RoundsParameters {
  network: TestNetwork;
  daemons: CrashDaemons;
  hosts: CrashHosts;
  taskId: bigint;
  /** Kills a step. */
  share: number;
}

/** Plays rounds one after the other, and says what was not as it should be. */
class CrashRounds {
  readonly #p: RoundsParameters;
  #step = 0;
  slowest = 0;

  constructor(parameters: RoundsParameters) {
    this.#p = parameters;
  }

  /** Plays one round to its open claims. */
  async round(round: number): Promise<string[]> {
    const { network, taskId } = this.#p;
    const read = () => readRound(network.covey, taskId, round);
    let over = Promise.resolve();
    for (const [step, { until, then }] of steps.entries()) {
      await this.#reached(then ?? 'acceptance', read, async () => until(await read()), over);
      ({ over } = await this.#p.hosts.disturb(step + 1));
      if (then) await network.passWindow(taskId, round, then);
    }
    await network.passChallenge(taskId, round);
    await this.#reached('claims', read, async () => (await readRewards(network.covey, { taskId, round })).opened, over);
    const info = await read();
    const facts = await slashableFacts(network.covey, taskId, round);
    const all = { attempt: 0, seats: info.validatorSeats, contested: false };
    const got = { attempt: info.attempt, seats: info.results.revealedSeats, contested: info.results.contested };
    return [
      ...facts.map(({ target, reason }) => `${target} could be slashed: ${reason}`),
      ...(JSON.stringify(all) === JSON.stringify(got) ? [] : [`round ${round} ended as ${JSON.stringify(got)}`]),
    ];
  }

  /** Kills go on while everybody does what the step is for; those that come late hit who waits for the next. */
  async #reached(
    what: string,
    read: () => Promise<RoundOnChain>,
    holds: () => Promise<boolean>,
    over: Promise<void>,
  ): Promise<void> {
    const { daemons, share } = this.#p;
    const due = Math.round(share * (this.#step + 1)) - Math.round(share * this.#step);
    this.#step++;
    const killing = daemons.kill(due);
    await over;
    const began = performance.now();
    const end = began + scaled(patienceMs) + 10_000 * due;
    while (!(await holds().catch(() => false))) {
      if (performance.now() > end) {
        await killing;
        const round = JSON.stringify(await read(), plain);
        throw new Error(`${what} did not come; the round is ${round}; they said last\n${daemons.lastWords()}`);
      }
      await sleep(100);
    }
    this.slowest = Math.max(this.slowest, Math.round((performance.now() - began) / 100) / 10);
    await killing;
  }
}

const plain = (_key: string, value: unknown) => (typeof value === 'bigint' ? String(value) : value);

async function commitmentsOf({ covey, deployment }: TestNetwork) {
  const [submissions, attestations, results] = await Promise.all([
    covey.events({ address: deployment.submissions, abi: submissionsAbi, eventName: 'SubmissionCommitted' }),
    covey.events({ address: deployment.attestations, abi: attestationsAbi, eventName: 'AttestationCommitted' }),
    covey.events({ address: deployment.results, abi: resultsAbi, eventName: 'ResultCommitted' }),
  ]);
  const made = [
    ...submissions.map(({ args: { round, node } }) => `submission ${round} ${node}`),
    ...attestations.map(({ args: { round, attempt, validator } }) => `attestation ${round} ${attempt} ${validator}`),
    ...results.map(({ args: { round, validator } }) => `result ${round} ${validator}`),
  ];
  return {
    commitments: {
      submissions: submissions.length,
      attestations: attestations.length,
      results: results.length,
    },
    doubled: made.length - new Set(made).size,
  };
}

async function casesOf({ publicClient, deployment }: TestNetwork): Promise<number> {
  const court = { address: deployment.slashCourt, abi: slashCourtAbi } as const;
  return Number(await publicClient.readContract({ ...court, functionName: 'caseCount' }));
}

/** Counted over the whole chain, the making of which has none. */
async function revertedOf({ publicClient }: TestNetwork): Promise<number> {
  const head = await publicClient.getBlockNumber();
  let reverted = 0;
  for (let blockNumber = 1n; blockNumber <= head; blockNumber++) {
    const block = await publicClient.getBlock({ blockNumber });
    for (const hash of block.transactions) {
      const { status } = await publicClient.getTransactionReceipt({ hash });
      if (status === 'reverted') reverted++;
    }
  }
  return reverted;
}
