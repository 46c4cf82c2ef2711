import type { CoveyError } from '@covey/errors';
import { isGovernanceError } from '@covey/governance';
import { BaseError, ContractFunctionRevertedError, UserRejectedRequestError } from 'viem';
import { isWebError, webError } from '../../errors.ts';

/** What a wallet or the chain refused, as one of our codes; a contract's own error keeps its name and arguments. */
export function walletError(error: unknown): CoveyError {
  if (isWebError(error)) return error;
  if (isGovernanceError(error)) return ofGovernance(error);
  if (error instanceof BaseError) {
    if (error.walk((cause) => cause instanceof UserRejectedRequestError)) {
      return webError('WEB_WALLET_REJECTED', 'The request was declined in the wallet.', { cause: error });
    }
    const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
    if (reverted instanceof ContractFunctionRevertedError) {
      return webError('WEB_REVERTED', revertText(reverted), {
        cause: error,
        upstream: reverted.data?.errorName ?? reverted.signature,
      });
    }
    return webError('WEB_WALLET', error.shortMessage, { cause: error });
  }
  return webError('WEB_WALLET', error instanceof Error ? error.message : String(error), { cause: error });
}

/** Our own actions name the contract's error in `got`; underneath the wallet may have declined. */
function ofGovernance(error: CoveyError): CoveyError {
  const declined = error.cause === undefined ? undefined : walletError(error.cause);
  if (declined?.code === 'WEB_WALLET_REJECTED') return declined;
  const upstream = typeof error.got === 'string' && /^[A-Z]\w+$/.test(error.got) ? error.got : error.code;
  return webError('WEB_REVERTED', error.shortMessage, { cause: error, upstream });
}

/** `VoteCastForbidden(proposalId: 3, account: 0x…, voteOption: 2)`, as the contract said it. */
function revertText(reverted: ContractFunctionRevertedError): string {
  const { data } = reverted;
  if (data === undefined) return reverted.reason ?? reverted.shortMessage;
  if (data.errorName === 'Error') return reverted.reason ?? 'Error';
  const inputs = data.abiItem && 'inputs' in data.abiItem ? data.abiItem.inputs : [];
  const values = (data.args ?? []).map((value, index) => {
    const name = inputs?.[index]?.name;
    return name ? `${name}: ${String(value)}` : String(value);
  });
  return `${data.errorName}(${values.join(', ')})`;
}
