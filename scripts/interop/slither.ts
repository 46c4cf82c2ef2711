// Runs Slither over contracts/src, and compares what it finds with the table of docs/reference/slither.md:
//   python3 -m venv .covey/slither && .covey/slither/bin/pip install slither-analyzer==0.11.6
//   node scripts/interop/slither.ts .covey/slither/bin/slither
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../process.ts';

interface Report {
  results: { detectors?: { check: string; impact: string; description: string }[] };
}

const slither = process.argv[2] ?? 'slither';
const page = join(root, 'docs', 'reference', 'slither.md');
const file = join(root, '.covey', 'slither.json');

// Slither reads the compiler's own output; the helpers by which forge links tests would be files that do not exist.
const output = {
  FOUNDRY_DYNAMIC_TEST_LINKING: 'false',
  FOUNDRY_OUT: 'out/slither',
  FOUNDRY_CACHE_PATH: 'cache/slither',
};
for (const folder of [output.FOUNDRY_OUT, output.FOUNDRY_CACHE_PATH]) {
  rmSync(join(root, folder), { recursive: true, force: true });
}
execFileSync('forge', ['build', 'contracts/src', '--build-info'], {
  cwd: root,
  stdio: 'inherit',
  env: { ...process.env, ...output },
});
mkdirSync(join(root, '.covey'), { recursive: true });
rmSync(file, { force: true });
const flags = ['--ignore-compile', '--foundry-out-directory', output.FOUNDRY_OUT, '--filter-paths', 'node_modules'];
const { error } = spawnSync(slither, ['.', ...flags, '--json', file], { cwd: root, stdio: 'ignore' });
if (error) throw error;

const { results } = JSON.parse(readFileSync(file, 'utf8')) as Report;
const found = Map.groupBy(results.detectors ?? [], ({ check }) => check);
const answered = new Map<string, string>();
for (const [, check, count] of readFileSync(page, 'utf8').matchAll(/^\| `([a-z-]+)` +\|[^|]+\| +(\d+|any) +\|/gm)) {
  answered.set(check as string, count as string);
}
const different = [...new Set([...found.keys(), ...answered.keys()])].filter((check) => {
  const [got, expected] = [found.get(check)?.length ?? 0, answered.get(check) ?? '0'];
  return expected === 'any' ? got === 0 : got !== Number(expected);
});
for (const check of different) {
  console.log(`${check}: ${found.get(check)?.length ?? 0} found, ${answered.get(check) ?? 0} answered in slither.md`);
  for (const { description } of found.get(check) ?? []) console.log(`  ${description.trim().split('\n', 1)[0]}`);
}
if (different.length === 0)
  console.log(`${results.detectors?.length ?? 0} findings, all of kinds that slither.md answers`);
process.exitCode = different.length === 0 ? 0 : 1;
