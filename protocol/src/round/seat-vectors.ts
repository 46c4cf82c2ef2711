import { z } from 'zod';
import { bytes32, decimal, parseWith } from '../primitives.ts';
import { MAX_SUBMISSIONS } from '../rules.ts';
import type { VectorReport } from '../settlement/vectors.ts';
import { seatsOf } from './seats.ts';

/** The shape of `vectors/seats.json`: effective stakes in wei in the order of joining, and the seats that they get. */
const vectorsSchema = z.object({
  cases: z.array(
    z.object({
      seed: bytes32,
      role: z.union([z.literal(0), z.literal(1)]),
      seats: z.number().int().min(1).max(MAX_SUBMISSIONS),
      stakes: z.array(decimal().transform(BigInt)).min(1),
      expected: z.array(z.number().int().min(0)),
    }),
  ),
});

/** Draws the seats of each case. Throws PROTOCOL_INVALID_DOCUMENT where the file has another shape. */
export function checkSeatVectors(json: unknown): VectorReport {
  const { cases } = parseWith(vectorsSchema, json, 'seat vectors');
  const failures: string[] = [];
  for (const [i, { seed, role, seats, stakes, expected }] of cases.entries()) {
    const candidateStake = stakes.reduce((sum, stake) => sum + stake, 0n);
    const draw = { seed, role: role === 0 ? 'trainer' : 'validator', candidateStake, seats } as const;
    let end = 0n;
    const got = stakes.map((stake) => {
      end += stake;
      return seatsOf({ end, stake }, draw);
    });
    const at = got.findIndex((drawn, n) => drawn !== expected[n]);
    if (at >= 0) failures.push(`case ${i} candidate ${at}: expected ${expected[at]} seats, got ${got[at]}`);
    else if (got.length !== expected.length) failures.push(`case ${i}: expected ${expected.length} candidates`);
  }
  return { passed: cases.length - failures.length, failed: failures.length, failures };
}
