import type { OnEvent } from '../events.ts';
import type { TroubleName } from './trouble-names.ts';

/** A node can do nothing of use while one of these lasts. */
const stopping: readonly TroubleName[] = ['chain', 'content', 'disk', 'blocks'];

interface Trouble {
  since: number;
  isSaid: boolean;
}

/** Outages and the like: each is said once when it begins and once when it ends, and is shown to who asks meanwhile. */
export class Troubles {
  readonly #onEvent: OnEvent;
  readonly #graceMs: number;
  readonly #now = new Map<TroubleName, Trouble>();

  /** @param graceMs What ends within this is no news. */
  constructor(onEvent: OnEvent, graceMs = 2_000) {
    this.#onEvent = onEvent;
    this.#graceMs = graceMs;
  }

  /** To be called as often as it is seen; `at` once is enough where nothing can pass by itself. */
  begin(what: TroubleName, message: string, { at }: { at?: 'once' } = {}): void {
    const trouble = this.#now.get(what) ?? { since: performance.now(), isSaid: false };
    this.#now.set(what, trouble);
    if (trouble.isSaid || (at !== 'once' && performance.now() - trouble.since < this.#graceMs)) return;
    trouble.isSaid = true;
    this.#onEvent({ event: 'trouble', what, message });
  }

  end(what: TroubleName): void {
    const trouble = this.#now.get(what);
    this.#now.delete(what);
    if (!trouble?.isSaid) return;
    const seconds = Math.round((performance.now() - trouble.since) / 1000);
    this.#onEvent({ event: 'recovered', what, seconds });
  }

  has(what: TroubleName): boolean {
    return this.#now.has(what);
  }

  /** Those that keep it from working now. */
  get blocking(): TroubleName[] {
    return stopping.filter((what) => this.#now.get(what)?.isSaid);
  }
}
