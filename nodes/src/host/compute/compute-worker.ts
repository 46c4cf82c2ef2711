// The thread in which a host computes: it takes requests while it works, and computes those together that came meanwhile.
import { parentPort, workerData } from 'node:worker_threads';
import type { InferenceModel } from '@covey/protocol/inference';
import { loadCore } from '@covey/wasm-core';
import { Batcher } from './batcher.ts';
import type { ComputeData, ToCompute } from './compute-pool.ts';

const { wasm, scorer, models } = workerData as ComputeData;
const core = await loadCore(new Uint8Array(wasm), { expectedSha256: scorer });
const loaded = new Map<string, InferenceModel>(models);
const batcher = new Batcher(core, loaded, (said) => parentPort?.postMessage(said));
let isWorking = false;

parentPort?.on('message', (message: ToCompute) => {
  if (message.type === 'cancel') return batcher.cancel(message.id);
  batcher.add(message.id, message.request);
  if (isWorking) return;
  isWorking = true;
  setImmediate(work);
});

/** Messages are taken between two ticks. */
function work(): void {
  isWorking = batcher.tick();
  if (isWorking) setImmediate(work);
}

parentPort?.postMessage({ type: 'ready' });
