import { rewardDistributorAbi, type Deployment } from '@covey/contracts/abi';
import type { PublicClient } from 'viem';
import { chainError } from '../chain/contract-error.ts';
import { readPolicy } from '../chain/read-policy.ts';
import { readValidators } from '../chain/read-validators.ts';
import type { ContentReader, GetOptions } from '../content/content-store.ts';
import { readAcceptedDocument } from './accepted-document.ts';

/** Everything that an accepted round's settlement depends on, from chain and content. */
export async function readSettlementInputs(
  publicClient: PublicClient,
  deployment: Deployment,
  reader: ContentReader,
  taskId: bigint,
  round: number,
  options: GetOptions = {},
) {
  const accepted = await readAcceptedDocument(publicClient, deployment, reader, taskId, round, options);
  const { info } = accepted;
  const [policy, validators, rewards] = await Promise.all([
    readPolicy(publicClient, deployment, info.policyVersion),
    readValidators(publicClient, deployment, info),
    readRewards(publicClient, deployment, taskId, round),
  ]);
  const pool = rewards.opened ? rewards.pool : info.pool;
  return { ...accepted, policy, validators, rewards, pool };
}

async function readRewards(publicClient: PublicClient, deployment: Deployment, taskId: bigint, round: number) {
  try {
    return await publicClient.readContract({
      address: deployment.rewardDistributor,
      abi: rewardDistributorAbi,
      functionName: 'rewards',
      args: [taskId, round],
    });
  } catch (cause) {
    throw chainError(cause, `reading the rewards of round ${round} of task ${taskId}`);
  }
}
