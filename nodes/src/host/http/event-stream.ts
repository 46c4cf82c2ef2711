import type { FastifyReply } from 'fastify';

/** Server-sent events on a reply: begun with the first, so that what fails before is an answer with its status. */
export class EventStream {
  readonly #reply: FastifyReply;
  #isOpen = false;

  constructor(reply: FastifyReply) {
    this.#reply = reply;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** Its reader has not taken what was sent: whoever goes on makes this host keep it. */
  get isBehind(): boolean {
    return this.#reply.raw.writableNeedDrain;
  }

  onRoom(go: () => void): void {
    this.#reply.raw.on('drain', go);
  }

  send(value: unknown): void {
    if (!this.#isOpen) this.#open();
    this.#reply.raw.write(`data: ${JSON.stringify(value)}\n\n`);
  }

  end(): void {
    this.#reply.raw.end('data: [DONE]\n\n');
  }

  #open(): void {
    this.#isOpen = true;
    const headers = this.#reply.getHeaders();
    this.#reply.hijack();
    this.#reply.raw.writeHead(200, {
      ...(headers as Record<string, string>),
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      // Proxies that buffer would hold tokens back.
      'x-accel-buffering': 'no',
    });
  }
}
