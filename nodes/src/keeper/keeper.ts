import type { Deployment } from '@covey/contracts/abi';
import type { PublicClient } from 'viem';
import { Sender, type Wallet } from '../chain/sender.ts';
import { runRounds, type DaemonOptions } from '../daemon/run-rounds.ts';
import { ignoreEvents, type OnEvent } from '../events.ts';
import { crankRound, executeCases, openRound } from './crank.ts';

export interface KeeperOptions {
  publicClient: PublicClient;
  wallet: Wallet;
  deployment: Deployment;
  /** Open the next round of approved, funded tasks too. Default false. */
  openRounds?: boolean;
  onEvent?: OnEvent;
}

/** Keeps rounds moving: does every step that anyone may do. Holds no privilege; many may run at once. */
export class Keeper {
  readonly sender: Sender;
  readonly deployment: Deployment;
  readonly #openRounds: boolean;
  readonly #onEvent: OnEvent;

  constructor(options: KeeperOptions) {
    this.sender = new Sender({ publicClient: options.publicClient, wallet: options.wallet });
    this.deployment = options.deployment;
    this.#openRounds = options.openRounds ?? false;
    this.#onEvent = options.onEvent ?? ignoreEvents;
  }

  /** Does what is due in one round; true when nothing of that kind is left in it. */
  async step(taskId: bigint, round: number): Promise<boolean> {
    return await crankRound({ ...this.#common(), taskId, round });
  }

  /** Executes slash cases whose appeal window has passed; returns how many are still open. */
  async executeCases(): Promise<number> {
    return await executeCases(this.#common());
  }

  /** Opens the next round of a task where that is possible. */
  async openRound(taskId: bigint): Promise<number | null> {
    return await openRound({ ...this.#common(), taskId });
  }

  async run(options: DaemonOptions = {}): Promise<void> {
    await runRounds({
      ...options,
      role: 'keeper',
      address: this.sender.address,
      publicClient: this.sender.publicClient,
      deployment: this.deployment,
      onEvent: this.#onEvent,
      step: (taskId, round) => this.step(taskId, round),
      before: async (tasks) => {
        if (this.#openRounds) for (const taskId of tasks) await this.openRound(taskId);
      },
      after: async () => {
        await this.executeCases();
      },
    });
  }

  #common() {
    return { sender: this.sender, deployment: this.deployment, onEvent: this.#onEvent };
  }
}
