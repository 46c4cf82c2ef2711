import { GovernanceError, type GovernanceErrorCode } from '@covey/governance';
import { CoreError } from '@covey/wasm-core';
import { hasCode, ProtocolError } from '@covey/protocol';
import { NodeError, type NodeErrorCode } from '../errors.ts';

/** What a caller can rely on; `covey help` prints this table. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  mismatch: 3,
  unreachable: 4,
  refused: 5,
} as const;

export const exitCodeHelp = `Exit codes:
  0  ok
  1  failed
  2  wrong usage or input
  3  a mismatch was found
  4  the chain or the content could not be reached
  5  a contract refused the call (its error is named)`;

const byCode: Partial<Record<NodeErrorCode, number>> = {
  CONFIG_INVALID: exitCodes.usage,
  DATA_NOT_FOUND: exitCodes.usage,
  DATA_BAD_IDX: exitCodes.usage,
  DATA_BAD_SPLIT: exitCodes.usage,
  DATA_BAD_SHARD: exitCodes.usage,
  KEYS_MISSING: exitCodes.usage,
  TASK_UNKNOWN: exitCodes.usage,
  ROUND_UNKNOWN: exitCodes.usage,
  LISTING_UNKNOWN: exitCodes.usage,
  LOCK_UNKNOWN: exitCodes.usage,
  CONTENT_BAD_CID: exitCodes.usage,
  CONTENT_HASH_MISMATCH: exitCodes.mismatch,
  RESULT_MISMATCH: exitCodes.mismatch,
  MODEL_MISMATCH: exitCodes.mismatch,
  TASK_MISMATCH: exitCodes.mismatch,
  CONTENT_NOT_FOUND: exitCodes.unreachable,
  CONTENT_TIMEOUT: exitCodes.unreachable,
  CONTENT_UNREACHABLE: exitCodes.unreachable,
  CHAIN_UNREACHABLE: exitCodes.unreachable,
  LOGS_INCOMPLETE: exitCodes.unreachable,
  CONTRACT_REVERTED: exitCodes.refused,
};

const byGovernanceCode: Partial<Record<GovernanceErrorCode, number>> = {
  GOV_CALL_REVERTED: exitCodes.refused,
  GOV_PROPOSAL_FORBIDDEN: exitCodes.refused,
  GOV_VOTE_FORBIDDEN: exitCodes.refused,
  GOV_EXECUTION_FORBIDDEN: exitCodes.refused,
  GOV_NO_VOTING_POWER: exitCodes.refused,
  GOV_DATE_OUT_OF_BOUNDS: exitCodes.refused,
  GOV_CONTENT_MISMATCH: exitCodes.mismatch,
  GOV_HUB_UNREACHABLE: exitCodes.unreachable,
  GOV_HUB_ANSWER: exitCodes.unreachable,
  GOV_UNKNOWN_PROPOSAL: exitCodes.usage,
  GOV_PLUGIN_MISSING: exitCodes.usage,
  GOV_NOT_BINDABLE: exitCodes.usage,
  GOV_INVALID_ARGUMENT: exitCodes.usage,
  GOV_UNKNOWN_PARAM: exitCodes.usage,
  GOV_UNKNOWN_FORM: exitCodes.usage,
  GOV_ENVELOPE_MALFORMED: exitCodes.usage,
  GOV_ENVELOPE_TYPE: exitCodes.usage,
  GOV_ENVELOPE_DOMAIN: exitCodes.usage,
  GOV_ENVELOPE_SIGNER: exitCodes.usage,
  GOV_ENVELOPE_SIGNATURE: exitCodes.usage,
};

/** A call that never reached the contract was not refused by it. */
const isUnanswered = ({ code, got }: GovernanceError): boolean => code === 'GOV_CALL_REVERTED' && got === undefined;

export function exitCodeOf(error: unknown): number {
  if (error instanceof NodeError) return byCode[error.code] ?? exitCodes.failed;
  if (error instanceof GovernanceError) {
    return (isUnanswered(error) ? undefined : byGovernanceCode[error.code]) ?? exitCodes.failed;
  }
  if (hasCode(error, 'PROTOCOL_FETCH_FAILED')) return exitCodes.unreachable;
  return exitCodes.failed;
}

export interface DescribedError {
  code: string;
  message: string;
  expected?: string;
  got?: string;
  hint?: string;
  contractError?: string;
}

export function describeError(error: unknown): DescribedError {
  if (error instanceof NodeError) {
    const { code, message, expected, got, hint, contractError } = error;
    return {
      code,
      message,
      ...(expected === undefined ? {} : { expected }),
      ...(got === undefined ? {} : { got }),
      ...(hint === undefined ? {} : { hint }),
      ...(contractError === undefined ? {} : { contractError }),
    };
  }
  if (error instanceof GovernanceError) {
    const { code, message, got } = error;
    const contractError = byGovernanceCode[code] === exitCodes.refused && typeof got === 'string' ? got : undefined;
    return { code, message, ...(contractError === undefined ? {} : { contractError }) };
  }
  if (error instanceof ProtocolError || error instanceof CoreError) return { code: error.code, message: error.message };
  return { code: 'UNEXPECTED', message: error instanceof Error ? error.message : String(error) };
}
