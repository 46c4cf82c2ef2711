import { params } from '@covey/contracts/abi/enums';
import { setPolicy, setScorer } from '../policy.ts';
import type { Hex } from 'viem';
import { argsOf, defineForm } from './form.ts';

export const policyForms = [
  defineForm({
    kind: 'policy.set',
    // Bounds and unit of the value are those of the number: `readPolicyNumbers` asks the chain for them.
    fields: { param: { type: 'param', options: params }, value: { type: 'policyValue' } },
    build: (deployment, setting) => setPolicy(deployment, [setting]),
    read(calls) {
      const set = argsOf<{ changes: readonly { param: number; value: bigint }[] }>(calls, 'policy', 'set');
      const change = set?.changes.length === 1 ? set.changes[0] : undefined;
      const param = change && params[change.param];
      return change && param && { param, value: change.value };
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
