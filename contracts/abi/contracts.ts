import { coveyTokenAbi } from './coveyToken.ts';
import { daoAbi } from './dao.ts';
import type { Deployment } from './deployment.ts';
import { emissionAbi } from './emission.ts';
import { modelMarketAbi } from './modelMarket.ts';
import { pluginSetupProcessorAbi } from './pluginSetupProcessor.ts';
import { policyAbi } from './policy.ts';
import { rewardDistributorAbi } from './rewardDistributor.ts';
import { roundManagerAbi } from './roundManager.ts';
import { slashCourtAbi } from './slashCourt.ts';
import { snapshotVotingAbi } from './snapshotVoting.ts';
import { stakeManagerAbi } from './stakeManager.ts';
import { taskManagerAbi } from './taskManager.ts';
import { tokenVotingAbi } from './tokenVoting.ts';
import { voteEscrowAbi } from './voteEscrow.ts';

/** Contracts that a deployment names. */
export type ContractName = Exclude<keyof Deployment, 'chainId' | 'startBlock'>;

/** The ABI of each contract of a deployment, under the name that it has there. */
export const contractAbis = {
  dao: daoAbi,
  tokenVoting: tokenVotingAbi,
  pluginSetupProcessor: pluginSetupProcessorAbi,
  token: coveyTokenAbi,
  policy: policyAbi,
  stakeManager: stakeManagerAbi,
  taskManager: taskManagerAbi,
  roundManager: roundManagerAbi,
  rewardDistributor: rewardDistributorAbi,
  slashCourt: slashCourtAbi,
  modelMarket: modelMarketAbi,
  voteEscrow: voteEscrowAbi,
  emission: emissionAbi,
  snapshotVoting: snapshotVotingAbi,
} as const satisfies Record<ContractName, unknown>;

export const contractNames = Object.keys(contractAbis) as ContractName[];

/** The contract of a deployment that has this address. */
export const contractAt = (deployment: Deployment, address: string): ContractName | undefined =>
  contractNames.find((name) => deployment[name]?.toLowerCase() === address.toLowerCase());
