import { buildActions, formOf, parseForm } from '@covey/governance';
import type { Action, FieldError, FormValues } from '@covey/governance';
import type { Deployment } from '@covey/contracts/abi';
import type { DraftCall } from './draft.ts';

/** A call of the draft as its form reads it. */
export interface ReadCall {
  call: DraftCall;
  /** The form does not exist (any more). */
  unknown: boolean;
  /** What is wrong, by the name of the field. */
  errors: Record<string, FieldError>;
  values?: FormValues;
}

export interface ReadCalls {
  calls: ReadCall[];
  /** Undefined while any form is not complete. */
  actions?: Action[];
  /** Why complete forms give no calls, e.g. because this DAO has not installed what they talk to. */
  problem?: string;
}

function readCall(call: DraftCall, deployment: Deployment): ReadCall {
  if (!formOf(call.kind)) return { call, unknown: true, errors: {} };
  const parsed = parseForm(call.kind, call.values, { deployment });
  if (parsed.ok) return { call, unknown: false, errors: {}, values: parsed.values };
  return {
    call,
    unknown: false,
    errors: Object.fromEntries(parsed.errors.map((error) => [error.field, error])),
  };
}

/** Reads all forms of a draft, and builds the exact calls once every one of them is right. */
export function readCalls(drafts: readonly DraftCall[], deployment: Deployment): ReadCalls {
  const calls = drafts.map((call) => readCall(call, deployment));
  const filled = calls.flatMap(({ call, values }) => (values ? [{ kind: call.kind, values }] : []));
  if (filled.length < calls.length) return { calls };
  try {
    return { calls, actions: buildActions(deployment, filled) };
  } catch (error) {
    return { calls, problem: error instanceof Error ? error.message : String(error) };
  }
}
