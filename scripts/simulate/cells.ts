import { estimate, type Estimate } from '@covey/nodes/simulation';
import { keyOf, type PlayResult, type PlaySpec } from './spec.ts';

/** What an attack did in one setting, over its seeds. Accuracy in percentage points. */
export interface Cell {
  setting: string;
  change: PlaySpec['change'];
  attack: string;
  hostile: number;
  seeds: number;
  accuracy: Estimate;
  /** Less the same rule's without the hostile, seed by seed. */
  besideAway: Estimate;
  /** Less the plain mean's of the honest. */
  besideMean: Estimate;
  /** A hostile node's pay over an honest one's of the same play. */
  payBeside: Estimate;
  /** Over what the same nodes earn when they are honest, and nothing else changes. */
  paySame: Estimate;
  /** Hostile updates that earned nothing, of all. */
  unpaid: Estimate;
  /** Samples that a hostile node trained on a round. */
  cost: number;
  backdoor: Estimate | null;
  /** Honest nodes that never earned, of all. */
  neverEarned: Estimate;
}

export function cellsOf(results: readonly PlayResult[]): Cell[] {
  const byKey = new Map(results.map((result) => [keyOf(result.spec), result]));
  const groups = new Map<string, PlayResult[]>();
  for (const result of results) {
    if (result.spec.how !== 'rule') continue;
    const key = keyOf({ ...result.spec, seed: 0 });
    groups.set(key, [...(groups.get(key) ?? []), result]);
  }
  const other = ({ spec }: PlayResult, change: Partial<PlaySpec>) => byKey.get(keyOf({ ...spec, ...change }));
  return [...groups.values()].map((plays) => cellOf(plays, other));
}

/** Of each cell what has more seeds: that of the run before, or that of this one, which wins where both have as many. */
export function joinedRows(before: readonly Cell[], now: readonly Cell[]): Cell[] {
  const key = ({ setting, change, attack, hostile }: Cell) => JSON.stringify([setting, change, attack, hostile]);
  const rows = new Map(before.map((cell) => [key(cell), cell]));
  for (const cell of now) if (cell.seeds >= (rows.get(key(cell))?.seeds ?? 0)) rows.set(key(cell), cell);
  return [...rows.values()];
}

function cellOf(
  plays: readonly PlayResult[],
  other: (play: PlayResult, change: Partial<PlaySpec>) => PlayResult | undefined,
): Cell {
  const { setting, change, attack, hostile } = plays[0]!.spec;
  const over = (value: (play: PlayResult) => number | undefined) =>
    estimate(plays.flatMap((play) => value(play) ?? []).filter(Number.isFinite));
  const less = (play: PlayResult, than: PlayResult | undefined) => than && play.accuracy - than.accuracy;
  const bad = ({ spec, pay }: PlayResult) => Math.round(spec.hostile * pay.length);
  const rounds = ({ spec }: PlayResult) => spec.change.rounds ?? 4;
  return {
    setting,
    change,
    attack,
    hostile,
    seeds: plays.length,
    accuracy: over(({ accuracy }) => accuracy),
    besideAway: over((play) => less(play, other(play, { attack: 'honest', how: 'away' }))),
    besideMean: over((play) => less(play, other(play, { attack: 'honest', how: 'mean' }))),
    payBeside: over((play) => mean(play.pay.slice(0, bad(play))) / mean(play.pay.slice(bad(play)))),
    paySame: over((play) => {
      const same = other(play, { attack: 'honest', hostile: 0 });
      return same && mean(play.pay.slice(0, bad(play))) / mean(same.pay.slice(0, bad(play)));
    }),
    unpaid: over((play) => 1 - mean(play.paidRounds.slice(0, bad(play))) / rounds(play)),
    cost: mean(plays.flatMap((play) => play.cost.slice(0, bad(play)).map((cost) => cost / rounds(play)))),
    backdoor: attack.startsWith('backdoor') ? over(({ backdoor }) => backdoor) : null,
    neverEarned: over((play) => mean(play.paidRounds.slice(bad(play)).map((paid) => (paid === 0 ? 1 : 0)))),
  };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
