import type { Deployment } from '@covey/contracts/abi';
import type { Address, PublicClient } from 'viem';
import { isNodeError } from '../errors.ts';
import type { OnEvent } from '../events.ts';
import { describe, poll, type RunOptions } from './poll.ts';
import { WatchedRounds } from './watched-rounds.ts';

export interface DaemonOptions extends RunOptions {
  /** Only these tasks; default: all. */
  tasks?: readonly bigint[] | null;
}

export interface RunRoundsParameters extends DaemonOptions {
  role: 'trainer' | 'validator' | 'keeper' | 'creator';
  address: Address;
  publicClient: PublicClient;
  deployment: Deployment;
  onEvent: OnEvent;
  /** Does what a round's phase allows now; true when nothing is left to do in it. */
  step: (taskId: bigint, round: number, signal: AbortSignal | undefined) => Promise<boolean>;
  /** Work that belongs to no round, before the rounds and after. */
  before?: (tasks: readonly bigint[]) => Promise<void>;
  after?: () => Promise<void>;
}

/**
 * The loop of every daemon. A step that fails does not keep other rounds from their windows; it is reported once and
 * tried again. An unreachable chain concerns all and ends the look.
 */
export async function runRounds(parameters: RunRoundsParameters): Promise<void> {
  const {
    role,
    address,
    publicClient,
    deployment,
    onEvent,
    step,
    before,
    after,
    tasks = null,
    ...options
  } = parameters;
  const watched = new WatchedRounds(publicClient, deployment, tasks);
  const reported = new Map<string, string>();
  onEvent({ event: 'started', role, address });
  await poll(
    async (signal) => {
      await before?.(await watched.tasks());
      for (const { taskId, round } of await watched.current()) {
        if (signal?.aborted) return;
        try {
          if (await step(taskId, round, signal)) watched.finish(taskId, round);
        } catch (error) {
          if (options.once || signal?.aborted || isNodeError(error, 'CHAIN_UNREACHABLE')) throw error;
          const said = describe(error);
          if (reported.get(`${taskId}/${round}`) === said.message) continue;
          reported.set(`${taskId}/${round}`, said.message);
          onEvent({ event: 'error', taskId, round, ...said });
        }
      }
      await after?.();
    },
    { ...options, onEvent },
  );
  onEvent({ event: 'stopped', role, address });
}
