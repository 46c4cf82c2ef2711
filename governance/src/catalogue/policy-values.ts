import { params } from '@covey/contracts/abi/enums';
import type { ParamName } from '@covey/contracts/abi/enums';
import { policyNumbers } from '@covey/contracts/abi/policy-numbers';

/** What the numbers of a new deployment start as. */
export const defaultPolicy = Object.fromEntries(params.map((name) => [name, policyNumbers[name].initial])) as Readonly<
  Record<ParamName, bigint>
>;

/** All values in the order that the contract wants, the defaults but for what is named here. */
export const policyValues = (changed: Partial<Record<ParamName, bigint>> = {}): bigint[] =>
  params.map((param) => changed[param] ?? defaultPolicy[param]);
