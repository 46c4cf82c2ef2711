import { rewardDistributorAbi, type Deployment } from '@covey/contracts/abi';
import { settleRound, type ResultDocument, type RoundSettlement } from '@covey/protocol';
import type { PublicClient } from 'viem';
import { readPolicy } from '../chain/read-policy.ts';
import { readValidators } from '../chain/read-validators.ts';
import type { ContentReader } from '../content/content-store.ts';
import { readAcceptedDocument } from './accepted-document.ts';

export interface SettlementOnChain extends RoundSettlement {
  pool: bigint;
  document: ResultDocument;
}

/**
 * What an accepted round pays to whom, recomputed here from chain and content: pool and stakes from the chain, weights
 * from the accepted document, arithmetic from the protocol.
 */
export async function settleFromChain(
  publicClient: PublicClient,
  deployment: Deployment,
  reader: ContentReader,
  taskId: bigint,
  round: number,
): Promise<SettlementOnChain> {
  const { info, document } = await readAcceptedDocument(publicClient, deployment, reader, taskId, round);
  const [policy, validators, rewards] = await Promise.all([
    readPolicy(publicClient, deployment, info.policyVersion),
    readValidators(publicClient, deployment, info),
    publicClient.readContract({
      address: deployment.rewardDistributor,
      abi: rewardDistributorAbi,
      functionName: 'rewards',
      args: [taskId, round],
    }),
  ]);
  const pool = rewards.opened ? rewards.pool : info.pool;
  const settlement = settleRound({
    document,
    validators: validators
      .filter(({ resultHash }) => resultHash === info.acceptedHash)
      .map(({ address, stake }) => ({ validator: address, stake })),
    pool,
    policy,
  });
  return { ...settlement, pool, document };
}
