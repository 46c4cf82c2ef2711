// `npm run bench [-- --json]`: the core's kernels beside C, the machine's limits and other libraries, in one run.
import { spawnSync } from 'node:child_process';
import { root } from './process.ts';

const args = ['wasm-core/bench/bench.ts', ...process.argv.slice(2)];
const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
process.exitCode = status ?? 1;
