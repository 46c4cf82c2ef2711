import type { Abi, Address } from 'viem';
import { contractAbis } from '@covey/contracts/abi';
import type { CoveyChain } from '@covey/client';
import { decodeEnum } from '@covey/protocol';
import { governanceError } from '../errors.ts';
import { valueRow } from './registry.ts';
import type { ValueId } from './registry.ts';

/** bigint for every number, a name for a state. */
export type Value = bigint | string | boolean;

/** Picks a value out of what its view answered. */
export function valueIn(id: ValueId, answer: unknown): Value {
  const { field, names } = valueRow(id);
  const raw = field === undefined ? answer : (answer as Readonly<Record<string, unknown>>)[field];
  if (names !== undefined) return decodeEnum(names, Number(raw));
  return typeof raw === 'number' ? BigInt(raw) : (raw as Value);
}

/** How views are asked; `blockNumber`, and an address other than that of the deployment, where it matters. */
export interface ReadValueOptions {
  blockNumber?: bigint | undefined;
  address?: Address;
}

/** Reads one value; of versioned settings the newest, which may not be in force yet. Fails where the view fails. */
export async function readValue(
  covey: CoveyChain,
  id: ValueId,
  args: readonly unknown[] = [],
  { blockNumber, address }: ReadValueOptions = {},
): Promise<Value> {
  const { view } = valueRow(id);
  const at = view && (address ?? covey.deployment[view.contract]);
  if (!view || !at) throw governanceError('GOV_INVALID_ARGUMENT', `no view of this Covey tells ${id}`);
  const ask = (functionName: string, given: readonly unknown[]): Promise<unknown> =>
    covey.publicClient.readContract({
      address: at,
      abi: contractAbis[view.contract] as Abi,
      functionName,
      args: given,
      ...(blockNumber !== undefined && { blockNumber }),
    });
  return valueIn(id, await ask(view.function, view.newest ? [await ask(view.newest, [])] : args));
}
