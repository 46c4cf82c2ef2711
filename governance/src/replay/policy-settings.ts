import type { Deployment } from '@covey/contracts/abi/deployment';
import { params } from '@covey/contracts/abi/enums';
import type { Action } from '../catalogue/action.ts';
import { decodeAction } from '../catalogue/decode.ts';
import type { PolicySetting } from '../catalogue/policy.ts';

/** The governed numbers that a proposal's calls set, in their order; what else they do is left out. */
export function policySettingsOf(actions: readonly Action[], deployment: Deployment): PolicySetting[] {
  return actions.flatMap((action) => {
    const call = decodeAction(action, deployment);
    if (call.kind !== 'call' || call.contract !== 'policy' || call.function !== 'set') return [];
    const changes = call.args[0]?.value as readonly { param: number; value: bigint }[];
    return changes.flatMap(({ param, value }) => {
      const name = params[param];
      return name === undefined ? [] : [{ param: name, value }];
    });
  });
}
