import { openCases, releaseStakes } from '@covey/client';
import type { CoveyWriter, RoundId } from '@covey/client';
import type { OnEvent } from '../events.ts';

export interface ClosedRoundsParameters {
  covey: CoveyWriter;
  onEvent: OnEvent;
  /** Open slash cases against those who broke a rule. */
  report: boolean;
}

/** Rounds that are over but for slash cases and the stake that they hold. */
export class ClosedRounds {
  readonly #parameters: ClosedRoundsParameters;
  readonly #open = new Map<string, RoundId & { reported: boolean }>();

  constructor(parameters: ClosedRoundsParameters) {
    this.#parameters = parameters;
  }

  add({ taskId, round }: RoundId): void {
    const key = `${taskId}/${round}`;
    if (!this.#open.has(key)) this.#open.set(key, { taskId, round, reported: !this.#parameters.report });
  }

  /** Reports what is provable and frees what may go. A round that fails keeps no other from it; the first failure is thrown. */
  async step(): Promise<void> {
    const failures: unknown[] = [];
    for (const [key, closed] of this.#open) {
      await this.#close(key, closed).catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw failures[0];
  }

  async #close(key: string, closed: RoundId & { reported: boolean }): Promise<void> {
    const { covey, onEvent } = this.#parameters;
    const { taskId, round } = closed;
    if (!closed.reported) closed.reported = (await openCases(covey, taskId, round, onEvent)).left === 0;
    if ((await releaseStakes({ covey, taskId, round, onEvent })) === 0) this.#open.delete(key);
  }
}
