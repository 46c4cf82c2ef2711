import { readContract } from 'viem/actions';
import { policyAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { params } from '@covey/contracts/abi/enums';
import type { ParamName } from '@covey/contracts/abi/enums';
import type { ReadClient } from '@covey/client';

/** A governed number as the contract describes it. */
export interface PolicyNumber {
  /** "ratio" (1e18 is 1), "wei", "seconds", "count", "bytes" or "quarter" (exponent k/4). */
  unit: string;
  meaning: string;
  /** Hard bounds in code. */
  min: bigint;
  max: bigint;
  /** Of the newest version, which may be announced and not yet in force: what a change starts from. */
  value: bigint;
}

export type PolicyNumbers = Readonly<Record<ParamName, PolicyNumber>>;

/** Asks the chain for every governed number: its bounds have no other home. */
export async function readPolicyNumbers(
  client: ReadClient,
  { policy }: Pick<Deployment, 'policy'>,
): Promise<PolicyNumbers> {
  const at = { address: policy, abi: policyAbi } as const;
  const version = await readContract(client, { ...at, functionName: 'announcedVersion' });
  const [values, about] = await Promise.all([
    readContract(client, { ...at, functionName: 'valuesAt', args: [version] }),
    Promise.all(params.map((_, index) => readContract(client, { ...at, functionName: 'describe', args: [index] }))),
  ]);
  return Object.fromEntries(
    params.map((name, index) => {
      const { unit, meaning, min, max } = about[index]!;
      return [name, { unit, meaning, min, max, value: values[index]! }];
    }),
  ) as Record<ParamName, PolicyNumber>;
}
