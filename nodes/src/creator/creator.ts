import {
  completeTask,
  ignoring,
  isRevert,
  openRound,
  publishKey,
  reached,
  readRound,
  readTask,
  readTaskProgress,
} from '@covey/client';
import type { CoveyWriter, Sent } from '@covey/client';
import { Duties } from '../daemon/duties.ts';
import { runRounds, type DaemonOptions } from '../daemon/run-rounds.ts';
import { ignoreEvents, type OnEvent } from '../events.ts';
import { Said } from '../participant/said.ts';
import { Candidates, type Ready } from './candidates.ts';
import { requireKeys, roundKey, type KeyFile } from './keys.ts';

export interface CreatorOptions {
  /** The creator's account, or the one that it named to open rounds. */
  covey: CoveyWriter;
  taskId: bigint;
  keys: KeyFile;
  /** Open rounds. Default true. */
  openRounds?: boolean;
  /** How many must be ready to join before a round is opened, which could else only be void. Default 1 of each. */
  trainers?: number;
  validators?: number;
  onEvent?: OnEvent;
}

/**
 * Runs a task: opens its rounds once somebody can join them, publishes each round's key once the validators have said what
 * they could fetch, and completes it. Missing a key's window costs the creation stake, so that comes before everything else.
 */
export class Creator {
  readonly covey: CoveyWriter;
  readonly duties = new Duties();
  readonly #options: CreatorOptions;
  readonly #onEvent: OnEvent;
  readonly #candidates: Candidates;
  readonly #said = new Said();
  #isChecked = false;

  constructor(options: CreatorOptions) {
    this.covey = options.covey;
    this.#options = options;
    this.#onEvent = options.onEvent ?? ignoreEvents;
    this.#candidates = new Candidates(this.covey, options.taskId);
  }

  /** Publishes the key of a round when its window is open and something counts; true when that is over. */
  async step(round: number): Promise<boolean> {
    const { taskId, keys } = this.#options;
    const { phase, key, deadlines } = await readRound(this.covey, taskId, round);
    const isOver = key !== null || reached(phase, 'acceptance');
    if (isOver) this.duties.settle({ taskId, round });
    else this.duties.owe({ taskId, round }, 'publish-key', { opens: deadlines.attestReveal, until: deadlines.key });
    if (!isOver && phase === 'key') await this.#publish(round, roundKey(keys, round));
    return isOver;
  }

  /** Opens the next round where that is possible and enough nodes are ready; its number, or null. */
  async openRound(): Promise<number | null> {
    const { taskId } = this.#options;
    const [covey, onEvent] = [this.covey, this.#onEvent];
    return await openRound({ covey, taskId, onEvent, ready: () => this.#enough() });
  }

  /** After the last round: opens the hold-out, which returns the creation stake; null while it is not due. */
  async complete(): Promise<Sent | null> {
    const { taskId, keys } = this.#options;
    const { state, rounds, roundsClosed } = await readTaskProgress(this.covey, taskId);
    if (state !== 'approved' || roundsClosed < rounds) return null;
    const sent = await ignoring(['WrongTaskState', 'RoundsUnfinished'], () =>
      completeTask(this.covey, taskId, keys.holdout),
    );
    if (sent) this.#onEvent({ event: 'task-completed', taskId, tx: sent.tx, gasUsed: sent.gasUsed });
    return sent;
  }

  /** Throws KEYS_MISSING before it begins, where the keys are another task's. */
  async run(options: Omit<DaemonOptions, 'tasks'> = {}): Promise<void> {
    const { taskId, openRounds = true } = this.#options;
    await this.requireKeys();
    await runRounds({
      ...options,
      tasks: [taskId],
      role: 'creator',
      address: this.covey.sender.address,
      covey: this.covey,
      onEvent: this.#onEvent,
      step: (_, round) => this.step(round),
      before: async () => {
        await this.complete();
        if (openRounds) await this.openRound();
      },
    });
  }

  async requireKeys(): Promise<void> {
    if (this.#isChecked) return;
    requireKeys(await readTask(this.covey, this.#options.taskId), this.#options.keys);
    this.#isChecked = true;
  }

  /** Not of a round that repeats: the contract refuses, and the shard stays hidden. */
  async #publish(round: number, key: `0x${string}`): Promise<void> {
    try {
      await publishKey(this.covey, this.#options.taskId, round, key, this.#onEvent);
    } catch (error) {
      if (!isRevert(error, 'NothingCounted', 'WrongPhase')) throw error;
    }
  }

  async #enough(): Promise<boolean> {
    const { taskId, trainers: leastTrainers = 1, validators: leastValidators = 1 } = this.#options;
    const enough = (ready: Ready) =>
      ready.trainers >= leastTrainers && ready.validators >= leastValidators && ready.secured;
    const ready = await this.#candidates.count(enough);
    if (enough(ready)) return true;
    const { trainers, validators, secured } = ready;
    const { expiresAt } = await readTask(this.covey, taskId);
    if (this.#said.first('waiting', trainers, validators, expiresAt)) {
      const opensUntil = Number(expiresAt);
      this.#onEvent({ event: 'waiting', taskId, trainers, validators, secured, opensUntil });
    }
    return false;
  }
}
