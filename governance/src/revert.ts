import type { CoveyError } from '@covey/errors';
import { BaseError, ContractFunctionRevertedError, decodeErrorResult, isHex } from 'viem';
import type { Abi, Hex } from 'viem';
import { coveyErrorsAbi, daoAbi, snapshotVotingAbi, tokenVotingAbi } from '@covey/contracts/abi';
import { governanceError, isGovernanceError } from './errors.ts';
import type { GovernanceErrorCode } from './errors.ts';

/** What the contracts say, as our codes; other reverts are GOV_CALL_REVERTED. */
const revertCodes: Record<string, GovernanceErrorCode> = {
  ProposalCreationForbidden: 'GOV_PROPOSAL_FORBIDDEN',
  ProposalExecutionForbidden: 'GOV_EXECUTION_FORBIDDEN',
  VoteCastForbidden: 'GOV_VOTE_FORBIDDEN',
  NoVotingPower: 'GOV_NO_VOTING_POWER',
  DateOutOfBounds: 'GOV_DATE_OUT_OF_BOUNDS',
};

/** Errors that reach a caller through another contract, whose own ABI does not know them. */
const knownErrors: Abi = [...coveyErrorsAbi, ...daoAbi, ...tokenVotingAbi, ...snapshotVotingAbi].filter(
  (item) => item.type === 'error',
);

/** A revert as the contract meant it. */
export interface Revert {
  name: string;
  args: readonly unknown[];
}

/** The bytes with which the EVM reverted, wherever in viem's chain of causes they are. */
export function revertDataOf(error: BaseError): Hex | undefined {
  let found: Hex | undefined;
  error.walk((cause) => {
    const candidate = cause instanceof ContractFunctionRevertedError ? cause.raw : (cause as { data?: unknown }).data;
    const data =
      typeof candidate === 'object' && candidate !== null ? (candidate as { data?: unknown }).data : candidate;
    if (isHex(data) && data.length >= 10) found = data;
    return found !== undefined;
  });
  return found;
}

/** Names the error of a failed call; undefined when there was none, or none that anybody here knows. */
export function revertOf(error: unknown, abi: Abi = []): Revert | undefined {
  if (!(error instanceof BaseError)) return undefined;
  const data = revertDataOf(error);
  return data && decodeRevert(data, abi);
}

/** Names the error that the bytes of a revert are; undefined for one that nobody here knows. */
export function decodeRevert(data: Hex, abi: Abi = []): Revert | undefined {
  try {
    const { errorName, args = [] } = decodeErrorResult({ abi: [...abi, ...knownErrors], data });
    return { name: errorName, args: args as readonly unknown[] };
  } catch {
    return undefined;
  }
}

const show = (value: unknown): string =>
  typeof value === 'object'
    ? JSON.stringify(value, (_, v: unknown) => (typeof v === 'bigint' ? String(v) : v))
    : String(value);

export const showRevert = ({ name, args }: Revert): string => `${name}(${args.map(show).join(', ')})`;

/** Turns what viem throws for a failed call into a typed error that names the contract's own error. */
export function callError(error: unknown, what: string, details: { abi?: Abi; hint?: string } = {}): CoveyError {
  if (isGovernanceError(error)) return error;
  const { abi, hint } = details;
  const revert = revertOf(error, abi);
  if (revert) {
    const code = revertCodes[revert.name] ?? 'GOV_CALL_REVERTED';
    const message = `${what} was refused by the contract: ${showRevert(revert)}.`;
    return governanceError(code, message, {
      got: revert.name,
      contractError: revert.name,
      contractArgs: revert.args,
      hint,
      cause: error,
    });
  }
  const reason = error instanceof BaseError ? error.shortMessage : String(error);
  return governanceError('GOV_CALL_FAILED', `${what} failed: ${reason}`, { cause: error });
}
