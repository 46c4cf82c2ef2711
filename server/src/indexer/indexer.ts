import { BranchChanged, isClientError } from '@covey/client';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { count, desc, eq, isNotNull, lt } from 'drizzle-orm';
import type { FastifyBaseLogger } from 'fastify';
import { BaseError } from 'viem';
import type { Address } from 'viem';
import { messageOf } from '../errors.ts';
import type { Database } from '../store/handle.ts';
import { blocks, cursor, events, snapshotPlugins, undo } from '../store/schema.ts';
import { clearIndex, journalBlock, rollBack } from '../store/undo.ts';
import { Branch } from './branch.ts';
import type { Position } from './branch.ts';
import { MAX_RANGE } from './chain.ts';
import type { Batch, ChainReader, Header } from './chain.ts';
import type { PastEvent, Wanted } from './context.ts';
import type { LiveBus } from './live.ts';
import { takeEvent } from './take-event.ts';
import type { Told } from './take-event.ts';

export interface IndexerOptions {
  db: Database;
  chain: ChainReader;
  deployment: Deployment;
  live: LiveBus;
  logger: FastifyBaseLogger;
  want(documents: readonly Wanted[]): Promise<void>;
  /** Pause between two looks at the chain. */
  pollMs: number;
}

/** Blocks that a chain may still take back; deeper reorganisations rebuild the whole index. */
export const REORG_WINDOW = 128;

/** Follows the chain: what it has read and where it stands change in one transaction. */
export class Indexer {
  readonly #options: IndexerOptions;
  #stopped = false;
  #loop: Promise<void> | undefined;
  #wake: (() => void) | undefined;
  #position: Position | undefined;
  #head: number | undefined;
  #lastError: string | undefined;
  #skipped = 0;
  /** Every plugin that was ever installed: what it does after its end is told too. */
  #plugins: Address[] = [];
  /** How many times the chain was looked at. */
  #looks = 0;
  #waiting: { after: number; resolve: () => void }[] = [];

  readonly #branch: Branch;

  constructor(options: IndexerOptions) {
    this.#options = options;
    this.#branch = new Branch(options);
  }

  /** Null until the first block is indexed. */
  get position(): Position | undefined {
    return this.#position;
  }
  get head(): number | undefined {
    return this.#head;
  }
  get lastError(): string | undefined {
    return this.#lastError;
  }
  /** How many events of the index changed nothing because their data could not be stored. */
  get skipped(): number {
    return this.#skipped;
  }

