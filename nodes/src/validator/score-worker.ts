// The thread in which `scoreInWorker` scores one round.
import { parentPort, workerData } from 'node:worker_threads';
import { scoreRound, type RoundInputs, type TaskDocument } from '@covey/protocol';
import { loadCore } from '@covey/wasm-core';
import { fromSent, toSent } from '../worker/run-worker.ts';
import type { FromScoring, ScoringParameters, ToScoring } from './scoring.ts';

const { task, inputs, scorer } = workerData as Pick<ScoringParameters, 'scorer'> & {
  task: TaskDocument;
  inputs: RoundInputs;
};
const say = (message: FromScoring) => parentPort?.postMessage(message);

const waiting = new Map<number, { resolve: (bytes: Uint8Array) => void; reject: (error: Error) => void }>();
let asked = 0;
parentPort?.on('message', (answer: ToScoring) => {
  const request = waiting.get(answer.id);
  waiting.delete(answer.id);
  if ('bytes' in answer) request?.resolve(answer.bytes);
  else request?.reject(fromSent(answer.error));
});

try {
  const result = await scoreRound({
    core: await loadCore(new Uint8Array(scorer), { expectedSha256: inputs.scorer }),
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
