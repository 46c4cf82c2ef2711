import { answerCasesAbi } from './answer-cases.ts';
import { attestationsAbi } from './attestations.ts';
import { coveyTokenAbi } from './covey-token.ts';
import { beaconAbi } from './beacon.ts';
import { daoAbi } from './dao.ts';
import type { Deployment } from './deployment.ts';
import { emissionAbi } from './emission.ts';
import { hostRegistryAbi } from './host-registry.ts';
import { inferenceChannelsAbi } from './inference-channels.ts';
import { inferenceDeskAbi } from './inference-desk.ts';
import { keyEscrowAbi } from './key-escrow.ts';
import { modelMarketAbi } from './model-market.ts';
import { pluginSetupProcessorAbi } from './plugin-setup-processor.ts';
import { policyAbi } from './policy.ts';
import { resultsAbi } from './results.ts';
import { rewardDistributorAbi } from './reward-distributor.ts';
import { roundManagerAbi } from './round-manager.ts';
import { slashCourtAbi } from './slash-court.ts';
import { snapshotVotingAbi } from './snapshot-voting.ts';
import { stakeManagerAbi } from './stake-manager.ts';
import { submissionsAbi } from './submissions.ts';
import { taskManagerAbi } from './task-manager.ts';
import { tokenVotingAbi } from './token-voting.ts';
import { voteEscrowAbi } from './vote-escrow.ts';

/** Contracts that a deployment names. */
export type ContractName = Exclude<keyof Deployment, 'chainId' | 'startBlock' | 'beaconKind'>;

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
  submissions: submissionsAbi,
  attestations: attestationsAbi,
  results: resultsAbi,
  rewardDistributor: rewardDistributorAbi,
  slashCourt: slashCourtAbi,
  modelMarket: modelMarketAbi,
  keyEscrow: keyEscrowAbi,
  hostRegistry: hostRegistryAbi,
  inferenceChannels: inferenceChannelsAbi,
  answerCases: answerCasesAbi,
  inferenceDesk: inferenceDeskAbi,
  voteEscrow: voteEscrowAbi,
  emission: emissionAbi,
  beacon: beaconAbi,
  snapshotVoting: snapshotVotingAbi,
} as const satisfies Record<ContractName, unknown>;

export const contractNames = Object.keys(contractAbis) as ContractName[];

/** The contract of a deployment that has this address. */
export const contractAt = (deployment: Deployment, address: string): ContractName | undefined =>
  contractNames.find((name) => deployment[name]?.toLowerCase() === address.toLowerCase());