  async start(): Promise<void> {
    await this.#readPosition();
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake?.();
    await this.#loop;
    for (const { resolve } of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when everything that the chain held at this call is indexed, on the branch that it then has. */
  async caughtUp(): Promise<void> {
    if (this.#stopped) return;
    await new Promise<void>((resolve) => {
      this.#waiting.push({ after: this.#looks, resolve });
      this.#wake?.();
    });
  }

  async #run(): Promise<void> {
    let failures = 0;
    while (!this.#stopped) {
      let pause = this.#options.pollMs;
      try {
        const more = await this.#step();
        failures = 0;
        this.#lastError = undefined;
        this.#answerWaiting();
        if (more) continue;
      } catch (error) {
        if (error instanceof BranchChanged || isClientError(error, 'CHAIN_REORGANISED')) {
          this.#options.logger.info(`the chain changed while it was read: ${error.message}`);
        } else {
          failures += 1;
          // It is public, and the long message of viem names the endpoint, with the key in its address.
          this.#lastError = error instanceof BaseError ? error.shortMessage : messageOf(error);
          this.#options.logger.warn({ err: error }, 'indexing failed; trying again');
          pause = Math.min(30_000, Math.max(pause, 250) * 2 ** Math.min(failures - 1, 7));
        }
      }
      if (!this.#stopped) await this.#sleep(pause);
    }
  }

  #sleep(milliseconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#wake = undefined;
        resolve();
      };
      const timer = setTimeout(done, milliseconds);
      this.#wake = done;
    });
  }

  /** One look at the chain; true when there is more to read at once. */
  async #step(): Promise<boolean> {
    const { chain, deployment } = this.#options;
    this.#looks += 1;
    const head = await chain.head();
    this.#head = head.number;
    if (this.#position !== undefined) {
      const state = await this.#branch.compare(this.#position, head);
      if (state === 'behind') return false;
      if (state === 'replaced') {
        await this.#reorganise(head);
        return true;
      }
    }
    const from = this.#position === undefined ? deployment.startBlock : this.#position.blockNumber + 1;
    if (from > head.number) return false;
    const windowFrom = Math.max(0, head.number - REORG_WINDOW + 1);
    // A batch lies before the window or in it, so that either none or all of its changes can be undone.
    const limit = from < windowFrom ? windowFrom - 1 : head.number;
    const to = Math.min(limit, from + MAX_RANGE - 1);
    const batch = await chain.batch(from, to, windowFrom, this.#plugins);
    if (to === head.number && batch.headers.get(to)?.hash !== head.hash) {
      throw new BranchChanged(`block ${to} was replaced`);
    }
    const first = batch.headers.get(from);
    if (this.#position !== undefined && first !== undefined && first.parentHash !== this.#position.blockHash) {
      throw new BranchChanged(`block ${this.#position.blockNumber} was replaced`);
    }
    await this.#apply(batch, from >= windowFrom);
    return to < head.number;
  }

  async #apply(batch: Batch, undoable: boolean): Promise<void> {
    const { db, live, logger } = this.#options;
    const last = batch.headers.get(batch.to);
    if (last === undefined) throw new BranchChanged(`block ${batch.to} is gone`);
    const wanted: Wanted[] = [];
    const messages: Told[] = [];
    let skipped = 0;
    await db.transaction(async (tx) => {
      let journaled: number | undefined;
      await journalBlock(tx, undefined);
      if (!undoable) await tx.delete(blocks);
      const take = async (event: PastEvent): Promise<void> => {
        const told = await takeEvent(tx, event, logger);
        if (told === undefined) {
          skipped += 1;
          return;
        }
        wanted.push(...told.wanted);
        messages.push(told);
        // Belongs to this event's block: a reorganisation that takes the grant back takes these, too.
        for (const past of event.asked.plugin?.past ?? []) await take(past);
      };
      for (const event of batch.events) {
        const block = batch.headers.get(event.blockNumber);
        if (block === undefined) throw new BranchChanged(`block ${event.blockNumber} is gone`);
        if (undoable && journaled !== event.blockNumber) {
          await journalBlock(tx, event.blockNumber);
          journaled = event.blockNumber;
        }
        await take({ ...event, at: block.timestamp });
      }
      const kept = undoable ? [...batch.headers.values()] : [last];
      await tx.insert(blocks).values(kept.map(({ number, hash, timestamp }) => ({ number, hash, timestamp })));
      await this.#forget(tx, batch.to - 2 * REORG_WINDOW);
      await tx.update(cursor).set({ blockNumber: batch.to, blockHash: last.hash, timestamp: last.timestamp });
    });
    this.#position = { blockNumber: batch.to, blockHash: last.hash, timestamp: last.timestamp };
    this.#skipped += skipped;
    if (batch.events.some(({ asked }) => asked.plugin !== undefined)) await this.#readPlugins();
    await this.#options.want(wanted);
    for (const { event, keys } of messages) {
      if (keys.length === 0) continue;
      live.publish('change', {
        type: event.name,
        keys,
        block: { number: event.blockNumber, timestamp: event.at },
        transactionHash: event.transactionHash,
      });
    }
    live.publish('block', {
      type: 'block',
      keys: ['stats'],
      block: { number: last.number, timestamp: last.timestamp },
      transactionHash: null,
    });
  }

  /** Drops what no reorganisation will need: the oldest remembered block stays one from which all can be undone. */
  async #forget(tx: Database, before: number): Promise<void> {
    await tx.delete(undo).where(lt(undo.blockNumber, before));
    await tx.delete(blocks).where(lt(blocks.number, before - 1));
  }

  async #reorganise(head: Header): Promise<void> {
    const { db, chain, live, logger } = this.#options;
    const known = await db.select().from(blocks).orderBy(desc(blocks.number));
    let ancestor: (typeof known)[number] | undefined;
    for (const block of known) {
      if (block.number > head.number) continue;
      const header = await chain.header(block.number);
      if (header === undefined) throw new BranchChanged(`a node that lags has no block ${block.number} yet`);
      if (header.hash === block.hash) {
        ancestor = block;
        break;
      }
    }
    await db.transaction(async (tx) => {
      if (ancestor === undefined) return clearIndex(tx);
      await rollBack(tx, ancestor.number);
      await tx
        .update(cursor)
        .set({ blockNumber: ancestor.number, blockHash: ancestor.hash, timestamp: ancestor.timestamp });
    });
    logger.warn(
      ancestor === undefined
        ? 'the chain is another one: indexing anew'
        : `reorganised back to block ${ancestor.number}`,
    );
    await this.#readPosition();
    live.publish('reset', {
      type: 'reset',
      keys: [],
      block: { number: ancestor?.number ?? 0, timestamp: ancestor?.timestamp ?? 0 },
      transactionHash: null,
    });
  }

  async #readPosition(): Promise<void> {
    const [row] = await this.#options.db.select().from(cursor).where(eq(cursor.id, 0));
    this.#position = row === undefined || row.blockNumber < 0 ? undefined : row;
    const [counted] = await this.#options.db.select({ value: count() }).from(events).where(isNotNull(events.skipped));
    this.#skipped = counted?.value ?? 0;
    await this.#readPlugins();
  }

  async #readPlugins(): Promise<void> {
    const rows = await this.#options.db.select({ address: snapshotPlugins.address }).from(snapshotPlugins);
    this.#plugins = rows.map(({ address }) => address);
  }

  /** A look that began after the call, and ended at the head that it saw, has seen all that there was. */
  #answerWaiting(): void {
    if (this.#head === undefined || (this.#position?.blockNumber ?? -1) !== this.#head) return;
    this.#waiting = this.#waiting.filter(({ after, resolve }) => {
      if (after >= this.#looks) return true;
      resolve();
      return false;
    });
  }
}
