/** What sort of thing went wrong, and the API's status then; the command line's exit code follows from it too. */
export const errorKinds = {
  input: { meaning: 'what the caller gave is wrong, or names nothing that exists', status: 400 },
  mismatch: { meaning: 'two things that must be equal are not: somebody lies, or something is broken', status: 422 },
  unreachable: { meaning: 'a chain, store, hub or server does not answer, or not with all of it', status: 503 },
  refused: { meaning: 'a contract, wallet or rule said no', status: 409 },
  fault: { meaning: 'a limit, or a fault of this program or machine', status: 500 },
} as const;
export type ErrorKind = keyof typeof errorKinds;

/** Everything about a code that does not depend on the case; `docs/reference/errors.md` is made of these. */
export interface ErrorRow {
  kind: ErrorKind;
  /** What it means. */
  meaning: string;
  /** What to do about it. */
  action: string;
  /** Whether trying again may help with nothing changed; by default where something was unreachable. */
  retryable?: boolean;
  /** HTTP status, where it is not that of the kind. */
  status?: number;
}
