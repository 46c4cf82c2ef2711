import { Worker } from 'node:worker_threads';
import type { PlayResult, PlaySpec } from './spec.ts';

/** Plays all on so many threads; `done` hears each as it ends. */
export async function playAll(
  specs: readonly PlaySpec[],
  threads: number,
  done: (result: PlayResult) => Promise<void>,
): Promise<void> {
  const queue = [...specs];
  await Promise.all(Array.from({ length: Math.min(threads, specs.length) }, () => work(queue, done)));
}

function work(queue: PlaySpec[], done: (result: PlayResult) => Promise<void>): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('worker.ts', import.meta.url));
    const next = () => {
      const spec = queue.shift();
      if (spec) worker.postMessage(spec);
      else void worker.terminate().then(() => resolve());
    };
    worker.on('error', reject);
    worker.on('message', (message: PlayResult | 'ready') => {
      if (message === 'ready') next();
      else done(message).then(next, reject);
    });
  });
}
