import { isClientError } from '@covey/client';
import type { CoveyChain } from '@covey/client';
import type { Address } from 'viem';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DaemonRole, OnEvent } from '../events.ts';
import { describe, poll, type RunOptions } from './poll.ts';
import { WatchedRounds } from './watched-rounds.ts';

/** After this the next look begins, while the step goes on. */
const longStepMs = 1_000;

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
  /** Work for a task before its rounds, and for no round after all of them. */
  before?: (taskId: bigint) => Promise<void>;
  after?: (tasks: readonly bigint[]) => Promise<void>;
}

/**
 * The loop of every daemon. A step that fails does not keep other rounds from their windows, nor does one that takes
 * long, as scoring does: steps of different rounds run side by side, those of one round after each other. A failure is
 * reported once and tried again. An unreachable chain concerns all and ends the look.
 */
export async function runRounds(parameters: RunRoundsParameters): Promise<void> {
  const { role, address, covey, onEvent, step, before, after, tasks = null, ...options } = parameters;
  const watched = new WatchedRounds(covey, tasks);
  const reported = new Map<string, string>();
  /** True when it could be done. */
  const attempt = async (
    where: { taskId?: bigint; round?: number },
    signal: AbortSignal | undefined,
    action: () => Promise<boolean | void>,
  ): Promise<boolean> => {
    try {
      return (await action()) ?? true;
    } catch (error) {
      if (options.once || signal?.aborted || isClientError(error, 'CHAIN_UNREACHABLE')) throw error;
      const said = describe(error);
      const key = `${where.taskId}/${where.round}`;
      if (reported.get(key) !== said.message) onEvent({ event: 'error', ...where, ...said });
      reported.set(key, said.message);
      return false;
    }
  };
  const running = new Map<string, Promise<void>>();
  const start = (taskId: bigint, round: number, signal: AbortSignal | undefined): Promise<void> => {
    const key = `${taskId}/${round}`;
    const stepping = attempt({ taskId, round }, signal, () => step(taskId, round, signal))
      .then((done) => {
        if (done) watched.finish(taskId, round);
      })
      .finally(() => running.delete(key));
    // Who waits for it hears of a failure; when nobody does any more, the next look meets the same.
    stepping.catch(() => undefined);
    running.set(key, stepping);
    return stepping;
  };
  onEvent({ event: 'started', role, address });
  await poll(
    async (signal) => {
      const open = await watched.tasks();
      if (before) for (const taskId of open) await attempt({ taskId }, signal, () => before(taskId));
      const current = await watched.current();
      if (signal?.aborted) return;
      const waiting = current.filter(({ taskId, round }) => !running.has(`${taskId}/${round}`));
      const started = Promise.all(waiting.map(({ taskId, round }) => start(taskId, round, signal)));
      await (options.once ? started : Promise.race([started, sleep(longStepMs, undefined, { ref: false })]));
      if (after) await attempt({}, signal, () => after(open));
    },
    { ...options, onEvent },
  );
  await Promise.allSettled(running.values());
  onEvent({ event: 'stopped', role, address });
}
