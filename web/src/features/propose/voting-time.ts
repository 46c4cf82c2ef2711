const DAY = 86_400;
const HOUR = 3_600;
/** TokenVoting takes no vote longer than a year. */
export const maxVotingSeconds = 365 * DAY;

const positive = (text: string): number | undefined => {
  const trimmed = text.trim().replace(',', '.');
  return /^\d{1,6}(\.\d{1,6})?$/.test(trimmed) && Number(trimmed) > 0 ? Number(trimmed) : undefined;
};

export type TimeProblem = 'malformed' | 'tooShort' | 'tooLong';

/** Seconds of voting for what was typed as days; empty: the shortest that is allowed. */
export function votingSeconds(days: string, minimum: number): { seconds: number } | { problem: TimeProblem } {
  if (days.trim() === '') return { seconds: minimum };
  const value = positive(days);
  if (value === undefined) return { problem: 'malformed' };
  const seconds = Math.round(value * DAY);
  if (seconds < minimum) return { problem: 'tooShort' };
  return seconds > maxVotingSeconds ? { problem: 'tooLong' } : { seconds };
}

/** Seconds until a binding vote starts: its registration has to be on chain before. */
export function startSeconds(hours: string): { seconds: number } | { problem: TimeProblem } {
  const value = positive(hours);
  if (value === undefined) return { problem: 'malformed' };
  const seconds = Math.round(value * HOUR);
  if (seconds < 5 * 60) return { problem: 'tooShort' };
  return seconds > 30 * DAY ? { problem: 'tooLong' } : { seconds };
}
