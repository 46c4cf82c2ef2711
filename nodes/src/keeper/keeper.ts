import type { HubSource } from '@covey/governance';
import { collectSlashes, executeCases } from '@covey/client';
import { closeDueAnswerCases } from '@covey/client/inference';
import type { BeaconSource, CoveyWriter } from '@covey/client';
import { runRounds, type DaemonOptions } from '../daemon/run-rounds.ts';
import { ignoreEvents, type OnEvent } from '../events.ts';
import { ClosedRounds } from './closed-rounds.ts';
import { crankRound } from './crank.ts';
import { IdleTasks } from './idle-tasks.ts';
import { SnapshotKeeper } from './snapshot.ts';

export interface KeeperOptions {
  covey: CoveyWriter;
  /** Where the beacon comes from that seats are drawn by; a deployment that takes block hashes needs none. */
  beacon?: BeaconSource;
  /** Open slash cases against those who broke a rule; their tenth is the keeper's. Default true. */
  report?: boolean;
  /** Mint what finalized rounds earned. Default true. */
  emission?: boolean;
  /** End tasks that nobody moves any more. Default true. */
  expire?: boolean;
  /** Snapshot hub whose votes on binding proposals are brought on chain; what they decide is executed. Default: none. */
  snapshot?: HubSource;
  onEvent?: OnEvent;
}

/** Keeps rounds moving: does every step that anyone may do. Holds no privilege; many may run at once. */
export class Keeper {
  readonly covey: CoveyWriter;
  readonly #options: KeeperOptions;
  readonly #onEvent: OnEvent;
  readonly #closed: ClosedRounds;
  readonly #idle: IdleTasks;
  readonly #snapshot: SnapshotKeeper | null;
  readonly #overCases = new Set<bigint>();
  readonly #overAnswerCases = new Set<bigint>();

  constructor(options: KeeperOptions) {
    this.covey = options.covey;
    this.#options = options;
    this.#onEvent = options.onEvent ?? ignoreEvents;
    this.#closed = new ClosedRounds({ ...this.#common(), report: options.report ?? true });
    this.#idle = new IdleTasks(this.covey, this.#onEvent);
    this.#snapshot = options.snapshot ? new SnapshotKeeper(this.covey, options.snapshot, this.#onEvent) : null;
  }

  /** Does what is due in one round; true when nothing of that kind is left in it. */
  async step(taskId: bigint, round: number, signal?: AbortSignal): Promise<boolean> {
    const { beacon, emission = true } = this.#options;
    return await crankRound({ ...this.#common(), taskId, round, beacon, emission, ...(signal && { signal }) });
  }

  /** Executes slash cases whose appeal window has passed; returns how many are still open. */
  async executeCases(): Promise<number> {
    return await executeCases({ ...this.#common(), over: this.#overCases });
  }

  /** Ends cases about hosts' answers whose windows have passed; returns how many are still open. */
  async closeAnswerCases(): Promise<number> {
    return await closeDueAnswerCases(this.covey, this.#overAnswerCases, this.#onEvent);
  }

  /** Collects executed slashes from delegators' positions; returns how many are left. */
  async collectSlashes(): Promise<number> {
    return await collectSlashes(this.#common());
  }

  /** Opens cases about closed rounds that `run` has seen, and frees the stake that they hold once no case can come. */
  async stepClosed(): Promise<void> {
    await this.#closed.step();
  }

  /** Brings votes of Snapshot proposals whose voting has ended on chain, and executes what was decided. */
  async stepSnapshot(): Promise<void> {
    await this.#snapshot?.step();
  }

  async run(options: DaemonOptions = {}): Promise<void> {
    const { expire = true } = this.#options;
    await runRounds({
      ...options,
      role: 'keeper',
      address: this.covey.sender.address,
      covey: this.covey,
      onEvent: this.#onEvent,
      step: (taskId, round, signal) => this.#stepAndClose(taskId, round, signal),
      ...(expire && { before: (taskId) => this.#idle.step(taskId) }),
      after: () =>
        each(
          () => this.executeCases(),
          () => this.closeAnswerCases(),
          () => this.collectSlashes(),
          () => this.stepClosed(),
          () => this.stepSnapshot(),
        ),
    });
  }

  async #stepAndClose(taskId: bigint, round: number, signal: AbortSignal | undefined): Promise<boolean> {
    const isDone = await this.step(taskId, round, signal);
    if (isDone) this.#closed.add({ taskId, round });
    return isDone;
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
