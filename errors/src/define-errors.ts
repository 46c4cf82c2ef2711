import { CoveyError, type ErrorDetails } from './covey-error.ts';
import type { ErrorRow } from './error-row.ts';

export interface ErrorFamily<Code extends string> {
  readonly rows: Readonly<Record<Code, ErrorRow>>;
  /** Makes the error; the caller throws it. */
  error(code: Code, message: string, details?: ErrorDetails): CoveyError<Code>;
  /** True for an error of this family; where codes are given, only with one of them. */
  is(error: unknown, ...codes: Code[]): error is CoveyError<Code>;
}

/** The errors of one package: every code stands in its table and nowhere else. */
export function defineErrors<const Code extends string>(rows: Record<Code, ErrorRow>): ErrorFamily<Code> {
  return {
    rows,
    error: (code, message, details) => new CoveyError(code, rows[code], message, details),
    is: (error, ...codes): error is CoveyError<Code> =>
      error instanceof CoveyError &&
      (codes.length === 0 ? Object.hasOwn(rows, error.code) : codes.includes(error.code as Code)),
  };
}
