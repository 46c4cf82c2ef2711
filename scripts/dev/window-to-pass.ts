// When the clock of a development chain may jump to the end of a round's window: once nobody is missed.
import { nextMove, type RoundOnChain } from '@covey/client';

/** Milliseconds without a transaction before an end is passed: where all is done, and where somebody is missed. */
const quietMs = { complete: 6_000, missed: 180_000 };

/** Seconds of its own that a jump to another's end leaves whoever is still missed; a short window has 120. */
const leftToOthers = 90;

/** An end of a vote or window that the clock could jump to. */
export interface Passing {
  /** For people. */
  what: string;
  /** Unix seconds of the chain. */
  endsAt: number;
  /** Whether everybody has done what it is for. */
  complete: boolean;
}

/**
 * The end to jump to after so many milliseconds without a transaction; null where the clock waits. It is the nearest, so
 * that nobody's window is jumped over; and while somebody is missed elsewhere, a jump does not use up the time for that.
 */
export function endToPass(ends: readonly Passing[], still: number): Passing | null {
  const [next] = ends.toSorted((a, b) => a.endsAt - b.endsAt);
  if (!next || still < quietMs.complete) return null;
  const hurried = ends.some(({ endsAt, complete }) => !complete && endsAt - next.endsAt < leftToOthers);
  return hurried && still < quietMs.missed ? null : next;
}

export interface WindowToPass {
  /** The phase, for people. */
  name: string;
  /** Unix seconds of the chain. */
  endsAt: number;
  /** Whether everybody has done what the window is for. */
  complete: boolean;
  /** Who is waited for otherwise. */
  missing: string;
}

/** The window that a round is in; null where it waits for an act, or for nothing. */
export function windowToPass(round: RoundOnChain, now: number): WindowToPass | null {
  const { phase, endsAt, move } = nextMove(round, now);
  // What a keeper does comes before the clock: else a draw would miss its end.
  if (endsAt === null || move !== null) return null;
  const { trainerCandidates, validatorCandidates, committed, submissions, attestations, results, key } = round;
  const window = (complete: boolean, missing: string) => ({ name: phase, endsAt, complete, missing });
  switch (phase) {
    case 'join':
      return window(trainerCandidates > 0 && validatorCandidates > 0, 'a training node and a validator');
    case 'validatorJoin':
      return window(validatorCandidates > 0, 'a validator');
    case 'commit':
      return window(committed >= trainerCandidates, `${trainerCandidates - committed} training nodes`);
    case 'reveal':
      return window(submissions >= committed, `${committed - submissions} training nodes`);
    case 'attest':
      return window(
        attestations.committed >= validatorCandidates,
        `${validatorCandidates - attestations.committed} validators`,
      );
    case 'attestReveal':
      return window(
        attestations.revealed >= attestations.committed,
        `${attestations.committed - attestations.revealed} validators`,
      );
    case 'key':
      return window(key !== null, 'the creator’s key');
    case 'resultCommit':
      return window(results.committed >= validatorCandidates, `${validatorCandidates - results.committed} validators`);
    case 'resultReveal':
      return window(results.revealed >= results.committed, `${results.committed - results.revealed} validators`);
    case 'challenge':
      return window(true, '');
    default:
      return window(false, 'a ruling of the DAO');
  }
}
