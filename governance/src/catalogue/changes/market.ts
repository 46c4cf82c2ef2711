import type { Address } from 'viem';
import { argumentsOf } from '../arguments-of.ts';
import type { DecodedCall } from '../decoded.ts';
import type { Change } from './change.ts';
import type { Ledger } from './ledger.ts';

export async function marketChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  if (call.function !== 'setPaymentToken') return [];
  const { paymentToken, allowed } = argumentsOf<{ paymentToken: Address; allowed: boolean }>(call);
  const read = () => ledger.value('market.paymentToken', [paymentToken]);
  const about = [{ name: 'token', value: paymentToken, label: ledger.labels(paymentToken) }];
  return [await ledger.change({ what: 'market.paymentToken', about, read, next: allowed })];
}
