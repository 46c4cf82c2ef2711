import { afterEach, describe, expect, it } from 'vitest';
import { effectScope, watch } from 'vue';
import type { EffectScope } from 'vue';
import { webError } from '../errors.ts';
import { serveTask } from './serve-task.ts';
import { useWorkerTask } from './use-worker-task.ts';
import type { TaskWorker, WorkerTask } from './use-worker-task.ts';

type Run = (request: number, tell: (progress: string) => void) => Promise<number>;

const scopes: EffectScope[] = [];
afterEach(() => scopes.splice(0).forEach((scope) => scope.stop()));

/** Both real ends, joined by a channel instead of by a thread: what passes is cloned as it is for a worker. */
function open(run: Run) {
  const terminated: number[] = [];
  const errors: ((event: ErrorEvent) => void)[] = [];
  let opened = 0;
  const spawn = (): TaskWorker => {
    const number = (opened += 1);
    const { port1, port2 } = new MessageChannel();
    serveTask(
      {
        addEventListener: (type, listener) => port2.addEventListener(type, listener as (event: Event) => void),
        postMessage: (message) => port2.postMessage(message),
      },
      'WEB_VERIFY',
      run,
    );
    port1.start();
    port2.start();
    return {
      addEventListener: (type: string, listener: unknown) =>
        type === 'error'
          ? errors.push(listener as (event: ErrorEvent) => void)
          : port1.addEventListener(type, listener as (event: Event) => void),
      postMessage: (message: unknown) => port1.postMessage(message),
      terminate: () => {
        terminated.push(number);
        port1.close();
      },
    } as TaskWorker;
  };
  const scope = effectScope();
  scopes.push(scope);
  const task = scope.run(() => useWorkerTask<number, string, number>(spawn, 'WEB_VERIFY')) as WorkerTask<
    number,
    string,
    number
  >;
  return { task, scope, terminated, errors, opened: () => opened };
}

const ended = (task: WorkerTask<number, string, number>) =>
  new Promise<void>((resolve) => {
    watch(task.status, (status) => status !== 'running' && resolve(), { flush: 'sync' });
  });

/** Lets every message that is under way arrive. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 20));

describe('a task in a worker', () => {
  it('tells its steps, then its outcome, and ends the worker', async () => {
    const { task, terminated } = open(async (request, tell) => {
      tell('half');
      return request * 2;
    });
    const steps: unknown[] = [];
    watch(task.progress, (step) => steps.push(step), { flush: 'sync' });
    task.start(21);
    expect(task.status.value).toBe('running');
    await ended(task);
    expect(task.status.value).toBe('done');
    expect(task.outcome.value).toBe(42);
    expect(steps).toEqual(['half', undefined]);
    expect(task.elapsed.value).toBeGreaterThanOrEqual(0);
    expect(terminated).toEqual([1]);
  });

  it('keeps the code, the values and the advice of our own errors', async () => {
    const { task } = open(() =>
      Promise.reject(webError('WEB_SCHEMA', 'Other bytes came.', { expected: 'a', got: 'b', hint: 'Look again.' })),
    );
    task.start(1);
    await ended(task);
    expect(task.status.value).toBe('error');
    expect(task.failure.value).toMatchObject({
      ...{ code: 'WEB_SCHEMA', message: 'Other bytes came.', expected: 'a', got: 'b', hint: 'Look again.' },
    });
    expect(task.outcome.value).toBeUndefined();
  });

  it('tells anything else that was thrown as the fault of this task', async () => {
    const { task } = open(() => Promise.reject(new TypeError('not iterable')));
    task.start(1);
    await ended(task);
    expect(task.failure.value).toMatchObject({ code: 'WEB_VERIFY', message: 'not iterable' });
  });

  it('says so when the worker itself does not start', async () => {
    const { task, errors, terminated } = open(() => new Promise(() => undefined));
    task.start(1);
    errors[0]?.({ message: '' } as ErrorEvent);
    expect(task.status.value).toBe('error');
    expect(task.failure.value).toMatchObject({ code: 'WEB_VERIFY', message: 'The worker did not start.' });
    expect(terminated).toEqual([1]);
  });

  it('forgets an aborted run, also what it had sent before', async () => {
    let release: (value: number) => void = () => undefined;
    const { task, terminated } = open(() => new Promise((resolve) => (release = resolve)));
    task.start(1);
    await settle();
    release(7);
    task.cancel();
    await settle();
    expect(task.status.value).toBe('idle');
    expect(task.outcome.value).toBeUndefined();
    expect(terminated).toEqual([1]);
  });

  it('starts anew in a worker of its own; only the last run counts', async () => {
    const { task, terminated, opened } = open(async (request) => request + 1);
    task.start(1);
    task.start(2);
    await ended(task);
    await settle();
    expect(task.outcome.value).toBe(3);
    expect(opened()).toBe(2);
    expect(terminated).toEqual([1, 2]);
  });

  it('ends with the component that runs it', async () => {
    const { task, scope, terminated } = open(() => new Promise(() => undefined));
    task.start(1);
    scope.stop();
    expect(terminated).toEqual([1]);
  });
});
