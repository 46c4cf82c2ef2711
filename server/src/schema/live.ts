import { z } from 'zod';
import { bytes32, index } from './primitives.ts';

/**
 * Everything that can become stale, as paths below /api/v1 without its slash. What the index, the hub and the document
 * reader publish, and what endpoints and pages listen to, are these keys and no others. A key tells also of every list
 * above it: `tasks/1/rounds/0` of `tasks/1` and of `tasks`. `delegates/*`: a profile, statement or gasless vote of
 * anybody, so the page of every delegate. `accounts/*`: a document that earnings of anybody follow from.
 */
export const livePatterns = [
  'config',
  'stats',
  'policy',
  'tasks',
  'tasks/:id',
  'tasks/:id/rounds/:round',
  'proposals',
  'proposals/:id',
  'nodes',
  'nodes/:address',
  'accounts/:address',
  'accounts/*',
  'slash-cases',
  'listings',
  'listings/:id',
  'orders',
  'orders/:id',
  'market',
  'hosts',
  'hosts/:address',
  'channels',
  'channels/:digest',
  'answer-cases',
  'answer-cases/:id',
  'desk/requests',
  'desk/requests/:id',
  'snapshot/proposals',
  'snapshot/proposals/:digest',
  'delegates',
  'delegates/:address',
  'delegates/*',
] as const;
export type LivePattern = (typeof livePatterns)[number];

interface Segments {
  id: number | bigint;
  round: number;
  address: `0x${string}`;
  digest: `0x${string}`;
}
type Filled<P extends string> = P extends `${infer Before}:${infer Name extends keyof Segments & string}/${infer After}`
  ? `${Before}${Segments[Name]}/${Filled<After>}`
  : P extends `${infer Before}:${infer Name extends keyof Segments & string}`
    ? `${Before}${Segments[Name]}`
    : P;

/** `tasks`, `tasks/1`, `tasks/1/rounds/0`, `nodes/0x…` and so on: what a live message names. */
export type LiveKey = Filled<LivePattern>;

const segmentForms: Record<keyof Segments, string> = {
  id: '\\d{1,78}',
  round: '\\d{1,10}',
  address: '0x[0-9a-fA-F]{40}',
  digest: '0x[0-9a-f]{64}',
};
const forms = livePatterns.map((pattern) =>
  pattern.replace('*', '\\*').replace(/:(\w+)/g, (_, name: keyof Segments) => segmentForms[name]),
);
const form = new RegExp(`^(${forms.join('|')})$`);

export const liveKeySchema = z.custom<LiveKey>((value) => typeof value === 'string' && form.test(value));

/**
 * `data:` of a message of /api/v1/live. Whoever shows one of `keys` reads it again. A `block` message comes with each
 * new head, `reset` when the page was away for too long or the chain reorganised: then everything is stale.
 */
export const liveEventSchema = z.object({
  /** Name of the contract event, or `block`, `reset`, `document`, `snapshot`. */
  type: z.string(),
  keys: z.array(liveKeySchema),
  block: z.object({ number: index, timestamp: index }),
  transactionHash: bytes32.nullable(),
});
export type LiveEvent = z.output<typeof liveEventSchema>;

/** Event names of the stream (`event:`). */
export const liveEventNames = ['change', 'block', 'reset'] as const;
export type LiveEventName = (typeof liveEventNames)[number];
