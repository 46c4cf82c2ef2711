import { parameterCount, submissionLimit, type PolicyValues, type TaskDocument } from '@covey/protocol';
import { MAX_HELD_BYTES, networkLayout } from '@covey/wasm-core';
import { nodeError } from '../errors.ts';
import type { ParticipantRole } from '../events.ts';

/** What the operator of a node lets tasks take from it. What transactions may cost is a limit of the account. */
export interface OperatorLimits {
  /** Own stake, in wei, that a task may have of the node. Default: what it holds already. */
  maxStake?: bigint | undefined;
  /**
   * Bond, in wei, with which it may challenge a wrong result. Default: what the round's policy asks, since a validator
   * whose right result is not the accepted one loses more.
   */
  maxBond?: bigint | undefined;
  /** Bytes that the whole process may hold while it computes. Default: no limit. */
  maxMemoryBytes?: number | undefined;
  /** Bytes of the node's own folder. Default: no limit. */
  maxDiskBytes?: number | undefined;
  /** Milliseconds that scoring or training one round may take. Default: no limit. */
  maxComputeMs?: number | undefined;
}

/** f32 vectors of parameters that any round needs at once: the base, its aggregate, one update. */
const leastVectors = 3;
/**
 * What a validator holds beside them where contribution ranks, in f32 vectors: the last delta, two trained ones and the
 * known gradient, a candidate's mean and model; in f64, each two, four public directions, the descent and a gradient.
 */
const attributionVectors = 6 + 2 * 6;

/**
 * Bytes that a round of the task can take of a node at once. A validator also holds every submission's file while it
 * scores, and nobody knows before the reveals how many seats show one, and how large.
 */
export function memoryOf(
  role: ParticipantRole,
  { architecture, ranking }: Pick<TaskDocument, 'architecture' | 'ranking'>,
  policy: Pick<PolicyValues, 'trainerSeats' | 'maxSubmissionBytes'>,
): number {
  const validates = role === 'validator' && ranking === 'contribution';
  // What the core scores in the task's arithmetic; where it takes gradients or trains, f32.
  const inF32 = role === 'trainer' || validates;
  const scored = networkLayout(architecture.layers, inF32 ? undefined : architecture.arithmetic).bytes;
  const vectors = scored + (leastVectors + (validates ? attributionVectors : 0)) * 4 * parameterCount(architecture);
  if (role === 'trainer') return vectors;
  const seats = Number(policy.trainerSeats);
  // Updates of a round are held in the core where they fit, and one more row.
  const held = validates ? Math.min(MAX_HELD_BYTES, (seats + 1) * 4 * parameterCount(architecture)) : 0;
  return vectors + held + seats * submissionLimit(architecture, policy.maxSubmissionBytes);
}

export interface RequireMemoryParameters {
  taskId: bigint;
  role: ParticipantRole;
  document: Pick<TaskDocument, 'architecture' | 'ranking'>;
  policy: Pick<PolicyValues, 'trainerSeats' | 'maxSubmissionBytes'>;
  limits: Pick<OperatorLimits, 'maxMemoryBytes'>;
}

/** Throws MEMORY_LIMIT where a round of the task may not fit, before anything is staked or joined for it. */
export function requireMemory({ taskId, role, document, policy, limits }: RequireMemoryParameters): void {
  const { maxMemoryBytes } = limits;
  const needed = memoryOf(role, document, policy);
  if (maxMemoryBytes === undefined || needed <= maxMemoryBytes) return;
  throw nodeError('MEMORY_LIMIT', `Task ${taskId} needs more memory than this node may use.`, {
    expected: `at most ${maxMemoryBytes} bytes`,
    got:
      role === 'validator'
        ? `${needed} bytes, for parameters and a round’s submissions alone`
        : `${needed} bytes, for parameters alone`,
  });
}

/** Bytes to have free beside what a round keeps: other rounds, logs and the system write too. */
const spareBytes = 16 * 2 ** 20;

/** Bytes that a node keeps of a round until its reveal: a submission, or result, model and delta. */
export function spaceOf({ architecture }: Pick<TaskDocument, 'architecture'>): number {
  return 2 * 4 * parameterCount(architecture) + spareBytes;
}
