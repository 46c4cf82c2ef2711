import { GovernanceError } from '@covey/governance';
import { BaseError, ContractFunctionRevertedError, UserRejectedRequestError } from 'viem';
import { WebError } from '../errors.ts';

/** What a wallet or the chain refused, as one of our codes; a contract's own error keeps its name and arguments. */
export function walletError(error: unknown): WebError {
  if (error instanceof WebError) return error;
  if (error instanceof GovernanceError) return governanceError(error);
  if (error instanceof BaseError) {
    if (error.walk((cause) => cause instanceof UserRejectedRequestError)) {
      return new WebError('WEB_WALLET_REJECTED', 'The request was declined in the wallet.', { cause: error });
    }
    const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
    if (reverted instanceof ContractFunctionRevertedError) {
      return new WebError('WEB_REVERTED', revertText(reverted), {
        cause: error,
        upstream: reverted.data?.errorName ?? reverted.signature,
      });
    }
    return new WebError('WEB_WALLET', error.shortMessage, { cause: error });
  }
  return new WebError('WEB_WALLET', error instanceof Error ? error.message : String(error), { cause: error });
}

/** Our own actions name the contract's error in `got`; underneath the wallet may have declined. */
function governanceError(error: GovernanceError): WebError {
  const declined = error.cause === undefined ? undefined : walletError(error.cause);
  if (declined?.code === 'WEB_WALLET_REJECTED') return declined;
  const upstream = typeof error.got === 'string' && /^[A-Z]\w+$/.test(error.got) ? error.got : error.code;
  return new WebError('WEB_REVERTED', error.message, { cause: error, upstream });
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
