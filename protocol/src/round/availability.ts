import type { VoidReasonName } from '@covey/contracts/abi/enums';
import type { Missing } from '../commitments.ts';
import { protocolError } from '../errors.ts';

const WORD_BITS = 256;

/** How many words hold a bit for each submission. */
export function bitmapWords(submissions: number): number {
  return Math.ceil(submissions / WORD_BITS);
}

/** Words with the bits of these indices set, as contracts take them. */
export function bitmapOf(indices: Iterable<number>, submissions: number): bigint[] {
  const words = Array.from({ length: bitmapWords(submissions) }, () => 0n);
  for (const index of indices) {
    if (!Number.isInteger(index) || index < 0 || index >= submissions) {
      throw protocolError('PROTOCOL_INVALID_ARGUMENT', 'there is no such submission', {
        expected: `0 to ${submissions - 1}`,
        got: String(index),
      });
    }
    const word = Math.floor(index / WORD_BITS);
    words[word] = (words[word] ?? 0n) | (1n << BigInt(index % WORD_BITS));
  }
  return words;
}

/** Indices whose bits are set, 256 a word. */
export function indicesOf(words: readonly bigint[]): number[] {
  return words.flatMap((word, w) => {
    const indices: number[] = [];
    for (let bit = 0; bit < WORD_BITS; bit++) if ((word >> BigInt(bit)) & 1n) indices.push(WORD_BITS * w + bit);
    return indices;
  });
}

export interface RevealedAttestation extends Missing {
  seats: number;
}

export interface CountParameters {
  /** How many submissions were revealed. */
  submissions: number;
  /** All validator seats of the round. */
  validatorSeats: number;
  /** Those of the present attempt that were revealed. */
  attestations: readonly RevealedAttestation[];
}

export interface Counted {
  /** Indices of the submissions that count; of none can be said without a quorum (`notAttested`). */
  counted: number[];
  /** Why nothing can be scored, `none` where something can. */
  failure: VoidReasonName;
}

/**
 * What counts of a round, as `Attestations.sol` decides it. Nothing does unless half of all seats revealed; then a
 * submission does not when at least half of all seats revealed it missing, or fewer than a third of the revealing seats
 * have it.
 */
export function countSubmissions({ submissions, validatorSeats, attestations }: CountParameters): Counted {
  const seatsOf = (those: readonly RevealedAttestation[]) => those.reduce((sum, { seats }) => sum + seats, 0);
  const revealed = seatsOf(attestations);
  if (2 * revealed < validatorSeats) return { counted: [], failure: 'notAttested' };
  const missing = attestations.map((attestation) => new Set(indicesOf(attestation.missing)));
  const counted = Array.from({ length: submissions }, (_, index) => index).filter((index) => {
    const lacking = seatsOf(attestations.filter((_, i) => missing[i]?.has(index)));
    return 2 * lacking < validatorSeats && 3 * (revealed - lacking) >= revealed;
  });
  const without = seatsOf(attestations.filter(({ ciphertextMissing }) => ciphertextMissing));
  if (2 * without >= validatorSeats) return { counted, failure: 'ciphertextMissing' };
  return { counted, failure: counted.length === 0 ? 'nothingCounted' : 'none' };
}

/** Whether a validator lacks what it would need to score: it may not commit a result then, and is not slashed for that. */
export function excused({ ciphertextMissing, missing }: Missing, counted: Iterable<number>): boolean {
  const lacking = new Set(indicesOf(missing));
  return ciphertextMissing || [...counted].some((index) => lacking.has(index));
}
