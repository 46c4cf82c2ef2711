/**
 * Every error that this package throws or answers with. Codes are stable: callers switch on them and translate them.
 * The number is the HTTP status with which routes answer.
 */
export const serverErrorCodes = {
  SERVER_INVALID_ARGUMENT: { status: 400, meaning: 'A parameter or body does not have the expected shape.' },
  SERVER_NOT_FOUND: { status: 404, meaning: 'There is nothing with this identifier.' },
  SERVER_METHOD_NOT_ALLOWED: { status: 405, meaning: 'This path answers another HTTP method.' },
  SERVER_TOO_LARGE: { status: 413, meaning: 'A body or an upload is larger than this server accepts.' },
  SERVER_RATE_LIMITED: { status: 429, meaning: 'Too many requests from one address.' },
  SERVER_INTERNAL: { status: 500, meaning: 'A fault of the server; its log has the details.' },
  SERVER_NOT_READY: { status: 503, meaning: 'The index has not caught up with the chain yet.' },
  SERVER_RPC_UNAVAILABLE: { status: 503, meaning: 'The chain cannot be reached.' },
  SERVER_WRONG_CHAIN: { status: 500, meaning: 'The RPC serves another chain than the deployment names.' },
  SERVER_DATABASE_LOCKED: { status: 500, meaning: 'Another process uses the data directory.' },
  IPFS_INVALID_CID: { status: 400, meaning: 'Not a CID that this node can address.' },
  IPFS_NOT_FOUND: { status: 404, meaning: 'This node does not hold the block; it asks no network.' },
  IPFS_NOT_A_FILE: { status: 400, meaning: 'The path leads to something that has no bytes of its own.' },
  IPFS_UNSUPPORTED: { status: 400, meaning: 'An option or format that this node does not offer.' },
  IPFS_CORRUPT_BLOCK: { status: 500, meaning: 'A stored block does not match its CID.' },
  HUB_INVALID: { status: 400, meaning: 'A signed message that the hub refuses; the message says why.' },
} as const;

export type ServerErrorCode = keyof typeof serverErrorCodes;

export interface ServerErrorDetails {
  expected?: string;
  got?: string;
  hint?: string;
  cause?: unknown;
}

export class ServerError extends Error {
  readonly code: ServerErrorCode;
  readonly expected: string | undefined;
  readonly got: string | undefined;
  readonly hint: string | undefined;

  constructor(code: ServerErrorCode, message: string, details: ServerErrorDetails = {}) {
    const parts = [message];
    if (details.expected !== undefined) parts.push(`expected ${details.expected}`);
    if (details.got !== undefined) parts.push(`got ${details.got}`);
    if (details.hint !== undefined) parts.push(details.hint);
    super(parts.join('; '), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ServerError';
    this.code = code;
    this.expected = details.expected;
    this.got = details.got;
    this.hint = details.hint;
  }

  get status(): number {
    return serverErrorCodes[this.code].status;
  }
}

/** Text of whatever was thrown, for logs and for documents' error fields. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
