import type { CoveyChain } from '../chain/chain.ts';
import { rewardDistributorAbi } from '@covey/contracts/abi';
import { chainError } from '../chain/contract-error.ts';
import { readPolicy } from '../chain/read-policy.ts';
import { readValidators } from '../chain/read-validators.ts';
import type { ContentReader, GetOptions } from '../content/content-store.ts';
import { readAcceptedDocument } from './accepted-document.ts';

/** Everything that an accepted round's settlement depends on, from chain and content. */
export async function readSettlementInputs(
  covey: CoveyChain,
  reader: ContentReader,
  taskId: bigint,
  round: number,
  options: GetOptions = {},
) {
  const accepted = await readAcceptedDocument(covey, reader, taskId, round, options);
  const { info } = accepted;
  const [policy, validators, rewards] = await Promise.all([
    readPolicy(covey, info.policyVersion),
    readValidators(covey, info),
    readRewards(covey, taskId, round),
  ]);
  const pool = rewards.opened ? rewards.pool : info.pool;
  return { ...accepted, policy, validators, rewards, pool };
}

async function readRewards(covey: CoveyChain, taskId: bigint, round: number) {
  try {
    return await covey.publicClient.readContract({
      address: covey.deployment.rewardDistributor,
      abi: rewardDistributorAbi,
      functionName: 'rewards',
      args: [taskId, round],
    });
  } catch (cause) {
    throw chainError(cause, `reading the rewards of round ${round} of task ${taskId}`);
  }
}
