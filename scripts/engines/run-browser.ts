// A worker of the page that page-server.ts serves: runs the battery and sends its hashes back.
import { loadCore } from '@covey/wasm-core';
import { runBattery } from './battery.ts';

const threads = Number(new URL(import.meta.url).searchParams.get('threads') ?? 1);
let report: unknown;
try {
  const wasm = await (await fetch('/wasm-core/dist/core.wasm')).arrayBuffer();
  const core = await loadCore(wasm, { threads });
  report = { threads: core.threads, hashes: await runBattery(core) };
  core.close();
} catch (error) {
  report = { error: error instanceof Error ? (error.stack ?? error.message) : String(error) };
}
await fetch('/report', { method: 'POST', body: JSON.stringify(report) });
