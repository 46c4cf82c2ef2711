import { clientError } from '../errors.ts';

/** LOGS_INCOMPLETE: what the contract says beside what came. */
export const logsIncomplete = (what: string, expected: string, got: string) =>
  clientError('LOGS_INCOMPLETE', `The endpoint lacks logs of ${what}.`, { expected, got });

/** What a contract numbers from 1 on is all there, each number once; else LOGS_INCOMPLETE. */
export function requireNumbered(what: string, numbers: readonly bigint[], count: bigint): void {
  const found = new Set(numbers);
  for (let number = 1n; number <= count; number++) {
    if (!found.has(number)) throw logsIncomplete(what, `each of 1 to ${count}`, `none of ${number}`);
  }
  requireCount(what, count, numbers.length);
}

/** As much as the contract counted, in events or in what they add up to; else LOGS_INCOMPLETE. */
export function requireCount(what: string, counted: bigint, got: bigint | number): void {
  if (BigInt(got) !== counted) throw logsIncomplete(what, String(counted), String(got));
}

/** Seats of all of these together. */
export const seatsIn = (all: readonly { seats: number }[]): number => all.reduce((sum, { seats }) => sum + seats, 0);
