import { resultsAbi } from '@covey/contracts/abi';
import { getAddress, type Address } from 'viem';
import type { CoveyChain } from '../chain/chain.ts';
import { chainError } from '../chain/contract-error.ts';
import { readCandidates } from '../chain/read-candidates.ts';
import { readClaims } from '../chain/read-rewards.ts';
import { roundEvents } from '../chain/read-round.ts';
import { readStakeInRound } from '../chain/read-stake.ts';
import { readTask } from '../chain/read-task.ts';
import type { ContentReader, GetOptions } from '../content/content-store.ts';
import { settleInputs, type SettlementInputs } from '../settle/settle-on-chain.ts';
import { readSettlementInputs } from '../settle/settlement-inputs.ts';
import { readEmissionOf } from './read-round-emission.ts';
import type { PaidOnChain, ReplayCandidate, ReplayRound } from './types.ts';

/** An accepted round with all that settling it again takes, and what the chain says was paid for it. */
export async function readReplayRound(
  covey: CoveyChain,
  reader: ContentReader,
  { taskId, round }: { taskId: bigint; round: number },
  options: GetOptions = {},
): Promise<ReplayRound> {
  const [inputs, task] = await Promise.all([
    readSettlementInputs(covey, reader, taskId, round, options),
    readTask(covey, taskId),
  ]);
  const { info, document, submissions, validators, policy } = inputs;
  const [paid, ruled, trainers, emission] = await Promise.all([
    readPaid(covey, inputs),
    isRuled(covey, inputs),
    readTrainers(covey, inputs),
    readEmissionOf(covey, inputs, task.multiplier),
  ]);
  return {
    taskId,
    round,
    mode: document.mode,
    ranking: document.ranking,
    policyVersion: info.policyVersion,
    policy,
    minTrainerStake: task.minTrainerStake,
    minValidatorStake: task.minValidatorStake,
    funds: info.pool,
    trainerSeats: info.trainerSeats,
    validatorSeats: info.validatorSeats,
    trainerSeed: info.trainerSeed,
    validatorSeed: info.validatorSeed,
    baselineLoss: document.baseline === null ? null : BigInt(document.baseline.loss),
    trainers,
    submissions: document.submissions.map(({ index, node, seats, verdict, loss, contribution, weight }) => ({
      index,
      node,
      seats,
      verdict,
      loss: loss === null ? null : BigInt(loss),
      contribution: contribution === null ? null : BigInt(contribution),
      weight: BigInt(weight),
      stake: submissions[index]!.stake,
    })),
    validators: validators.map(({ address, seats, missing, resultHash, stake }) => ({
      node: address,
      seats,
      missing,
      revealed: resultHash !== null,
      agreed: resultHash !== null && resultHash === info.acceptedHash,
      stake,
    })),
    stakeBehind: inputs.stakeBehind,
    paid,
    ruled,
    emission,
  };
}

async function readTrainers(covey: CoveyChain, { info }: SettlementInputs): Promise<ReplayCandidate[]> {
  const candidates = await readCandidates(covey, info, 'trainer');
  return await Promise.all(
    candidates.map(async ({ node, seats, ratio }) => ({
      node,
      seats,
      stake: await readStakeInRound(covey, info, { node, ratio }),
    })),
  );
}

/** Whether what stands is what the DAO ruled. */
async function isRuled(covey: CoveyChain, { info }: SettlementInputs): Promise<boolean> {
  try {
    const rulings = await covey.events({
      address: covey.deployment.results,
      abi: resultsAbi,
      eventName: 'ResultRuled',
      ...roundEvents(info),
    });
    return rulings.some(({ args }) => args.resultHash === info.acceptedHash);
  } catch (cause) {
    throw chainError(cause, `reading the ruling of round ${info.round} of task ${info.taskId}`);
  }
}

/**
 * What everybody was paid, by the events of their claims, which add up to what the contract paid. What nobody has claimed
 * yet is what a claim would pay, recomputed.
 */
async function readPaid(covey: CoveyChain, inputs: SettlementInputs): Promise<PaidOnChain[]> {
  const claims = await readClaims(covey, inputs.info);
  const claimed = claims.map((claim): PaidOnChain => ({ ...claim, source: 'claimed' }));
  if (!inputs.rewards.opened) return claimed;
  const done = new Set(claimed.map(({ role, node }) => `${role} ${node}`));
  const { trainers, validators } = settleInputs(inputs);
  const all: PaidOnChain[] = [
    ...trainers.map(({ node, payout }) => claimableOf('trainer', node, payout)),
    ...validators.map(({ validator, payout }) => claimableOf('validator', validator, payout)),
  ];
  return [...claimed, ...all.filter(({ role, node }) => !done.has(`${role} ${node}`))];
}

const claimableOf = (role: PaidOnChain['role'], node: Address, payout: PaidOnChain['payout']): PaidOnChain => ({
  role,
  node: getAddress(node),
  payout,
  source: 'claimable',
});
