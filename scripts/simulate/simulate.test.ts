import { describe, expect, it } from 'vitest';
import { cellsOf, joinedRows } from './cells.ts';
import { classicRules, isClassic, ruleName } from './classic.ts';
import { dotChart } from './charts.ts';
import { pageOf } from './page.ts';
import { missesOf, type Report } from './report.ts';
import type { PlayResult, PlaySpec } from './spec.ts';

const spec: PlaySpec = { setting: 'little', change: { alpha: 0 }, attack: 'zeros', hostile: 0.5, seed: 1, how: 'rule' };
const result = (change: Partial<PlaySpec>, accuracy: number, pay: number[] = []): PlayResult => ({
  spec: { ...spec, ...change },
  accuracy,
  aggregate: accuracy,
  pay,
  paidRounds: pay.map((one) => (one > 0 ? 4 : 0)),
  cost: pay.map(() => 40),
  backdoor: 0,
});
const plays = [1, 2].flatMap((seed) => [
  result({ seed }, 80 + seed, [3, 0, 1, 1]),
  result({ seed, attack: 'honest', hostile: 0 }, 90, [1, 1, 1, 1]),
  result({ seed, attack: 'honest', how: 'away' }, 88, [1, 1]),
  result({ seed, attack: 'honest', how: 'mean' }, 81),
]);
const report: Report = { schema: 'covey.simulation/1', sections: { attacks: { core: '0x00', rows: cellsOf(plays) } } };

describe('cells', () => {
  it('hold each play against its own seed’s', () => {
    const cell = cellsOf(plays).find(({ attack }) => attack === 'zeros')!;
    expect(cell).toMatchObject({ seeds: 2, cost: 10, accuracy: { mean: 81.5 }, besideAway: { mean: -6.5, n: 2 } });
    expect([cell.besideMean.mean, cell.payBeside.mean, cell.paySame.mean, cell.unpaid.mean]).toEqual([
      0.5, 1.5, 1.5, 0.5,
    ]);
  });

  it('say which aim they miss, and by how much', () => {
    const found = missesOf(cellsOf(plays)).map(({ cell, by }) => [cell, by]);
    expect(found).toEqual([
      ['zeros, 50 %, little, IID', 5.5],
      ['zeros, 50 %, little, IID', 0.5],
      ['zeros, 50 %, little, IID', 0.5],
    ]);
  });

  it('stay from a run before where this one has fewer seeds', () => {
    const [now] = cellsOf(plays.slice(0, 4));
    const [before] = cellsOf(plays);
    const other = { ...before!, attack: 'other' };
    expect(joinedRows([before!, other], [now!])).toEqual([before, other]);
    expect(joinedRows([now!, other], [before!])).toEqual([before, other]);
  });
});

describe('classic rules', () => {
  it('have parameters for so many hostile nodes, where 20 nodes are enough', () => {
    const names = [0.2, 0.4].map((share) => classicRules(share).map(ruleName));
    expect(names[0]).toContain('bulyan');
    expect(names[1]).not.toContain('bulyan');
    expect(classicRules(0.4)).toContainEqual({ rule: 'trimmed-mean', trim: 8 });
    expect(names[0]).toContain('nnm + trimmed-mean');
  });

  it('stand in tables of their own, beside the attributed mean', () => {
    const rule = { rule: 'median' as const };
    const median = result({ setting: 'reference', change: { alpha: 0, rule } }, 60, [2, 2, 1, 1]);
    const attributed = result({ setting: 'reference' }, 90, [1, 1, 1, 1]);
    const rows = cellsOf([median, attributed]);
    expect(rows.filter(isClassic)).toHaveLength(1);
    const page = pageOf({ ...report, sections: { attacks: { core: '0x00', rows } } }, 'npm run simulate');
    expect(page['simulation.md']).toContain('| attributed mean | 90.0 (–) |\n| median | 60.0 (–) |');
    expect(Object.keys(page)).toEqual(['simulation.md', 'simulation-reference-50.svg']);
  });
});

describe('the page', () => {
  it('has every cell, every miss and the core', () => {
    const files = pageOf(report, 'npm run simulate');
    expect(Object.keys(files)).toEqual(['simulation.md', 'simulation-little-50.svg']);
    expect(files['simulation.md']).toContain('| zeros | 50 % | 2 | 81.50 ± 6.35 |');
    expect(files['simulation.md']).toContain('| zeros, 50 %, little, IID | -6.50 ± 6.35 | 5.50 | 2 | no |');
    expect(files['simulation.md']).toContain('`0x00`');
    expect(files['simulation-little-50.svg']).toContain('<circle');
  });

  it('draws dots in bounds and escapes names', () => {
    const svg = dotChart(
      'A & B',
      ['<s>'],
      [{ name: '<r>', values: [{ mean: 99, interval: 1, n: 2 }, undefined] }],
      2,
      1,
    );
    expect(svg).toContain('&#60;r&#62;');
    expect(svg).not.toMatch(/c?x[12]?="(\d{4,}|NaN)/);
  });
});
