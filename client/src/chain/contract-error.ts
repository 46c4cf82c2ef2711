import { contractErrors } from '@covey/contracts/abi/errors';
import { isCoveyError, type CoveyError } from '@covey/errors';
import { BaseError, HttpRequestError, TimeoutError, UserRejectedRequestError, WebSocketRequestError } from 'viem';
import type { Abi } from 'viem';
import { clientError, isClientError } from '../errors.ts';
import { revertDataOf, revertOf } from './revert.ts';

export interface ChainErrorDetails {
  /** Whose errors the call may meet beyond those that everybody knows. */
  abi?: Abi | undefined;
  hint?: string | undefined;
}

/**
 * Turns what viem throws into a CoveyError: a contract's refusal with its error by name (CONTRACT_REVERTED), one in the
 * wallet (WALLET_REJECTED), an endpoint that does not answer (CHAIN_UNREACHABLE), or TRANSACTION_FAILED.
 */
export function chainError(cause: unknown, what: string, { abi, hint }: ChainErrorDetails = {}): Error {
  if (isCoveyError(cause)) return cause;
  if (!(cause instanceof BaseError)) return cause instanceof Error ? cause : new Error(String(cause));
  // What a transport of several endpoints found out, which viem wraps.
  const own = cause.walk((error) => isCoveyError(error));
  if (isCoveyError(own)) return own;
  const data = revertDataOf(cause);
  if (data !== undefined) {
    const revert = revertOf(cause, abi);
    const name = revert?.name ?? data.slice(0, 10);
    const said = revert?.text ?? name;
    return clientError('CONTRACT_REVERTED', `${what} was refused: ${said}`, {
      got: name,
      contractError: name,
      contractArgs: revert?.args ?? [],
      hint: hint ?? contractErrors[name]?.action,
      cause,
    });
  }
  if (cause.walk((error) => error instanceof UserRejectedRequestError)) {
    return clientError('WALLET_REJECTED', `${what} was declined in the wallet.`, { cause });
  }
  if (isUnreachable(cause)) {
    return clientError('CHAIN_UNREACHABLE', `${what}: the RPC endpoint does not answer.`, {
      got: cause.shortMessage,
      cause,
    });
  }
  return clientError('TRANSACTION_FAILED', `${what} failed: ${cause.shortMessage}`, {
    got: cause.shortMessage,
    hint,
    cause,
  });
}

/** True where nobody answered, so that it is not known what the chain would have said. */
export function isUnreachable(error: unknown): boolean {
  const network = [HttpRequestError, TimeoutError, WebSocketRequestError];
  return error instanceof BaseError && error.walk((cause) => network.some((kind) => cause instanceof kind)) !== null;
}

/** True when a contract refused with one of these custom errors; without names, with any. */
export function isRevert(error: unknown, ...names: string[]): error is CoveyError<'CONTRACT_REVERTED'> {
  return (
    isClientError(error, 'CONTRACT_REVERTED') &&
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
