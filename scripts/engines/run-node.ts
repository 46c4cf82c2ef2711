// Prints the battery's hashes as JSON. `node [V8 flags] scripts/engines/run-node.ts [THREADS]`
import { loadNodeCore } from '@covey/wasm-core/node';
import { runBattery } from './battery.ts';

const core = await loadNodeCore({ threads: Number(process.argv[2] ?? 1) });
process.stdout.write(JSON.stringify({ threads: core.threads, hashes: await runBattery(core) }));
core.close();
