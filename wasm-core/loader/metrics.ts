/** A way to report a loss. */
export interface MetricType<Name extends string = string> {
  name: Name;
  /** What the network must predict: anything, tokens, or tokens that are bytes. */
  of: 'anything' | 'tokens' | 'bytes';
}

function defineMetric<const Name extends string>(metric: MetricType<Name>): MetricType<Name> {
  return metric;
}

const all = [
  /** Nats a sample. */
  defineMetric({ name: 'loss', of: 'anything' }),
  /** `bitsPerByte`: compares models that cut text differently. */
  defineMetric({ name: 'bits-per-byte', of: 'bytes' }),
  /** e to the mean loss of a token: for models that cut text in the same way. */
  defineMetric({ name: 'perplexity', of: 'tokens' }),
] as const;

export type Metric = (typeof all)[number]['name'];

/** Every metric that a task may report its loss in. */
export const metrics = all as readonly MetricType<Metric>[];

/** log₂ e · 2^64, rounded down. */
const LOG2_E = 0x171547652b82fe177n;

/**
 * A next-token loss as bits per byte, unit 2^-32 bit, rounded down: the same integer everywhere. `bytes` is how many
 * bytes the predicted tokens stand for: one each where tokens are bytes.
 */
export function bitsPerByte({ loss, count }: { loss: bigint; count: number }, bytes = count): bigint {
  return (loss * LOG2_E) / (BigInt(bytes) << 64n);
}
