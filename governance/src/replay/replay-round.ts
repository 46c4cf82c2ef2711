import { ONE, countedSubmissions, settle } from '@covey/protocol';
import type { Payout, PolicyValues } from '@covey/protocol';
import { equal, minus, noPayout } from './payouts.ts';
import type { ReplayRound, ReplaySubmission, ReplayValidator } from '@covey/client';
import type { Changes, NodeReplay, Refusal, ReplayNote, RoundOutcome, RoundReplay } from './types.ts';

/** A training node with what ranks it: lower is better, null is without a part. */
interface Ranked {
  submission: ReplaySubmission;
  score: bigint | null;
  refusal?: Refusal;
}

interface Settled {
  outcome: RoundOutcome;
  trainers: { ranked: Ranked; payout: Payout }[];
  validators: { validator: ReplayValidator; payout: Payout; refusal?: Refusal }[];
  carried: bigint;
}

/** Settles an accepted round again, under the policy of its time and under that with the proposed numbers in it. */
export function replayRound(round: ReplayRound, changes: Changes): RoundReplay {
  const policy: PolicyValues = { ...round.policy, ...changes };
  const own = settleUnder(round, round.policy);
  const proposed = settleUnder(round, policy);
  const key = (role: string, node: string, index = 0) => `${role} ${node.toLowerCase()} ${index}`;
  const paid = new Map(round.paid.map((entry) => [key(entry.role, entry.node), entry]));

  const nodes: NodeReplay[] = [];
  const add = (node: Omit<NodeReplay, 'paid' | 'source' | 'exact' | 'difference'>) => {
    const entry = paid.get(key(node.role, node.node));
    const actual = entry?.payout ?? noPayout;
    nodes.push({
      ...node,
      paid: actual,
      source: entry?.source ?? 'claimed',
      exact: equal(actual, node.recomputed),
      difference: minus(node.proposed, node.recomputed),
    });
  };
  for (const [i, before] of own.trainers.entries()) {
    const after = proposed.trainers[i];
    const { submission } = before.ranked;
    add({
      role: 'trainer',
      node: submission.node,
      index: submission.index,
      recomputed: before.payout,
      proposed: after?.payout ?? noPayout,
      ...turn(before.ranked, after?.ranked),
    });
  }
  for (const [i, before] of own.validators.entries()) {
    const after = proposed.validators[i];
    add({
      role: 'validator',
      node: before.validator.validator,
      recomputed: before.payout,
      proposed: after?.payout ?? noPayout,
      ...(before.validator.agreed && after?.refusal && !before.refusal && { refused: after.refusal }),
    });
  }
  // Whoever the chain paid has to be among them.
  const known = new Set(nodes.map(({ role, node }) => key(role, node)));
  const complete = round.paid.every(({ role, node, payout }) => known.has(key(role, node)) || payout.total === 0n);
  return {
    taskId: round.taskId,
    round: round.round,
    policyVersion: round.policyVersion,
    pool: round.pool,
    outcome: proposed.outcome,
    nodes,
    carried: { recomputed: own.carried, proposed: proposed.carried },
    exact: complete && own.outcome === 'accepted' && nodes.every(({ exact }) => exact),
    notes: notesOf(round, policy, own, proposed),
  };
}

function turn(before: Ranked, after: Ranked | undefined): Pick<NodeReplay, 'refused' | 'admitted'> {
  if (before.score !== null && after?.score === null && after.refusal) return { refused: after.refusal };
  if (before.score === null && before.refusal && after && after.score !== null) return { admitted: before.refusal };
  return {};
}

function settleUnder(round: ReplayRound, policy: PolicyValues): Settled {
  const validators = round.validators.map((validator) => {
    const refused = validator.stake.own < larger(round.minValidatorStake, policy.minValidatorStake);
    return { validator, ...(refused && { refusal: 'minValidatorStake' as const }) };
  });
  const sitting = validators.filter(({ refusal }) => !refusal).map(({ validator }) => validator);
  const ranked = rank(round, policy, sitting);
  const outcome = outcomeOf(round, policy, sitting, ranked);
  const accepted = outcome === 'accepted';
  const settled = settle({
    pool: accepted ? round.pool : 0n,
    policy,
    trainers: ranked.map(({ submission, score }) => ({
      id: `${submission.index}`,
      ownStake: submission.stake.own,
      delegatedStake: submission.stake.delegated,
      commission: submission.stake.commission,
      loss: score,
    })),
    validators: validators.map(({ validator, refusal }, i) => ({
      id: `${i}`,
      ownStake: validator.stake.own,
      delegatedStake: validator.stake.delegated,
      commission: validator.stake.commission,
      agreed: validator.agreed && !refusal,
    })),
  });
  return {
    outcome,
    trainers: ranked.map((entry, i) => ({ ranked: entry, payout: payoutAt(settled.trainers, i) })),
    validators: validators.map((entry, i) => ({ ...entry, payout: payoutAt(settled.validators, i) })),
    carried: accepted ? settled.carried : round.pool,
  };
}

function payoutAt(payouts: readonly (Payout & { id: string })[], i: number): Payout {
  const { id: _, ...payout } = payouts[i] ?? { id: '', ...noPayout };
  return payout;
}

