import { protocolError } from '../errors.ts';
import { roundedReal, type Measured } from './measured.ts';

/** Pairs that are compared with each other: 2^24 similarities. */
export const MAX_PAIRS = 4096;

/** How many of the first places are looked at. */
const places = [1, 5, 10] as const;

/**
 * Where among all documents, by cosine similarity, a query's own one stands: 1 is first. Equal ones are ordered by their
 * places. queries and documents f32[n][width], row i of both belong together; a row of zeros is like none.
 * Sums in doubles, columns ascending: products of f32 are exact there, and squares of sums below 2^540.
 */
export function retrievalRanks(queries: Float32Array, documents: Float32Array, width: number): number[] {
  const count = queries.length / width;
  if (queries.length !== documents.length || count > MAX_PAIRS || !Number.isInteger(count))
    throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'these embeddings cannot be compared', {
      expected: `as many queries as documents, at most ${MAX_PAIRS}, of ${width} numbers each`,
      got: `${queries.length} and ${documents.length} numbers`,
    });
  const lengths = Array.from({ length: count }, (_, row) => dot(documents, row, documents, row, width));
  // Of one query all cosines have the same factor: without it, and with their squares, they have the same order.
  const similarity = (query: number, other: number) => {
    const product = dot(queries, query, documents, other, width);
    return lengths[other] === 0 ? 0 : (product < 0 ? -product : product) * (product / lengths[other]!);
  };
  return Array.from({ length: count }, (_, query) => {
    const own = similarity(query, query);
    let before = 0;
    for (let other = 0; other < count; other++) {
      if (other === query) continue;
      const one = similarity(query, other);
      if (one > own || (one === own && other < query)) before++;
    }
    return before + 1;
  });
}

/** Recall at the first places, and the mean reciprocal rank. */
export function retrievalMeasured(ranks: readonly number[]): Measured[] {
  const share = (sum: number) => roundedReal(sum / ranks.length);
  return [
    ...places
      .filter((place) => place === 1 || place < ranks.length)
      .map((place) => ({
        type: `recall_at_${place}`,
        name: `Recall at ${place}`,
        value: share(ranks.filter((rank) => rank <= place).length),
      })),
    { type: 'mrr', name: 'Mean reciprocal rank', value: share(ranks.reduce((sum, rank) => sum + 1 / rank, 0)) },
  ];
}

function dot(a: Float32Array, i: number, b: Float32Array, j: number, width: number): number {
  let sum = 0;
  const [from, to] = [i * width, j * width];
  for (let k = 0; k < width; k++) sum += a[from + k]! * b[to + k]!;
  return sum;
}
