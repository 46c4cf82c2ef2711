// The thread in which `scoreInWorker` scores one round.
import { parentPort, workerData } from 'node:worker_threads';
import { scoreRound, type RoundInputs, type TaskDocument } from '@covey/protocol';
import { loadNodeCore } from '@covey/wasm-core/node';
import { fromSent, toSent, type FromWorker, type ToWorker } from './scoring.ts';

const { task, inputs } = workerData as { task: TaskDocument; inputs: RoundInputs };
const say = (message: FromWorker) => parentPort?.postMessage(message);

const waiting = new Map<number, { resolve: (bytes: Uint8Array) => void; reject: (error: Error) => void }>();
let asked = 0;
parentPort?.on('message', (answer: ToWorker) => {
  const request = waiting.get(answer.id);
  waiting.delete(answer.id);
  if ('bytes' in answer) request?.resolve(answer.bytes);
  else request?.reject(fromSent(answer.error));
});

try {
  const result = await scoreRound({
    core: await loadNodeCore(),
    task,
    inputs,
    fetch: (cid, { maxBytes }) =>
      new Promise((resolve, reject) => {
        const id = asked++;
        waiting.set(id, { resolve, reject });
        say({ type: 'fetch', id, cid, maxBytes });
      }),
  });
  say({ type: 'done', result });
} catch (error) {
  say({ type: 'failed', error: toSent(error) });
}
