import type { CoveyChain } from '../chain/chain.ts';
import { settleRound, type Payout, type ResultDocument, type RoundFunds, type SettledRound } from '@covey/protocol';
import { isAddressEqual, type Address } from 'viem';
import type { ContentReader, GetOptions } from '../content/content-store.ts';
import { clientError } from '../errors.ts';
import { readSettlementInputs } from './settlement-inputs.ts';

/** What an accepted round pays to whom; wei. fee + paid + carried = units + common. */
export interface SettlementOnChain extends Omit<SettledRound, 'trainers' | 'validators'> {
  /** What the round was given, with the creation stake as it opened. */
  funds: RoundFunds;
  /** Effective stake of the validators on the accepted result. */
  stakeBehind: bigint;
  /** One entry a claimant, in the order of submissions. */
  trainers: { index: number; node: Address; payout: Payout }[];
  validators: { validator: Address; payout: Payout }[];
  document: ResultDocument;
}

/**
 * What an accepted round pays to whom, recomputed here from chain and content: funds, seats and stakes from the chain,
 * weights from the accepted document, arithmetic from the protocol.
 */
export async function settleFromChain(
  covey: CoveyChain,
  reader: ContentReader,
  taskId: bigint,
  round: number,
  options: GetOptions = {},
): Promise<SettlementOnChain> {
  return settleInputs(await readSettlementInputs(covey, reader, taskId, round, options));
}

export type SettlementInputs = Awaited<ReturnType<typeof readSettlementInputs>>;

export function settleInputs(inputs: SettlementInputs): SettlementOnChain {
  const { info, document, summary, claims, policy, submissions, validators, stakeBehind } = inputs;
  const funds: RoundFunds = info.pool;
  const claimants = claims.map(({ leaf }) => {
    const submission = submissions[leaf.index];
    if (!submission || !isAddressEqual(submission.node, leaf.node)) {
      throw clientError(
        'RESULT_MISMATCH',
        `The result document pays for a submission ${leaf.index} that is not there.`,
        {
          expected: submission?.node ?? `one of ${submissions.length} submissions`,
          got: leaf.node,
        },
      );
    }
    return { leaf, submission };
  });
  const agreeing = validators.filter(({ resultHash }) => resultHash !== null && resultHash === info.acceptedHash);
  const {
    trainers,
    validators: paidValidators,
    ...settled
  } = settleRound({
    funds,
    stakeBehind,
    policy,
    basis: { ranking: document.ranking, sumWeights: summary.sumWeights, trainersRatio: summary.trainersRatio },
    trainers: claimants.map(({ leaf, submission }) => ({
      id: String(leaf.index),
      weight: leaf.weight,
      seats: submission.seats,
      ...paidStake(submission),
    })),
    validators: agreeing.map((validator) => ({
      id: validator.address,
      seats: validator.seats,
      ...paidStake(validator),
    })),
  });
  return {
    ...settled,
    funds,
    stakeBehind,
    trainers: claimants.map(({ leaf }, i) => ({ index: leaf.index, node: leaf.node, payout: payoutOf(trainers[i]!) })),
    validators: agreeing.map(({ address }, i) => ({ validator: address, payout: payoutOf(paidValidators[i]!) })),
    document,
  };
}

const paidStake = ({ stake }: { stake: { own: bigint; delegated: bigint; commission: bigint } }) => ({
  ownStake: stake.own,
  delegatedStake: stake.delegated,
  commission: stake.commission,
});

const payoutOf = ({ total, node, delegators, unlocked, vesting }: Payout): Payout => ({
  total,
  node,
  delegators,
  unlocked,
  vesting,
});
