// A local chain on which programs that run by themselves play rounds with training nodes of the core.
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fundTask, readAllocation, readRound, settleFromChain } from '@covey/client';
import { serveContent } from '@covey/client/testing';
import { taskManagerAbi } from '@covey/contracts/abi';
import { testBeacon, testMnemonic } from '@covey/governance/testing';
import { createTask, prepareValidation, type TaskDraft } from '@covey/nodes';
import { serveBeacon } from '@covey/nodes/testing';
import { cast, playOn, startTestNetwork, type TestTask } from '@covey/nodes/testing/rounds';
import type { Dataset } from '@covey/protocol';
import { bytesToHex, formatEther, parseEther, type Address } from 'viem';
import { mnemonicToAccount } from 'viem/accounts';
import { root } from '../process.ts';

export const network = await startTestNetwork();
export const folder = mkdtempSync(join(tmpdir(), 'covey-interop-'));
const content = await serveContent(network.store);
const relay = await serveBeacon((round) => testBeacon.sign(round));
const deployment = join(folder, 'deployment.json');
writeFileSync(deployment, JSON.stringify(network.deployment));
const children = new Set<ChildProcess>();

export async function stop(): Promise<void> {
  for (const child of children) child.kill('SIGKILL');
  await content.stop();
  await relay.stop();
  await network.stop();
  rmSync(folder, { recursive: true, force: true });
}

/** What a program is told: where Covey is, and whose key the command signs with. */
export function environment(account: number): NodeJS.ProcessEnv {
  const { privateKey } = mnemonicToAccount(testMnemonic, { addressIndex: account }).getHdKey();
  return {
    ...process.env,
    PYTHONPATH: [join(root, 'nodes/python/src'), join(root, 'nodes/python/examples')].join(':'),
    COVEY_COMMAND: `${process.execPath} ${join(root, 'nodes/bin/covey.mjs')}`,
    COVEY_RPC: network.anvil.rpcUrl,
    COVEY_DEPLOYMENT: deployment,
    COVEY_IPFS: content.url,
    COVEY_BEACON: relay.url,
    COVEY_STATE_DIR: join(folder, `state-${account}`),
    COVEY_PRIVATE_KEY: bytesToHex(privateKey!),
  };
}

export interface Program {
  name: string;
  account: number;
  ended: Promise<void>;
  /** As a user would. */
  stop(): void;
}

/** Starts a program with an account of its own; what it says is shown. */
export function start(name: string, account: number, command: string, args: string[], cwd = folder): Program {
  const child = spawn(command, args, { cwd, env: environment(account), stdio: ['ignore', 'pipe', 'pipe'] });
  children.add(child);
  let asked = false;
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      process.stdout.write(text.replace(/^(?=.)/gm, `  ${name}: `));
    });
  }
  const ended = new Promise<void>((resolve, reject) => {
    child.once('close', (code) => {
      children.delete(child);
      if (code === 0 || asked) resolve();
      else reject(new Error(`${name} ended with ${code}`));
    });
  });
  ended.catch(() => undefined);
  const end = () => {
    asked = true;
    child.kill('SIGTERM');
  };
  return { name, account, ended, stop: end };
}

/** A training node that has a command train. */
export function trainer(name: string, account: number, task: TestTask, args: string[], cwd = folder): Program {
  const common = ['train', '--task', String(task.taskId), '--max-stake', '1000', '--poll-ms', '250'];
  return start(name, account, process.execPath, [join(root, 'nodes/bin/covey.mjs'), ...common, ...args], cwd);
}

const hours = { join: 1, commit: 2, reveal: 1, attest: 1, attestReveal: 1, key: 1, resultCommit: 1, resultReveal: 1 };

