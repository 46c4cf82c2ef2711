// The thread in which `trainInWorker` trains for one round.
import { parentPort, workerData } from 'node:worker_threads';
import { loadNodeCore } from '@covey/wasm-core/node';
import { toSent } from '../worker/run-worker.ts';
import { trainUpdate, type TrainUpdateOptions } from './train-update.ts';
import type { FromTraining } from './training.ts';

const options = workerData as Omit<TrainUpdateOptions, 'core'>;
const say = (message: FromTraining) => parentPort?.postMessage(message);

try {
  const onProgress = (done: number, total: number) => say({ type: 'progress', done, total });
  say({ type: 'done', result: trainUpdate({ ...options, core: await loadNodeCore(), onProgress }) });
} catch (error) {
  say({ type: 'failed', error: toSent(error) });
}
