// Starts the threads and watches them. It is a worker of its own because the thread that waits for them is blocked and
// would never hear that one has died; this one says so through the shared memory.
import { Control, DIED, DONE, FAILED } from './threads-control.ts';
import { onStart, watch, workerOf, type ThreadStart } from './threads-host.ts';

onStart((start: ThreadStart, reply) => {
  const { words } = new Control(start.memory, start.control);
  const Worker = workerOf();
  let ready = 0;
  const died = (why: string): void => {
    Atomics.store(words, FAILED, DIED);
    Atomics.notify(words, DONE);
    reply(why);
  };
  if (!Worker) return died('workers cannot start workers on this host');
  for (let i = 0; i < start.workers; i++) {
    const worker = new Worker(new URL('./threads-worker.ts', import.meta.url), { type: 'module' });
    watch(worker, () => ++ready === start.workers && reply('ready'), died);
    worker.postMessage(start);
  }
});
