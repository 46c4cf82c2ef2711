// `npm run bench [-- --json]`: the core's kernels beside C, the machine's limits and other libraries, in one run.
import { spawnSync } from 'node:child_process';
import { buildCore } from './build.ts';
import { root } from './process.ts';

await buildCore();
const args = ['wasm-core/bench/bench.ts', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
