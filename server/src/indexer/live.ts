import type { LiveEvent, LiveEventName } from '../schema/index.ts';

export interface LiveMessage {
  /** Grows by one with each message of this process. */
  id: number;
  event: LiveEventName;
  data: LiveEvent;
}

/** The last messages, so that a page that lost its connection for a moment misses nothing. */
const REMEMBERED = 2000;

/** Hands what the index and the hub learn to whoever listens. */
export class LiveBus {
  readonly #listeners = new Set<(message: LiveMessage) => void>();
  readonly #recent: LiveMessage[] = [];
  /** Tells the lives of the process apart: an id of an earlier one cannot be resumed. */
  readonly run = Date.now().toString(36);
  #next = 1;

  publish(event: LiveEventName, data: LiveEvent): void {
    const message = { id: this.#next++, event, data };
    this.#recent.push(message);
    if (this.#recent.length > REMEMBERED) this.#recent.shift();
    for (const listener of this.#listeners) listener(message);
  }

  subscribe(listener: (message: LiveMessage) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  get listeners(): number {
    return this.#listeners.size;
  }

  idOf(message: LiveMessage): string {
    return `${this.run}-${message.id}`;
  }

  /** Messages after this id; undefined when they are not all known any more. */
  since(lastEventId: string): LiveMessage[] | undefined {
    const [run, text] = lastEventId.split('-');
    const id = Number(text);
    if (run !== this.run || !Number.isInteger(id) || id >= this.#next) return undefined;
    const oldest = this.#recent[0]?.id ?? this.#next;
    return id + 1 < oldest ? undefined : this.#recent.filter((message) => message.id > id);
  }
}
