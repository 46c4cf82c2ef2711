import { requireF32, requireInteger, requireLength, requireObject } from '../arguments.ts';
import { rowSource } from '../row-source.ts';
import { requireSeats } from '../seats.ts';
import { MOST_PREDICTIONS } from './units.ts';
import type { RuleAttributionParameters, ShardLoss } from './types.ts';

/** Of the vectors that are made orthonormal: inner products of all pairs are kept. */
const MOST_DIRECTIONS = 16;

/** Checks what the caller handed over, before anything is asked. */
export function checkAttribution<E extends ShardLoss>(name: string, a: RuleAttributionParameters<E>): void {
  requireObject(name, a);
  const { n, d } = rowSource(a.updates);
  const { length } = requireF32('base.parameters', a.base.parameters);
  requireLength('base.parameters', length, d, 'as many values as the updates');
  requireSeats(a.seats, n);
  requireInteger('publicDirections.length', a.publicDirections.length, 0, MOST_DIRECTIONS);
  a.publicDirections.forEach((direction, i) => {
    requireLength(
      `publicDirections[${i}]`,
      requireF32(`publicDirections[${i}]`, direction).length,
      d,
      'of the updates',
    );
  });
  if (a.known !== undefined) requireLength('known', requireF32('known', a.known).length, d, 'of the updates');
  requireInteger('predictions', a.predictions, 1, MOST_PREDICTIONS);
}
