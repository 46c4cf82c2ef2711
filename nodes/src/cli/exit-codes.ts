import { isCoveyError, type ErrorKind, type SerialisedError } from '@covey/errors';

/** What a caller can rely on; `covey help` prints this table. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  mismatch: 3,
  unreachable: 4,
  refused: 5,
} as const;

export const exitCodeHelp = `Exit codes:
  0  ok
  1  failed
  2  wrong usage or input
  3  a mismatch was found
  4  the chain or the content could not be reached
  5  a contract refused the call (its error is named)`;

const byKind: Record<ErrorKind, number> = {
  input: exitCodes.usage,
  mismatch: exitCodes.mismatch,
  unreachable: exitCodes.unreachable,
  refused: exitCodes.refused,
  fault: exitCodes.failed,
};

export function exitCodeOf(error: unknown): number {
  return isCoveyError(error) ? byKind[error.kind] : exitCodes.failed;
}

export type DescribedError = Pick<SerialisedError, 'code' | 'message'> & Partial<SerialisedError>;

export function describeError(error: unknown): DescribedError {
  if (isCoveyError(error)) return error.toJSON();
  return { code: 'UNEXPECTED', message: error instanceof Error ? error.message : String(error) };
}
