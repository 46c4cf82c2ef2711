import { argumentsOf } from '../arguments-of.ts';
import type { DecodedCall } from '../decoded.ts';
import type { Change } from './change.ts';
import type { Ledger } from './ledger.ts';

/** All pausable contracts share the functions. */
export async function depositChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  const { until } = argumentsOf<{ until?: number }>(call);
  const next = { pauseDeposits: until === undefined ? undefined : BigInt(until), resumeDeposits: 0n }[call.function];
  if (next === undefined) return [];
  const read = () => ledger.value('deposits.pausedUntil', [], call.to);
  const about = [{ name: 'contract', value: call.to, label: ledger.labels(call.to) }];
  return [await ledger.change({ what: 'deposits.pausedUntil', about, read, next })];
}
