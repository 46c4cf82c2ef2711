import { nodeError } from '../errors.ts';

/** What the operator of a node lets tasks take from it. What transactions may cost is a limit of the account. */
export interface OperatorLimits {
  /** Own stake, in wei, that a task may have of the node. Default: what it holds already. */
  maxStake?: bigint | undefined;
  /** Bond, in wei, with which it may challenge a wrong result. Default: none, so that it challenges where that is free. */
  maxBond?: bigint | undefined;
  /** Bytes that the whole process may hold while it computes. Default: no limit. */
  maxMemoryBytes?: number | undefined;
  /** Bytes of the node's own folder. Default: no limit. */
  maxDiskBytes?: number | undefined;
  /** Milliseconds that scoring or training one round may take. Default: no limit. */
  maxComputeMs?: number | undefined;
}

/** f32 vectors of parameters that any round needs at once: the base, its aggregate, one update, one gradient. */
const leastVectors = 4;

/** Throws MEMORY_LIMIT where a model of so many parameters cannot fit, before anything is staked or joined for it. */
export function requireMemory(taskId: bigint, parameters: number, maxMemoryBytes: number | undefined): void {
  const needed = leastVectors * 4 * parameters;
  if (maxMemoryBytes === undefined || needed <= maxMemoryBytes) return;
  throw nodeError('MEMORY_LIMIT', `Task ${taskId} needs more memory than this node may use.`, {
    expected: `at most ${maxMemoryBytes} bytes`,
    got: `${needed} bytes for the parameters alone`,
  });
}
