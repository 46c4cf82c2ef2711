import { dotChart, type Dot } from './charts.ts';
import type { Cell } from './cells.ts';
import { isClassic, ruleName } from './classic.ts';
import { aims, missesOf, settingName } from './report.ts';
import { folded, percent, table, text } from './table.ts';

/** Every strategy against the attributed mean: aims, misses and tables, with the plots by file name. */
export function attackSections(cells: readonly Cell[]): { sections: string[]; plots: Record<string, string> } {
  const some = cells.filter((cell) => !isClassic(cell));
  const plots = plotsOf(some);
  return {
    sections: [
      aimsTable(some),
      seedsOf(cells),
      ...missList(some),
      ...Object.keys(plots).map((file) => `![${file}](${file})`),
      ...attackTables(some),
    ],
    plots,
  };
}

function plotsOf(cells: readonly Cell[]): Record<string, string> {
  // Nothing changed but the split.
  const plain = cells.filter(({ change }) => Object.keys(change).every((name) => name === 'alpha'));
  const shares = [...new Set(plain.map(({ hostile }) => hostile))].filter((share) => share > 0).sort((a, b) => a - b);
  return Object.fromEntries(
    [...new Set(plain.map(({ setting }) => setting))].flatMap((setting) =>
      shares.map((share) => [
        `simulation-${setting}-${Math.round(share * 100)}.svg`,
        payPlot(
          plain.filter((cell) => cell.setting === setting),
          setting,
          share,
        ),
      ]),
    ),
  );
}

function payPlot(cells: readonly Cell[], setting: string, share: number): string {
  const names = [...new Set(cells.map(({ attack }) => attack))].filter((name) => name !== 'honest');
  const of = (attack: string, alpha: number) =>
    cells.find((cell) => cell.attack === attack && cell.hostile === share && (cell.change.alpha ?? 0) === alpha)
      ?.paySame;
  const rows = names.map((name): Dot => ({ name, values: [of(name, 0), of(name, 0.5)] }));
  const title = `Pay beside honest work on the same seats, ${setting}, ${Math.round(share * 100)} % hostile`;
  return dotChart(title, ['IID', 'Dirichlet 0.5'], rows, 2, 1);
}

function aimsTable(cells: readonly Cell[]): string {
  const misses = missesOf(cells);
  const lines = Object.values(aims).map(({ what, of }) => {
    const some = misses.filter((miss) => miss.aim === what);
    const held = cells.filter(of).length;
    const sure = some.filter((miss) => miss.beyond).length;
    const worst = some[0] ? `${some[0].cell}: ${some[0].got}` : '';
    return `${what} | ${held} | ${some.length} | ${sure} | ${worst}`;
  });
  return `## Aims\n\n${table('aim | cells | miss it | by more than their interval | worst', lines)}`;
}

/** How far the page is from what its issue asks for: ten seeds of everything. */
function seedsOf(cells: readonly Cell[]): string {
  const counts = Map.groupBy(cells, ({ seeds }) => seeds);
  const said = [...counts].sort(([a], [b]) => a - b).map(([seeds, some]) => `${some.length} with ${seeds}`);
  const missing = [
    ...(cells.some(isClassic) ? [] : ['the classic rules']),
    ...(cells.some(({ change }) => change.network === 'characters') ? [] : ['the character transformer']),
  ];
  const none = missing.length > 0 ? ` Not played at all yet: ${missing.join(' and ')}.` : '';
  return `Ten seeds are wanted of every cell; cells by their seeds: ${said.join(', ')}.${none}`;
}

function missList(cells: readonly Cell[]): string[] {
  const misses = missesOf(cells);
  if (misses.length === 0) return ['## Cells that miss\n\nNone.'];
  const lists = [...Map.groupBy(misses, ({ aim }) => aim)].map(([aim, some]) => {
    const lines = some.map(
      ({ cell, got, by, seeds, beyond }) =>
        `${cell} | ${got} | ${by.toFixed(2)} | ${seeds} | ${seeds < 2 ? '–' : beyond ? 'yes' : 'no'}`,
    );
    return folded(`${aim}: ${some.length}`, table('cell | measured | misses by | seeds | beyond its interval', lines));
  });
  return ['## Cells that miss', ...lists];
}

