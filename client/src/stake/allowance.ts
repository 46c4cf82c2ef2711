import { coveyTokenAbi } from '@covey/contracts/abi';
import { erc20Abi, isAddressEqual, type Address } from 'viem';
import { chainError } from '../chain/contract-error.ts';
import { clientError } from '../errors.ts';
import type { CoveyWriter } from '../chain/chain.ts';
import { ignoreActions, type OnAction } from '../events.ts';
import { readAllowance, readBalance } from '../token/read-token.ts';

/** Gas that approving and what follows need at most, so that nothing stays half done. */
const enoughGas = 400_000n;

/** Which token is to be taken, and by whom. */
export interface Payment {
  token: Address;
  spender: Address;
  amount: bigint;
}

/**
 * Allows `spender` to take `amount` where it may not yet. BALANCE_TOO_LOW before anything is sent where the account lacks
 * the tokens, or what approving and the step after it cost.
 */
export async function ensureAllowance(
  covey: CoveyWriter,
  spender: Address,
  amount: bigint,
  onEvent: OnAction = ignoreActions,
): Promise<void> {
  await ensurePayment(covey, { token: covey.deployment.token, spender, amount }, onEvent);
}

/** The same in any token. */
export async function ensurePayment(
  covey: CoveyWriter,
  { token, spender, amount }: Payment,
  onEvent: OnAction = ignoreActions,
): Promise<void> {
  const { address: account } = covey.sender;
  const isCovey = isAddressEqual(token, covey.deployment.token);
  const chain = { publicClient: covey.publicClient, deployment: { token }, events: covey.events };
  let held: [allowance: bigint, tokens: bigint, native: bigint, price: bigint];
  try {
    held = await Promise.all([
      readAllowance(chain, account, spender),
      readBalance(chain, account),
      covey.publicClient.getBalance({ address: account }),
      covey.publicClient.getGasPrice(),
    ]);
  } catch (cause) {
    throw chainError(cause, 'reading the balance and the allowance');
  }
  const [allowance, tokens, native, price] = held;
  requireBalance(isCovey ? 'wei of COVEY' : 'units of the token', amount, tokens);
  requireBalance('wei of the chain’s own currency for gas', enoughGas * price, native);
  if (allowance >= amount) return;
  const sent = await covey.sender.send({
    address: token,
    abi: [...erc20Abi, ...coveyTokenAbi],
    functionName: 'approve',
    args: [spender, amount],
  });
  onEvent({ event: 'approved', spender, amount, tx: sent.tx, gasUsed: sent.gasUsed });
}

function requireBalance(what: string, needed: bigint, held: bigint): void {
  if (held >= needed) return;
  throw clientError('BALANCE_TOO_LOW', `The account has too few ${what}.`, {
    expected: `at least ${needed}`,
    got: String(held),
  });
}
