import type { CoveyError } from '@covey/errors';
import { governanceError } from '../errors.ts';
import type { ProposalType } from './proposal-types.ts';

/**
 * What a vote says: the number of one choice (from 1); several numbers, for approval in any order and for ranked
 * choice all of them with the best first; or a weight for each number.
 */
export type Choice = number | number[] | Record<string, number>;

/** Weights are counted exactly as the decimals that were signed, so they are held to what needs no huge fractions. */
const MAX_WEIGHT = 1e15;
const MIN_WEIGHT = 1e-15;

const invalid = (choice: unknown, expected: string): CoveyError =>
  governanceError('GOV_CHOICE_INVALID', 'The vote names no choice of the proposal.', { expected, got: choice });

/**
 * Reads the `choice` of a vote message (for weighted and quadratic ones a JSON text, or what is in it); throws when it
 * is no valid vote on a proposal of that type. What Snapshot's own hubs count is valid here, but for a key that is
 * written in an odd way ("01") or a weight out of bounds, which they take and count as nothing or as NaN.
 */
export function parseChoice(type: ProposalType, choices: readonly string[], choice: unknown): Choice {
  const exists = (value: unknown): value is number =>
    typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= choices.length;
  const range = `1 to ${choices.length}`;
  switch (type) {
    case 'single-choice':
    case 'basic':
      if (!exists(choice)) throw invalid(choice, range);
      return choice;
    case 'approval':
      if (!Array.isArray(choice) || !choice.every(exists) || new Set(choice).size !== choice.length)
        throw invalid(choice, `different numbers, each ${range}`);
      return choice;
    case 'ranked-choice':
      if (
        !Array.isArray(choice) ||
        !choice.every(exists) ||
        new Set(choice).size !== choice.length ||
        choice.length !== choices.length ||
        choice.length === 0
      )
        throw invalid(choice, `all numbers of ${range}, the best first`);
      return choice;
    case 'weighted':
    case 'quadratic':
      return parseWeights(choices, choice);
  }
}

function parseWeights(choices: readonly string[], choice: unknown): Record<string, number> {
  const expected = `{"number of a choice": weight}, numbers 1 to ${choices.length}, at least one weight above 0`;
  let value = choice;
  if (typeof choice === 'string') {
    try {
      value = JSON.parse(choice);
    } catch {
      throw invalid(choice, expected);
    }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw invalid(choice, expected);
  const weights = Object.entries(value as Record<string, unknown>);
  for (const [key, weight] of weights) {
    if (!/^[1-9]\d*$/.test(key) || Number(key) > choices.length) throw invalid(choice, expected);
    if (typeof weight !== 'number' || !(weight === 0 || (weight >= MIN_WEIGHT && weight <= MAX_WEIGHT)))
      throw invalid(choice, `weights of 0, or ${MIN_WEIGHT} to ${MAX_WEIGHT}`);
  }
  if (!weights.some(([, weight]) => (weight as number) > 0)) throw invalid(choice, expected);
  return value as Record<string, number>;
}
