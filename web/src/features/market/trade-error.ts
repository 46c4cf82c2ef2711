import { isCoveyError, type CoveyError } from '@covey/errors';
import { walletError } from '../wallet/index.ts';

/** What went wrong on the way to or from the escrow: our own findings keep their codes, the rest is the wallet's or a contract's. */
export function tradeError(cause: unknown): CoveyError {
  const found = isCoveyError(cause) && ['input', 'mismatch', 'unreachable'].includes(cause.kind);
  return found ? cause : walletError(cause);
}
