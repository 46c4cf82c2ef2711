import type { CoveyWriter } from '../chain/chain.ts';
import { ignoring } from '../chain/contract-error.ts';
import { eventIn } from '../chain/event-in.ts';
import { resultsAbi, rewardDistributorAbi } from '@covey/contracts/abi';
import type { Claim, Payout } from '@covey/protocol';
import { isAddressEqual, parseEventLogs, type Address, type Hex } from 'viem';
import { readSubmissionOf } from '../chain/read-submissions.ts';
import { hasRevealed } from '../chain/read-validators.ts';
import type { Sent } from '../chain/sender.ts';
import type { ContentReader } from '../content/content-store.ts';
import { readAcceptedDocument } from './accepted-document.ts';

export interface ClaimParameters {
  taskId: bigint;
  round: number;
  /** Who is paid; anyone may send the claim. */
  node: Address;
}

/** Claims a training node's reward; null when it earned none or was paid before. */
export async function claimTrainer(
  covey: CoveyWriter,
  reader: ContentReader,
  { taskId, round, node }: ClaimParameters,
): Promise<(Sent & { payout: Payout }) | null> {
  if (await isClaimed(covey, { taskId, round, node }, false)) return null;
  const { claims } = await readAcceptedDocument(covey, reader, taskId, round);
  const claim = claims.find(({ leaf }) => isAddressEqual(leaf.node, node));
  if (!claim) return null;
  // Anyone may claim for a node: being second is no failure.
  const sent = await ignoring(['AlreadyClaimed'], () =>
    covey.sender.send({
      address: covey.deployment.rewardDistributor,
      abi: rewardDistributorAbi,
      functionName: 'claimTrainer',
      args: [taskId, round, claim.leaf, claim.proof],
    }),
  );
  if (!sent) return null;
  const { payout } = eventIn(
    sent.receipt,
    covey.deployment.rewardDistributor,
    rewardDistributorAbi,
    'TrainerClaimed',
  ).args;
  return { ...sent, payout };
}

/** Claims a validator's reward; null when it did not agree or was paid before. */
export async function claimValidator(
  covey: CoveyWriter,
  { taskId, round, node }: ClaimParameters,
): Promise<(Sent & { payout: Payout }) | null> {
  if (await isClaimed(covey, { taskId, round, node }, true)) return null;
  if (!(await agreed(covey, { taskId, round, node }))) return null;
  // Anyone may claim for a node: being second is no failure.
  const sent = await ignoring(['AlreadyClaimed'], () =>
    covey.sender.send({
      address: covey.deployment.rewardDistributor,
      abi: rewardDistributorAbi,
      functionName: 'claimValidator',
      args: [taskId, round, node],
    }),
  );
  if (!sent) return null;
  const { payout } = eventIn(
    sent.receipt,
    covey.deployment.rewardDistributor,
    rewardDistributorAbi,
    'ValidatorClaimed',
  ).args;
  return { ...sent, payout };
}

/** Whether a validator revealed the result that stands. */
async function agreed(covey: CoveyWriter, { taskId, round, node }: ClaimParameters) {
  const { accepted } = await covey.publicClient.readContract({
    address: covey.deployment.results,
    abi: resultsAbi,
    functionName: 'roundResult',
    args: [taskId, round],
  });
  return await hasRevealed(covey, { taskId, round }, node, accepted);
}

/** Pays out what has vested of a training node's reward; null when that is nothing now. */
export async function releaseVested(
  covey: CoveyWriter,
  { taskId, round, node }: ClaimParameters,
): Promise<(Sent & { amount: bigint }) | null> {
  const sent = await ignoring(['NothingToRelease'], () =>
    covey.sender.send({
      address: covey.deployment.rewardDistributor,
      abi: rewardDistributorAbi,
      functionName: 'release',
      args: [taskId, round, node],
    }),
  );
  if (!sent) return null;
  const { amount } = eventIn(sent.receipt, covey.deployment.rewardDistributor, rewardDistributorAbi, 'Released').args;
  return { ...sent, amount };
}

