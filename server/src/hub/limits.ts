import type { Envelope } from '@covey/governance';

/**
 * Bytes of each text of a message, beside the limits that Snapshot sets itself to title, body, choices and reason. Every
 * accepted message is kept for ever, and whoever has the least of power can send them.
 */
const DEFAULT_BYTES = 2048;
const maxBytes: Record<string, number> = {
  plugins: 8192,
  metadata: 8192,
  /** Checked in characters, with Snapshot's own words. */
  title: Number.POSITIVE_INFINITY,
  body: Number.POSITIVE_INFINITY,
  reason: Number.POSITIVE_INFINITY,
};
const MAX_LABELS = 10;
const MAX_LABEL_BYTES = 256;
/** Of wallets that are contracts, which may put together the signatures of many. */
const MAX_SIGNATURE_BYTES = 4096;

export const MAX_OPEN_PROPOSALS = 10;

/** What is too long in a message, in words for its sender. */
export function tooLong({ message, signature }: Envelope): string | undefined {
  if (signature.length / 2 - 1 > MAX_SIGNATURE_BYTES) return `the signature has more than ${MAX_SIGNATURE_BYTES} bytes`;
  if ('labels' in message) {
    if (message.labels.length > MAX_LABELS) return `a proposal has at most ${MAX_LABELS} labels`;
    if (message.labels.some((label) => Buffer.byteLength(label) > MAX_LABEL_BYTES))
      return `a label has more than ${MAX_LABEL_BYTES} bytes`;
  }
  for (const [name, value] of Object.entries(message)) {
    const max = maxBytes[name] ?? DEFAULT_BYTES;
    if (typeof value === 'string' && Buffer.byteLength(value) > max) return `${name} has more than ${max} bytes`;
  }
  return undefined;
}
