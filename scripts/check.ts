// Everything about the sources that a machine can judge without running them. `npm run check`.
import { performance } from 'node:perf_hooks';
import { buildCore } from './build.ts';
import { run } from './process.ts';

export interface Outcome {
  name: string;
  passed: boolean;
  output: string;
}

const checks: { name: string; command: [string, ...string[]] }[] = [
  { name: 'types', command: ['tsc', '-p', 'tsconfig.json'] },
  { name: 'types of the web app', command: ['vue-tsc', '--noEmit', '-p', 'web/tsconfig.json'] },
  { name: 'lint', command: ['eslint', '--max-warnings', '0', '.'] },
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  {
    name: 'dependency direction',
    command: [
      'depcruise',
      '--config',
      '.dependency-cruiser.mjs',
      'errors/src',
      'contracts/abi',
      'wasm-core/loader',
      'protocol/src',
      'client/src',
      'governance/src',
      'nodes/src',
      'server/src',
      'web/src',
    ],
  },
  { name: 'unused code and dependencies', command: ['knip', '--no-progress'] },
  { name: 'dependencies are pinned and explained', command: ['node', 'scripts/dependencies.ts'] },
  { name: 'the table of errors is fresh', command: ['node', 'scripts/errors.ts', '--check'] },
  { name: 'generated ABIs are fresh', command: ['node', 'scripts/abi.ts', '--check'] },
  { name: 'who may call what is documented', command: ['node', 'scripts/permissions.ts', '--check'] },
  { name: 'layout of the contracts', command: ['forge', 'fmt', '--check', 'contracts/src', 'contracts/test'] },
  {
    name: 'gas snapshot is fresh',
    command: ['forge', 'snapshot', '--isolate', '--check', '--match-path', 'contracts/test/unit/*Gas.t.sol'],
  },
  { name: 'wasm build is reproducible', command: ['node', 'wasm-core/build.ts', '--check'] },
];

export async function check(): Promise<Outcome[]> {
  await buildCore();
  const outcomes: Outcome[] = [];
  for (const { name, command } of checks) {
    const started = performance.now();
    const [program, ...args] = command;
    const result = await run(program, args);
    const passed = result.code === 0;
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    process.stderr.write(`${passed ? '✓' : '✗'} ${name} (${seconds} s)\n`);
    if (!passed) process.stderr.write(`${result.stdout}${result.stderr}\n`);
    outcomes.push({ name, passed, output: result.stdout + result.stderr });
  }
  return outcomes;
}

if (import.meta.main) {
  const outcomes = await check();
  process.exitCode = outcomes.every(({ passed }) => passed) ? 0 : 1;
}
