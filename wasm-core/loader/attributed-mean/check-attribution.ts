import { MAX_UPDATES } from '../aggregate-types.ts';
import { requireF32, requireInteger, requireLength, requireNumber, requireObject } from '../arguments.ts';
import { coreError, describe } from '../errors.ts';
import { rowSource } from '../row-source.ts';
import type { AttributionParameters, ShardLoss } from './types.ts';

/** Of the vectors that are made orthonormal: inner products of all pairs are kept. */
const MOST_DIRECTIONS = 16;

/** Checks what the caller handed over, before anything is asked. */
export function checkAttribution<E extends ShardLoss>(a: AttributionParameters<E>): void {
  requireObject('attributedMean', a);
  const { n, d } = rowSource(a.updates);
  const { length } = requireF32('base.parameters', a.base.parameters);
  requireLength('base.parameters', length, d, 'as many values as the updates');
  if (!Array.isArray(a.seats) || a.seats.length !== n) {
    throw coreError('CORE_BAD_ARGUMENT', '`seats` do not fit the updates', {
      expected: `${n} integers from 1`,
      got: describe(a.seats),
    });
  }
  const total = a.seats.reduce((sum, seats, i) => sum + requireInteger(`seats[${i}]`, seats, 1, MAX_UPDATES), 0);
  requireInteger('the sum of the seats', total, 1, MAX_UPDATES);
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
  requireNumber('clip', a.clip, 0, Infinity);
  requireInteger('predictions', a.predictions, 1, 2 ** 37);
}
