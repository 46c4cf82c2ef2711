import type { HubSource } from '@covey/governance';
import { collectSlashes, executeCases, openRound } from '@covey/client';
import type { CoveyWriter } from '@covey/client';
import { runRounds, type DaemonOptions } from '../daemon/run-rounds.ts';
import { ignoreEvents, type OnEvent } from '../events.ts';
import { crankRound } from './crank.ts';
import { Candidates } from './candidates.ts';
import { EmissionKeeper } from './emission.ts';
import { SnapshotKeeper } from './snapshot.ts';

export interface KeeperOptions {
  covey: CoveyWriter;
  /** Open the next round of approved, funded tasks too. Default false. */
  openRounds?: boolean;
  /** Mint the daily emission and sync tasks with it. Default true. */
  emission?: boolean;
  /** Snapshot hub whose votes on binding proposals are brought on chain; what they decide is executed. Default: none. */
  snapshot?: HubSource;
  onEvent?: OnEvent;
}

/** Keeps rounds moving: does every step that anyone may do. Holds no privilege; many may run at once. */
export class Keeper {
  readonly covey: CoveyWriter;
  readonly #openRounds: boolean;
  readonly #emission: EmissionKeeper | null;
  readonly #snapshot: SnapshotKeeper | null;
  readonly #onEvent: OnEvent;
  readonly #candidates: Candidates;

  constructor(options: KeeperOptions) {
    this.covey = options.covey;
    this.#candidates = new Candidates(this.covey);
    this.#openRounds = options.openRounds ?? false;
    this.#onEvent = options.onEvent ?? ignoreEvents;
    this.#emission = (options.emission ?? true) ? new EmissionKeeper(this.covey, this.#onEvent) : null;
    this.#snapshot = options.snapshot ? new SnapshotKeeper(this.covey, options.snapshot, this.#onEvent) : null;
  }

  /** Does what is due in one round; true when nothing of that kind is left in it. */
  async step(taskId: bigint, round: number): Promise<boolean> {
    return await crankRound({ ...this.#common(), taskId, round });
  }

  /** Executes slash cases whose appeal window has passed; returns how many are still open. */
  async executeCases(): Promise<number> {
    return await executeCases(this.#common());
  }

  /** Collects executed slashes from delegators' positions; returns how many are left. */
  async collectSlashes(): Promise<number> {
    return await collectSlashes(this.#common());
  }

  /** Mints and syncs what is due of the emission. */
  async stepEmission(tasks: readonly bigint[]): Promise<void> {
    await this.#emission?.step(tasks);
  }

  /** Brings votes of Snapshot proposals whose voting has ended on chain, and executes what was decided. */
  async stepSnapshot(): Promise<void> {
    await this.#snapshot?.step();
  }

  /** Opens the next round of a task where that is possible. */
  async openRound(taskId: bigint): Promise<number | null> {
    return await openRound({ ...this.#common(), taskId });
  }

  async run(options: DaemonOptions = {}): Promise<void> {
    await runRounds({
      ...options,
      role: 'keeper',
      address: this.covey.sender.address,
      covey: this.covey,
      onEvent: this.#onEvent,
      step: (taskId, round) => this.step(taskId, round),
      before: async (taskId) => {
        // A round that nobody can join would only be voided, and its shard spent.
        const ready = () => this.#candidates.enoughFor(taskId);
        if (this.#openRounds) await openRound({ ...this.#common(), taskId, ready });
      },
      after: (tasks) =>
        each(
          () => this.executeCases(),
          () => this.collectSlashes(),
          () => this.stepEmission(tasks),
          () => this.stepSnapshot(),
        ),
    });
  }

  #common() {
    return { covey: this.covey, onEvent: this.#onEvent };
  }
}

/** Does one after the other, whatever fails; the first failure is thrown at the end. */
async function each(...works: (() => Promise<unknown>)[]): Promise<void> {
  const failures: unknown[] = [];
  for (const work of works) await work().catch((error: unknown) => failures.push(error));
  if (failures.length > 0) throw failures[0];
}