/** What would have ranked each submission. */
function rank(round: ReplayRound, policy: PolicyValues, sitting: readonly ReplayValidator[]): Ranked[] {
  const available = new Set(
    countedSubmissions({
      submissions: round.submissions.length,
      seats: seatsOf(round, sitting),
      attestations: sitting.flatMap(({ seats, available: had }) => (had ? [{ seats, available: had }] : [])),
      policy,
    }),
  );
  const least = larger(round.minTrainerStake, policy.minTrainerStake);
  let places = policy.maxTrainers;
  return round.submissions.map((submission): Ranked => {
    const refused = (refusal: Refusal): Ranked => ({ submission, score: null, refusal });
    // The chain takes reveals in their order, until the places are taken.
    if (submission.stake.own < least) return refused('minTrainerStake');
    if (places === 0n) return refused('maxTrainers');
    places -= 1n;
    if (!available.has(submission.index)) return refused('availabilityThreshold');
    const score = scoreOf(round, submission);
    if (score === null) return { submission, score: null };
    return beatsBase(round, submission, policy.arenaMargin) ? { submission, score } : refused('arenaMargin');
  });
}

/** Lower is better; null where the document has none, whatever the policy. */
function scoreOf({ mode, ranking }: ReplayRound, { verdict, loss, contribution }: ReplaySubmission): bigint | null {
  // In an arena the margin alone keeps a scored submission from a rank.
  if (verdict !== 'valid' && !(mode === 'arena' && verdict === 'no-contribution')) return null;
  if (mode === 'federated' && ranking === 'contribution') return contribution === null ? null : -contribution;
  return loss;
}

function beatsBase({ mode, baselineLoss }: ReplayRound, { loss }: ReplaySubmission, margin: bigint): boolean {
  if (mode !== 'arena') return true;
  return loss !== null && baselineLoss !== null && loss * ONE < baselineLoss * (ONE - margin);
}

/** Seats of the round that are left; all, where nobody is refused (a seat can be nobody's). */
function seatsOf(round: ReplayRound, sitting: readonly ReplayValidator[]): number {
  const drawn = (validators: readonly ReplayValidator[]) => validators.reduce((sum, { seats }) => sum + seats, 0);
  return round.seats - drawn(round.validators) + drawn(sitting);
}

/** As RoundManager decides: enough seats attested and revealed, and enough of the revealed ones on one result. */
function outcomeOf(
  round: ReplayRound,
  policy: PolicyValues,
  sitting: readonly ReplayValidator[],
  ranked: readonly Ranked[],
): RoundOutcome {
  const count = (which: (validator: ReplayValidator) => boolean) =>
    BigInt(sitting.reduce((sum, validator) => (which(validator) ? sum + validator.seats : sum), 0));
  const seats = BigInt(seatsOf(round, sitting));
  const hasQuorum = (some: bigint) => some > 0n && some * ONE >= policy.validatorQuorum * seats;
  const attested = count(({ available }) => available !== null);
  const revealed = count((validator) => validator.revealed);
  const agreed = count((validator) => validator.agreed);
  const out: readonly (Refusal | undefined)[] = ['minTrainerStake', 'maxTrainers', 'availabilityThreshold'];
  const anythingCounts = ranked.some(({ refusal }) => !out.includes(refusal));
  if (!hasQuorum(attested) || !anythingCounts || revealed === 0n) return 'void';
  if (round.ruled) return 'accepted';
  return agreed > 0n && agreed * ONE >= policy.acceptanceThreshold * revealed && hasQuorum(revealed)
    ? 'accepted'
    : 'disputed';
}

function notesOf(round: ReplayRound, policy: PolicyValues, own: Settled, proposed: Settled): ReplayNote[] {
  const notes = new Set<ReplayNote>();
  const refusedBefore = own.validators.filter(({ refusal }) => refusal).length;
  const refusedAfter = proposed.validators.filter(({ refusal }) => refusal).length;
  if (policy.delegationWeight !== round.policy.delegationWeight || refusedBefore !== refusedAfter) {
    notes.add('seats-drawn');
  }
  for (const [i, { ranked: before }] of own.trainers.entries()) {
    const after = proposed.trainers[i]?.ranked;
    const leaves = before.score !== null && after?.score === null;
    if (leaves && round.mode === 'federated') notes.add('scores-with-all');
    if (leaves && round.submissions.some(({ verdict }) => verdict === 'duplicate')) notes.add('duplicates');
    const counts = before.refusal === 'availabilityThreshold' && after?.refusal !== 'availabilityThreshold';
    if (counts && before.submission.verdict === 'not-counted') notes.add('unscored');
  }
  if (round.mode === 'arena' && winner(own) !== winner(proposed)) notes.add('other-base');
  if (proposed.outcome !== 'accepted') notes.add('not-accepted');
  return [...notes];
}

/** Whose model the arena takes: the first of the lowest losses. */
function winner({ trainers }: Settled): number | undefined {
  let best: Ranked | undefined;
  for (const { ranked } of trainers) {
    if (ranked.score !== null && (best?.score == null || ranked.score < best.score)) best = ranked;
  }
  return best?.submission.index;
}

const larger = (a: bigint, b: bigint): bigint => (a > b ? a : b);
