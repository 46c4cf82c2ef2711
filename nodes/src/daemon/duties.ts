import type { InRound } from '@covey/client';

/** What a node has to do next in a round that it is in. What it committed to and does not reveal is slashed. */
export const dutySteps = [
  'commit',
  'reveal',
  'attest',
  'attest-reveal',
  'result-commit',
  'result-reveal',
  'publish-key',
] as const;
export type DutyStep = (typeof dutySteps)[number];

export interface Duty extends InRound {
  step: DutyStep;
  /** Its window, unix seconds of the chain. */
  opens: number;
  until: number;
}

/** An order whose key a seller has to deliver. */
export interface PendingOrder {
  orderId: bigint;
  listingId: bigint;
  /** Unix seconds of the chain. */
  deliverBy: number;
}

/** What a daemon has to do next, a step for each round that it is in: what may not be missed, and what a stop leaves. */
export class Duties {
  readonly #duties = new Map<string, Duty>();

  /** Takes the place of what was to do in the round before. An end that does not stand yet is no duty. */
  owe({ taskId, round }: InRound, step: DutyStep, window: { opens: number; until: number }): void {
    if (window.until > 0) this.#duties.set(`${taskId}/${round}`, { taskId, round, step, ...window });
  }

  /** Nothing is left to do in the round for now. */
  settle({ taskId, round }: InRound): void {
    this.#duties.delete(`${taskId}/${round}`);
  }

  /** The nearest first. */
  get all(): Duty[] {
    return [...this.#duties.values()].toSorted((a, b) => a.until - b.until);
  }
}
