/** Every error code of this package, with what it means; documented here once, used everywhere. */
export const nodeErrorCodes = {
  CONTENT_NOT_FOUND: 'no peer of the content store has the block',
  CONTENT_HASH_MISMATCH: 'bytes came that are not what the CID names',
  CONTENT_TOO_LARGE: 'content is larger than the caller allows',
  CONTENT_TIMEOUT: 'content did not arrive in time',
  CONTENT_BAD_CID: 'not a CID that Covey reads',
  CONTENT_NOT_A_FILE: 'the CID leads to a directory or to no well-formed UnixFS file',
  CONTENT_BAD_CODEC: 'a block of a codec that Covey does not store',
  CONTENT_UNREACHABLE: 'the content store does not answer',
  CONTENT_REFUSED: 'the content store answered with an error',
  CHAIN_UNREACHABLE: 'the RPC endpoint does not answer',
  CHAIN_WRONG: 'the RPC endpoint serves another chain than the deployment names',
  CONTRACT_REVERTED: 'a contract refused the call; contractError names its error',
  TRANSACTION_FAILED: 'a transaction was mined but failed, or was not mined in time',
  LOGS_INCOMPLETE: 'the RPC endpoint lacks logs that the contracts must have emitted',
  TASK_UNKNOWN: 'no task of this number',
  TASK_MISMATCH: 'the task document contradicts the chain',
  ROUND_UNKNOWN: 'no round of this number',
  ROUND_NOT_READY: 'the round has not reached the step that was asked for',
  ROUND_UNSCORABLE: 'the round lacks an input of scoring',
  RESULT_MISMATCH: 'a result document is not what the chain accepted',
  STAKE_TOO_LOW: 'too little own stake was there when the round opened',
  NOT_IN_ROUND: 'this node has nothing in this round',
  LOCK_UNKNOWN: 'no lock of this number, or it was paid out',
  LISTING_UNKNOWN: 'no listing of this number',
  MODEL_MISMATCH: 'the model is not the one that was listed',
  SCORER_MISMATCH: 'the local scorer is not the one that the DAO approved',
  DATA_NOT_FOUND: 'a data file is missing',
  DATA_BAD_IDX: 'a file is not in the IDX format',
  DATA_BAD_SPLIT: 'the data cannot be split as asked',
  DATA_BAD_SHARD: 'a data shard does not fit the task',
  STATE_CORRUPT: 'a state file cannot be read',
  KEYS_MISSING: 'the key file lacks a key',
  CONFIG_INVALID: 'an option or file of the caller is missing or wrong',
} as const;

export type NodeErrorCode = keyof typeof nodeErrorCodes;

export interface NodeErrorDetails {
  expected?: string;
  got?: string;
  hint?: string;
  cause?: unknown;
  /** Name of the contract's custom error, for CONTRACT_REVERTED. */
  contractError?: string;
  contractArgs?: readonly unknown[];
}

/** The one error class of this package. `code` is stable; the message is for people. */
export class NodeError extends Error {
  override readonly name = 'NodeError';
  readonly code: NodeErrorCode;
  readonly expected?: string;
  readonly got?: string;
  readonly hint?: string;
  readonly contractError?: string;
  readonly contractArgs?: readonly unknown[];

  constructor(code: NodeErrorCode, message: string, details: NodeErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    if (details.expected !== undefined) this.expected = details.expected;
    if (details.got !== undefined) this.got = details.got;
    if (details.hint !== undefined) this.hint = details.hint;
    if (details.contractError !== undefined) this.contractError = details.contractError;
    if (details.contractArgs !== undefined) this.contractArgs = details.contractArgs;
  }
}

export function isNodeError(error: unknown, ...codes: NodeErrorCode[]): error is NodeError {
  return error instanceof NodeError && (codes.length === 0 || codes.includes(error.code));
}

/** True when a contract refused with one of these custom errors. */
export function isRevert(error: unknown, ...names: string[]): error is NodeError {
  return (
    isNodeError(error, 'CONTRACT_REVERTED') &&
    (names.length === 0 || (error.contractError !== undefined && names.includes(error.contractError)))
  );
}

/** Does it, or gives null where a contract refused with one of these errors: somebody else was faster, or it is not due. */
export async function ignoring<T>(names: string[], action: () => Promise<T>): Promise<T | null> {
  try {
    return await action();
  } catch (error) {
    if (isRevert(error, ...names)) return null;
    throw error;
  }
}
