import type { Envelope } from '@covey/governance';

/**
 * Bytes of each text of a message, beside the limits in characters that Snapshot's own schemas set (they stand with the
 * kinds). Every accepted message is kept for ever, and whoever has the least of power can send them.
 */
const DEFAULT_BYTES = 2048;
const maxBytes: Record<string, number> = {
  plugins: 8192,
  metadata: 8192,
  profile: 8192,
  /** 100 choices with a weight each. */
  choice: 8192,
  /** Checked in characters, with Snapshot's own words. */
  title: Number.POSITIVE_INFINITY,
  body: Number.POSITIVE_INFINITY,
  reason: Number.POSITIVE_INFINITY,
  statement: Number.POSITIVE_INFINITY,
  /** Refused, whatever is in it. */
  settings: Number.POSITIVE_INFINITY,
};
/** Of wallets that are contracts, which may put together the signatures of many. */
const MAX_SIGNATURE_BYTES = 4096;

/** What is too long in a message, in words for its sender. */
export function tooLong({ message, signature }: Envelope): string | undefined {
  if (signature.length / 2 - 1 > MAX_SIGNATURE_BYTES) return `the signature has more than ${MAX_SIGNATURE_BYTES} bytes`;
  for (const [name, value] of Object.entries(message)) {
    const max = maxBytes[name] ?? DEFAULT_BYTES;
    if (typeof value === 'string' && Buffer.byteLength(value) > max) return `${name} has more than ${max} bytes`;
  }
  return undefined;
}
