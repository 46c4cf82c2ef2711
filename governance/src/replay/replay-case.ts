import { slashCourtConstants } from '@covey/contracts/abi/constants';
import { slashRatios } from '@covey/contracts/abi/policy-numbers';
import { ONE } from '@covey/protocol';
import type { ReplayCase } from '@covey/client';
import type { CaseReplay, Changes } from './types.ts';

/** The court's own cap of a ratio, beside the bounds of the policy. */
const maxRatio = slashCourtConstants.MAX_RATIO;

/** What a past slash case would take under other ratios, and the reporter's part of it. */
export function replayCase(slashed: ReplayCase, changes: Changes): CaseReplay {
  const { caseId, target, reporter, reason, state, stake, ratio, reporterShare, amount, taken } = slashed;
  const amountUnder = (wanted: bigint) => (stake * (wanted < maxRatio ? wanted : maxRatio)) / ONE;
  const newRatio = changes[slashRatios[reason]] ?? ratio;
  const newShare = changes.reporterShare ?? reporterShare;
  const recomputed = amountUnder(ratio);
  const proposed = amountUnder(newRatio);
  const sum = (values: readonly bigint[]) => values.reduce((total, value) => total + value, 0n);
  const partOf = (share: bigint) => sum(slashed.collections.map((one) => (one.amount * share) / ONE));
  const paid = sum(slashed.collections.map(({ toReporter }) => toReporter));
  // Under another ratio other amounts are collected, piece by piece as people come: the whole of it is an upper bound.
  const otherAmount = proposed !== recomputed && state === 'executed';
  return {
    caseId,
    target,
    reporter,
    reason,
    state,
    amount: { recomputed, proposed },
    toReporter: {
      recomputed: partOf(reporterShare),
      proposed: otherAmount ? (proposed * newShare) / ONE : partOf(newShare),
    },
    exact: recomputed === amount && partOf(reporterShare) === paid && taken <= amount,
  };
}
