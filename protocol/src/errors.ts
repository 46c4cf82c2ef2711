/**
 * Every error that this package throws. Codes are stable: callers switch on them and translate them; the message is for
 * people who read logs.
 */
export const protocolErrorCodes = {
  PROTOCOL_INVALID_ARGUMENT: 'A value handed to the protocol is outside of what its function accepts.',
  PROTOCOL_INVALID_CID: 'A content identifier is not a CIDv1 with sha2-256 and an allowed codec.',
  PROTOCOL_INVALID_DOCUMENT: 'A document does not follow its schema.',
  PROTOCOL_NOT_CANONICAL: 'Bytes are not the one canonical encoding of their content.',
  PROTOCOL_TOO_LARGE: 'Bytes are larger than allowed.',
  PROTOCOL_NOT_A_FILE: 'A CID does not lead to a UnixFS file.',
  PROTOCOL_NOT_SAFETENSORS: 'Bytes are not a strict, canonical safetensors file.',
  PROTOCOL_WRONG_TENSORS: 'A safetensors file does not hold the tensors that the architecture names.',
  PROTOCOL_NOT_FINITE: 'A tensor holds NaN or an infinity.',
  PROTOCOL_INVALID_DATASET: 'A decrypted shard is not a dataset for this architecture.',
  PROTOCOL_WRONG_KEY: 'A shard key does not match its commitment.',
  PROTOCOL_DECRYPTION_FAILED: 'A ciphertext does not open with this key.',
  PROTOCOL_SCORER_MISMATCH: 'The loaded core is not the scorer that the policy approved for this round.',
  PROTOCOL_FETCH_FAILED: 'Content that a round needs could not be fetched.',
  PROTOCOL_CONTENT_MISMATCH: 'Fetched bytes do not match the CID under which they were asked for.',
  PROTOCOL_RESULT_MISMATCH: 'A result document contradicts itself.',
} as const;

export type ProtocolErrorCode = keyof typeof protocolErrorCodes;

export interface ProtocolErrorDetails {
  expected?: string;
  got?: string;
  hint?: string;
  cause?: unknown;
}

/** Codes of failures that say nothing about the content, only about reaching it: trying again may succeed. */
const retryableCodes: ReadonlySet<ProtocolErrorCode> = new Set(['PROTOCOL_FETCH_FAILED', 'PROTOCOL_CONTENT_MISMATCH']);

export class ProtocolError extends Error {
  readonly code: ProtocolErrorCode;
  readonly expected: string | undefined;
  readonly got: string | undefined;
  readonly hint: string | undefined;
  readonly retryable: boolean;

  constructor(code: ProtocolErrorCode, message: string, details: ProtocolErrorDetails = {}) {
    const parts = [message];
    if (details.expected !== undefined) parts.push(`expected ${details.expected}`);
    if (details.got !== undefined) parts.push(`got ${details.got}`);
    if (details.hint !== undefined) parts.push(details.hint);
    super(parts.join('; '), details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'ProtocolError';
    this.code = code;
    this.expected = details.expected;
    this.got = details.got;
    this.hint = details.hint;
    this.retryable = retryableCodes.has(code);
  }
}

/** Whether an error, also one of another package or realm, carries this code. */
export function hasCode(error: unknown, code: ProtocolErrorCode): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && error.code === code;
}
