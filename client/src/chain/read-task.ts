import type { CoveyChain } from './chain.ts';
import {
  rankings,
  roundManagerAbi,
  taskManagerAbi,
  taskStates,
  windowNames,
  type RankingName,
  type TaskStateName,
  type WindowName,
} from '@covey/contracts/abi';
import {
  MAX_DATA_BYTES,
  cidFromChain,
  decodeDataDescription,
  decodeEnum,
  decodeTaskDocument,
  requireDescribed,
  taskTerms,
  type DataDescription,
  type TaskDocument,
} from '@covey/protocol';
import { zeroAddress, zeroHash, type Address, type Hex } from 'viem';
import type { ContentReader } from '../content/content-store.ts';
import { clientError } from '../errors.ts';
import { chainError } from './contract-error.ts';
import { newestBlock } from './events.ts';

export interface TaskOnChain {
  taskId: bigint;
  creator: Address;
  /** Who may open rounds beside the creator; null for nobody. */
  opener: Address | null;
  state: TaskStateName;
  ranking: RankingName;
  rounds: number;
  roundsOpened: number;
  roundsClosed: number;
  /** CID of the task document. */
  document: string;
  windows: Record<WindowName, number>;
  minTrainerStake: bigint;
  minValidatorStake: bigint;
  /** Root of the list of who may train; null where any node may. */
  admissionRoot: Hex | null;
  /** What is at stake for keys that are not published, in wei. */
  creationStake: bigint;
  /** Weight in the emission, 1e18 = 1. */
  multiplier: bigint;
  /** The budget in wei, but for what is in an open round: funders', nobody's, and what waits for the open round to close. */
  value: bigint;
  common: bigint;
  waiting: bigint;
  /** What the next round's pool would be now, in wei. */
  nextPool: bigint;
  /** When it was proposed or approved or its last round closed, and from when anyone may end it; unix seconds. */
  lastProgress: number;
  expiresAt: bigint;
  /** One for each round, then the final hold-out's. */
  keyCommitments: Hex[];
}

/** A task, all of it as one block has it: the newest. */
export async function readTask(covey: CoveyChain, taskId: bigint): Promise<TaskOnChain> {
  try {
    const blockNumber = await newestBlock(covey);
    const contract = { address: covey.deployment.taskManager, abi: taskManagerAbi, blockNumber } as const;
    const count = await covey.publicClient.readContract({ ...contract, functionName: 'taskCount' });
    if (taskId < 1n || taskId > count) {
      throw clientError('TASK_UNKNOWN', `There is no task ${taskId}.`, {
        expected: count === 0n ? 'none yet' : `1 to ${count}`,
        got: String(taskId),
      });
    }
    const [task, nextPool, expiresAt] = await Promise.all([
      covey.publicClient.readContract({ ...contract, functionName: 'task', args: [taskId] }),
      covey.publicClient.readContract({ ...contract, functionName: 'nextPool', args: [taskId] }),
      covey.publicClient.readContract({ ...contract, functionName: 'expiresAt', args: [taskId] }),
    ]);
    const keyCommitments = await Promise.all(
      Array.from({ length: task.rounds + 1 }, (_, index) =>
        covey.publicClient.readContract({ ...contract, functionName: 'keyCommitment', args: [taskId, BigInt(index)] }),
      ),
    );
    return {
      taskId,
      creator: task.creator,
      opener: task.opener === zeroAddress ? null : task.opener,
      state: decodeEnum(taskStates, task.state),
      ranking: decodeEnum(rankings, task.ranking),
      rounds: task.rounds,
      roundsOpened: task.roundsOpened,
      roundsClosed: task.roundsClosed,
      document: cidFromChain(task.document),
      windows: { ...task.windows },
      minTrainerStake: task.minTrainerStake,
      minValidatorStake: task.minValidatorStake,
      admissionRoot: task.admissionRoot === zeroHash ? null : task.admissionRoot,
      creationStake: task.creationStake,
      multiplier: task.multiplier,
      value: task.value,
      common: task.common,
      waiting: task.waiting,
      nextPool,
      lastProgress: task.lastProgress,
      expiresAt,
      keyCommitments,
    };
  } catch (cause) {
    throw chainError(cause, `reading task ${taskId}`);
  }
}

