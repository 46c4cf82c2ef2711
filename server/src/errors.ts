import { defineErrors } from '@covey/errors';

/** Everything that this package throws or answers with. */
export const serverErrors = defineErrors({
  SERVER_INVALID_ARGUMENT: {
    kind: 'input',
    meaning: 'A parameter or body does not have the expected shape.',
    action: 'Change the field that the message names; /api/docs has the shapes.',
  },
  SERVER_NOT_FOUND: {
    kind: 'input',
    meaning: 'There is nothing with this identifier.',
    action: 'Check the identifier, or wait until the index has it.',
    status: 404,
  },
  SERVER_METHOD_NOT_ALLOWED: {
    kind: 'input',
    meaning: 'This path answers another HTTP method.',
    action: 'Use the method that /api/docs names.',
    status: 405,
  },
  SERVER_TOO_LARGE: {
    kind: 'input',
    meaning: 'A body or an upload is larger than this server accepts.',
    action: 'Send less, or ask the operator to raise the limit.',
    status: 413,
  },
  SERVER_RATE_LIMITED: {
    kind: 'refused',
    meaning: 'Too many requests from one address.',
    action: 'Wait as long as the Retry-After header says.',
    status: 429,
    retryable: true,
  },
  SERVER_INTERNAL: {
    kind: 'fault',
    meaning: 'A fault of the server; its log has the details.',
    action: 'Tell the operator the time of the request.',
  },
  SERVER_NOT_READY: {
    kind: 'unreachable',
    meaning: 'The index has not caught up with the chain yet.',
    action: 'Try again in a moment.',
  },
  SERVER_RPC_UNAVAILABLE: {
    kind: 'unreachable',
    meaning: 'The chain cannot be reached.',
    action: 'Try again in a moment.',
  },
  SERVER_DATABASE_LOCKED: {
    kind: 'fault',
    meaning: 'Another process uses the data directory.',
    action: 'Stop the other server, or give this one a directory of its own.',
  },
  IPFS_INVALID_CID: {
    kind: 'input',
    meaning: 'Not a CID that this node can address.',
    action: 'Give a CIDv1 with sha2-256.',
  },
  IPFS_NOT_FOUND: {
    kind: 'input',
    meaning: 'This node does not hold the block; it asks no network.',
    action: 'Ask a node that has it.',
    status: 404,
  },
  IPFS_NOT_A_FILE: {
    kind: 'input',
    meaning: 'The path leads to something that has no bytes of its own.',
    action: 'Ask for a file, or for the block.',
  },
  IPFS_UNSUPPORTED: {
    kind: 'input',
    meaning: 'An option or format that this node does not offer.',
    action: 'Leave the option out; the README lists what is offered.',
  },
  IPFS_CORRUPT_BLOCK: {
    kind: 'fault',
    meaning: 'A stored block does not match its CID.',
    action: 'Add the content again; the disk may be failing.',
  },
  HUB_INVALID: {
    kind: 'input',
    meaning: 'A signed message that the hub refuses; the message says why.',
    action: 'Change what the message names and sign again.',
  },
});

export const { error: serverError, is: isServerError } = serverErrors;

export type ServerErrorCode = keyof typeof serverErrors.rows;

/** Text of whatever was thrown, for logs and for documents' error fields. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
