import { adaptiveAttacks, referenceAttacks, type Estimate } from '@covey/nodes/simulation';
import type { Cell } from './cells.ts';
import { dotChart, type Dot } from './charts.ts';
import { aims, missesOf, settingName, type Report } from './report.ts';

/** The page and its plots, by file name. */
export function pageOf(report: Report, command: string): Record<string, string> {
  const cells = report.sections.attacks?.rows ?? [];
  const shares = [...new Set(cells.map(({ hostile }) => hostile))].filter((share) => share > 0).sort((a, b) => a - b);
  const plots = Object.fromEntries(
    [...new Set(cells.map(({ setting }) => setting))].flatMap((setting) => {
      const some = cells.filter((cell) => cell.setting === setting && isPlain(cell));
      return shares.map((share) => [
        `simulation-${setting}-${Math.round(share * 100)}.svg`,
        payPlot(some, setting, share),
      ]);
    }),
  );
  const sections = [
    head(),
    aimsTable(cells),
    missList(cells),
    ...Object.keys(plots).map((file) => `![${file}](${file})`),
  ];
  sections.push(
    ...attackTables(cells),
    ...economy(report),
    ...shapley(report),
    ...scale(report),
    ...growth(report),
    strategies(),
    made(report, command),
  );
  return { 'simulation.md': `${sections.join('\n\n')}\n`, ...plots };
}

/** Nothing changed but the split. */
const isPlain = ({ change }: Cell) => Object.keys(change).every((name) => name === 'alpha');

function head(): string {
  return `# Simulation

Every strategy against the attributed mean, on the real core: \`npm run simulate\` plays a task's rounds in virtual time over
the protocol's own draw of seats, counting of bitmaps, ranking, public training and settlement. Nothing is mocked but chain
and network. Each cell has so many seeds as its table says; ± is the half-width of
the 95 % confidence interval (Student's), and a cell of one seed has none.

Settings: 20 nodes, 4 rounds, a 784–32–10 network on MNIST, SGD at 0.1 in batches of 32, one epoch a round. _reference_: 150
digits a node, shards of 1,000, three epochs of public training. _little_: 1,000 digits a node, shards of 200, no public
training, so that opened data cannot carry the model. Accuracy is on 2,000 hidden digits. Hostile nodes know this round's
honest updates where their strategy says so, which commitments hide from them in a real round.

Some strategies are not attacks but work: _three epochs_, _ten epochs_ and _pooled data_ train longer, or on more data, and
give more. They are held against the same aim, and their misses say that the rule pays for it. _Honest mean_ and _mimic_ need
what commitments hide. A cell of one or two seeds misses by chance often: its interval says how much it is worth.`;
}

function aimsTable(cells: readonly Cell[]): string {
  const misses = missesOf(cells);
  const lines = Object.values(aims).map((aim) => {
    const of = misses.filter((miss) => miss.aim === aim);
    const worst = of[0] ? `${of[0].cell}: ${of[0].got}` : '';
    return `| ${aim} | ${of.length} | ${worst} |`;
  });
  return `## Aims\n\n| aim | cells that miss it | worst |\n| --- | --- | --- |\n${lines.join('\n')}`;
}

