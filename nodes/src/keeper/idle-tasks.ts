import { chainTime, expireTask, readTask } from '@covey/client';
import type { CoveyWriter } from '@covey/client';
import type { OnEvent } from '../events.ts';

/** Ends tasks that nobody moves any more, so that their funders get back what is unspent. */
export class IdleTasks {
  readonly #covey: CoveyWriter;
  readonly #onEvent: OnEvent;
  /** When each may be ended at the earliest, unix seconds: what happens meanwhile only makes it later. */
  readonly #earliest = new Map<bigint, bigint>();

  constructor(covey: CoveyWriter, onEvent: OnEvent) {
    this.#covey = covey;
    this.#onEvent = onEvent;
  }

  async step(taskId: bigint): Promise<void> {
    const now = await chainTime(this.#covey);
    if (now < (this.#earliest.get(taskId) ?? 0n)) return;
    const { state, expiresAt } = await readTask(this.#covey, taskId);
    if (state !== 'proposed' && state !== 'approved') return;
    this.#earliest.set(taskId, expiresAt);
    if (now >= expiresAt) await expireTask(this.#covey, taskId, this.#onEvent);
  }
}