async function isClaimed(covey: CoveyWriter, p: ClaimParameters, asValidator: boolean) {
  return await covey.publicClient.readContract({
    address: covey.deployment.rewardDistributor,
    abi: rewardDistributorAbi,
    functionName: 'claimed',
    args: [p.taskId, p.round, p.node, asValidator],
  });
}

export interface ClaimedAll {
  trainer: { taskId: bigint; round: number; payout: Payout }[];
  validator: { taskId: bigint; round: number; payout: Payout }[];
  released: { taskId: bigint; round: number; amount: bigint }[];
  sent: Sent[];
}

/** Rounds a transaction, so that none outgrows a block: a training claim costs up to 100,000 gas. */
const roundsAtOnce = 32;

/** Claims everything that a node can claim of these rounds, with one transfer for each 32 of them. */
export async function claimAll(
  covey: CoveyWriter,
  reader: ContentReader,
  node: Address,
  rounds: readonly { taskId: bigint; round: number }[],
): Promise<ClaimedAll> {
  const all: ClaimedAll = { trainer: [], validator: [], released: [], sent: [] };
  for (let start = 0; start < rounds.length; start += roundsAtOnce) {
    const trainer: { taskId: bigint; round: number; leaf: Claim['leaf']; proof: Hex[] }[] = [];
    const validator: { taskId: bigint; round: number }[] = [];
    const vested: { taskId: bigint; round: number }[] = [];
    for (const { taskId, round } of rounds.slice(start, start + roundsAtOnce)) {
      const due = await readDue(covey, reader, { taskId, round, node });
      if (due.trainer) trainer.push({ taskId, round, ...due.trainer });
      if (due.validator) validator.push({ taskId, round });
      if (due.vested) vested.push({ taskId, round });
    }
    if (trainer.length + validator.length + vested.length === 0) continue;
    const sent = await covey.sender.send({
      address: covey.deployment.rewardDistributor,
      abi: rewardDistributorAbi,
      functionName: 'claimMany',
      args: [node, trainer, validator, vested],
    });
    const logs = { abi: rewardDistributorAbi, logs: sent.logs, strict: true } as const;
    const where = ({ taskId, round }: { taskId: bigint; round: number }) => ({ taskId, round });
    for (const { args } of parseEventLogs({ ...logs, eventName: 'TrainerClaimed' }))
      all.trainer.push({ ...where(args), payout: args.payout });
    for (const { args } of parseEventLogs({ ...logs, eventName: 'ValidatorClaimed' }))
      all.validator.push({ ...where(args), payout: args.payout });
    for (const { args } of parseEventLogs({ ...logs, eventName: 'Released' }))
      all.released.push({ ...where(args), amount: args.amount });
    all.sent.push(sent);
  }
  return all;
}

/** What a node could claim of one round now. */
async function readDue(
  covey: CoveyWriter,
  reader: ContentReader,
  p: ClaimParameters,
): Promise<{ trainer: Claim | null; validator: boolean; vested: boolean }> {
  const { publicClient } = covey;
  const { taskId, round, node } = p;
  const contract = { address: covey.deployment.rewardDistributor, abi: rewardDistributorAbi } as const;
  const { opened } = await publicClient.readContract({ ...contract, functionName: 'rewards', args: [taskId, round] });
  if (!opened) return { trainer: null, validator: false, vested: false };
  const [asTrainer, asValidator, submission, releasable] = await Promise.all([
    isClaimed(covey, p, false),
    isClaimed(covey, p, true),
    readSubmissionOf(covey, taskId, round, node),
    publicClient.readContract({ ...contract, functionName: 'releasable', args: [taskId, round, node] }),
  ]);
  const claim = async () => {
    const { claims } = await readAcceptedDocument(covey, reader, taskId, round);
    return claims.find(({ leaf }) => isAddressEqual(leaf.node, node)) ?? null;
  };
  return {
    trainer: !asTrainer && submission !== null && submission.index !== null ? await claim() : null,
    validator: !asValidator && (await agreed(covey, p)),
    vested: releasable > 0n,
  };
}
