// The parts alone: with the whole package every page would load what encodes and simulates.
import { flattenActions, type DecodedAction as Decoded } from '@covey/governance/decoded';
import { actionSentence } from '@covey/governance/sentence';
import { storable } from '../store/json.ts';
import type { DecodedAction } from './action.ts';

type Call = Omit<DecodedAction, 'calls'>;

/** A decoded call as the API gives it; pages use it too, for calls that are on no chain yet. */
export function wireAction(action: Decoded): DecodedAction {
  return { ...wireCall(action), calls: flattenActions(action.kind === 'call' ? action.calls : []).map(wireCall) };
}

function wireCall(action: Decoded): Call {
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
    policyChanges: call?.policyChanges?.map((change) => storable(change) as Call['policyChanges'][number]) ?? [],
    scorerChange: call?.scorerChange ?? null,
    changes: action.changes?.map(wireChange) ?? [],
    permissions:
      call?.permissions.map((change) => ({
        ...change,
        condition: change.condition ?? null,
        permission: change.permission ?? null,
      })) ?? [],
    summary: actionSentence(action),
  };
}

function wireChange(change: NonNullable<Decoded['changes']>[number]): Call['changes'][number] {
  const { what, about, unit, oldValue, newValue, min, max, withinBounds } = change;
  const text = (value: bigint | string | boolean | null) => (typeof value === 'bigint' ? value.toString() : value);
  return {
    what,
    about: about.map(({ name, value, label }) => ({ name, value, label: label ?? null })),
    unit,
    oldValue: text(oldValue),
    newValue: text(newValue),
    min: min?.toString() ?? null,
    max: max?.toString() ?? null,
    withinBounds: withinBounds ?? null,
  };
}
