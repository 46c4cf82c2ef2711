import { readRewards, readRound, slashableFacts, type RoundOnChain } from '@covey/client';
import { serveContent } from '@covey/client/testing';
import { testBeacon, testMnemonic } from '@covey/governance/testing';
import { encodeDataset } from '@covey/protocol';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bytesToHex } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { keyFileOf, writeKeyFile } from '../creator/keys.ts';
import { seededRandom } from '../data/random.ts';
import { covey, type CoveyProcess } from './covey-process.ts';
import { serveBeacon } from './serve-beacon.ts';
import { cast, startTestNetwork, type TestNetwork } from './test-network.ts';
import { tinyData } from './tiny-task.ts';

export interface CrashParameters {
  /** Rounds to play, one after the other. */
  rounds: number;
  /** Of who is killed, and when. */
  seed: number;
  say: (line: string) => void;
}

export interface CrashOutcome {
  kills: number;
  rounds: number;
  /** What should not be: empty. */
  problems: string[];
}

const trainers = 2;
const validators = 3;
/** A step that is not done by then will not be. */
const patienceMs = 300_000;

/** One daemon that is killed and started again, with the same folder. */
interface Daemon {
  name: string;
  start(): CoveyProcess;
  running: CoveyProcess;
}

/** What everybody does in a window; the clock moves on once it holds. */
const steps: { until: (info: RoundOnChain) => boolean; then?: 'join' | 'commit' | 'reveal' | Attested }[] = [
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
type Attested = 'attest' | 'attestReveal' | 'key' | 'resultCommit' | 'resultReveal';

/**
 * Plays whole rounds with every daemon as a process of its own, of which one after the other is killed as by a power cut, at
 * any moment, and started again. Nobody may miss a step by that, commit to two things, or have done what is slashed.
 */
export async function crash({ rounds, seed, say }: CrashParameters): Promise<CrashOutcome> {
  const network = await startTestNetwork();
  const content = await serveContent(network.store);
  const relay = await serveBeacon((round) => testBeacon.sign(round));
  const stop = new AbortController();
  const daemons: Daemon[] = [];
  let killing: Promise<number> = Promise.resolve(0);
  const problems: string[] = [];
  try {
    const { taskId, validation } = await network.task({ rounds, ranking: 'loss' });
    const keys = join(network.folder, 'keys.json');
    await writeKeyFile(keys, keyFileOf(validation));
    await startDaemons(network, { taskId, keys, ipfs: content.url, beacon: relay.url }, daemons);
    killing = kill(daemons, seed, stop.signal);
    // Thrown once the rounds are over: a daemon ended by itself.
    killing.catch(() => undefined);
    for (let round = 0; round < rounds; round++) {
      problems.push(...(await playRound(network, taskId, round)));
      say(`round ${round}: ${problems.length === 0 ? 'whole' : problems.join('; ')}`);
    }
  } finally {
    stop.abort();
    await killing.catch(() => undefined);
    await Promise.all(daemons.map(({ running }) => running.kill()));
    await relay.stop();
    await content.stop();
    await network.stop();
  }
  return { kills: await killing, rounds, problems };
}

/** Each is in `daemons` from its start on, so that whoever starts them can end them if a later one fails. */
async function startDaemons(
  network: TestNetwork,
  p: { taskId: bigint; keys: string; ipfs: string; beacon: string },
  daemons: Daemon[],
): Promise<void> {
  const deployment = join(network.folder, 'deployment.json');
  await writeFile(deployment, JSON.stringify(network.deployment));
  const common = ['--rpc', network.anvil.rpcUrl, '--deployment', deployment, '--json', '--poll-ms', '150'];
  common.push('--task', String(p.taskId));
  const state = join(network.folder, 'crash');
  await mkdir(state, { recursive: true });
  const node = ['--ipfs', p.ipfs, '--beacon', p.beacon, '--state-dir', state, '--max-stake', '10000'];
  const daemon = (name: string, account: number, args: string[]) => {
    const start = () => covey([...args, ...common], { COVEY_PRIVATE_KEY: keyOf(account) });
    daemons.push({ name, start, running: start() });
  };
  const data = await Promise.all(
    Array.from({ length: trainers }, async (_, n) => {
      const file = join(network.folder, `crash-${n}.safetensors`);
      await writeFile(file, encodeDataset(tinyData(160, 40 + n)));
      return file;
    }),
  );
  for (const [n, file] of data.entries())
    daemon(`trainer ${n}`, cast.firstTrainer + n, ['train', '--data', file, ...node]);
  for (let n = 0; n < validators; n++) daemon(`validator ${n}`, cast.firstValidator + n, ['validate', ...node]);
  // Rounds count what was allocated before they opened.
  await Promise.all(daemons.map(({ running }) => running.event('allocated')));
  await network.anvil.advance(1);
  const many = ['--trainers', String(trainers), '--validators', String(validators)];
  daemon('keeper', cast.keeper, ['keeper', '--beacon', p.beacon]);
  daemon('creator', cast.creator, ['creator', '--keys', p.keys, ...many]);
}

function keyOf(account: number): string {
  return bytesToHex(mnemonicToAccount(testMnemonic, { addressIndex: account }).getHdKey().privateKey!);
}

/** Kills one daemon after the other until stopped, each at some moment after the one before runs again; how many. */
async function kill(daemons: Daemon[], seed: number, signal: AbortSignal): Promise<number> {
  const random = seededRandom(seed);
  const stopped = new Promise<void>((done) => signal.addEventListener('abort', () => done(), { once: true }));
  let kills = 0;
  while (!signal.aborted) {
    await sleep(random.integer(2_000), undefined, { signal }).catch(() => undefined);
    if (signal.aborted) break;
    const daemon = daemons[random.integer(daemons.length)]!;
    await daemon.running.kill();
    kills++;
    daemon.running = daemon.start();
    await Promise.race([daemon.running.event('started'), stopped]);
  }
  return kills;
}

/** Plays one round to its open claims; what was not as it should be. */
async function playRound(network: TestNetwork, taskId: bigint, round: number): Promise<string[]> {
  const read = () => readRound(network.covey, taskId, round);
  const reached = async (what: string, holds: () => Promise<boolean>) => {
    const end = performance.now() + patienceMs;
    while (!(await holds().catch(() => false))) {
      if (performance.now() > end) throw new Error(`round ${round}: ${what} did not come`);
      await sleep(100);
    }
  };
  for (const { until, then } of steps) {
    await reached(then ?? 'acceptance', async () => until(await read()));
    if (then) await network.passWindow(taskId, round, then);
  }
  await network.passChallenge(taskId, round);
  await reached('claims', async () => (await readRewards(network.covey, { taskId, round })).opened);
  const info = await read();
  const facts = await slashableFacts(network.covey, taskId, round);
  const all = { attempt: 0, seats: info.validatorSeats, contested: false };
  const got = { attempt: info.attempt, seats: info.results.revealedSeats, contested: info.results.contested };
  return [
    ...facts.map(({ target, reason }) => `${target} could be slashed: ${reason}`),
    ...(JSON.stringify(all) === JSON.stringify(got) ? [] : [`round ${round} ended as ${JSON.stringify(got)}`]),
  ];
}
