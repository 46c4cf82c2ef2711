import { slashCourtConstants } from '@covey/contracts/abi/constants';
import { slashRatios } from '@covey/contracts/abi/policy-numbers';
import { ONE } from '@covey/protocol';
import type { ReplayCase } from '@covey/client';
import type { CaseReplay, Changes } from './types.ts';

/** The court's own cap of a ratio, beside the bounds of the policy, and the part of a slash that reporters get at most. */
const { MAX_RATIO: maxRatio, REPORTER_PART: reporterPart } = slashCourtConstants;

/** What a past slash case would take under other numbers, and what of it its reporter and a challenger would get. */
export function replayCase(slashed: ReplayCase, changes: Changes): CaseReplay {
  const { caseId, target, reporter, reason, state, stake, ratio, amount, taken } = slashed;
  const amountUnder = (wanted: bigint) => (stake * least(wanted, maxRatio)) / ONE;
  const recomputed = amountUnder(ratio);
  const proposed = amountUnder(changes[slashRatios[reason]] ?? ratio);
  // Under another ratio other amounts are collected, piece by piece as people come: taken in one piece they bound it.
  const otherAmount = proposed !== recomputed && state === 'executed';
  const collected = slashed.collections.map((one) => one.amount);
  const cap = changes.reporterCap ?? slashed.reporterCap;
  // Only where a challenge corrected the result is there a part of who made it.
  const share = slashed.challengerShare === 0n ? 0n : (changes.challengerShare ?? slashed.challengerShare);
  const before = shared(collected, slashed.reporterCap, slashed.challengerShare);
  const after = shared(otherAmount ? [proposed] : collected, cap, share);
  const paid = (to: 'toReporter' | 'toChallenger') => slashed.collections.reduce((sum, one) => sum + one[to], 0n);
  return {
    caseId,
    target,
    reporter,
    reason,
    state,
    amount: { recomputed, proposed },
    toReporter: { recomputed: before.toReporter, proposed: after.toReporter },
    toChallenger: { recomputed: before.toChallenger, proposed: after.toChallenger },
    exact:
      recomputed === amount &&
      taken <= amount &&
      before.toReporter === paid('toReporter') &&
      before.toChallenger === paid('toChallenger'),
  };
}

/** As the court shares each piece that is collected. */
function shared(pieces: readonly bigint[], cap: bigint, challengerShare: bigint) {
  let [toReporter, toChallenger] = [0n, 0n];
  for (const piece of pieces) {
    toReporter += least(piece / reporterPart, cap - toReporter);
    toChallenger += (piece * challengerShare) / ONE;
  }
  return { toReporter, toChallenger };
}

const least = (a: bigint, b: bigint): bigint => (a < b ? a : b);
