import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { Transform, pipeline, type Readable } from 'node:stream';

export interface TrafficLimits {
  /** Connections at once. */
  connections: number;
  /** Bytes that all of them hold here together: of bodies that have not come whole, and of answers that have not left. */
  bytes: number;
  /** Milliseconds in which a reader takes what was there for it, or 16 KiB for each second of them. */
  stallMs: number;
}

export const trafficLimits: TrafficLimits = { connections: 1_024, bytes: 128 * 2 ** 20, stallMs: 10_000 };

/** Bytes a second below which a reader is left. */
const LEAST_RATE = 16 * 2 ** 10;
/** Requests of one connection at once: what it sends beyond them was written without waiting for an answer. */
const MOST_PIPELINED = 8;
/** Milliseconds between two looks; of what is over the bound, so much is dropped that there is room again. */
const LOOK_MS = 250;
const ROOM = 0.75;

/** A request under way, from its headers to the last byte of its answer. */
interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  socket: Socket;
  /** Bytes of a body that is not whole yet. */
  came: number;
  /** Bytes of the answer that are not handed to the connection yet. */
  unsent: number;
  /** When something of either came or left. */
  movedAt: number;
  /** When the reader was last looked at, what had left then, and what was to leave until the next time. */
  window: { from: number; left: number; owed: number };
}

/**
 * Bounds what strangers make a host keep in memory, however slowly they write and read. Where they want more together, those
 * who hold most for longest without moving are dropped: honest requests come at once, and are read. A new connection takes the place of the
 * oldest one for which nothing is computed.
 */
export class Traffic {
  readonly #limits: TrafficLimits;
  readonly #onDropped: (why: 'slow' | 'full') => void;
  /** By age. */
  readonly #connections = new Map<Socket, Set<Exchange>>();
  readonly #exchanges = new Map<ServerResponse, Exchange>();
  readonly #timer: NodeJS.Timeout;
  /** Bytes of all bodies that are not whole yet. */
  #coming = 0;

  constructor(server: Server, limits: TrafficLimits, onDropped: (why: 'slow' | 'full') => void) {
    this.#limits = limits;
    this.#onDropped = onDropped;
    server.on('connection', (socket: Socket) => this.#connect(socket));
    server.prependListener('request', (request: IncomingMessage, response: ServerResponse) =>
      this.#begin(request, response),
    );
    this.#timer = setInterval(() => this.look(), Math.min(LOOK_MS, limits.stallMs));
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Requests under way. */
  get open(): number {
    return this.#exchanges.size;
  }

  /** Bytes that are held. */
  get held(): number {
    let sum = 0;
    for (const exchange of this.#exchanges.values()) sum += heldBy(exchange);
    return sum;
  }

  /** The body as it comes, counted: what is too much is seen at once. */
  counted(response: ServerResponse, body: Readable): Readable {
    const exchange = this.#exchanges.get(response);
    if (!exchange) return body;
    const counter = new Transform({
      transform: (chunk: Buffer, _encoding, done) => {
        exchange.came += chunk.length;
        exchange.movedAt = performance.now();
        this.#coming += chunk.length;
        if (this.#coming > this.#limits.bytes) this.look();
        done(null, chunk);
      },
    });
    // Whole, or broken off: it is its reader's now, or nobody's.
    pipeline(body, counter, () => this.#settle(exchange));
    return counter;
  }

  /** Says how much of an answer is not handed to its connection yet. */
  owe(response: ServerResponse, unsent: number): void {
    const exchange = this.#exchanges.get(response);
    if (exchange) [exchange.unsent, exchange.movedAt] = [unsent, performance.now()];
  }

  /** Drops readers that are too slow, and where too much is held those who hold most for longest. */
  look(now = performance.now()): void {
    for (const exchange of this.#exchanges.values()) if (this.#isSlow(exchange, now)) this.#drop(exchange, 'slow');
    let { held } = this;
    if (held <= this.#limits.bytes) return;
    const weight = (exchange: Exchange) => heldBy(exchange) * (1 + now - exchange.movedAt);
    const all = [...this.#exchanges.values()].sort((a, b) => weight(b) - weight(a));
    for (const exchange of all) {
      if (held <= ROOM * this.#limits.bytes) return;
      held -= heldBy(exchange);
      this.#drop(exchange, 'full');
    }
  }

  #connect(socket: Socket): void {
    if (this.#connections.size >= this.#limits.connections) {
      const [oldest] = [...this.#connections].find(([, exchanges]) => !isAnswering(exchanges)) ?? [];
      (oldest ?? socket).destroy();
      this.#onDropped('full');
      if (!oldest) return;
      this.#connections.delete(oldest);
    }
    const exchanges = new Set<Exchange>();
    this.#connections.set(socket, exchanges);
    socket.once('close', () => {
      this.#connections.delete(socket);
      // Answers that had not had their turn are not told of its end.
      for (const exchange of exchanges) this.#end(exchange, exchanges);
    });
  }

  #begin(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const exchanges = this.#connections.get(socket);
    if (!exchanges || socket.destroyed) return;
    if (exchanges.size >= MOST_PIPELINED) {
      socket.destroy();
      this.#onDropped('full');
      return;
    }
    const movedAt = performance.now();
    const window = { from: movedAt, left: leftOf(socket), owed: 0 };
    const exchange: Exchange = { request, response, socket, came: 0, unsent: 0, movedAt, window };
    exchanges.add(exchange);
    this.#exchanges.set(response, exchange);
    response.once('close', () => this.#end(exchange, exchanges));
  }

  #end(exchange: Exchange, exchanges: Set<Exchange>): void {
    exchanges.delete(exchange);
    this.#exchanges.delete(exchange.response);
    this.#settle(exchange);
  }

  #settle(exchange: Exchange): void {
    this.#coming -= exchange.came;
    exchange.came = 0;
  }

  #isSlow(exchange: Exchange, now: number): boolean {
    const { socket, window } = exchange;
    const { stallMs } = this.#limits;
    if (now - window.from < stallMs) return false;
    const left = leftOf(socket);
    const isSlow = left - window.left < Math.min(window.owed, (LEAST_RATE * stallMs) / 1_000);
    exchange.window = { from: now, left, owed: outgoing(exchange) };
    return isSlow;
  }

  #drop(exchange: Exchange, why: 'slow' | 'full'): void {
    exchange.socket.destroy();
    this.#exchanges.delete(exchange.response);
    this.#settle(exchange);
    this.#onDropped(why);
  }
}

/** What came of a body, or waits of its answer. */
const heldBy = (exchange: Exchange): number => outgoing(exchange) + exchange.came;

const outgoing = ({ response, unsent }: Exchange): number => response.writableLength + unsent;

/** What has left: Node counts what waits as written. */
const leftOf = (socket: Socket): number => socket.bytesWritten - socket.writableLength;

/** Something was asked whole, and is computed or told. */
const isAnswering = (exchanges: ReadonlySet<Exchange>): boolean =>
  [...exchanges].some(({ request }) => request.complete);
