/** A candidate aggregate: the base plus `step` times the mean of some updates, and what it scores. */
export interface Trial<Found> {
  step: number;
  /** Updates in it, ascending. */
  of: readonly number[];
  /** Undefined where the model is beyond f32. */
  found: (Found & { loss: bigint }) | undefined;
}

/** Within 1 % of the least loss the seats decide. */
const SLACK = { of: 100n, within: 101n };

/** The candidates that were tried, each once, in their order. */
export class Trials<Found> {
  readonly all: Trial<Found>[] = [];
  readonly #seen = new Set<string>();
  readonly #try: (of: readonly number[], step: number) => Promise<Trial<Found>['found']>;

  constructor(attempt: (of: readonly number[], step: number) => Promise<Trial<Found>['found']>) {
    this.#try = attempt;
  }

  async consider(of: readonly number[], step: number): Promise<void> {
    const key = `${step} ${of.join()}`;
    if (of.length === 0 || this.#seen.has(key)) return;
    this.#seen.add(key);
    this.all.push({ step, of, found: await this.#try(of, step) });
  }

  /** The least loss; of equal ones the first. Undefined where no model was one. */
  best(): (Trial<Found> & { found: Found & { loss: bigint } }) | undefined {
    return pick(this.#scored(), (a, b) => a.found.loss < b.found.loss);
  }

  /** Of those within 1 % of the least loss and below `start` the one with most seats; of equal ones the first. */
  chosen(start: bigint, seats: readonly number[]): (Trial<Found> & { found: Found & { loss: bigint } }) | undefined {
    const least = this.best()?.found.loss;
    if (least === undefined) return undefined;
    const good = this.#scored().filter(
      ({ found: { loss } }) => loss < start && loss * SLACK.of <= least * SLACK.within,
    );
    return pick(good, (a, b) => seatsOf(a.of, seats) > seatsOf(b.of, seats));
  }

  #scored() {
    return this.all.flatMap((trial) => (trial.found ? [{ ...trial, found: trial.found }] : []));
  }
}

export function seatsOf(of: readonly number[], seats: readonly number[]): number {
  return of.reduce((sum, i) => sum + seats[i]!, 0);
}

function pick<T>(all: readonly T[], better: (a: T, b: T) => boolean): T | undefined {
  return all.reduce<T | undefined>((best, one) => (best === undefined || better(one, best) ? one : best), undefined);
}
