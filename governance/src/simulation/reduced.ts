import { BaseError, numberToHex } from 'viem';
import type { Hex } from 'viem';
import { revertDataOf } from '@covey/client';
import type { ReadClient } from '@covey/client';
import { isGovernanceError } from '../errors.ts';
import { explainFailure, executeCall } from './execution.ts';
import type { Execution } from './execution.ts';
import type { SimulationFailure } from './report.ts';
import { bounded } from './simulate-block.ts';
import type { BlockCall, BlockSetting, CallOutcome } from './simulate-block.ts';

/** What a plain call can tell where a simulated block cannot be had: whether the execution works, and if not, why. */
export async function reducedSimulation(
  client: ReadClient,
  execution: Execution,
  block: BlockSetting,
  movesTime: boolean,
): Promise<{ failure?: SimulationFailure }> {
  const run = async (calls: readonly BlockCall[]): Promise<CallOutcome[]> => {
    const last = calls[calls.length - 1];
    // Calls of one simulated block share their state, which `eth_call` cannot do.
    if (!last || calls.length > 1) return [];
    return [await plainCall(client, last, block, movesTime)];
  };
  const [outcome] = await run([executeCall(execution)]);
  const failure = outcome && !outcome.ok ? await explainFailure(execution, outcome, run) : undefined;
  return failure ? { failure } : {};
}

async function plainCall(
  client: ReadClient,
  call: BlockCall,
  block: BlockSetting,
  movesTime: boolean,
): Promise<CallOutcome> {
  const params = [
    { from: call.from, to: call.to, data: call.data, gas: numberToHex(call.gas) },
    numberToHex(block.parent),
    ...(movesTime ? [{}, { time: numberToHex(block.time) }] : []),
  ];
  try {
    const data = await bounded(client.request({ method: 'eth_call', params } as never) as Promise<Hex>, block);
    return { ok: true, data, gasUsed: 0n, logs: [] };
  } catch (error) {
    if (isGovernanceError(error) || !(error instanceof BaseError)) throw error;
    return { ok: false, data: revertDataOf(error) ?? '0x', gasUsed: 0n, logs: [], message: error.details };
  }
}
