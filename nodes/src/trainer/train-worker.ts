// The thread in which a round is trained for, or a file that was trained elsewhere is finished.
import { parentPort, workerData } from 'node:worker_threads';
import { loadNodeCore } from '@covey/wasm-core/node';
import { toSent } from '../worker/run-worker.ts';
import { finishOrTrain, type FromTraining, type ToTraining } from './training.ts';

const say = (message: FromTraining) => parentPort?.postMessage(message);

try {
  const onProgress = (done: number, total: number) => say({ type: 'progress', done, total });
  say({ type: 'done', result: finishOrTrain(await loadNodeCore(), workerData as ToTraining, onProgress) });
} catch (error) {
  say({ type: 'failed', error: toSent(error) });
}
