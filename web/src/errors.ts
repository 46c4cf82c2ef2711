export type WebErrorCode =
  | 'WEB_NETWORK'
  | 'WEB_HTTP'
  | 'WEB_NOT_FOUND'
  | 'WEB_SCHEMA'
  | 'WEB_TIMEOUT'
  | 'WEB_WALLET'
  | 'WEB_WALLET_REJECTED'
  | 'WEB_WRONG_CHAIN'
  | 'WEB_REVERTED'
  | 'WEB_VERIFY_SCORER'
  | 'WEB_VERIFY';

interface WebErrorDetails {
  expected?: string;
  got?: string;
  hint?: string;
  /** The code that the other side gave, when it gave one. */
  upstream?: string;
  cause?: unknown;
}

/** The only error class that pages show; `code` is stable and is what a user quotes in a report. */
export class WebError extends Error {
  readonly code: WebErrorCode;
  readonly expected?: string;
  readonly got?: string;
  readonly hint?: string;
  readonly upstream?: string;

  constructor(code: WebErrorCode, message: string, details: WebErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'WebError';
    this.code = code;
    this.expected = details.expected;
    this.got = details.got;
    this.hint = details.hint;
    this.upstream = details.upstream;
  }

  static from(error: unknown): WebError {
    if (error instanceof WebError) return error;
    return new WebError('WEB_NETWORK', error instanceof Error ? error.message : String(error), { cause: error });
  }
}
