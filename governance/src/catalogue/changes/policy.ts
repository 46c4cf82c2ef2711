import { policyAbi } from '@covey/contracts/abi';
import { params } from '@covey/contracts/abi/enums';
import { policyNumbers } from '@covey/contracts/abi/policy-numbers';
import type { ParamName } from '@covey/contracts/abi/enums';
import type { Hex } from 'viem';
import type { DecodedCall } from '../decoded.ts';
import { argumentsOf } from '../arguments-of.ts';
import type { Change } from './change.ts';
import type { Ledger } from './ledger.ts';
import { brokenRelations, relatedParams } from '../policy-relations.ts';

/** A new version starts from the newest one, which may be announced and not yet in force. */
const newest = (ledger: Ledger) => ledger.read(ledger.deployment.policy, policyAbi, 'announcedVersion', []);

const numberOf = (ledger: Ledger, name: ParamName) => ({
  what: 'policy' as const,
  about: [{ name: 'param', value: name }],
  read: async () =>
    ledger.read(ledger.deployment.policy, policyAbi, 'valueAt', [params.indexOf(name), await newest(ledger)]),
});

/** Numbers that would not fit each other after the calls so far; none where one of them cannot be read. */
async function misfits(ledger: Ledger): Promise<ReadonlySet<ParamName>> {
  const values = await Promise.all(relatedParams.map(async (name) => ledger.now(numberOf(ledger, name))));
  if (!values.every((value) => typeof value === 'bigint')) return new Set();
  const related = Object.fromEntries(relatedParams.map((name, i) => [name, values[i]]));
  return new Set(brokenRelations(related as Parameters<typeof brokenRelations>[0]).flatMap((broken) => broken.params));
}

export async function policyChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
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
    const change = await ledger.change({ ...numberOf(ledger, name), unit, next: value });
    described.push({ ...change, min, max, withinBounds: value >= min && value <= max });
  }
  // Numbers are checked together once all of the call are set.
  const related: readonly ParamName[] = relatedParams;
  if (!changes.some(({ param }) => related.includes(params[param]!))) return described;
  const unfit = await misfits(ledger);
  return described.map((change) => ({
    ...change,
    withinBounds: change.withinBounds === true && !unfit.has(change.about[0]!.value as ParamName),
  }));
}
