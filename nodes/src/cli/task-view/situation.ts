import {
  chainTime,
  readAllocation,
  readFunding,
  readPolicy,
  readRewards,
  readRound,
  readRoundCount,
  readTask,
  readTaskDocument,
} from '@covey/client';
import type { ContentReader, CoveyChain, RewardsOnChain, RoundOnChain, TaskOnChain } from '@covey/client';
import { isCoveyError } from '@covey/errors';
import type { PolicyValues, TaskDocument } from '@covey/protocol';
import { isAddressEqual, type Address } from 'viem';

/** What an account is to a task. */
export const standings = ['creator', 'opener', 'trainer', 'validator', 'visitor'] as const;
export type Standing = (typeof standings)[number];

/** A task with all that decides what comes next. */
export interface Situation {
  task: TaskOnChain;
  /** The chain's time, unix seconds. */
  now: number;
  policy: Pick<PolicyValues, 'minRoundPool'>;
  /** The latest round; null before the first. */
  round: RoundOnChain | null;
  account: Address | null;
  standing: Standing;
  /** What the account has in the budget, in wei. */
  funding: { units: bigint; waiting: bigint };
}

export async function readSituation(
  covey: CoveyChain,
  taskId: bigint,
  account: Address | null,
  role?: Standing,
): Promise<Situation> {
  const task = await readTask(covey, taskId);
  const [count, now, policy] = await Promise.all([readRoundCount(covey, taskId), chainTime(covey), readPolicy(covey)]);
  const [round, funding, standing] = await Promise.all([
    count === 0 ? null : readRound(covey, taskId, count - 1),
    account === null ? { units: 0n, waiting: 0n } : readFunding(covey, taskId, account),
    role ?? standingOf(covey, task, account),
  ]);
  return { task, now: Number(now), policy, round, account, standing, funding };
}

async function standingOf(covey: CoveyChain, task: TaskOnChain, account: Address | null): Promise<Standing> {
  if (account === null) return 'visitor';
  if (isAddressEqual(task.creator, account)) return 'creator';
  if (task.opener !== null && isAddressEqual(task.opener, account)) return 'opener';
  const { role } = await readAllocation(covey, account, task.taskId);
  return role === 'trainer' || role === 'validator' ? role : 'visitor';
}

export interface PlayedRound extends Pick<RoundOnChain, 'round' | 'phase' | 'voidReason' | 'pool'> {
  /** What it pays to whom claims, in wei; null before its claims are open. */
  rewards: Pick<RewardsOnChain, 'secured' | 'paid' | 'carried' | 'claimsLeft'> | null;
}

/** Every round of a task, with what it paid. */
export async function readPlayed(covey: CoveyChain, taskId: bigint): Promise<PlayedRound[]> {
  const count = await readRoundCount(covey, taskId);
  return await Promise.all(
    Array.from({ length: count }, async (_, number) => {
      const [{ round, phase, voidReason, pool }, rewards] = await Promise.all([
        readRound(covey, taskId, number),
        readRewards(covey, { taskId, round: number }),
      ]);
      const { opened, secured, paid, carried, claimsLeft } = rewards;
      return { round, phase, voidReason, pool, rewards: opened ? { secured, paid, carried, claimsLeft } : null };
    }),
  );
}

/** What the document says, or why it cannot be read: a task can be looked at without IPFS. */
export async function lookUpDocument(
  reader: ContentReader,
  task: TaskOnChain,
): Promise<{ document: TaskDocument } | { problem: string }> {
  try {
    return { document: await readTaskDocument(reader, task, { timeoutMs: 5_000 }) };
  } catch (error) {
    if (!isCoveyError(error)) throw error;
    return { problem: error.shortMessage };
  }
}
