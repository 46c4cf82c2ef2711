import type { FastifyInstance } from 'fastify';
import { serverError } from '../errors.ts';
import type { LiveBus, LiveMessage } from '../indexer/live.ts';
import { livePath } from '../schema/index.ts';
import type { LiveEvent } from '../schema/index.ts';
import { sendError } from './errors.ts';

const HEARTBEAT_MS = 15_000;
const MAX_LISTENERS = 2000;
/** A reader that does not read is let go: what it misses it gets by its Last-Event-ID. */
const MAX_BUFFERED = 1024 * 1024;

/** Server-sent events: what became stale, as soon as the index knows it. */
export async function liveRoutes(app: FastifyInstance, { live }: { live: LiveBus }): Promise<void> {
  const open = new Set<() => void>();
  app.addHook('preClose', async () => {
    for (const close of open) close();
  });

  app.get(livePath, { schema: { summary: 'Live events (text/event-stream)' } }, (request, reply) => {
    if (live.listeners >= MAX_LISTENERS) {
      return sendError(reply, serverError('SERVER_RATE_LIMITED', 'too many live connections'), 503);
    }
    reply.hijack();
    const { raw } = reply;
    raw.writeHead(200, {
      ...Object.fromEntries(Object.entries(reply.getHeaders()).filter(([, value]) => value !== undefined)),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      connection: 'keep-alive',
      'x-accel-buffering': 'no',
    } as Record<string, string>);
    raw.write('retry: 1000\n\n');
    const send = (message: LiveMessage) => {
      raw.write(`id: ${live.idOf(message)}\nevent: ${message.event}\ndata: ${JSON.stringify(message.data)}\n\n`);
      if (raw.writableLength > MAX_BUFFERED) close();
    };
    const unsubscribe = live.subscribe(send);
    const heartbeat = setInterval(() => raw.write(': still here\n\n'), HEARTBEAT_MS);
    function close(): void {
      clearInterval(heartbeat);
      unsubscribe();
      open.delete(close);
      raw.end();
    }
    open.add(close);
    raw.on('close', close);

    const last = request.headers['last-event-id'];
    if (typeof last !== 'string') return;
    const missed = live.since(last);
    if (missed !== undefined) return missed.forEach(send);
    const data: LiveEvent = { type: 'reset', keys: [], block: { number: 0, timestamp: 0 }, transactionHash: null };
    raw.write(`event: reset\ndata: ${JSON.stringify(data)}\n\n`);
  });
}
