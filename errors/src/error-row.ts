/**
 * What sort of thing went wrong; the command line's exit code and the API's status follow from it.
 * - `input`: what the caller gave is wrong or names nothing that exists;
 * - `mismatch`: two things that must be equal are not: somebody lies, or something is broken;
 * - `unreachable`: a chain, store, hub or server does not answer, or not with all of it;
 * - `refused`: a contract, wallet or rule said no;
 * - `fault`: a limit, or a fault of this program or machine.
 */
export type ErrorKind = 'input' | 'mismatch' | 'unreachable' | 'refused' | 'fault';

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
