import { adaptiveAttacks, referenceAttacks } from '@covey/nodes/simulation';
import { attackSections, classicSections } from './attack-sections.ts';
import { otherSections } from './other-sections.ts';
import type { Report } from './report.ts';

/** The page and its plots, by file name. */
export function pageOf(report: Report, command: string): Record<string, string> {
  const cells = report.sections.attacks?.rows ?? [];
  const { sections, plots } = attackSections(cells);
  const all = [
    head(),
    ...sections,
    ...classicSections(cells),
    ...otherSections(report),
    strategies(),
    made(report, command),
  ];
  return { 'simulation.md': `${all.join('\n\n')}\n`, ...plots };
}

function head(): string {
  return `# Simulation

Every strategy against the attributed mean, on the real core: \`npm run simulate\` plays a task's rounds in virtual time over
the protocol's own draw of seats, counting of bitmaps, ranking, public training and settlement. Nothing is mocked but chain
and network. Each cell has so many seeds as its table says; ± is the half-width of
the 95 % confidence interval (Student's), and a cell of one seed has none. Cells of fewer seeds than others are those that a longer
run has not reached yet.

Settings: 20 nodes, 4 rounds, a 784–32–10 network on MNIST, SGD at 0.1 in batches of 32, one epoch a round. _reference_: 150
digits a node, shards of 1,000, three epochs of public training. _little_: 1,000 digits a node, shards of 200, no public
training, so that opened data cannot carry the model. Accuracy is on 2,000 hidden digits. Hostile nodes know this round's
honest updates where their strategy says so, which commitments hide from them in a real round.

Some strategies are not attacks but work: _three epochs_, _ten epochs_ and _pooled data_ train longer, or on more data, and
give more. They are held against the same aim, and their misses say that the rule pays for it. _Honest mean_ and _mimic_ need
what commitments hide. A cell of one or two seeds misses by chance often: its interval says how much it is worth.`;
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
