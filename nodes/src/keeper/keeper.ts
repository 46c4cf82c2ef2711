import type { HubSource } from '@covey/governance';
import { collectSlashes, executeCases, openRound } from '@covey/client';
import type { CoveyWriter } from '@covey/client';
import { runRounds, type DaemonOptions } from '../daemon/run-rounds.ts';
import { ignoreEvents, type OnEvent } from '../events.ts';
import { crankRound } from './crank.ts';
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

  constructor(options: KeeperOptions) {
    this.covey = options.covey;
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
        if (this.#openRounds) await this.openRound(taskId);
      },
      after: async (tasks) => {
        await this.executeCases();
        await this.collectSlashes();
        await this.stepEmission(tasks);
        await this.stepSnapshot();
      },
    });
  }

  #common() {
    return { covey: this.covey, onEvent: this.#onEvent };
  }
}
