// `npm run bench [-- --json]`: the core's kernels beside native code in the same run.
import { buildCore } from './build.ts';
import { run } from './process.ts';

await buildCore();
const result = await run('node', ['wasm-core/bench/bench.ts', ...process.argv.slice(2)]);
process.stdout.write(result.stdout);
process.stderr.write(result.stderr);
process.exitCode = result.code;
