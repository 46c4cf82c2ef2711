/**
 * How much of the contracts the forge tests run: `npm run coverage`. Prints a line a file and fails below the thresholds.
 * Apart from `npm test`, since everything is compiled a second time without the optimiser, so that lines can be told apart.
 */
import { mkdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root, run } from './process.ts';

/** Least part of all lines, and of all branches, of `contracts/src` that has to be run, in percent. */
const minimum = { lines: 95, branches: 90 };

interface Counts {
  lines: number;
  linesHit: number;
  branches: number;
  branchesHit: number;
}

/** Reads the counters of an LCOV file: https://ltp.sourceforge.net/coverage/lcov/geninfo.1.php, section FILES. */
function countsByFile(lcov: string): Map<string, Counts> {
  const files = new Map<string, Counts>();
  let counts: Counts = { lines: 0, linesHit: 0, branches: 0, branchesHit: 0 };
  for (const line of lcov.split('\n')) {
    const colon = line.indexOf(':');
    const value = line.slice(colon + 1);
    switch (line.slice(0, colon)) {
      case 'SF':
        counts = { lines: 0, linesHit: 0, branches: 0, branchesHit: 0 };
        files.set(relative(root, join(root, value)), counts);
        break;
      case 'LF':
        counts.lines = Number(value);
        break;
      case 'LH':
        counts.linesHit = Number(value);
        break;
      case 'BRF':
        counts.branches = Number(value);
        break;
      case 'BRH':
        counts.branchesHit = Number(value);
        break;
    }
  }
  return files;
}

function percent(hit: number, all: number): number {
  return all === 0 ? 100 : (100 * hit) / all;
}

function row(name: string, c: Counts): string {
  const lines = `${percent(c.linesHit, c.lines).toFixed(1)} % (${c.linesHit}/${c.lines})`;
  const branches = `${percent(c.branchesHit, c.branches).toFixed(1)} % (${c.branchesHit}/${c.branches})`;
  return `${name.padEnd(48)} ${lines.padStart(20)} ${branches.padStart(20)}`;
}

const folder = join(root, '.covey', 'coverage');
mkdirSync(folder, { recursive: true });
const file = join(folder, 'lcov.info');
const result = await run(
  'forge',
  [
    'coverage',
    '--report',
    'lcov',
    '--report-file',
    file,
    // Campaigns find what must not happen; which lines run, tests and scenarios show in a fraction of the time.
    '--no-match-test',
    '^invariant_',
    // Their bounds are those of optimised code.
    '--no-match-contract',
    'Gas',
    '--no-match-coverage',
    '^(contracts/test|contracts/osx|node_modules)',
  ],
  {
    // What is covered shows after few runs; the many belong to `npm test`.
    env: {
      FOUNDRY_FUZZ_RUNS: '32',
      FOUNDRY_OUT: 'out/coverage',
      FOUNDRY_CACHE_PATH: 'cache/coverage',
    },
  },
);
if (result.code !== 0) {
  process.stderr.write(`${result.stdout.slice(-4000)}${result.stderr.slice(-4000)}\nforge coverage failed\n`);
  process.exit(1);
}

const files = [...countsByFile(readFileSync(file, 'utf8'))].filter(([name]) => name.startsWith('contracts/src/'));
const total: Counts = { lines: 0, linesHit: 0, branches: 0, branchesHit: 0 };
process.stdout.write(`${'file'.padEnd(48)} ${'lines'.padStart(20)} ${'branches'.padStart(20)}\n`);
for (const [name, counts] of files.sort(([a], [b]) => a.localeCompare(b))) {
  process.stdout.write(`${row(name, counts)}\n`);
  for (const key of Object.keys(total) as (keyof Counts)[]) total[key] += counts[key];
}
process.stdout.write(`${row('all', total)}\n`);
const tooLow =
  files.length === 0 ||
  percent(total.linesHit, total.lines) < minimum.lines ||
  percent(total.branchesHit, total.branches) < minimum.branches;
if (tooLow) {
  process.stderr.write(
    `Expected at least ${minimum.lines} % of the lines and ${minimum.branches} % of the branches.\n`,
  );
}
process.exitCode = tooLow ? 1 : 0;
