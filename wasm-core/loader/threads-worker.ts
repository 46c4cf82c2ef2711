// A thread: the same code over the same memory, asleep until there are tasks. It never returns to its event loop.
import { Control, functionsOf, JOB } from './threads-control.ts';
import { onStart } from './threads-host.ts';

onStart(({ module, memory, control: at }, reply) => {
  const functions = functionsOf(module, new WebAssembly.Instance(module, { env: { memory } }));
  const control = new Control(memory, at);
  const { words } = control;
  reply('ready');
  for (;;) {
    const job = Atomics.load(words, JOB);
    control.drain(functions);
    Atomics.wait(words, JOB, job);
  }
});
