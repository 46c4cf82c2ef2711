import type { Cell } from './cells.ts';
import type { EconomyRow } from './economy.ts';
import type { GrowthRow } from './growth.ts';
import type { ScaleRow } from './scale.ts';
import type { ShapleyRow } from './shapley.ts';

/** `simulation.json`. Sections that a run did not make are those of the run before, with the core that made them. */
export interface Report {
  schema: 'covey.simulation/1';
  sections: {
    attacks?: Section<Cell>;
    economy?: Section<EconomyRow>;
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
  /** By how much. */
  by: number;
}

const points = (value: number) => value.toFixed(2);

/** Every cell that misses an aim, worst first in each. */
export function missesOf(cells: readonly Cell[]): Miss[] {
  const misses: Miss[] = [];
  const miss = (aim: string, cell: Cell, got: string, by: number) => {
    if (by > 0) misses.push({ aim, cell: nameOf(cell), got, by });
  };
  for (const cell of cells) {
    const { besideAway, besideMean, paySame, payBeside, backdoor, neverEarned, hostile, change } = cell;
    const pm = ({ mean, interval }: { mean: number; interval: number }) => `${points(mean)} ± ${points(interval)}`;
    if (hostile > 0 && besideAway.n > 0) miss(aims.away, cell, pm(besideAway), -1 - besideAway.mean);
    if (hostile > 0 && besideMean.n > 0) miss(aims.mean, cell, pm(besideMean), -besideMean.mean);
    if (hostile > 0 && paySame.n > 1) miss(aims.pay, cell, pm(paySame), paySame.mean - paySame.interval - 1);
    if (hostile > 0 && payBeside.n > 1) miss(aims.beside, cell, pm(payBeside), payBeside.mean - payBeside.interval - 1);
    if (backdoor && hostile <= 0.2) miss(aims.backdoor, cell, pm(backdoor), backdoor.mean - 10);
    if (hostile === 0 && (change.rounds ?? 4) === 8)
      miss(aims.earn, cell, pm(neverEarned), neverEarned.mean - (change.alpha ? 0.15 : 0.05));
  }
  const order = Object.values(aims);
  return misses.sort((a, b) => order.indexOf(a.aim) - order.indexOf(b.aim) || b.by - a.by);
}

export const aims = {
  away: 'accuracy at most 1 point below the same rule without the hostile',
  mean: 'accuracy above the plain mean of the honest',
  pay: 'pay at most what the same nodes earn by honest work (beyond the interval)',
  beside: 'pay at most what honest nodes earn beside it (beyond the interval)',
  backdoor: 'backdoor success at most 10 % with at most 20 % hostile',
  earn: 'honest nodes that never earn in 8 rounds: at most 5 % IID, 15 % Dirichlet',
};

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
