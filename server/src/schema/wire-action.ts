import type { DecodedAction as Decoded } from '@covey/governance';
import { storable } from '../store/json.ts';
import type { DecodedAction } from './proposal.ts';

/** A decoded call as the API gives it; pages use it too, for calls that are on no chain yet. */
export function wireAction(action: Decoded): DecodedAction {
  const call = action.kind === 'call' ? action : undefined;
  return {
    to: action.to,
    value: action.value.toString(),
    data: action.data.toLowerCase() as `0x${string}`,
    contract: action.contract ?? null,
    function: call?.function ?? null,
    kind: call !== undefined ? `${call.contract}.${call.function}` : action.kind === 'payment' ? 'payment' : 'unknown',
    args:
      call?.args.map(({ name, type, value, label }) => ({
        name,
        type,
        value: storable(value),
        label: label ?? null,
      })) ?? [],
    policyChanges:
      call?.policyChanges?.map((change) => storable(change) as DecodedAction['policyChanges'][number]) ?? [],
    scorerChange: call?.scorerChange ?? null,
    summary: sentence(action),
  };
}

/** One English sentence. */
function sentence(action: Decoded): string {
  if (action.kind === 'payment') return `Send ${action.value} wei to ${action.to}`;
  if (action.kind === 'raw') return `Call ${action.to} with data that cannot be read`;
  if (action.policyChanges !== undefined) {
    return action.policyChanges
      .map(({ param, oldValue, newValue, unit }) => `Set ${param} from ${oldValue} to ${newValue} (${unit})`)
      .join('; ');
  }
  const args = action.args
    .map(({ name, value, label }) => `${name} ${label ?? JSON.stringify(storable(value))}`)
    .join(', ');
  return `Call ${action.function} of ${action.contract}${args === '' ? '' : ` with ${args}`}`;
}
