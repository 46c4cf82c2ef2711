import type { DeadlineName, WindowName } from '@covey/contracts/abi/structs';
import type { RoundPhase } from '../schema/index.ts';
import type { rounds } from '../store/schema.ts';

/** What a round's clock reads. */
type ClockRow = Pick<
  typeof rounds.$inferSelect,
  | 'status'
  | 'at'
  | 'windows'
  | 'beaconWindow'
  | 'attempt'
  | 'repeats'
  | 'trainerDraw'
  | 'validatorDraw'
  | 'challengeEnd'
  | 'rulingEnd'
>;

type Deadlines = Record<DeadlineName, number | null>;

/** Windows that follow each draw, in their order. */
const ofTrainers = ['commit', 'reveal'] as const satisfies WindowName[];
const ofValidators = ['attest', 'attestReveal', 'key', 'resultCommit', 'resultReveal'] as const satisfies WindowName[];

/** Ends of the windows and hard ends of the draws, as `RoundClock` has them; null where they do not stand yet. */
export function deadlinesOf({ at, windows, beaconWindow, ...row }: ClockRow): Deadlines {
  const join = at + windows.join;
  const ends: Deadlines = {
    join,
    trainerDraw: join + beaconWindow,
    commit: null,
    reveal: null,
    validatorJoin: null,
    validatorDraw: null,
    attest: null,
    attestReveal: null,
    key: null,
    resultCommit: null,
    resultReveal: null,
  };
  if (row.trainerDraw === null) return ends;
  let end = row.trainerDraw.at;
  for (const window of ofTrainers) ends[window] = end += windows[window];
  // In a repeated round validators are drawn for the end of their joining anew.
  if (row.attempt > 0) ends.validatorJoin = end = row.repeats.at(-1)?.joinEnd ?? end;
  ends.validatorDraw = end + beaconWindow;
  if (row.validatorDraw === null) return ends;
  end = row.validatorDraw.at;
  for (const window of ofValidators) ends[window] = end += windows[window];
  return ends;
}

/** The phase that the round manager would answer at this time, and when it ends by itself. */
export function phaseAt(row: ClockRow, now: number): { phase: RoundPhase; endsAt: number | null } {
  switch (row.status) {
    case 'running':
      return runningAt(row, now);
    case 'accepted':
      return { phase: 'challenge', endsAt: row.challengeEnd };
    case 'challenged':
      return { phase: 'ruling', endsAt: row.rulingEnd };
    case 'claimable':
      return { phase: 'claimable', endsAt: null };
    case 'void':
      return { phase: 'void', endsAt: null };
  }
}

/** A draw ends by being made, at the latest at its hard end; what comes then a transaction decides. */
function runningAt(row: ClockRow, now: number): { phase: RoundPhase; endsAt: number | null } {
  const ends = deadlinesOf(row);
  const running = (windows: readonly DeadlineName[]) => {
    const phase = windows.find((window) => now < (ends[window] ?? 0));
    return phase && { phase, endsAt: ends[phase] };
  };
  const drawing = (phase: 'trainerDraw' | 'validatorDraw') => running([phase]) ?? { phase, endsAt: null };
  if (row.trainerDraw === null) return running(['join']) ?? drawing('trainerDraw');
  const submitting = running(ofTrainers);
  if (submitting) return submitting;
  if (row.validatorDraw === null) return running(['validatorJoin']) ?? drawing('validatorDraw');
  return running(ofValidators) ?? { phase: 'acceptance', endsAt: null };
}
