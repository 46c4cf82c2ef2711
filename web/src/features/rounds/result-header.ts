import { z } from 'zod';

/** The parts of a result document's header that pages show; the whole schema is `resultDocumentSchema` in protocol. */
const evaluation = z.object({
  /** Sum over the predictions, unit 2^-32 nat. */
  loss: z.string().regex(/^-?\d+$/),
  correct: z.number().int().nonnegative(),
  total: z.number().int().nonnegative(),
});
const header = z.object({
  baseline: evaluation.nullable(),
  aggregate: evaluation.nullable(),
  shard: z.object({ samples: z.number().int().nonnegative().nullable() }),
});

export type Evaluation = z.output<typeof evaluation>;
export interface ResultHeader {
  baseline: Evaluation | null;
  aggregate: Evaluation | null;
  /** Samples of the round's shard. */
  samples: number;
  /** What losses are sums over: one a sample, or one a token but the first of each sample. */
  predictions: number;
}

export function readHeader(value: Record<string, unknown> | null | undefined): ResultHeader | undefined {
  const parsed = header.safeParse(value);
  if (!parsed.success) return undefined;
  const { baseline, aggregate, shard } = parsed.data;
  const predictions = baseline?.total ?? aggregate?.total ?? 0;
  return { baseline, aggregate, samples: shard.samples ?? predictions, predictions };
}
