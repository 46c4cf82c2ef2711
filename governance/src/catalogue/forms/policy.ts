import { params } from '@covey/contracts/abi/enums';
import type { ParamName } from '@covey/contracts/abi/enums';
import type { DecodedAction } from '../decoded.ts';
import { setPolicy, setScorer } from '../policy.ts';
import type { Hex } from 'viem';
import { argsOf, defineForm } from './form.ts';

/** The numbers that a call of the policy sets; none when it is another call, or sets what does not exist. */
export function readPolicyChanges(calls: readonly DecodedAction[]): { param: ParamName; value: bigint }[] {
  const set = argsOf<{ changes: readonly { param: number; value: bigint }[] }>(calls, 'policy', 'set');
  const changes = set?.changes.map(({ param, value }) => ({ param: params[param], value })) ?? [];
  return changes.every((change): change is { param: ParamName; value: bigint } => change.param !== undefined)
    ? changes
    : [];
}

export const policyForms = [
  defineForm({
    kind: 'policy.set',
    // Bounds and unit of the value are those of the number: `parseForm` looks them up.
    fields: { param: { type: 'param', options: params }, value: { type: 'policyValue' } },
    build: (deployment, setting) => setPolicy(deployment, [setting]),
    read(calls) {
      const changes = readPolicyChanges(calls);
      return changes.length === 1 ? changes[0] : undefined;
    },
  }),
  defineForm({
    kind: 'policy.scorer',
    fields: { sha256: { type: 'hash' } },
    build: (deployment, { sha256 }) => setScorer(deployment, sha256),
    read(calls) {
      const args = argsOf<{ sha256Hash: Hex }>(calls, 'policy', 'setScorer');
      return args && { sha256: args.sha256Hash };
    },
  }),
] as const;
