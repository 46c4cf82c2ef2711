import { errorKinds } from './error-row.ts';
import type { ErrorKind, ErrorRow } from './error-row.ts';

/** What a throw adds to what its code already says. Values are for people, in human units. */
export interface ErrorDetails {
  /** What was expected. */
  expected?: unknown;
  /** What came. */
  got?: unknown;
  /** What to do, where this case asks for more than the code's own advice. */
  hint?: string | undefined;
  cause?: unknown;
  /** The custom error with which a contract refused, and its arguments. */
  contractError?: string | undefined;
  contractArgs?: readonly unknown[] | undefined;
  /** The code that another side gave, where it gave one. */
  upstream?: string | undefined;
}

/** An error as it travels: between threads, in JSON output, in answers of the API. */
export interface SerialisedError {
  code: string;
  /** What happened, alone. */
  message: string;
  expected?: string;
  got?: string;
  hint: string;
  retryable: boolean;
  docs: string;
  contractError?: string;
}

/**
 * The one error of all packages. `code` is stable and is what programs switch on; `shortMessage` says what happened;
 * `message` adds what was expected, what came and what to do.
 */
export class CoveyError<Code extends string = string> extends Error {
  override readonly name = 'CoveyError';
  readonly code: Code;
  readonly kind: ErrorKind;
  readonly shortMessage: string;
  /** What the code means and advises, in every case. */
  readonly meaning: string;
  readonly action: string;
  readonly expected: string | undefined;
  readonly got: string | undefined;
  readonly hint: string;
  /** Whether the same call may succeed later or elsewhere, with nothing changed. */
  readonly retryable: boolean;
  /** Where the code is explained, from the root of the repository. */
  readonly docs: string;
  /** HTTP status with which the server answers. */
  readonly status: number;
  readonly contractError: string | undefined;
  readonly contractArgs: readonly unknown[] | undefined;
  readonly upstream: string | undefined;

  constructor(code: Code, row: ErrorRow, shortMessage: string, details: ErrorDetails = {}) {
    const expected = details.expected === undefined ? undefined : show(details.expected);
    const got = details.got === undefined ? undefined : show(details.got);
    super(
      compose(shortMessage, expected, got, details.hint),
      details.cause === undefined ? undefined : { cause: details.cause },
    );
    this.code = code;
    this.kind = row.kind;
    this.shortMessage = shortMessage;
    this.meaning = row.meaning;
    this.action = row.action;
    this.expected = expected;
    this.got = got;
    this.hint = details.hint ?? row.action;
    this.retryable = row.retryable ?? row.kind === 'unreachable';
    this.docs = `docs/reference/errors.md#${code.toLowerCase()}`;
    this.status = row.status ?? errorKinds[row.kind].status;
    this.contractError = details.contractError;
    this.contractArgs = details.contractArgs;
    this.upstream = details.upstream;
  }

  toJSON(): SerialisedError {
    const { code, shortMessage: message, expected, got, hint, retryable, docs, contractError } = this;
    return {
      code,
      message,
      ...(expected !== undefined && { expected }),
      ...(got !== undefined && { got }),
      hint,
      retryable,
      docs,
      ...(contractError !== undefined && { contractError }),
    };
  }
}

/** True for this error of any package, where codes are given only with one of them. */
export function isCoveyError<Code extends string>(error: unknown, ...codes: Code[]): error is CoveyError<Code> {
  return error instanceof CoveyError && (codes.length === 0 || codes.includes(error.code as Code));
}

/** Whether an error carries this code, also one that came from another thread and lost its class. */
export function hasCode(error: unknown, code: string): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}

/** The first in a chain of causes, beginning with the error itself, that `found` takes. */
export function causeOf<T>(error: unknown, found: (cause: unknown) => cause is T): T | undefined {
  for (let cause = error; cause !== undefined && cause !== null; cause = (cause as { cause?: unknown }).cause) {
    if (found(cause)) return cause;
  }
  return undefined;
}

/** What happened, alone where nothing else is known; else `…; expected …; got …. What to do.` */
function compose(what: string, expected?: string, got?: string, hint?: string): string {
  const parts = [what, expected && `expected ${expected}`, got && `got ${got}`].filter((part) => part !== undefined);
  if (parts.length === 1 && hint === undefined) return what;
  const text = `${parts.map((part) => part.replace(/[.;]$/, '')).join('; ')}.`;
  return hint === undefined ? text : `${text} ${hint}`;
}

function show(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null) return String(value);
  return JSON.stringify(value, (_key, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner));
}
