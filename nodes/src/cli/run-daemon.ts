import { sentence } from '@covey/errors';
import { isClientError, type ContentStore, type CoveyWriter, type RpcEvent } from '@covey/client';
import { constants } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { Duties, type PendingOrder } from '../daemon/duties.ts';
import type { Computations } from '../daemon/computations.ts';
import type { DaemonOptions } from '../daemon/run-rounds.ts';
import type { TroubleName } from '../daemon/trouble-names.ts';
import { Troubles } from '../daemon/troubles.ts';
import { Watch } from '../daemon/watch.ts';
import { watchedStore, type StoreWatcher } from '../daemon/watched-store.ts';
import type { NodeEvent, OnEvent } from '../events.ts';
import { logger } from '../log/logger.ts';
import { NodeMetrics } from '../metrics/node-metrics.ts';
import { serveMetrics } from '../metrics/serve.ts';
import { openSender, openStore, stateDir } from './context.ts';
import { exitCodes } from './exit-codes.ts';
import type {
  AccountOptions,
  ContentOptions,
  DaemonOptions as DaemonArguments,
  GasOptions,
  ServiceOptions,
  StateOptions,
} from './options.ts';
import type { Output } from './output.ts';

/** What every daemon is made from. */
export interface Services {
  covey: CoveyWriter;
  onEvent: OnEvent;
  /** The IPFS node. */
  store: ContentStore;
}

/** Whatever runs until it is told to stop. */
interface Daemon {
  run(options: DaemonOptions): Promise<void>;
  duties?: Duties;
  computations?: Computations;
  /** Of a seller: orders whose keys are to be delivered. */
  readonly pendingOrders?: PendingOrder[];
}

type Options = AccountOptions &
  Partial<GasOptions> &
  ServiceOptions &
  Pick<DaemonArguments, 'pollMs' | 'once'> &
  Partial<Pick<DaemonArguments, 'task'>> &
  Partial<ContentOptions> &
  Partial<StateOptions>;

/** Milliseconds between two looks at what a daemon depends on, and for what is under way when it is told to stop. */
const watchMs = 5_000;
const stopMs = 8_000;

/** Errors that are an outage of all, said once for all. */
const outages: Readonly<Record<string, TroubleName>> = {
  CHAIN_UNREACHABLE: 'chain',
  CONTENT_UNREACHABLE: 'content',
  DISK_FULL: 'disk',
};

/**
 * Runs a daemon with its log, metrics and watch until SIGINT or SIGTERM. What is under way is ended within seconds; then it
 * says what is left to do in rounds, or for orders. A second signal ends it at once: what is on disk is enough to go on at any moment.
 */
export async function runDaemon(
  options: Options,
  out: Output,
  make: (services: Services) => Promise<Daemon>,
): Promise<void> {
  const metrics = new NodeMetrics();
  const log = openLog(options, out);
  const say = (event: NodeEvent) => {
    metrics.take(event);
    log(event);
  };
  const troubles = new Troubles(say);
  const onEvent = withoutOutages(say, troubles);
  const hooks = {
    onTransaction: onEvent,
    onEndpoint: (event: RpcEvent) => onEndpoint(event, { say, troubles, metrics }),
  };
  const covey = await whereReached(options, () => openSender(options, hooks));
  const { ipfs } = options;
  const store = watchedStore(openStore({ ipfs: ipfs ?? '' }), storeWatcher(troubles, metrics));
  const daemon = await make({ covey, onEvent, store });
  const watch = new Watch({
    ...{ covey, troubles, metrics, onEvent: say },
    duties: daemon.duties ?? new Duties(),
    computations: daemon.computations,
    orders: () => daemon.pendingOrders ?? [],
    stateDir: options.stateDir === undefined ? null : stateDir({ stateDir: options.stateDir }),
    reachContent: ipfs === undefined ? null : () => isReached(ipfs),
    everyMs: watchMs,
  });
  const text = () => {
    watch.lookAtDuties();
    return metrics.text();
  };
  const server = await serve(options, text, troubles, say);
  try {
    await untilStopped(options, daemon, watch, say);
  } finally {
    server?.stop();
  }
}

