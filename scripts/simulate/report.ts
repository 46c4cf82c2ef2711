import type { Estimate } from '@covey/nodes/simulation';
import type { Cell } from './cells.ts';
import type { EconomyRow } from './economy.ts';
import type { GrowthRow } from './growth.ts';
import type { ScaleRow } from './scale.ts';
import type { PublicEpochsRow } from './public-epochs.ts';
import type { ShapleyRow } from './shapley.ts';
import { text } from './table.ts';
import type { WashRow } from './wash.ts';

/** `simulation.json`. Sections that a run did not make are those of the run before, with the core that made them. */
export interface Report {
  schema: 'covey.simulation/1';
  sections: {
    attacks?: Section<Cell>;
    economy?: Section<EconomyRow>;
    wash?: Section<WashRow>;
    public?: Section<PublicEpochsRow>;
    shapley?: Section<ShapleyRow>;
    scale?: Section<ScaleRow>;
    growth?: Section<GrowthRow>;
  };
}

export interface Section<Row> {
  /** SHA-256 of the core. */
  core: string;
  /** What a reader must know of how they were made. */
  note?: string;
  rows: Row[];
}

/** A number of a cell that is not what it should be. */
export interface Miss {
  aim: string;
  cell: string;
  got: string;
  /** By how much, and whether its interval says that this is no chance. */
  by: number;
  beyond: boolean;
  seeds: number;
}

interface Aim {
  what: string;
  /** Whether a cell is held to it. */
  of: (cell: Cell) => boolean;
  value: (cell: Cell) => Estimate;
  /** Above 0 where the mean misses. */
  by: (value: number, cell: Cell) => number;
  /** A pay counts as above only beyond its interval, for it moves far from seed to seed. */
  sureOnly?: true;
}

const attacked = ({ hostile }: Cell) => hostile > 0;
const rounds = ({ change }: Cell) => change.rounds ?? 4;

export const aims: Record<string, Aim> = {
  away: {
    what: 'accuracy at most 1 point below the same rule without the hostile',
    of: (cell) => attacked(cell) && cell.besideAway.n > 0,
    value: ({ besideAway }) => besideAway,
    by: (value) => -1 - value,
  },
  mean: {
    what: 'accuracy above the plain mean of the honest',
    of: (cell) => attacked(cell) && cell.besideMean.n > 0,
    value: ({ besideMean }) => besideMean,
    by: (value) => -value,
  },
  pay: {
    what: 'pay at most what the same nodes earn by honest work (beyond the interval)',
    of: (cell) => attacked(cell) && cell.paySame.n > 1,
    value: ({ paySame }) => paySame,
    by: (value) => value - 1,
    sureOnly: true,
  },
  beside: {
    what: 'pay at most what honest nodes earn beside it (beyond the interval)',
    of: (cell) => attacked(cell) && cell.payBeside.n > 1,
    value: ({ payBeside }) => payBeside,
    by: (value) => value - 1,
    sureOnly: true,
  },
  backdoor: {
    what: 'backdoor success at most 10 % with at most 20 % hostile',
    of: ({ backdoor, hostile }) => backdoor !== null && hostile > 0 && hostile <= 0.2,
    value: ({ backdoor }) => backdoor!,
    by: (value) => value - 10,
  },
  earn: {
    what: 'honest nodes that never earn in 8 rounds: at most 5 % IID, 15 % Dirichlet',
    of: (cell) => cell.hostile === 0 && rounds(cell) === 8,
    value: ({ neverEarned }) => neverEarned,
    by: (value, { change }) => value - (change.alpha ? 0.15 : 0.05),
  },
};

/** Every cell that misses an aim, worst first in each. */
export function missesOf(cells: readonly Cell[]): Miss[] {
  return Object.values(aims).flatMap(({ what, of, value, by, sureOnly }) =>
    cells
      .filter(of)
      .flatMap((cell): Miss[] => {
        const measured = value(cell);
        const { mean, interval, n } = measured;
        const sure = by(mean, cell) - interval;
        const missed = sureOnly ? sure : by(mean, cell);
        if (!(missed > 0)) return [];
        return [
          { aim: what, cell: nameOf(cell), got: text(measured), by: missed, beyond: n > 1 && sure > 0, seeds: n },
        ];
      })
      .sort((a, b) => b.by - a.by),
  );
}

export function nameOf({ setting, change, attack, hostile }: Cell): string {
  return `${attack}, ${Math.round(hostile * 100)} %, ${settingName(setting, change)}`;
}

export function settingName(setting: string, change: Cell['change']): string {
  const { alpha, rule, ...more } = change;
  const rest = Object.entries(more).filter(([, value]) => typeof value !== 'object');
  const clip = rule && 'clip' in rule && rule.clip ? [`clip ${rule.clip}`] : [];
  return [
    setting,
    alpha ? `Dirichlet ${alpha}` : 'IID',
    ...clip,
    ...rest.map(([name, value]) => `${name} ${value}`),
  ].join(', ');
}
