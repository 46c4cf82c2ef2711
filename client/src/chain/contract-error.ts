import { isCoveyError, type CoveyError } from '@covey/errors';
import { BaseError, ContractFunctionRevertedError, HttpRequestError, TimeoutError, WebSocketRequestError } from 'viem';
import { clientError, isClientError } from '../errors.ts';

/** What to do about the refusals that people meet most. */
const hints: Record<string, string> = {
  WrongPhase: 'The window for this step is not open: check the round with its deadlines.',
  CommitmentMismatch: 'CID, salt and address must be those that were committed; they are in the state folder.',
  StakeTooLow: 'Stake more, with `covey stake add`: rounds count what was there in the second before they opened.',
  StakeFrozen: 'A slash case against the node is open: wait for its end.',
  DepositsArePaused: 'The DAO has paused deposits for a while; withdrawing works.',
  CooldownRunning: 'The cooldown has not passed: `covey stake show` says when it has.',
  NodeNotStaked: 'Only nodes that have own stake take delegations.',
  StillLocked: 'The notice has not passed: `covey escrow show` says when it has.',
  ERC20InsufficientBalance: 'The account does not hold enough COVEY.',
  ERC20InsufficientAllowance: 'Approve the contract to take the tokens first.',
  RoundStillOpen: 'The round before must close first.',
  ThresholdNotMet: 'Too few seats agree on this result: the round goes to dispute.',
};

/** Turns what viem throws into a CoveyError: the contract's custom error by name, or an unreachable endpoint. */
export function chainError(cause: unknown, what: string): Error {
  if (isCoveyError(cause)) return cause;
  if (!(cause instanceof BaseError)) return cause instanceof Error ? cause : new Error(String(cause));
  const reverted = cause.walk((error) => error instanceof ContractFunctionRevertedError);
  if (reverted instanceof ContractFunctionRevertedError) {
    const name = reverted.data?.errorName ?? reverted.signature ?? 'unknown';
    const args = reverted.data?.args ?? [];
    const said = name === 'Error' ? String(args[0]) : `${name}(${args.map(show).join(', ')})`;
    return clientError('CONTRACT_REVERTED', `${what} was refused: ${said}`, {
      got: said,
      contractError: name,
      contractArgs: args,
      cause,
      ...(hints[name] === undefined ? {} : { hint: hints[name] }),
    });
  }
  const network = cause.walk(
    (error) =>
      error instanceof HttpRequestError || error instanceof TimeoutError || error instanceof WebSocketRequestError,
  );
  if (network) {
    return clientError('CHAIN_UNREACHABLE', `${what}: the RPC endpoint does not answer.`, {
      got: cause.shortMessage,
      hint: 'Is the chain running and --rpc right?',
      cause,
    });
  }
  return clientError('TRANSACTION_FAILED', `${what} failed: ${cause.shortMessage}`, {
    got: cause.shortMessage,
    cause,
  });
}

function show(value: unknown): string {
  return typeof value === 'object' && value !== null
    ? JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'bigint' ? inner.toString() : inner))
    : String(value);
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
