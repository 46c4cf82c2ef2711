import { MAX_UPDATES } from './aggregate-types.ts';
import { requireInteger } from './arguments.ts';
import { coreError, describe } from './errors.ts';

/** Integers from 1, one an update, at most MAX_UPDATES together. */
export function requireSeats(seats: readonly number[], n: number): void {
  if (!Array.isArray(seats) || seats.length !== n) {
    throw coreError('CORE_BAD_ARGUMENT', '`seats` do not fit the updates', {
      expected: `${n} integers from 1`,
      got: describe(seats),
    });
  }
  // Array.from shows holes, which reduce skips.
  const total = Array.from(seats as number[]).reduce(
    (sum, count, i) => sum + requireInteger(`seats[${i}]`, count, 1, MAX_UPDATES),
    0,
  );
  requireInteger('the sum of the seats', total, 1, MAX_UPDATES);
}

/** The update that each row is: one row for each seat, all of update 0, then all of 1, and so on. */
export function updatesOfRows(seats: readonly number[] | undefined, n: number): number[] {
  const all = Array.from({ length: n }, (_, update) => update);
  if (seats === undefined) return all;
  requireSeats(seats, n);
  return all.flatMap((update) => new Array<number>(seats[update]!).fill(update));
}
