import { chainError } from '../chain/contract-error.ts';
import { newestBlock } from '../chain/events.ts';
import { requireCount } from '../logs/check-counts.ts';
import { readSettlementInputs } from '../settle/settlement-inputs.ts';
import { readTask } from '../chain/read-task.ts';
import type { ContentReader, GetOptions } from '../content/content-store.ts';
import type { CoveyChain } from '../chain/chain.ts';
import { roundManagerAbi, rewardDistributorAbi } from '@covey/contracts/abi';
import type { PaidOnChain, ReplayRound } from './types.ts';
import { effectiveStake, indicesOf, ONE, payMember, stakePower } from '@covey/protocol';
import { getAddress, type Address } from 'viem';

type Inputs = Awaited<ReturnType<typeof readSettlementInputs>>;

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
  const { info, document, validators, policy, pool } = inputs;
  const [paid, ruled] = await Promise.all([readPaid(covey, inputs), isRuled(covey, inputs)]);
  return {
    taskId,
    round,
    mode: document.mode,
    ranking: document.ranking,
    policyVersion: info.policyVersion,
    policy,
    minTrainerStake: task.minTrainerStake,
    minValidatorStake: task.minValidatorStake,
    pool,
    seats: info.seats,
    baselineLoss: document.baseline === null ? null : BigInt(document.baseline.loss),
    submissions: document.submissions.map(({ index, node, verdict, loss, contribution, stake }) => ({
      index,
      node,
      verdict,
      loss: loss === null ? null : BigInt(loss),
      contribution: contribution === null ? null : BigInt(contribution),
      stake: { own: BigInt(stake.own), delegated: BigInt(stake.delegated), commission: BigInt(stake.commission) },
    })),
    validators: validators.map(({ address, seats, bitmap, resultHash, stake }) => ({
      validator: address,
      seats,
      available: bitmap === null ? null : new Set(indicesOf(bitmap)),
      revealed: resultHash !== null,
      agreed: resultHash !== null && resultHash === info.acceptedHash,
      stake,
    })),
    paid,
    ruled,
  };
}

const where = ({ info: { taskId, round, openedBlock } }: Inputs) => ({
  args: { taskId, round },
  fromBlock: openedBlock,
});

async function isRuled(covey: CoveyChain, inputs: Inputs): Promise<boolean> {
  try {
    const rulings = await covey.events({
      address: covey.deployment.roundManager,
      abi: roundManagerAbi,
      eventName: 'RoundRuled',
      ...where(inputs),
    });
    return rulings.some(({ args }) => args.resultHash === inputs.info.acceptedHash);
  } catch (cause) {
    throw chainError(cause, `reading the ruling of round ${inputs.info.round} of task ${inputs.info.taskId}`);
  }
}

/**
 * What everybody was paid, from the events of their claims, which add up to what the contract paid. What nobody has claimed yet is what a claim would pay: from
 * the pools, the proven weights and the sums that the contracts keep, and not from any ranking.
 */
async function readPaid(covey: CoveyChain, inputs: Inputs): Promise<PaidOnChain[]> {
  const { info, rewards } = inputs;
  const contract = { address: covey.deployment.rewardDistributor, abi: rewardDistributorAbi } as const;
  try {
    const block = await newestBlock(covey);
    const [asTrainer, asValidator, { paid }, agreement] = await Promise.all([
      covey.events({ ...contract, eventName: 'TrainerClaimed', ...where(inputs), toBlock: block }),
      covey.events({ ...contract, eventName: 'ValidatorClaimed', ...where(inputs), toBlock: block }),
      covey.publicClient.readContract({
        ...contract,
        functionName: 'rewards',
        args: [info.taskId, info.round],
        blockNumber: block,
      }),
      covey.publicClient.readContract({
        address: covey.deployment.roundManager,
        abi: roundManagerAbi,
        functionName: 'agreement',
        args: [info.taskId, info.round, info.acceptedHash ?? `0x${'00'.repeat(32)}`],
      }),
    ]);
    const claimed: PaidOnChain[] = [
      ...asTrainer.map(({ args }) => paidTo('trainer', args.node, args.payout)),
      ...asValidator.map(({ args }) => paidTo('validator', args.validator, args.payout)),
    ];
    const claimedWei = claimed.reduce((sum, { payout }) => sum + payout.total, 0n);
    requireCount(`claims of round ${info.round} of task ${info.taskId}, in wei`, paid, claimedWei);
    const done = new Set(claimed.map(({ role, node }) => `${role} ${node}`));
    if (!rewards.opened) return claimed;
    const open = claimable(inputs, agreement).filter(({ role, node }) => !done.has(`${role} ${node}`));
    return [...claimed, ...open];
  } catch (cause) {
    throw chainError(cause, `reading what round ${info.round} of task ${info.taskId} paid`);
  }
}

const paidTo = (role: PaidOnChain['role'], node: Address, payout: PaidOnChain['payout']): PaidOnChain => ({
  role,
  node: getAddress(node),
  payout: { ...payout },
  source: 'claimed',
});

function claimable(inputs: Inputs, agreement: { sumWeights: bigint; sumOwnWeights: bigint }): PaidOnChain[] {
  const { info, document, claims, policy, rewards, summary, validators } = inputs;
  const trainers = claims.map(({ leaf }): PaidOnChain => {
    const commission = BigInt(document.submissions[leaf.index]?.stake.commission ?? 0);
    const member = { weight: leaf.weight, ownWeight: leaf.ownWeight, commission };
    const { sumWeights, sumOwnWeights } = summary;
    const payout = payMember(rewards.trainersPool, member, sumWeights, sumOwnWeights, policy.unlockRatio);
    return { role: 'trainer', node: getAddress(leaf.node), payout, source: 'claimable' };
  });
  const agreeing = validators.filter(({ resultHash }) => resultHash === info.acceptedHash);
  return [
    ...trainers,
    ...agreeing.map(({ address, stake }): PaidOnChain => {
      const quarters = policy.validatorStakeQuarterPower;
      const effective = effectiveStake(stake.own, stake.delegated, policy.delegationWeight);
      const member = {
        weight: stakePower(effective, quarters),
        ownWeight: stakePower(stake.own, quarters),
        commission: stake.commission,
      };
      const { sumWeights, sumOwnWeights } = agreement;
      const payout = payMember(rewards.validatorsPool, member, sumWeights, sumOwnWeights, ONE);
      return { role: 'validator', node: getAddress(address), payout, source: 'claimable' };
    }),
  ];
}
