import type { Payout, PolicyValues } from '@covey/protocol';
import { earnedUnder } from './earned.ts';
import { newObstacles, obstaclesOf, outcomeOf } from './obstacles.ts';
import type { Obstacle } from './obstacles.ts';
import { equal, minus, noPayout } from './payouts.ts';
import { settleStanding, standingUnder } from './settle-under.ts';
import type { Ranked, Settled, Standing } from './settle-under.ts';
import type { ReplayRound } from '@covey/client';
import type { Changes, NodeReplay, Refusal, ReplayNote, RoundReplay } from './types.ts';

type Side = Standing & { settled: Settled; earned: bigint };

/** Settles an accepted round again, under the policy of its time and under that with the proposed numbers in it. */
export function replayRound(round: ReplayRound, changes: Changes): RoundReplay {
  const policy: PolicyValues = { ...round.policy, ...changes };
  const ownStanding = standingUnder(round, round.policy);
  const standing = standingUnder(round, policy);
  const obstacles = newObstacles(obstaclesOf(round, round.policy, ownStanding), obstaclesOf(round, policy, standing));
  const outcome = outcomeOf(obstacles);
  const own = sideOf(round, round.policy, ownStanding, true);
  const proposed = sideOf(round, policy, standing, outcome === 'accepted');
  const nodes = nodesOf(round, own, proposed);
  // Whoever the chain paid has to be among them.
  const known = new Set(nodes.map(({ role, node }) => keyOf(role, node)));
  const complete = round.paid.every(({ role, node, payout }) => known.has(keyOf(role, node)) || payout.total === 0n);
  return {
    taskId: round.taskId,
    round: round.round,
    policyVersion: round.policyVersion,
    pool: round.funds.units + round.funds.common,
    outcome,
    nodes,
    fee: { recomputed: own.settled.fee, proposed: proposed.settled.fee },
    carried: { recomputed: own.settled.carried, proposed: proposed.settled.carried },
    emission: { recomputed: own.earned, proposed: proposed.earned },
    exact: complete && nodes.every(({ exact }) => exact) && own.earned === round.emission.earning,
    notes: notesOf(round, own, proposed, obstacles),
  };
}

function sideOf(round: ReplayRound, policy: PolicyValues, standing: Standing, accepted: boolean): Side {
  const settled = settleStanding(round, policy, standing, accepted);
  const { trainers, validators, agreeingSeats, stakeBehind } = standing;
  const earner = {
    trainers: { ...trainers, paidSeats: settled.paidSeats },
    validators: { ...validators, agreeingSeats },
    stakeBehind,
  };
  return { ...standing, settled, earned: accepted ? earnedUnder(round.emission, earner, policy) : 0n };
}

const keyOf = (role: string, node: string) => `${role} ${node.toLowerCase()}`;

/** Every submission, and every validator that has a seat on either side. */
function nodesOf(round: ReplayRound, own: Side, proposed: Side): NodeReplay[] {
  const paid = new Map(round.paid.map((entry) => [keyOf(entry.role, entry.node), entry]));
  const replayOf = (node: Omit<NodeReplay, 'paid' | 'source' | 'exact' | 'difference'>): NodeReplay => {
    const entry = paid.get(keyOf(node.role, node.node));
    const actual = entry?.payout ?? noPayout;
    return {
      ...node,
      paid: actual,
      source: entry?.source ?? 'claimed',
      exact: equal(actual, node.recomputed),
      difference: minus(node.proposed, node.recomputed),
    };
  };
  const at = (payouts: readonly Payout[], i: number) => payouts[i] ?? noPayout;
  const trainers = own.ranked.map((before, i) => {
    const after = proposed.ranked[i];
    return replayOf({
      role: 'trainer',
      node: before.submission.node,
      index: before.submission.index,
      seats: { recomputed: before.seats, proposed: after?.seats ?? 0 },
      recomputed: at(own.settled.trainers, i),
      proposed: at(proposed.settled.trainers, i),
      ...turn(before, after),
    });
  });
  const validators = own.validators.drawn.map(({ candidate, seats }, i) => {
    const after = proposed.validators.drawn[i];
    const refusal: Refusal | undefined = after?.refused
      ? 'minValidatorStake'
      : after?.seats === 0
        ? 'noSeats'
        : undefined;
    return replayOf({
      role: 'validator',
      node: candidate.node,
      seats: { recomputed: seats, proposed: after?.seats ?? 0 },
      recomputed: at(own.settled.validators, i),
      proposed: at(proposed.settled.validators, i),
      ...(candidate.agreed && seats > 0 && refusal && { refused: refusal }),
    });
  });
  return [...trainers, ...validators.filter(({ seats }) => seats.recomputed > 0 || seats.proposed > 0)];
}

function turn(before: Ranked, after: Ranked | undefined): Pick<NodeReplay, 'refused' | 'admitted'> {
  if (before.score !== null && after?.score === null && after.refusal) return { refused: after.refusal };
  if (before.score === null && before.refusal && after && after.score !== null) return { admitted: before.refusal };
  return {};
}

function notesOf(round: ReplayRound, own: Side, proposed: Side, obstacles: ReadonlySet<Obstacle>): ReplayNote[] {
  const notes = new Set<ReplayNote>();
  if (proposed.trainers.again || proposed.validators.again) notes.add('seats-drawn');
  for (const [i, before] of own.ranked.entries()) {
    const after = proposed.ranked[i];
    const leaves = before.score !== null && after?.score === null;
    const otherWeight = before.score !== null && before.seats !== after?.seats;
    if ((leaves || otherWeight) && round.mode === 'federated') notes.add('scores-with-all');
    if (leaves && round.submissions.some(({ verdict }) => verdict === 'duplicate')) notes.add('duplicates');
    const counts = before.refusal === 'notCounted' && after?.refusal === undefined;
    if (counts && before.submission.verdict === 'not-counted') notes.add('unscored');
  }
  if (round.mode === 'arena' && winner(own) !== winner(proposed)) notes.add('other-base');
  return [...notes, ...obstacles];
}

/** Whose model the arena takes: the first of the lowest losses. */
function winner({ ranked }: Side): number | undefined {
  let best: Ranked | undefined;
  for (const one of ranked) {
    if (one.score !== null && (best?.score == null || one.score < best.score)) best = one;
  }
  return best?.submission.index;
}
