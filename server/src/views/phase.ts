import { windowNames } from '@covey/contracts/abi/structs';
import type { RoundPhase } from '../schema/index.ts';
import type { rounds } from '../store/schema.ts';

type RoundRow = Pick<typeof rounds.$inferSelect, 'status' | 'deadlines' | 'challengeEnd' | 'dispute'>;

/** The phase that the round manager would answer at this time, and when it ends by itself. */
export function phaseAt(row: RoundRow, now: number): { phase: RoundPhase; endsAt: number | null } {
  switch (row.status) {
    case 'running': {
      const window = windowNames.find((name) => now < row.deadlines[name]);
      return window === undefined
        ? { phase: 'acceptance', endsAt: null }
        : { phase: window, endsAt: row.deadlines[window] };
    }
    case 'accepted':
      return { phase: 'challenge', endsAt: row.challengeEnd };
    case 'disputed':
      return { phase: 'disputed', endsAt: row.dispute?.disputeEnd ?? null };
    case 'claimable':
      return { phase: 'claimable', endsAt: null };
    case 'void':
      return { phase: 'void', endsAt: null };
  }
}
