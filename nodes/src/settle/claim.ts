import { rewardDistributorAbi, type Deployment } from '@covey/contracts/abi';
import { isAddressEqual, parseEventLogs, type Address } from 'viem';
import { readRound, readValidators } from '../chain/read-round.ts';
import type { Sender, Sent } from '../chain/sender.ts';
import type { ContentReader } from '../content/content-store.ts';
import { isRevert, NodeError } from '../errors.ts';
import { readAcceptedDocument } from './accepted-document.ts';

/** Amounts in wei; node = total − delegators = unlocked + vesting. */
export interface Payout {
  total: bigint;
  node: bigint;
  delegators: bigint;
  unlocked: bigint;
  vesting: bigint;
}

export interface ClaimParameters {
  taskId: bigint;
  round: number;
  /** Who is paid; anyone may send the claim. */
  node: Address;
}

/** Claims a training node's reward; null when it earned none or was paid before. */
export async function claimTrainer(
  sender: Sender,
  deployment: Deployment,
  reader: ContentReader,
  { taskId, round, node }: ClaimParameters,
): Promise<(Sent & { payout: Payout }) | null> {
  if (await isClaimed(sender, deployment, { taskId, round, node }, false)) return null;
  const { claims } = await readAcceptedDocument(sender.publicClient, deployment, reader, taskId, round);
  const claim = claims.find(({ leaf }) => isAddressEqual(leaf.node, node));
  if (!claim) return null;
  const sent = await sender
    .send({
      address: deployment.rewardDistributor,
      abi: rewardDistributorAbi,
      functionName: 'claimTrainer',
      args: [taskId, round, claim.leaf, claim.proof],
    })
    .catch(nullIfClaimed);
  if (!sent) return null;
  const [event] = parseEventLogs({ abi: rewardDistributorAbi, eventName: 'TrainerClaimed', logs: sent.logs });
  if (!event) throw new NodeError('TRANSACTION_FAILED', 'claimTrainer emitted no TrainerClaimed.', { got: sent.tx });
  return { ...sent, payout: event.args.payout };
}

/** Claims a validator's reward; null when it did not agree or was paid before. */
export async function claimValidator(
  sender: Sender,
  deployment: Deployment,
  { taskId, round, node }: ClaimParameters,
): Promise<(Sent & { payout: Payout }) | null> {
  if (await isClaimed(sender, deployment, { taskId, round, node }, true)) return null;
  const { acceptedHash } = await readRound(sender.publicClient, deployment, taskId, round);
  const entries = await readValidators(sender.publicClient, deployment, taskId, round);
  const entry = entries.find(({ address }) => isAddressEqual(address, node));
  if (!entry?.resultHash || entry.resultHash !== acceptedHash) return null;
  const sent = await sender
    .send({
      address: deployment.rewardDistributor,
      abi: rewardDistributorAbi,
      functionName: 'claimValidator',
      args: [taskId, round, node],
    })
    .catch(nullIfClaimed);
  if (!sent) return null;
  const [event] = parseEventLogs({ abi: rewardDistributorAbi, eventName: 'ValidatorClaimed', logs: sent.logs });
  if (!event)
    throw new NodeError('TRANSACTION_FAILED', 'claimValidator emitted no ValidatorClaimed.', { got: sent.tx });
  return { ...sent, payout: event.args.payout };
}

/** Pays out what has vested of a training node's reward; null when that is nothing now. */
export async function releaseVested(
  sender: Sender,
  deployment: Deployment,
  { taskId, round, node }: ClaimParameters,
): Promise<(Sent & { amount: bigint }) | null> {
  const sent = await sender
    .send({
      address: deployment.rewardDistributor,
      abi: rewardDistributorAbi,
      functionName: 'release',
      args: [taskId, round, node],
    })
    .catch((error: unknown) => {
      if (isRevert(error, 'NothingToRelease')) return null;
      throw error;
    });
  if (!sent) return null;
  const [event] = parseEventLogs({ abi: rewardDistributorAbi, eventName: 'Released', logs: sent.logs });
  return { ...sent, amount: event?.args.amount ?? 0n };
}

async function isClaimed(sender: Sender, deployment: Deployment, p: ClaimParameters, asValidator: boolean) {
  return await sender.publicClient.readContract({
    address: deployment.rewardDistributor,
    abi: rewardDistributorAbi,
    functionName: 'claimed',
    args: [p.taskId, p.round, p.node, asValidator],
  });
}

/** Anyone may claim for a node: being second is no failure. */
function nullIfClaimed(error: unknown): null {
  if (isRevert(error, 'AlreadyClaimed')) return null;
  throw error;
}
