import { readTask, readTaskDocument } from '@covey/client';
import type { ContentReader, CoveyChain, TaskOnChain } from '@covey/client';
import type { TaskDocument } from '@covey/protocol';
import { atMost } from '../daemon/at-most.ts';

export interface TaskView {
  chain: TaskOnChain;
  document: TaskDocument;
}

/** Documents fetched at once, and for how long: a dead one holds its place no longer, and is asked for again later. */
const documentsAtOnce = 16;
const documentTimeoutMs = 10_000;

/** Tasks with their documents; the terms of a task never change, so they are read once. */
export class TaskViews {
  readonly #covey: CoveyChain;
  readonly #store: ContentReader;
  readonly #tasks = new Map<bigint, Promise<TaskView>>();
  readonly #fetching = atMost(documentsAtOnce);

  constructor(covey: CoveyChain, store: ContentReader) {
    this.#covey = covey;
    this.#store = store;
  }

  async read(taskId: bigint): Promise<TaskView> {
    let view = this.#tasks.get(taskId);
    if (!view) {
      view = this.#fetching(() => this.#fetch(taskId));
      this.#tasks.set(taskId, view);
      view.catch(() => this.#tasks.delete(taskId));
    }
    return await view;
  }

  async #fetch(taskId: bigint): Promise<TaskView> {
    const chain = await readTask(this.#covey, taskId);
    return { chain, document: await readTaskDocument(this.#store, chain, { timeoutMs: documentTimeoutMs }) };
  }
}