/** JSON goes to stdout, where programs read; text to stderr, as all that is said to people. */
function openLog({ logFormat, logLevel: least }: ServiceOptions, { json }: Output): OnEvent {
  const format = logFormat ?? (json ? 'json' : 'text');
  const stream = format === 'json' ? process.stdout : process.stderr;
  return logger({ format, least, isTerminal: stream.isTTY, write: (line) => stream.write(line) });
}

/** What is an outage of all is said once for all; its end is seen where it is: by the endpoint, the store and the disk. */
function withoutOutages(say: OnEvent, troubles: Troubles): OnEvent {
  return (event) => {
    const outage = 'code' in event ? outages[event.code] : undefined;
    if (!outage) say(event);
    else if (event.event === 'error') troubles.begin(outage, event.message, outage === 'disk' ? { at: 'once' } : {});
  };
}

function storeWatcher(troubles: Troubles, metrics: NodeMetrics): StoreWatcher {
  return {
    onAnswer: () => troubles.end('content'),
    onFailure(code, message, isReached) {
      metrics.contentFailed(code);
      if (isReached) troubles.end('content');
      else troubles.begin('content', message);
    },
  };
}

async function serve(
  { metricsPort: port, metricsHost: host }: ServiceOptions,
  metrics: () => string,
  troubles: Troubles,
  say: OnEvent,
) {
  if (port === undefined) return null;
  const server = await serveMetrics({ host, port, metrics, notReady: () => troubles.blocking });
  say({ event: 'serving', url: server.url });
  return server;
}

async function untilStopped(options: Options, daemon: Daemon, watch: Watch, say: OnEvent): Promise<void> {
  const stop = new AbortController();
  const watching = new AbortController();
  const onSignal = (signal: NodeJS.Signals) => {
    if (stop.signal.aborted) process.exit(128 + constants.signals[signal]);
    say({ event: 'stopping', signal });
    stop.abort(new Error('stopped'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  try {
    const { pollMs, task: tasks = null, once = false } = options;
    const { signal } = stop;
    const running = whereReached(options, () => daemon.run({ pollMs, tasks, signal, once }));
    if (!options.once) void watch.run(watching.signal);
    // A step that waits for an endpoint or a block is not waited for: it is taken up at the next start.
    await Promise.race([running, afterAbort(stop.signal)]);
    if (!stop.signal.aborted) return;
    const [steps, orders] = [watch.pending(), watch.pendingOrders()];
    for (const duty of steps) say({ event: 'pending', ...duty });
    for (const order of orders) say({ event: 'order-pending', ...order });
    if (steps.length + orders.length > 0) process.exitCode = exitCodes.pending.code;
  } finally {
    watching.abort();
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
  }
}

/** A daemon that begins while the chain is away waits for it: nobody may be there to start it once more. */
async function whereReached<T>({ once, pollMs }: Pick<Options, 'once' | 'pollMs'>, work: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (once || !isClientError(error, 'CHAIN_UNREACHABLE')) throw error;
      await sleep(pollMs);
    }
  }
}

async function afterAbort(signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
  await sleep(stopMs, undefined, { ref: false });
}

function onEndpoint(
  event: RpcEvent,
  { say, troubles, metrics }: { say: OnEvent; troubles: Troubles; metrics: NodeMetrics },
): void {
  switch (event.type) {
    case 'failed':
      return metrics.rpcFailed(event.endpoint);
    case 'left':
      return say({ event: 'endpoint-left', endpoint: event.endpoint, message: event.message });
    case 'back':
      return say({ event: 'endpoint-back', endpoint: event.endpoint, seconds: event.seconds });
    case 'down':
      return troubles.begin('chain', sentence`No endpoint of the chain answers: ${event.message}`);
    case 'up':
      return troubles.end('chain');
  }
}

/** Any answer will do: what it says of the question is not asked. */
async function isReached(ipfs: string): Promise<boolean> {
  try {
    const response = await fetch(`${ipfs.replace(/\/+$/, '')}/api/v0/version`, {
      method: 'POST',
      signal: AbortSignal.timeout(watchMs),
    });
    await response.body?.cancel();
    return true;
  } catch {
    return false;
  }
}
