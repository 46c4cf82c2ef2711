import { seededRandom, type Random } from '../data/random.ts';

/** One seed of 32 bits from several numbers, so that no two uses share a stream (the finaliser of MurmurHash3). */
export function seedFrom(...parts: readonly number[]): number {
  let hash = 0x9e3779b9;
  for (const part of parts) {
    hash = Math.imul(hash ^ (part >>> 0), 0x85ebca6b);
    hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
    hash ^= hash >>> 16;
  }
  return hash >>> 0;
}

export function randomOf(...parts: readonly number[]): Random {
  return seededRandom(seedFrom(...parts));
}

/** What a stream is for. */
export const streams = { world: 1, train: 2, strategy: 3, group: 4, validator: 5, shapley: 6 } as const;
