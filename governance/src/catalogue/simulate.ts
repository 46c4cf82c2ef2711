import type { Hex } from 'viem';
import { call, simulateContract } from 'viem/actions';
import { daoAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { ReadClient } from '../client.ts';
import { callError, revertOf, showRevert } from '../revert.ts';
import type { Action } from './action.ts';

export interface SimulationSuccess {
  ok: true;
  /** What each call returned. */
  results: readonly Hex[];
}

export interface SimulationFailure {
  ok: false;
  /** The action that fails and with it undoes all; undefined when the execution fails as a whole. */
  index?: number;
  /** The contract's own error, as far as it can be named. */
  reason: string;
}

export type Simulation = SimulationSuccess | SimulationFailure;

const noCallId = `0x${'00'.repeat(32)}` as const;

/**
 * Runs the calls as the DAO would, all of them in their order, on the state of now, and changes nothing. Time and
 * other proposals can still change the outcome until a vote is executed.
 */
export async function simulateActions(
  actions: readonly Action[],
  deployment: Pick<Deployment, 'dao' | 'tokenVoting'>,
  read: ReadClient,
): Promise<Simulation> {
  try {
    const { result } = await simulateContract(read, {
      address: deployment.dao,
      abi: daoAbi,
      functionName: 'execute',
      args: [noCallId, actions, 0n],
      account: deployment.tokenVoting, // who has the permission; a simulation needs no signature
      gasPrice: 0n, // and it has no coins to pay with
    });
    return { ok: true, results: result[0] };
  } catch (error) {
    const revert = revertOf(error, daoAbi);
    if (!revert) return { ok: false, reason: callError(error, 'The execution').message };
    if (revert.name !== 'ActionFailed') return { ok: false, reason: showRevert(revert) };
    const index = Number(revert.args[0]);
    return { ok: false, index, reason: await reasonOf(actions[index], deployment, read) };
  }
}

/** The DAO reports only which call failed; why, the call itself says. Alone it may fail for another reason, or not. */
async function reasonOf(
  action: Action | undefined,
  { dao }: Pick<Deployment, 'dao'>,
  read: ReadClient,
): Promise<string> {
  const unknown = 'The call fails after the ones before it.';
  if (!action) return unknown;
  try {
    await call(read, { account: dao, to: action.to, value: action.value, data: action.data, gasPrice: 0n });
    return unknown;
  } catch (error) {
    const revert = revertOf(error);
    return revert ? showRevert(revert) : callError(error, 'The call').message;
  }
}
