import type { Provenance } from '@covey/protocol';
import type { Difference } from '../verify/verify-round.ts';

/** Where a document differs from what was read of the chain: a path each, `origin.accepted.0.scorer`. */
export const compareProvenance = (given: Provenance, read: Provenance): Difference[] => differences('', read, given);

function differences(path: string, expected: unknown, got: unknown): Difference[] {
  if (isObject(expected) && isObject(got)) {
    const keys = [...new Set([...Object.keys(expected), ...Object.keys(got)])].toSorted();
    return keys.flatMap((key) => differences(path === '' ? key : `${path}.${key}`, expected[key], got[key]));
  }
  return Object.is(expected, got) ? [] : [{ field: path, expected: show(expected), got: show(got) }];
}

/** Arrays too: their keys are their numbers. */
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

const show = (value: unknown): string => (value === undefined ? 'nothing' : JSON.stringify(value));