/** Creates a task of one round, funds it, and has the DAO approve it. */
export async function createFor(
  data: Dataset,
  draft: Pick<TaskDraft, 'name' | 'architecture'> & Partial<TaskDraft>,
): Promise<TestTask> {
  const windows = Object.fromEntries(Object.entries(hours).map(([name, n]) => [name, n * 3_600]));
  const covey = network.account(cast.creator);
  const validation = prepareValidation({ data, rounds: 1, seed: 1 });
  const { store, core } = network;
  const whole: TaskDraft = {
    description: '',
    mode: 'arena',
    ranking: 'loss',
    aggregation: { rule: 'fedavg' },
    rounds: 1,
    windows: windows as TaskDraft['windows'],
    admitted: null,
    minTrainerStake: parseEther('1000'),
    minValidatorStake: parseEther('5000'),
    budget: parseEther('1000'),
    training: { epochs: 5, batchSize: 32, learningRate: 0.05, momentum: 0.9 },
    seed: 1,
    ...draft,
  };
  const { taskId, cid } = await createTask({ covey, store, core, validation, draft: whole });
  await fundTask(covey, taskId, whole.budget);
  const { sender } = await network.dao();
  const { taskManager: address } = network.deployment;
  await sender.send({ address, abi: taskManagerAbi, functionName: 'approve', args: [taskId] });
  return { taskId, document: cid, validation };
}

async function until(what: string, programs: Program[], holds: () => Promise<boolean>): Promise<void> {
  const from = performance.now();
  const died = Promise.all(programs.map(({ ended }) => ended));
  while (!(await holds())) {
    if (performance.now() - from > 600_000) throw new Error(`waited ten minutes for ${what}`);
    await Promise.race([sleep(250), died.then(() => sleep(250))]);
  }
}

/** What a round found of one submission, and paid for it. */
export interface Outcome {
  node: Address;
  seats: number;
  verdict: string;
  /** Of all predictions together, in nat; null by contribution. */
  loss: number | null;
  correct: number | null;
  contribution: number | null;
  /** COVEY. */
  paid: string;
}

/** Plays the round of a task between programs and training nodes of the core; gives who got what, programs first. */
export async function play(
  task: TestTask,
  programs: Program[],
  rivals: ReturnType<typeof network.trainer>[],
): Promise<Outcome[]> {
  const { taskId } = task;
  const at = [taskId, 0] as const;
  // One of its own: stake that secured another task is bound.
  const validators = [network.validator(Number(taskId))];
  const nodes = programs.map(({ account }) => network.account(account).sender.address);
  const isReady = async (node: Address) => (await readAllocation(network.covey, node, taskId)).ratio > 0n;
  await until('stakes', programs, async () => (await Promise.all(nodes.map(isReady))).every(Boolean));
  await network.prepare(taskId, [...rivals, ...validators]);
  await network.creator(task).openRound();
  for (const node of [...rivals, ...validators]) await node.step(...at);
  const round = () => readRound(network.covey, taskId, 0);
  const all = nodes.length + rivals.length;
  await until('everybody to join', programs, async () => (await round()).trainerCandidates === all);
  await network.passWindow(taskId, 0, 'join');
  await network.keeper().step(...at);
  for (const node of rivals) await node.step(...at);
  await until('commitments', programs, async () => (await round()).committed === all);
  await network.passWindow(taskId, 0, 'commit');
  for (const node of rivals) await node.step(...at);
  await until('reveals', programs, async () => (await round()).submissions === all);
  for (const program of programs) program.stop();
  await network.passWindow(taskId, 0, 'reveal');
  await network.keeper().step(...at);
  await playOn(network, { task, trainers: rivals, validators }, 0, 'attest', 'challenge');
  await network.passChallenge(taskId, 0);
  await network.keeper().step(...at);
  const { document, trainers } = await settleFromChain(network.covey, network.store, taskId, 0);
  const order = [...nodes, ...rivals.map(({ address }) => address)].map((node) => node.toLowerCase());
  return document.submissions
    .map(({ index, node, seats, verdict, loss, correct, contribution }): Outcome => {
      const nat = (units: string | null) => (units === null ? null : Number(units) / 2 ** 32);
      const paid = formatEther(trainers.find((one) => one.index === index)?.payout.total ?? 0n);
      return { node, seats, verdict, correct, loss: nat(loss), contribution: nat(contribution), paid };
    })
    .toSorted((a, b) => order.indexOf(a.node.toLowerCase()) - order.indexOf(b.node.toLowerCase()));
}
