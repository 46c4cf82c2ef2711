import { decodeFunctionResult, encodeFunctionData } from 'viem';
import type { Abi, Address, Hex } from 'viem';
import { contractAbis } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { valueIn } from '../values/read-value.ts';
import { unitOfValue, valuesOf } from '../values/registry.ts';
import type { ValueName, ValueView } from '../values/registry.ts';
import { toJson } from './json.ts';
import type { Json, StateChange } from './report.ts';

export interface View {
  to: Address;
  data: Hex;
}

/** Something that is read before and after; `undefined` is what could not be read. */
export interface Watch {
  /** Equal for watches that read the same. */
  key: string;
  before: View;
  after: View;
  changes(before: Hex | undefined, after: Hex | undefined): StateChange[];
}

export interface WatchSpecification {
  view: ValueView;
  args?: readonly unknown[];
  /** Where what counts afterwards is read with other arguments: a newer version. */
  argsAfter?: readonly unknown[];
  /** The values of an answer; by default those of the registry that the view tells. */
  fields?(answer: unknown): Partial<Record<ValueName, unknown>>;
  /** Which one; by default the arguments under the names that the view gives them. */
  subject?: Record<string, Json>;
  effectiveAt?: number;
  isDangerous?(before: Json, after: Json): boolean;
}

const subjectOf = ({ topics }: ValueView, args: readonly unknown[]) =>
  Object.fromEntries(topics.map((topic, index) => [topic, toJson(args[index])]));

const told = (view: ValueView) => (answer: unknown) =>
  Object.fromEntries(valuesOf(view).map((id) => [id, valueIn(id, answer)]));

export function watchView(deployment: Deployment, specification: WatchSpecification): Watch | undefined {
  const { view, args = [], argsAfter = args, fields = told(view), effectiveAt } = specification;
  const { contract, function: functionName } = view;
  const { subject = subjectOf(view, args) } = specification;
  const address = deployment[contract];
  if (!address) return undefined;
  const abi = contractAbis[contract] as Abi;
  const asked = (values: readonly unknown[]): View => ({
    to: address,
    data: encodeFunctionData({ abi, functionName, args: values }),
  });
  const read = (data: Hex | undefined): Partial<Record<ValueName, unknown>> => {
    if (data === undefined || data === '0x') return {};
    try {
      return fields(decodeFunctionResult({ abi, functionName, data }));
    } catch {
      return {}; // another contract stands there than its ABI says
    }
  };
  const before = asked(args);
  const after = asked(argsAfter);
  return {
    key: `${contract} ${before.data} ${after.data}`,
    before,
    after,
    changes(dataBefore, dataAfter) {
      const old = read(dataBefore);
      const now = read(dataAfter);
      const names = [...new Set([...Object.keys(old), ...Object.keys(now)])] as ValueName[];
      return names.flatMap((what) => {
        const [was, is] = [toJson(old[what]), toJson(now[what])];
        if (JSON.stringify(was) === JSON.stringify(is)) return [];
        const dangerous = specification.isDangerous?.(was, is) === true;
        return [
          {
            contract,
            address,
            what,
            unit: unitOfValue(what),
            subject,
            before: was,
            after: is,
            ...(effectiveAt !== undefined && { effectiveAt }),
            ...(dangerous && { dangerous: true as const }),
          },
        ];
      });
    },
  };
}
