import { chainError, isClientError } from '@covey/client';
import { isCoveyError, type CoveyError } from '@covey/errors';
import { isWebError, webError } from '../../errors.ts';

/** What a wallet or the chain refused, as one of our codes; a contract's own error keeps its name and arguments. */
export function walletError(cause: unknown): CoveyError {
  if (isWebError(cause)) return cause;
  const error = chainError(cause, 'The request');
  if (isClientError(error, 'WALLET_REJECTED')) {
    return webError('WEB_WALLET_REJECTED', error.shortMessage, { cause: error });
  }
  if (isCoveyError(error) && error.kind === 'refused') {
    const upstream = error.contractError ?? error.code;
    return webError('WEB_REVERTED', error.shortMessage, { cause: error, upstream });
  }
  return webError('WEB_WALLET', isCoveyError(error) ? error.shortMessage : error.message, { cause: error });
}