/** How far a task is, in one call; CONTRACT_REVERTED where there is none of this number. */
export async function readTaskProgress(
  covey: CoveyChain,
  taskId: bigint,
): Promise<Pick<TaskOnChain, 'state' | 'rounds' | 'roundsOpened' | 'roundsClosed'>> {
  try {
    const { state, rounds, roundsOpened, roundsClosed } = await covey.publicClient.readContract({
      address: covey.deployment.taskManager,
      abi: taskManagerAbi,
      functionName: 'task',
      args: [taskId],
    });
    return { state: decodeEnum(taskStates, state), rounds, roundsOpened, roundsClosed };
  } catch (cause) {
    throw chainError(cause, `reading task ${taskId}`);
  }
}

export async function readTaskCount(covey: CoveyChain): Promise<bigint> {
  try {
    return await covey.publicClient.readContract({
      address: covey.deployment.taskManager,
      abi: taskManagerAbi,
      functionName: 'taskCount',
    });
  } catch (cause) {
    throw chainError(cause, 'counting tasks');
  }
}

export async function readRoundCount(covey: CoveyChain, taskId: bigint): Promise<number> {
  try {
    return await covey.publicClient.readContract({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      functionName: 'roundCount',
      args: [taskId],
    });
  } catch (cause) {
    throw chainError(cause, `counting rounds of task ${taskId}`);
  }
}

/** What a funder's units of a task are worth now, and what it has waiting for the open round to close, in wei. */
export async function readFunding(
  covey: CoveyChain,
  taskId: bigint,
  funder: Address,
): Promise<{ units: bigint; waiting: bigint }> {
  try {
    const [units, waiting] = await covey.publicClient.readContract({
      address: covey.deployment.taskManager,
      abi: taskManagerAbi,
      functionName: 'valueOf',
      args: [taskId, funder],
    });
    return { units, waiting };
  } catch (cause) {
    throw chainError(cause, `reading what ${funder} has in task ${taskId}`);
  }
}

/** More than the protocol's own limit of a task document; only keeps absurd ones from being fetched. */
const maxDocumentBytes = 1024 * 1024;

/** Fetches the task's document and checks that it repeats what the chain enforces. */
export async function readTaskDocument(
  reader: ContentReader,
  task: TaskOnChain,
  options: { signal?: AbortSignal; timeoutMs?: number } = {},
): Promise<TaskDocument> {
  const bytes = await reader.get(task.document, { maxBytes: maxDocumentBytes, ...options });
  const document = decodeTaskDocument(bytes);
  const terms = taskTerms(document);
  const pairs: [string, unknown, unknown][] = [
    ['rounds', task.rounds, terms.rounds],
    ...windowNames.map((name): [string, unknown, unknown] => [
      `windows.${name}`,
      task.windows[name],
      terms.windows[name],
    ]),
    ['ranking', rankings.indexOf(task.ranking), terms.ranking],
    ['admissionRoot', task.admissionRoot ?? zeroHash, terms.admissionRoot],
    ['minTrainerStake', task.minTrainerStake, terms.minTrainerStake],
    ['minValidatorStake', task.minValidatorStake, terms.minValidatorStake],
    ['keyCommitments', task.keyCommitments.join(), terms.keyCommitments.join()],
  ];
  for (const [name, expected, got] of pairs) {
    if (expected !== got) {
      throw clientError('TASK_MISMATCH', `The document of task ${task.taskId} contradicts the chain in ${name}.`, {
        expected: String(expected),
        got: String(got),
        hint: 'Do not work on this task: its creator published terms that differ from those on chain.',
      });
    }
  }
  return document;
}

/** How the task's samples come from tables, images or text; undefined where its creator says nothing of it. */
export async function readDataDescription(
  reader: ContentReader,
  { data, architecture }: Pick<TaskDocument, 'data' | 'architecture'>,
  options: { signal?: AbortSignal; timeoutMs?: number } = {},
): Promise<DataDescription | undefined> {
  if (data === undefined) return undefined;
  const description = decodeDataDescription(await reader.get(data, { maxBytes: MAX_DATA_BYTES, ...options }));
  requireDescribed(architecture, description);
  return description;
}
