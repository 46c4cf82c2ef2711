// Everything about the sources that a machine can judge without running them. `npm run check [-- --fast]`.
// --fast: what a commit needs within half a minute; it keeps what it found in .covey/check, judges style in changed files
// only and says what it leaves out.
import { mkdirSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { changedFiles } from './checks/changed-files.ts';
import { root, run } from './process.ts';

export interface Outcome {
  name: string;
  passed: boolean;
  output: string;
}

interface Check {
  name: string;
  command: [string, ...string[]];
  /** Belongs to --fast, with these arguments more, which keep results between runs. */
  fast?: string[];
  /** Judges each file alone: --fast names it only the files that changed of those that match, in place of the folder. */
  alone?: RegExp;
}

/** By a change of these every file may be judged otherwise. */
const rulesOfStyle = ['package-lock.json', 'eslint.config.mjs', '.prettierrc.json', '.prettierignore'];

const kept = join(root, '.covey', 'check');

/** Whole packages, with their tests: what .dependency-cruiser.mjs has rules for. */
const cruised = [
  ...['errors', 'contracts/abi', 'wasm-core/loader', 'wasm-core/attacks', 'wasm-core/bench', 'wasm-core/models'],
  ...['protocol', 'client', 'governance', 'nodes', 'server', 'web', 'scripts', 'e2e'],
];

const incremental = (name: string) => ['--incremental', '--tsBuildInfoFile', join(kept, `${name}.tsbuildinfo`)];
const cached = (name: string) => ['--cache', '--cache-location', join(kept, name), '--cache-strategy', 'content'];

/** The longest first: two run at once where there are two cores. */
const checks: Check[] = [
  {
    name: 'types of the web app',
    command: ['vue-tsc', '--noEmit', '-p', 'web/tsconfig.json'],
    fast: incremental('web'),
  },
  { name: 'types', command: ['tsc', '-p', 'tsconfig.json'], fast: incremental('types') },
  {
    name: 'lint',
    command: ['eslint', '--max-warnings', '0', '--no-warn-ignored', '.'],
    fast: cached('eslint'),
    alone: /\.(ts|mjs|js|vue)$/,
  },
  {
    name: 'format',
    command: ['prettier', '--check', '--log-level', 'warn', '--ignore-unknown', '.'],
    fast: cached('prettier'),
    alone: /./,
  },
  {
    name: 'dependency direction',
    command: ['depcruise', '--config', '.dependency-cruiser.mjs', ...cruised],
    fast: ['--cache', join(kept, 'depcruise'), '--cache-strategy', 'content'],
  },
  { name: 'names of files', command: ['node', 'scripts/checks/file-names.ts'], fast: [] },
  { name: 'lengths of files', command: ['node', 'scripts/checks/file-lengths.ts'], fast: [] },
  { name: 'documents name what exists', command: ['node', 'scripts/checks/document-paths.ts'], fast: [] },
  { name: 'dependencies are pinned and explained', command: ['node', 'scripts/dependencies.ts'], fast: [] },
  {
    name: 'gas snapshot is fresh',
    command: ['forge', 'snapshot', '--isolate', '--check', '--match-path', 'contracts/test/unit/*Gas.t.sol'],
  },
  { name: 'generated ABIs are fresh', command: ['node', 'scripts/abi.ts', '--check'] },
  { name: 'layout of the contracts', command: ['forge', 'fmt', '--check', 'contracts/src', 'contracts/test'] },
  { name: 'who may call what is documented', command: ['node', 'scripts/permissions.ts', '--check'] },
  { name: 'unused code and dependencies', command: ['knip', '--no-progress'] },
  { name: 'the table of errors is fresh', command: ['node', 'scripts/errors.ts', '--check'] },
  { name: 'the command’s words in other languages', command: ['node', 'scripts/cli-words.ts', '--strict'] },
  { name: 'the table of commands is fresh', command: ['node', 'scripts/cli-reference.ts', '--check'], fast: [] },
  { name: 'answers to wrong input are fresh', command: ['node', 'scripts/cli-bad-input.ts', '--check'] },
  { name: 'the tables of rules are fresh', command: ['node', 'scripts/rules.ts', '--check'], fast: [] },
  { name: 'vectors of sealed files are fresh', command: ['node', 'scripts/sealed-vectors.ts', '--check'] },
  { name: 'wasm build is reproducible', command: ['node', 'wasm-core/build.ts', '--check'] },
];

/** Runs the checks, as many at once as there are cores, at most two: each is a whole compiler. */
export async function check({ fast = false } = {}): Promise<Outcome[]> {
  mkdirSync(kept, { recursive: true });
  const changed = fast ? await changedFiles() : undefined;
  const all = changed === undefined || changed.some((file) => rulesOfStyle.includes(file));
  const chosen = checks.filter((one) => !fast || one.fast).flatMap((one) => (all ? one : ofChanged(one, changed)));
  const outcomes: Outcome[] = [];
  const waiting = chosen.values();
  const judge = async () => {
    for (const one of waiting) outcomes.push(await judged(one, fast));
  };
  await Promise.all(Array.from({ length: Math.min(2, availableParallelism()) }, judge));
  const left = [
    ...checks.filter((one) => fast && !one.fast).map(({ name }) => name),
    ...checks.filter((one) => !all && one.alone).map(({ name }) => `${name} of files that did not change`),
  ];
  if (left.length > 0) process.stderr.write(`left out by --fast: ${left.join('; ')}\n`);
  return outcomes;
}

/** A check that judges each file alone is of the changed ones only, and of none of them is none. */
function ofChanged(one: Check, changed: string[]): Check[] {
  if (!one.alone) return [one];
  const files = changed.filter((file) => one.alone?.test(file));
  const [program, ...args] = one.command;
  const command: Check['command'] = [program, ...args.filter((argument) => argument !== '.'), ...files];
  return files.length === 0 ? [] : [{ ...one, command }];
}

async function judged({ name, command: [program, ...args], fast: more = [] }: Check, fast: boolean): Promise<Outcome> {
  const started = performance.now();
  const result = await run(program, fast ? [...args, ...more] : args);
  const passed = result.code === 0;
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stderr.write(`${passed ? '✓' : '✗'} ${name} (${seconds} s)\n`);
  if (!passed) process.stderr.write(`${result.stdout}${result.stderr}\n`);
  return { name, passed, output: result.stdout + result.stderr };
}

if (import.meta.main) {
  const unknown = process.argv.slice(2).filter((argument) => argument !== '--fast');
  if (unknown.length > 0) {
    process.stderr.write(`usage: npm run check [-- --fast]; got ${unknown.join(' ')}\n`);
    process.exit(2);
  }
  const outcomes = await check({ fast: process.argv.includes('--fast') });
  process.exitCode = outcomes.every(({ passed }) => passed) ? 0 : 1;
}
