import { policyAbi } from '@covey/contracts/abi';
import { params } from '@covey/contracts/abi/enums';
import { policyNumbers } from '@covey/contracts/abi/policy-numbers';
import type { Hex } from 'viem';
import type { DecodedCall } from '../decoded.ts';
import { argumentsOf } from '../arguments-of.ts';
import type { Change } from './change.ts';
import type { Ledger } from './ledger.ts';

/** A new version starts from the newest one, which may be announced and not yet in force. */
const newest = (ledger: Ledger) => ledger.read(ledger.deployment.policy, policyAbi, 'announcedVersion', []);

export async function policyChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  const { policy } = ledger.deployment;
  if (call.function === 'setScorer') {
    const { sha256Hash } = argumentsOf<{ sha256Hash: Hex }>(call);
    const read = () => ledger.value('scorer');
    return [await ledger.change({ what: 'scorer', about: [], read, next: sha256Hash })];
  }
  if (call.function !== 'set') return [];
  const { changes } = argumentsOf<{ changes: readonly { param: number; value: bigint }[] }>(call);
  if (changes.some(({ param }) => !(param in params))) return []; // will fail; the plain arguments say all there is
  const described: Change[] = [];
  for (const { param, value } of changes) {
    const name = params[param]!;
    const { unit, min, max } = policyNumbers[name];
    const change = await ledger.change({
      what: 'policy',
      about: [{ name: 'param', value: name }],
      unit,
      read: async () => ledger.read(policy, policyAbi, 'valueAt', [param, await newest(ledger)]),
      next: value,
    });
    described.push({ ...change, min, max, withinBounds: value >= min && value <= max });
  }
  return described;
}
