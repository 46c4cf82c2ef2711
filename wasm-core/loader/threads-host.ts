// Workers as Node and browsers both have them, behind one face. Nothing of Node is imported, so that bundlers for
// browsers need not know it.

/** What threads are started with. */
export interface ThreadStart {
  module: WebAssembly.Module;
  memory: WebAssembly.Memory;
  /** Where the control block lies. */
  control: number;
  /** Threads for the supervisor to start. */
  workers: number;
}

/** A worker, seen from the thread that started it. */
export interface WorkerLike {
  postMessage(message: unknown): void;
  terminate(): unknown;
}

type WorkerConstructor = new (url: URL, options: { type: 'module' }) => WorkerLike;

interface NodeWorker extends WorkerLike {
  on(event: string, listen: (value: unknown) => void): void;
  unref(): void;
}

interface WebWorker extends WorkerLike {
  addEventListener(event: string, listen: (event: { data?: unknown; message?: string }) => void): void;
}

interface WorkerThreads {
  Worker: WorkerConstructor;
  parentPort: { on(event: 'message', listen: (value: unknown) => void): void; postMessage(value: unknown): void };
}

interface Host {
  process?: { getBuiltinModule?(name: string): unknown };
  Worker?: WorkerConstructor;
  crossOriginIsolated?: boolean;
  addEventListener?(event: 'message', listen: (event: { data: unknown }) => void): void;
  postMessage?(value: unknown): void;
}

const host = globalThis as unknown as Host;

function workerThreads(): WorkerThreads | undefined {
  return host.process?.getBuiltinModule?.('node:worker_threads') as WorkerThreads | undefined;
}

/** The host's Worker, or undefined when it has none, may not share memory with it, or may not wait for it here. */
export function sharingWorker(): WorkerConstructor | undefined {
  const node = workerThreads();
  if (!node && host.crossOriginIsolated !== true) return undefined;
  return mayWait() ? workerOf() : undefined;
}

export function workerOf(): WorkerConstructor | undefined {
  return workerThreads()?.Worker ?? host.Worker;
}

/** Pages may not block; workers and Node may. */
function mayWait(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 1, 0);
    return true;
  } catch {
    return false;
  }
}

/** Messages from a worker, and its death: an error that nothing caught, or its end. */
export function watch(worker: WorkerLike, onMessage: (value: unknown) => void, onDeath: (why: string) => void): void {
  if ('on' in worker) {
    const node = worker as NodeWorker;
    node.on('message', onMessage);
    node.on('error', (error) => onDeath(String(error)));
    node.on('exit', (code) => onDeath(`it ended with ${String(code)}`));
  } else {
    const web = worker as WebWorker;
    web.addEventListener('message', ({ data }) => onMessage(data));
    web.addEventListener('error', ({ message }) => onDeath(message ?? 'it could not be started'));
  }
}

/** Lets Node end while the worker sleeps. */
export function detach(worker: WorkerLike): void {
  if ('unref' in worker) (worker as NodeWorker).unref();
}

/** Inside a worker: the one message that it is started with. */
export function onStart(listen: (start: ThreadStart, reply: (value: unknown) => void) => void): void {
  const node = workerThreads();
  if (node)
    node.parentPort.on('message', (start) => listen(start as ThreadStart, (v) => node.parentPort.postMessage(v)));
  else host.addEventListener?.('message', ({ data }) => listen(data as ThreadStart, (v) => host.postMessage?.(v)));
}
