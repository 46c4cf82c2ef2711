import { decodeFunctionData, decodeFunctionResult, encodeFunctionData, getAddress } from 'viem';
import type { Address, Hex } from 'viem';
import { daoAbi } from '@covey/contracts/abi';
import type { Action } from '../catalogue/action.ts';
import { failureOf, namedError } from './failure.ts';
import type { SimulatedError, SimulationFailure } from './report.ts';
import type { BlockCall, CallOutcome } from './simulate-block.ts';

/** What a simulated execution is: `actions` by `dao`, called by the plugin. */
export interface Execution {
  dao: Address;
  from: Address;
  actions: readonly Action[];
  /** Bit i allows action i to fail. */
  allowFailureMap: bigint;
  gas: bigint;
}

/** What a decided proposal passes; it only appears in the DAO's event. */
const noCallId = `0x${'00'.repeat(32)}` as const;

export const executeCall = ({ dao, from, actions, allowFailureMap, gas }: Execution): BlockCall => ({
  from,
  to: dao,
  gas,
  pays: true,
  data: encodeFunctionData({ abi: daoAbi, functionName: 'execute', args: [noCallId, actions, allowFailureMap] }),
});

/** Results of the actions and which failed although the execution did not. */
export function executeResult({ data }: CallOutcome): { results: readonly Hex[]; failureMap: bigint } | undefined {
  try {
    const [results, failureMap] = decodeFunctionResult({ abi: daoAbi, functionName: 'execute', data });
    return { results, failureMap };
  } catch {
    return undefined;
  }
}

/** The action that the DAO says failed. */
function failedIndex(error: SimulatedError, count: number): number | undefined {
  if (error.error !== 'ActionFailed') return undefined;
  const index = Number(error.args?.[0]);
  return index < count ? index : undefined;
}

/** A proposal can make another DAO execute, which reports but the number of its failing action too. */
const maxNesting = 4;

/**
 * Why an execution failed. The DAO reports only which action did: what that one said is found by running up to it with
 * its failure allowed, whereby the DAO hands its answer back.
 */
export async function explainFailure(
  execution: Execution,
  failed: CallOutcome,
  run: (calls: readonly BlockCall[]) => Promise<readonly CallOutcome[]>,
): Promise<SimulationFailure> {
  const whole = outOfGas(failed, execution) ?? failureOf(failed);
  const index = failedIndex(whole, execution.actions.length);
  if (index === undefined) return whole;

  const inner = await reasonOf(execution, index, [], run);
  const nested: { executor: Address; index: number; to: Address }[] = [];
  const before: BlockCall[] = [];
  let error = inner;
  let current = execution;
  let failing = index;
  while (nested.length < maxNesting) {
    const deeper = nestedExecution(current, failing);
    const next = deeper && failedIndex(error, deeper.actions.length);
    if (!deeper || next === undefined) break;
    if (failing > 0) before.push(executeCall({ ...current, actions: current.actions.slice(0, failing) }));
    nested.push({ executor: deeper.dao, index: next, to: getAddress(deeper.actions[next]?.to ?? deeper.dao) });
    error = await reasonOf(deeper, next, before, run);
    current = deeper;
    failing = next;
  }
  return { ...error, index, ...(nested.length > 0 && { nested }) };
}

/** The whole execution ended without a word: what it needs is more than a transaction may have. */
function outOfGas({ data, gasUsed }: CallOutcome, { gas }: Execution): SimulatedError | undefined {
  const starved = data === '0x' && gasUsed >= (gas * 9n) / 10n;
  return starved || namedError(data).error === 'InsufficientGas'
    ? { reason: `It needs more than the ${gas} gas that there is.`, error: 'OutOfGas' }
    : undefined;
}

async function reasonOf(
  execution: Execution,
  index: number,
  before: readonly BlockCall[],
  run: (calls: readonly BlockCall[]) => Promise<readonly CallOutcome[]>,
): Promise<SimulatedError> {
  const upTo = {
    ...execution,
    actions: execution.actions.slice(0, index + 1),
    allowFailureMap: execution.allowFailureMap | (1n << BigInt(index)),
  };
  const outcomes = await run([...before, executeCall(upTo)]);
  const outcome = outcomes[outcomes.length - 1];
  if (!outcome) return { reason: 'The call fails after the ones before it.' };
  if (!outcome.ok) {
    return outOfGas(outcome, execution) ?? failureOf(outcome);
  }
  const result = executeResult(outcome)?.results[index];
  return result === undefined ? { reason: 'The call fails after the ones before it.' } : namedError(result);
}

/** What the failing action makes another executor do, where that is what it does. */
function nestedExecution(execution: Execution, index: number): Execution | undefined {
  const action = execution.actions[index];
  if (!action) return undefined;
  try {
    const { functionName, args } = decodeFunctionData({ abi: daoAbi, data: action.data });
    if (functionName !== 'execute') return undefined;
    const [, actions, allowFailureMap] = args;
    return { dao: getAddress(action.to), from: execution.dao, actions, allowFailureMap, gas: execution.gas };
  } catch {
    return undefined;
  }
}
