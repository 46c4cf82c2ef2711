import type { RoundOnChain } from '@covey/client';
import type { RoundPhaseName } from '@covey/contracts/abi';
import type { MissedStep } from '../events.ts';

/** A round as a step finds it: all of it as of one mined block. */
export interface RoundAt {
  taskId: bigint;
  round: number;
  info: RoundOnChain;
  /** Aborted when the node shall stop: long work ends then. */
  signal?: AbortSignal | undefined;
}

/**
 * What a step leaves.
 * - `again`: look at the round once more;
 * - `done`: nothing is left in it for this node;
 * - `missed`: a window closed before the node had done what it is for, so nothing is left either.
 */
export type StepResult = 'again' | 'done' | { missed: MissedStep };

/** Null where it holds; else what to answer in place of the step. */
export type Condition = (at: RoundAt) => Promise<StepResult | null>;

/** What a role does in one phase of a round: once its conditions hold, in their order. Any part can be repeated. */
export interface Step {
  needs?: readonly Condition[];
  do?: (at: RoundAt) => Promise<StepResult>;
}

/** A role: what it does in which phase. In a phase that it leaves out it waits. */
export type Steps = Partial<Record<RoundPhaseName, Step>>;

/** Does the phase's step as far as it goes now. */
export async function takeStep(steps: Steps, at: RoundAt): Promise<StepResult> {
  const step = steps[at.info.phase];
  for (const holds of step?.needs ?? []) {
    const instead = await holds(at);
    if (instead !== null) return instead;
  }
  return (await step?.do?.(at)) ?? 'again';
}

/** Does something in a phase that may ask for more. */
export async function andAgain(work: Promise<unknown>): Promise<'again'> {
  await work;
  return 'again';
}
