import type { TaskDocument } from '@covey/protocol';
import type { Core } from '@covey/wasm-core';
import { readTask, readTaskDocument } from '@covey/client';
import type { ContentStore, CoveyWriter, TaskOnChain } from '@covey/client';
import { ignoreEvents, type OnEvent } from './events.ts';

/** What every participant needs: a chain to act on, a store for content, the scorer, a place to remember. */
export interface NodeOptions {
  covey: CoveyWriter;
  store: ContentStore;
  core: Core;
  /** Folder for what must survive a restart. */
  stateDir: string;
  onEvent?: OnEvent;
}

export interface TaskView {
  chain: TaskOnChain;
  document: TaskDocument;
}

/** The common part of trainers and validators. */
export abstract class Participant {
  readonly covey: CoveyWriter;
  readonly store: ContentStore;
  readonly core: Core;
  readonly onEvent: OnEvent;
  readonly #tasks = new Map<bigint, TaskView>();

  constructor(options: NodeOptions) {
    this.covey = options.covey;
    this.store = options.store;
    this.core = options.core;
    this.onEvent = options.onEvent ?? ignoreEvents;
  }

  /** Stakes what the task's next round will ask for. */
  abstract prepare(taskId: bigint): Promise<void>;

  /** Prepares for a task that may open another round. */
  async prepareIfRunning(taskId: bigint): Promise<void> {
    const { state, rounds, roundsOpened } = await readTask(this.covey, taskId);
    if ((state === 'proposed' || state === 'approved') && roundsOpened < rounds) await this.prepare(taskId);
  }

  get address() {
    return this.covey.sender.address;
  }

  /** A task with its document; the terms of a task never change, so they are read once. */
  async task(taskId: bigint): Promise<TaskView> {
    const known = this.#tasks.get(taskId);
    if (known) return known;
    const chain = await readTask(this.covey, taskId);
    const view = { chain, document: await readTaskDocument(this.store, chain) };
    this.#tasks.set(taskId, view);
    return view;
  }
}