function missList(cells: readonly Cell[]): string {
  const lines = missesOf(cells).map(({ aim, cell, got, by }) => `- ${cell}: ${got}, by ${by.toFixed(2)} (${aim})`);
  return `## Cells that miss\n\n${lines.join('\n') || 'None.'}`;
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

function attackTables(cells: readonly Cell[]): string[] {
  const groups = Map.groupBy(cells, ({ setting, change }) => settingName(setting, change));
  return [...groups].map(([name, some]) => {
    const alone = some.find(({ hostile }) => hostile === 0);
    const lines = some
      .filter(({ hostile }) => hostile > 0)
      .sort((a, b) => a.hostile - b.hostile)
      .map((cell) =>
        [
          cell.attack,
          `${Math.round(cell.hostile * 100)} %`,
          cell.seeds,
          text(cell.accuracy),
          text(cell.besideAway),
          text(cell.besideMean),
          text(cell.paySame),
          text(cell.payBeside),
          percent(cell.unpaid),
          Math.round(cell.cost),
          cell.backdoor ? text(cell.backdoor) : '',
        ].join(' | '),
      );
    const never =
      alone && `Honest nodes that never earned: ${percent(alone.neverEarned)} in ${alone.change.rounds ?? 4} rounds.`;
    const unattacked = alone ? `Unattacked: ${text(alone.accuracy)} (${alone.seeds} seeds). ${never}` : '';
    const header =
      'strategy | hostile | seeds | accuracy | less without hostile | less plain mean | pay / honest work on the same seats | pay / honest beside | unpaid updates | samples a round | backdoor success';
    return [`## ${name[0]!.toUpperCase()}${name.slice(1)}`, unattacked, ...(lines.length ? [table(header, lines)] : [])]
      .filter(Boolean)
      .join('\n\n');
  });
}

function economy({ sections }: Report): string[] {
  if (!sections.economy) return [];
  const lines = sections.economy.rows.map((row) =>
    [
      row.what,
      `${Math.round(row.hostile * 100)} %`,
      row.seeds,
      text(row.pay),
      percent(row.slashed),
      text(row.others),
      percent(row.ruled),
      percent(row.void),
    ].join(' | '),
  );
  const header =
    'who | hostile | seeds | pay a stake, over the honest of its role | stake slashed | pay of honest training nodes, over the play without it | rounds ruled | rounds void';
  return [
    `## Stake, seats, slashes

24 training nodes and 100 validators, three rounds, a small network. Slashes are those that a closed round proves, each
reported. The DAO rules by what it recomputes, unless said. What a round does not pay is carried to the next, so that the
pay of others rises where somebody earned nothing.`,
    table(header, lines),
  ];
}

function shapley({ sections }: Report): string[] {
  if (!sections.shapley) return [];
  const lines = sections.shapley.rows.map((row) =>
    [row.what, row.alpha ? `Dirichlet ${row.alpha}` : 'IID', row.seeds, row.permutations, text(row.correlation)].join(
      ' | ',
    ),
  );
  return [
    `## Pay against Shapley values

A coalition is worth what the plain mean of its updates takes off the loss of the round's shard; values of four rounds are
added and held against the pay of the whole play. _mixed_: one each of label flip, sign flip, lazy, opened shifted, replay
and zeros among 20 nodes. The aim is a rank correlation of 0.8.`,
    table('nodes | split | seeds | sampled orders a round | rank correlation (Spearman)', lines),
  ];
}

function scale({ sections }: Report): string[] {
  if (!sections.scale) return [];
  const lines = sections.scale.rows.map((row) =>
    [row.trainers, row.validators, row.rounds, row.trainerSeats, row.seconds.toFixed(1), Math.round(row.memory)].join(
      ' | ',
    ),
  );
  return [
    `## Scale

A small network, 10 samples a node; a round has 1,024 seats of training nodes, the most that the protocol allows.`,
    table('training nodes | validators | rounds | seats | seconds | MiB at most', lines),
  ];
}

function growth({ sections }: Report): string[] {
  if (!sections.growth) return [];
  const lines = sections.growth.rows.map(({ nodes, seconds, milliseconds, memory, kibibytes }) =>
    [nodes, seconds.toFixed(2), milliseconds.toFixed(1), Math.round(memory), Math.round(kibibytes)].join(' | '),
  );
  return [
    `## A whole task on one machine

\`covey simulate\` with a 784–32–10 network of 25,450 weights, 50 digits a node, shards of 500, three rounds in which all nodes
have seats. Seconds are the processor's; what a node takes is what is above a play with one node.`,
    table('nodes | seconds a round | milliseconds a node and round | MiB at most | KiB a node', lines),
  ];
}

function strategies(): string {
  const lines = [...referenceAttacks, ...adaptiveAttacks].map(({ name, about }) => `- **${name}**: ${about}.`);
  return `## Strategies\n\n${lines.join('\n')}`;
}

function made({ sections }: Report, command: string): string {
  const cores = Object.entries(sections).map(([name, section]) => `${name} with core \`${section.core}\``);
  const notes = Object.values(sections).flatMap(({ note }) => note ?? []);
  return `Made by \`${command}\`: ${cores.join('; ')}. A play follows from its setting, strategy, share and seed\non every machine, but for seconds and memory. Pay of\na single seed is no miss, for it has no interval. ${notes.join(' ')}`;
}

function table(header: string, lines: readonly string[]): string {
  const columns = header.split(' | ').length;
  return [header, Array.from({ length: columns }, () => '---').join(' | '), ...lines]
    .map((line) => `| ${line} |`)
    .join('\n');
}

function text({ mean, interval, n }: Estimate): string {
  if (n === 0 || !Number.isFinite(mean)) return '–';
  return n === 1 ? mean.toFixed(2) : `${mean.toFixed(2)} ± ${interval.toFixed(2)}`;
}

function percent({ mean, n }: Estimate): string {
  return n === 0 || !Number.isFinite(mean) ? '–' : `${Math.round(mean * 100)} %`;
}
