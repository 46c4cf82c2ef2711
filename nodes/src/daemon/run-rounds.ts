import type { CoveyChain } from '@covey/client';
import type { Address } from 'viem';
import type { DaemonRole, OnEvent } from '../events.ts';
import { Jobs } from './jobs.ts';
import { poll, type RunOptions } from './poll.ts';
import { WatchedRounds } from './watched-rounds.ts';

export interface DaemonOptions extends RunOptions {
  /** Only these tasks; default: all. */
  tasks?: readonly bigint[] | null;
}

export interface RunRoundsParameters extends DaemonOptions {
  role: DaemonRole;
  address: Address;
  covey: CoveyChain;
  onEvent: OnEvent;
  /** Does what a round's phase allows now; true when nothing is left to do in it. */
  step: (taskId: bigint, round: number, signal: AbortSignal | undefined) => Promise<boolean>;
  /** Work for a task beside its rounds, and for no round beside all of them. */
  before?: (taskId: bigint) => Promise<void>;
  after?: (tasks: readonly bigint[]) => Promise<void>;
}

/**
 * The loop of every daemon. Tasks, and rounds of a task, go on side by side: what is slow, dead or failing in one delays
 * no other, as `Jobs` says; steps of one round follow each other. Work for no round has a loop of its own.
 */
export async function runRounds(parameters: RunRoundsParameters): Promise<void> {
  const { role, address, covey, onEvent, step, before, after, tasks = null, ...options } = parameters;
  const watched = new WatchedRounds(covey, tasks);
  const take = async (taskId: bigint, round: number, signal: AbortSignal | undefined) => {
    if (await step(taskId, round, signal)) watched.finish(taskId, round);
  };
  onEvent({ event: 'started', role, address });
  if (options.once) await once();
  else await forever();
  onEvent({ event: 'stopped', role, address });

  /** Everything that is due, once; a failure is thrown when the rest is done. */
  async function once(): Promise<void> {
    const { signal } = options;
    const open = await watched.tasks();
    const looks = await Promise.allSettled(
      open.map(async (taskId) => {
        await before?.(taskId);
        const rounds = await watched.rounds(taskId);
        await Promise.all(rounds.map((round) => take(taskId, round, signal)));
      }),
    );
    const failed = looks.find((look) => look.status === 'rejected');
    if (failed) throw failed.reason;
    await after?.(open);
  }

  async function forever(): Promise<void> {
    const jobs = new Jobs({ onEvent, pollMs: options.pollMs ?? 1000 });
    const look = async (taskId: bigint, signal: AbortSignal | undefined) => {
      const rounds = await watched.rounds(taskId);
      if (signal?.aborted) return;
      for (const round of rounds) jobs.begin('step', { taskId, round }, signal, () => take(taskId, round, signal));
    };
    const rounds = poll(
      async (signal) => {
        const open = await watched.tasks();
        if (signal?.aborted) return;
        for (const taskId of open) {
          if (before) jobs.begin('before', { taskId }, signal, () => before(taskId));
          jobs.begin('look', { taskId }, signal, () => look(taskId, signal));
        }
      },
      { ...options, onEvent },
    );
    const rest = after && poll(async () => after(await watched.tasks()), { ...options, onEvent });
    await Promise.all([rounds, rest]);
    await jobs.settled();
  }
}
