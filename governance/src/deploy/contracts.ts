import type { Address, Hex } from 'viem';
import {
  answerCasesAbi,
  attestationsAbi,
  coveyTokenAbi,
  emissionAbi,
  hostRegistryAbi,
  inferenceChannelsAbi,
  inferenceDeskAbi,
  keyEscrowAbi,
  modelMarketAbi,
  policyAbi,
  resultsAbi,
  rewardDistributorAbi,
  roundManagerAbi,
  slashCourtAbi,
  stakeManagerAbi,
  submissionsAbi,
  taskManagerAbi,
  voteEscrowAbi,
} from '@covey/contracts/abi';
import { answerCasesBytecode } from '@covey/contracts/abi/bytecode/answer-cases';
import { attestationsBytecode } from '@covey/contracts/abi/bytecode/attestations';
import { coveyTokenBytecode } from '@covey/contracts/abi/bytecode/covey-token';
import { emissionBytecode } from '@covey/contracts/abi/bytecode/emission';
import { hostRegistryBytecode } from '@covey/contracts/abi/bytecode/host-registry';
import { inferenceChannelsBytecode } from '@covey/contracts/abi/bytecode/inference-channels';
import { inferenceDeskBytecode } from '@covey/contracts/abi/bytecode/inference-desk';
import { keyEscrowBytecode } from '@covey/contracts/abi/bytecode/key-escrow';
import { modelMarketBytecode } from '@covey/contracts/abi/bytecode/model-market';
import { policyBytecode } from '@covey/contracts/abi/bytecode/policy';
import { resultsBytecode } from '@covey/contracts/abi/bytecode/results';
import { rewardDistributorBytecode } from '@covey/contracts/abi/bytecode/reward-distributor';
import { roundManagerBytecode } from '@covey/contracts/abi/bytecode/round-manager';
import { slashCourtBytecode } from '@covey/contracts/abi/bytecode/slash-court';
import { stakeManagerBytecode } from '@covey/contracts/abi/bytecode/stake-manager';
import { submissionsBytecode } from '@covey/contracts/abi/bytecode/submissions';
import { taskManagerBytecode } from '@covey/contracts/abi/bytecode/task-manager';
import { voteEscrowBytecode } from '@covey/contracts/abi/bytecode/vote-escrow';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { WriteClient } from '@covey/client';
import { createBeacon } from './beacon.ts';
import type { BeaconParameters } from './beacon.ts';
import { create } from './create.ts';

/** Who the tokens belong to when the token is created. The community share is minted later, by the emission. */
export interface Genesis {
  /** Owners of the three vesting wallets. */
  team: Address;
  investors: Address;
  ecosystem: Address;
  /** Held from the first day; amounts in wei, which together have to be `liquidAtGenesis`. */
  liquid: readonly { recipient: Address; amount: bigint }[];
}

type Contracts = Omit<Deployment, 'chainId' | 'startBlock' | 'dao' | 'tokenVoting' | 'pluginSetupProcessor'>;

/** Creates every contract, in an order in which each can name those that it trusts. */
export async function deployContracts(
  client: WriteClient,
  p: { dao: Address; genesis: Genesis; scorer: Hex; beacon: BeaconParameters; policyValues: readonly bigint[] },
): Promise<Contracts> {
  const { dao } = p;
  const { team, investors, ecosystem, liquid } = p.genesis;
  const token = await create(client, {
    abi: coveyTokenAbi,
    bytecode: coveyTokenBytecode,
    args: [dao, { team, investors, ecosystem }, liquid],
    what: 'CoveyToken',
  });
  const policy = await create(client, {
    abi: policyAbi,
    bytecode: policyBytecode,
    args: [dao, p.scorer, p.policyValues],
    what: 'Policy',
  });
  const stakeManager = await create(client, {
    abi: stakeManagerAbi,
    bytecode: stakeManagerBytecode,
    args: [dao, token, policy],
    what: 'StakeManager',
  });
  const taskManager = await create(client, {
    abi: taskManagerAbi,
    bytecode: taskManagerBytecode,
    args: [dao, token, policy],
    what: 'TaskManager',
  });
  const beacon = await createBeacon(client, p.beacon);
  const roundManager = await create(client, {
    abi: roundManagerAbi,
    bytecode: roundManagerBytecode,
    args: [dao, policy, stakeManager, taskManager, beacon],
    what: 'RoundManager',
  });
  const submissions = await create(client, {
    abi: submissionsAbi,
    bytecode: submissionsBytecode,
    args: [roundManager, taskManager],
    what: 'Submissions',
  });
  const attestations = await create(client, {
    abi: attestationsAbi,
    bytecode: attestationsBytecode,
    args: [roundManager, submissions, taskManager],
    what: 'Attestations',
  });
  const results = await create(client, {
    abi: resultsAbi,
    bytecode: resultsBytecode,
    args: [dao, token, policy, taskManager, roundManager, submissions, attestations],
    what: 'Results',
  });
  const rewardDistributor = await create(client, {
    abi: rewardDistributorAbi,
    bytecode: rewardDistributorBytecode,
    args: [dao, token, policy, taskManager, roundManager, submissions, results, stakeManager],
    what: 'RewardDistributor',
  });
  const slashCourt = await create(client, {
    abi: slashCourtAbi,
    bytecode: slashCourtBytecode,
    args: [dao, token, policy, stakeManager, roundManager, submissions, attestations, results],
    what: 'SlashCourt',
  });
  const modelMarket = await create(client, {
    abi: modelMarketAbi,
    bytecode: modelMarketBytecode,
    args: [dao, token, policy, taskManager, roundManager, results, rewardDistributor],
    what: 'ModelMarket',
  });
  const keyEscrow = await create(client, {
    abi: keyEscrowAbi,
    bytecode: keyEscrowBytecode,
    args: [dao, token, policy, modelMarket],
    what: 'KeyEscrow',
  });
  const hostRegistry = await create(client, {
    abi: hostRegistryAbi,
    bytecode: hostRegistryBytecode,
    args: [dao, policy, stakeManager],
    what: 'HostRegistry',
  });
  const inferenceChannels = await create(client, {
    abi: inferenceChannelsAbi,
    bytecode: inferenceChannelsBytecode,
    args: [dao, token, policy, hostRegistry],
    what: 'InferenceChannels',
  });
  const answerCases = await create(client, {
    abi: answerCasesAbi,
    bytecode: answerCasesBytecode,
    args: [dao, token, policy, stakeManager, hostRegistry],
    what: 'AnswerCases',
  });
  const inferenceDesk = await create(client, {
    abi: inferenceDeskAbi,
    bytecode: inferenceDeskBytecode,
    args: [dao, token, policy, hostRegistry, answerCases],
    what: 'InferenceDesk',
  });
  const voteEscrow = await create(client, {
    abi: voteEscrowAbi,
    bytecode: voteEscrowBytecode,
    args: [dao, token],
    what: 'VoteEscrow',
  });
  const emission = await create(client, {
    abi: emissionAbi,
    bytecode: emissionBytecode,
    args: [dao, token, policy, stakeManager, taskManager, roundManager, results, rewardDistributor],
    what: 'Emission',
  });
  return {
    token,
    policy,
    stakeManager,
    taskManager,
    roundManager,
    submissions,
    attestations,
    results,
    rewardDistributor,
    slashCourt,
    modelMarket,
    keyEscrow,
    hostRegistry,
    inferenceChannels,
    answerCases,
    inferenceDesk,
    voteEscrow,
    emission,
    beacon,
    beaconKind: p.beacon.kind,
  };
}
