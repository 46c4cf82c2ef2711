import { z } from 'zod';
import { bytes32, index } from './primitives.ts';

/**
 * `data:` of a message of /api/v1/live. `keys` name what became stale, as paths below /api/v1 without its slash:
 * `tasks`, `tasks/1`, `tasks/1/rounds/0`, `proposals/3`, `policy`, `nodes/0x…`, `slash-cases`, `listings`,
 * `snapshot/proposals`, `snapshot/proposals/0x…`, `delegates/0x…`, `config`, `stats`. Whoever shows such a path, or a list that holds it, reads it again.
 * `delegates` alone: a profile, statement or gasless vote of anybody, so every delegate's page is read again, too.
 * A `block` message comes with each new head, `reset` when the page was away for too long or the chain reorganised:
 * then everything is stale.
 */
export const liveEventSchema = z.object({
  /** Name of the contract event, or `block`, `reset`, `document`, `snapshot`. */
  type: z.string(),
  keys: z.array(z.string()),
  block: z.object({ number: index, timestamp: index }),
  transactionHash: bytes32.nullable(),
});
export type LiveEvent = z.output<typeof liveEventSchema>;

/** Event names of the stream (`event:`). */
export const liveEventNames = ['change', 'block', 'reset'] as const;
