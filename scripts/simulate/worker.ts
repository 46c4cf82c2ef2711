import { parentPort } from 'node:worker_threads';
import { loadNodeCore } from '@covey/wasm-core/node';
import { playSpec, readSource } from './play-spec.ts';
import type { PlaySpec } from './spec.ts';

const core = await loadNodeCore();
const source = await readSource();
parentPort!.on('message', (spec: PlaySpec) => {
  // A rejection ends the worker, which the pool hears.
  void playSpec(core, source, spec).then((result) => parentPort!.postMessage(result));
});
parentPort!.postMessage('ready');
