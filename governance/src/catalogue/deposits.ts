import { encodeFunctionData } from 'viem';
import { stakeManagerAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { Action } from './action.ts';

/** Contracts whose deposits the DAO can stop for a while; exits never. */
export const pausableContracts = [
  'stakeManager',
  'voteEscrow',
  'taskManager',
  'modelMarket',
  'keyEscrow',
  'inferenceChannels',
  'inferenceDesk',
] as const;
export type PausableContract = (typeof pausableContracts)[number];

/** Refuses new deposits until then, unix seconds; at most 30 days from the execution. All share the function. */
export const pauseDeposits = (
  deployment: Pick<Deployment, PausableContract>,
  { contract, until }: { contract: PausableContract; until: number },
): Action => ({
  to: deployment[contract],
  value: 0n,
  data: encodeFunctionData({ abi: stakeManagerAbi, functionName: 'pauseDeposits', args: [until] }),
});

/** Takes deposits again before the pause ends by itself. */
export const resumeDeposits = (deployment: Pick<Deployment, PausableContract>, contract: PausableContract): Action => ({
  to: deployment[contract],
  value: 0n,
  data: encodeFunctionData({ abi: stakeManagerAbi, functionName: 'resumeDeposits' }),
});
