import { ONE, claimBasis, countSubmissions, indicesOf, settleRound, trainerWeights } from '@covey/protocol';
import type { Missing, Payout, PayoutOf, PolicyValues } from '@covey/protocol';
import type { ReplayCandidate, ReplayRound, ReplaySubmission, ReplayValidator } from '@covey/client';
import { drawUnder, effective } from './draw-again.ts';
import type { Draw } from './draw-again.ts';
import { noPayout } from './payouts.ts';
import type { Refusal } from './types.ts';

/** A submission with the seats of its node and what is paid by: a loss, where lower is better, or a contribution. */
export interface Ranked {
  submission: ReplaySubmission;
  seats: number;
  /** Null without a part. */
  score: bigint | null;
  refusal?: Refusal;
}

/** What the verdict of a round hangs on under some policy. */
export interface Standing {
  trainers: Draw<ReplayCandidate>;
  validators: Draw<ReplayValidator>;
  ranked: Ranked[];
  /** Something counts that somebody with a seat has sent. */
  counts: boolean;
  /** On the accepted result: who could have scored all that counts. */
  agreeing: { validator: ReplayValidator; seats: number }[];
  revealedSeats: number;
  agreeingSeats: number;
  /** Wei. */
  stakeBehind: bigint;
}

export function standingUnder(round: ReplayRound, policy: PolicyValues): Standing {
  const trainers = drawUnder(round, 'trainer', policy, round.trainers);
  const validators = drawUnder(round, 'validator', policy, round.validators);
  const seated = validators.drawn.filter(({ seats }) => seats > 0);
  const { counted, failure } = countSubmissions({
    submissions: round.submissions.length,
    validatorSeats: validators.seats,
    attestations: seated.flatMap(({ candidate: { missing }, seats }) => (missing ? [{ ...missing, seats }] : [])),
  });
  const ranked = rank(round, policy, trainers, new Set(counted));
  // Who agreed had all that counted then, whatever it had said to lack: it lacks at most what counts only now.
  const unscored = new Set(
    round.submissions.flatMap(({ index, verdict }) => (verdict === 'not-counted' ? [index] : [])),
  );
  const counting = new Set(counted.filter((index) => unscored.has(index)));
  const lacks = ({ missing }: Missing) => indicesOf(missing).some((index) => counting.has(index));
  const agreeing = seated
    .filter(({ candidate: { agreed, missing } }) => agreed && !(missing && lacks(missing)))
    .map(({ candidate, seats }) => ({ validator: candidate, seats }));
  const sum = (list: readonly { seats: number }[]) => list.reduce((total, { seats }) => total + seats, 0);
  const stakeOf = (list: readonly ReplayValidator[], by: PolicyValues) =>
    list.reduce((total, validator) => total + effective(validator, by), 0n);
  const behind = stakeOf(
    agreeing.map(({ validator }) => validator),
    policy,
  );
  const was = stakeOf(
    round.validators.filter(({ agreed, seats }) => agreed && seats > 0),
    round.policy,
  );
  return {
    trainers,
    validators,
    ranked,
    counts:
      failure === 'none' && ranked.some(({ submission, seats }) => seats > 0 && counted.includes(submission.index)),
    agreeing,
    revealedSeats: sum(seated.filter(({ candidate }) => candidate.revealed)),
    agreeingSeats: sum(agreeing),
    // The chain's own figure, where nothing changes it.
    stakeBehind: behind === was ? round.stakeBehind : behind,
  };
}

/** What ranks each submission. */
function rank(
  round: ReplayRound,
  policy: PolicyValues,
  trainers: Draw<ReplayCandidate>,
  counted: ReadonlySet<number>,
): Ranked[] {
  const places = new Map(trainers.drawn.map((drawn) => [drawn.candidate.node.toLowerCase(), drawn]));
  return round.submissions.map((submission): Ranked => {
    const place = places.get(submission.node.toLowerCase());
    const seats = place?.seats ?? 0;
    const refused = (refusal: Refusal): Ranked => ({ submission, seats, score: null, refusal });
    if (place?.refused) return refused('minTrainerStake');
    if (seats === 0) return refused('noSeats');
    if (!counted.has(submission.index)) return refused('notCounted');
    const score = scoreOf(round, submission);
    if (score === null) return { submission, seats, score };
    return beatsBase(round, submission, policy.arenaMargin) ? { submission, seats, score } : refused('arenaMargin');
  });
}

/** Null where the document has none, whatever the policy. */
function scoreOf({ mode, ranking }: ReplayRound, { verdict, loss, contribution }: ReplaySubmission): bigint | null {
  // In an arena the margin alone keeps a scored submission from a rank.
  if (verdict !== 'valid' && !(mode === 'arena' && verdict === 'no-contribution')) return null;
  return ranking === 'contribution' ? contribution : loss;
}

function beatsBase({ mode, baselineLoss }: ReplayRound, { loss }: ReplaySubmission, margin: bigint): boolean {
  if (mode !== 'arena') return true;
  return loss !== null && baselineLoss !== null && loss * ONE < baselineLoss * (ONE - margin);
}

export interface Settled {
  /** One a submission. */
  trainers: Payout[];
  /** One a candidate. */
  validators: Payout[];
  fee: bigint;
  carried: bigint;
  /** Seats of the training nodes that are paid. */
  paidSeats: number;
}

/** What a round pays by what stands; nothing where no result is accepted. */
export function settleStanding(
  round: ReplayRound,
  policy: PolicyValues,
  standing: Standing,
  accepted: boolean,
): Settled {
  const { ranked, agreeing, stakeBehind } = standing;
  if (!accepted) {
    const { units, common } = round.funds;
    return {
      trainers: ranked.map(() => noPayout),
      validators: round.validators.map(() => noPayout),
      fee: 0n,
      carried: units + common,
      paidSeats: 0,
    };
  }
  const weights = trainerWeights(round.ranking, ranked, policy.rankRatio);
  const claiming = ranked
    .map(({ submission, seats }, i) => ({
      id: `${submission.index}`,
      seats,
      weight: weights[i] ?? 0n,
      ...paidStake(submission),
    }))
    .filter(({ weight }) => weight > 0n);
  const paidSeats = claiming.reduce((sum, { seats }) => sum + seats, 0);
  const settled = settleRound({
    funds: round.funds,
    stakeBehind,
    policy,
    basis: claimBasis(round.ranking, claiming, policy),
    trainers: claiming,
    validators: agreeing.map(({ validator, seats }) => ({ id: validator.node, seats, ...paidStake(validator) })),
  });
  return {
    trainers: payoutsOf(
      ranked.map(({ submission }) => `${submission.index}`),
      settled.trainers,
    ),
    validators: payoutsOf(
      round.validators.map(({ node }) => node),
      settled.validators,
    ),
    fee: settled.fee,
    carried: settled.carried,
    paidSeats,
  };
}

const paidStake = ({ stake }: Pick<ReplayCandidate, 'stake'>) => ({
  ownStake: stake.own,
  delegatedStake: stake.delegated,
  commission: stake.commission,
});

function payoutsOf(ids: readonly string[], payouts: readonly PayoutOf[]): Payout[] {
  const byId = new Map(payouts.map(({ id, ...payout }) => [id, payout]));
  return ids.map((id) => byId.get(id) ?? noPayout);
}
