import { decodeFunctionResult, encodeFunctionData } from 'viem';
import type { Abi, Address, Hex } from 'viem';
import { contractAbis } from '@covey/contracts/abi';
import type { ContractName } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
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
  contract: ContractName;
  functionName: string;
  args?: readonly unknown[];
  /** Where what counts afterwards is read with other arguments: a newer version. */
  argsAfter?: readonly unknown[];
  /** The values to compare, each under the name that it has in the report. */
  fields(value: never): Record<string, Json>;
  subject?: Record<string, Json>;
  effectiveAt?: number;
  isDangerous?(before: Json, after: Json): boolean;
}

export function watchView(deployment: Deployment, specification: WatchSpecification): Watch | undefined {
  const { contract, functionName, args = [], argsAfter = args, fields, subject = {}, effectiveAt } = specification;
  const address = deployment[contract];
  if (!address) return undefined;
  const abi = contractAbis[contract] as Abi;
  const view = (values: readonly unknown[]): View => ({
    to: address,
    data: encodeFunctionData({ abi, functionName, args: values }),
  });
  const read = (data: Hex | undefined): Record<string, Json> => {
    if (data === undefined || data === '0x') return {};
    try {
      return fields(decodeFunctionResult({ abi, functionName, data }) as never);
    } catch {
      return {}; // another contract stands there than its ABI says
    }
  };
  const before = view(args);
  const after = view(argsAfter);
  return {
    key: `${contract} ${before.data} ${after.data}`,
    before,
    after,
    changes(dataBefore, dataAfter) {
      const old = read(dataBefore);
      const now = read(dataAfter);
      return [...new Set([...Object.keys(old), ...Object.keys(now)])].flatMap((what) => {
        const [was, is] = [old[what] ?? null, now[what] ?? null];
        if (JSON.stringify(was) === JSON.stringify(is)) return [];
        const dangerous = specification.isDangerous?.(was, is) === true;
        return [
          {
            contract,
            address,
            what,
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