function attackTables(cells: readonly Cell[]): string[] {
  const groups = Map.groupBy(cells, ({ setting, change }) => settingName(setting, change));
  return ['## All cells', ...[...groups].map(([name, some]) => attackTable(name, some))];
}

const header =
  'strategy | hostile | seeds | accuracy | less without hostile | less plain mean | pay / honest work on the same seats | pay / honest beside | unpaid updates | samples a round | backdoor success';

function attackTable(name: string, some: readonly Cell[]): string {
  const lines = some
    .filter(({ hostile }) => hostile > 0)
    .sort((a, b) => a.hostile - b.hostile)
    .map((cell) =>
      [
        ...[cell.attack, `${Math.round(cell.hostile * 100)} %`, cell.seeds, text(cell.accuracy)],
        ...[text(cell.besideAway), text(cell.besideMean), text(cell.paySame), text(cell.payBeside)],
        ...[percent(cell.unpaid), Math.round(cell.cost), cell.backdoor ? text(cell.backdoor) : ''],
      ].join(' | '),
    );
  const alone = some.find(({ hostile }) => hostile === 0);
  const never =
    alone && `Honest nodes that never earned: ${percent(alone.neverEarned)} in ${alone.change.rounds ?? 4} rounds.`;
  const unattacked = alone ? `Unattacked: ${text(alone.accuracy)} (${alone.seeds} seeds). ${never}` : '';
  const title = `${name[0]!.toUpperCase()}${name.slice(1)}`;
  return folded(
    `${title}: ${lines.length} cells`,
    [unattacked, ...(lines.length ? [table(header, lines)] : [])].filter(Boolean).join('\n\n'),
  );
}

/** Other rules against the same strategies, beside the attributed mean. */
export function classicSections(cells: readonly Cell[]): string[] {
  const classic = cells.filter(isClassic);
  if (classic.length === 0) return [];
  const splits = Map.groupBy(classic, ({ change }) => change.alpha ?? 0);
  const tables = [...splits].flatMap(([alpha, some]) =>
    [...new Set(some.map(({ hostile }) => hostile))]
      .filter((share) => share > 0)
      .sort((a, b) => a - b)
      .map((share) => {
        const beside = cells.filter(
          (cell) =>
            cell.setting === 'reference' &&
            Object.keys(cell.change).every((key) => key === 'alpha') &&
            (cell.change.alpha ?? 0) === alpha,
        );
        return classicTable(some, beside, { alpha, share });
      }),
  );
  const seeds = Math.max(...classic.map((one) => one.seeds));
  return [
    `## Classic rules

The same strategies against rules that see updates alone, with the parameters that suit so many hostile nodes: accuracy, and in
brackets what a hostile node is paid over honest work on the same seats. They do not train on opened shards, which is most of
what sets the attributed mean apart; _plain mean_ is of all updates. ${seeds === 1 ? 'One seed' : `${seeds} seeds`} a cell, and as many as above of the attributed
mean; a rule that needs more rows than 20 nodes have stands where it can be played. Of identical content the first alone counts:
hostile nodes that all send the same leave a rule with fewer rows than it needs, and then the base stays for the whole play, which
is what 9.1 % is. A dash stands where the same nodes earn nothing by honest work.`,
    ...tables,
  ];
}

function classicTable(
  classic: readonly Cell[],
  beside: readonly Cell[],
  { alpha, share }: { alpha: number; share: number },
): string {
  const some = classic.filter(({ hostile }) => hostile === share);
  const attacks = [...new Set(some.map(({ attack }) => attack))];
  const cellText = (cell: Cell | undefined) =>
    cell
      ? `${cell.accuracy.mean.toFixed(1)} (${Number.isFinite(cell.paySame.mean) ? cell.paySame.mean.toFixed(2) : '–'})`
      : '–';
  const row = (name: string, of: readonly Cell[]) =>
    [
      name,
      ...attacks.map((attack) => cellText(of.find((cell) => cell.attack === attack && cell.hostile === share))),
    ].join(' | ');
  const rules = Map.groupBy(some, ({ change }) => ruleName(change.rule!));
  const lines = [row('attributed mean', beside), ...[...rules].map(([name, of]) => row(name, of))];
  const title = `${alpha ? `Dirichlet ${alpha}` : 'IID'}, ${Math.round(share * 100)} % hostile`;
  return folded(title, table(['rule', ...attacks].join(' | '), lines));
}
