import type { ProposalType } from '@covey/governance';

/** What a voter has set in the form so far, for any type of proposal; choices count from 1, as they are signed. */
export interface Ballot {
  /** Chosen (single, basic, approval), or all of them from best to worst (ranked-choice). */
  picks: number[];
  /** Parts given to each choice (weighted, quadratic); whole numbers from 0. */
  parts: Record<number, number>;
}

export type SignedChoice = number | number[] | string;

/** A form without an answer. A ranking has no empty state: it starts in the order of the proposal. */
export function emptyBallot(type: ProposalType, count: number): Ballot {
  return { picks: type === 'ranked-choice' ? Array.from({ length: count }, (_, index) => index + 1) : [], parts: {} };
}

/** As snapshot.js signs it; undefined while the form holds no valid vote. */
export function signedChoice(type: ProposalType, count: number, ballot: Ballot): SignedChoice | undefined {
  const exists = (choice: number) => Number.isInteger(choice) && choice >= 1 && choice <= count;
  const picks = ballot.picks.filter(exists);
  switch (type) {
    case 'single-choice':
    case 'basic':
      return picks.length === 1 ? picks[0] : undefined;
    case 'approval':
      return picks.length > 0 ? [...picks].sort((a, b) => a - b) : undefined;
    case 'ranked-choice':
      return new Set(picks).size === count ? picks : undefined;
    default: {
      const parts = Object.entries(ballot.parts).filter(([choice, part]) => exists(Number(choice)) && part > 0);
      return parts.length > 0 ? JSON.stringify(Object.fromEntries(parts)) : undefined;
    }
  }
}

/** The form that gives this signed choice, to show and change a vote; an empty one when it does not fit the type. */
export function ballotOf(type: ProposalType, count: number, choice: unknown): Ballot {
  const ballot = emptyBallot(type, count);
  if (type === 'weighted' || type === 'quadratic') {
    return { ...ballot, parts: Object.fromEntries(partsOf(choice)) };
  }
  const picks = (Array.isArray(choice) ? choice : [choice]).filter((item): item is number => typeof item === 'number');
  const read = { picks, parts: {} };
  return signedChoice(type, count, read) === undefined ? ballot : read;
}

/** Choice and part of a weighted or quadratic vote, given as its JSON text or as the object in it. */
export function partsOf(choice: unknown): [number, number][] {
  let value = choice;
  if (typeof choice === 'string') {
    try {
      value = JSON.parse(choice);
    } catch {
      return [];
    }
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, part]): [number, number][] =>
    typeof part === 'number' && Number.isFinite(part) && part > 0 && /^[1-9]\d*$/.test(key)
      ? [[Number(key), part]]
      : [],
  );
}

/** Each part as a share of their sum; 0 while nothing is given. */
export function shareOfParts(parts: Record<number, number>, choice: number): number {
  const sum = Object.values(parts).reduce((total, part) => total + part, 0);
  return sum > 0 ? (parts[choice] ?? 0) / sum : 0;
}

/** `picks` with the item at `from` moved to `to`; the same when either lies outside. */
export function moved(picks: readonly number[], from: number, to: number): number[] {
  const next = [...picks];
  const [item] = to >= 0 && to < next.length ? next.splice(from, 1) : [];
  if (item !== undefined) next.splice(to, 0, item);
  return next;
}
