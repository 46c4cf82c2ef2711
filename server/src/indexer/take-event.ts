import type { FastifyBaseLogger } from 'fastify';
import { messageOf } from '../errors.ts';
import type { LiveKey } from '../schema/live.ts';
import type { Database } from '../store/handle.ts';
import { storable } from '../store/json.ts';
import { events } from '../store/schema.ts';
import type { PastEvent, Wanted } from './context.ts';
import { isDataError } from './data-error.ts';
import { handlerOf } from './handlers/index.ts';

/** What an event made stale, and which documents it named. */
export interface Told {
  event: PastEvent;
  keys: LiveKey[];
  wanted: readonly Wanted[];
}

/** Changes the index by one event; undefined when its data cannot be stored. */
export async function takeEvent(tx: Database, event: PastEvent, logger: FastifyBaseLogger): Promise<Told | undefined> {
  const { blockNumber, transactionHash, logIndex, contract, name, args, asked, at } = event;
  const source = { blockNumber, transactionHash, logIndex, at };
  const keys = new Set<LiveKey>();
  const wanted: Wanted[] = [];
  try {
    await tx.transaction(async (savepoint) => {
      await handlerOf(contract, name)?.(args, {
        db: savepoint,
        address: event.address,
        source,
        asked,
        touch: (...more) => more.forEach((key) => keys.add(key)),
        want: (cid, kind) => wanted.push({ cid, kind }),
      });
      await savepoint.insert(events).values({ ...source, contract, name, args: storable(args), keys: [...keys] });
    });
    return { event, keys: [...keys], wanted };
  } catch (error) {
    // Reading the same event again would fail again, and one transaction of one participant would stop the index.
    if (!isDataError(error)) throw error;
    logger.error({ err: error, event: `${contract}.${name}`, ...source }, 'an event was skipped');
    // A failed query's own message is its text and parameters; the database's is beneath.
    const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
    const reason = messageOf(cause).replaceAll('\u0000', '\ufffd').slice(0, 500);
    await tx.insert(events).values({ ...source, contract, name, args: {}, keys: [], skipped: reason });
    return undefined;
  }
}
