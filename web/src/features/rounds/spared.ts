import type { Validator } from '../../api/endpoints.ts';

/**
 * Whether a validator may leave out its result, unpaid and unslashed: it said to lack the shard or something that counts, and
 * has not committed one all the same.
 */
export function isSpared(
  { attestation, resultCommit }: Pick<Validator, 'attestation' | 'resultCommit'>,
  counted: readonly number[] | null,
): boolean {
  if (attestation === null || counted === null || resultCommit !== null) return false;
  return attestation.ciphertextMissing || attestation.missing.some((index) => counted.includes(index));
}
