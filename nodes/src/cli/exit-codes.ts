import { isCoveyError, type ErrorKind, type SerialisedError } from '@covey/errors';
import { phrase } from './words/say.ts';

/** What a caller can rely on; `covey help` and the README print this table. */
export const exitCodes = {
  ok: { code: 0, means: 'ok' },
  failed: { code: 1, means: 'failed' },
  usage: { code: 2, means: 'wrong usage or input' },
  mismatch: { code: 3, means: 'a mismatch was found' },
  unreachable: { code: 4, means: 'the chain or the content could not be reached' },
  refused: { code: 5, means: 'a contract refused the call (its error is named)' },
  pending: { code: 6, means: 'a daemon was stopped with something still to do (it is named)' },
  unjudged: { code: 7, means: 'a part could not be judged (each is named), and nothing wrong was found in the rest' },
} as const;

export const exitCodeHelp = (): string =>
  [phrase('Exit codes:'), ...Object.values(exitCodes).map(({ code, means }) => `  ${code}  ${phrase(means)}`)].join(
    '\n',
  );

/** The exit code of each kind of error; `docs/reference/errors.md` prints them. */
export const exitCodeOfKind: Record<ErrorKind, number> = {
  input: exitCodes.usage.code,
  mismatch: exitCodes.mismatch.code,
  unreachable: exitCodes.unreachable.code,
  refused: exitCodes.refused.code,
  fault: exitCodes.failed.code,
};

export function exitCodeOf(error: unknown): number {
  return isCoveyError(error) ? exitCodeOfKind[error.kind] : exitCodes.failed.code;
}

export type DescribedError = Pick<SerialisedError, 'code' | 'message'> & Partial<SerialisedError>;

export function describeError(error: unknown): DescribedError {
  if (isCoveyError(error)) return error.toJSON();
  return { code: 'UNEXPECTED', message: error instanceof Error ? error.message : String(error) };
}
