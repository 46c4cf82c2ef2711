import { BranchChanged } from '@covey/client';
import { eq } from 'drizzle-orm';
import type { Database } from '../store/handle.ts';
import { blocks } from '../store/schema.ts';
import type { ChainReader, Header } from './chain.ts';

/** Where the index stands. */
export interface Position {
  blockNumber: number;
  blockHash: string;
  timestamp: number;
}

/** For so many pauses between looks a chain may be shorter than what is indexed before that counts as the truth. */
const LOOKS_BEHIND = 20;

/** Tells a chain that was reorganised from a node that does not know all of it yet. */
export class Branch {
  readonly #chain: ChainReader;
  readonly #db: Database;
  readonly #patienceMs: number;
  /** Since when the chain has been shorter than what is indexed, in ms. */
  #behindSince: number | undefined;

  constructor({ chain, db, pollMs }: { chain: ChainReader; db: Database; pollMs: number }) {
    this.#chain = chain;
    this.#db = db;
    this.#patienceMs = LOOKS_BEHIND * pollMs;
  }

  /**
   * Whether the chain still has the block that the index stands at. A head before it is one of a node that lags, as
   * balancers have them, unless it stays there or is of another branch.
   */
  async compare(position: Position, head: Header): Promise<'same' | 'behind' | 'replaced'> {
    if (position.blockNumber > head.number) {
      this.#behindSince ??= Date.now();
      const known = await this.#db.select().from(blocks).where(eq(blocks.number, head.number));
      if (known.some(({ hash }) => hash !== head.hash)) return 'replaced';
      return Date.now() - this.#behindSince < this.#patienceMs ? 'behind' : 'replaced';
    }
    this.#behindSince = undefined;
    if (position.blockNumber === head.number) return position.blockHash === head.hash ? 'same' : 'replaced';
    const header = await this.#chain.header(position.blockNumber);
    if (header === undefined) throw new BranchChanged(`a node that lags has no block ${position.blockNumber} yet`);
    return header.hash === position.blockHash ? 'same' : 'replaced';
  }
}
