import { decodeFunctionData, encodeFunctionData, getAddress } from 'viem';
import type { Abi, AbiFunction, AbiParameter, Address, Hex } from 'viem';
import { contractAbis, contractAt } from '@covey/contracts/abi';
import type { ContractName } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { custodianKinds } from '@covey/contracts/abi/enums';
import type { ReadClient } from '../client.ts';
import { permissionName } from '../permissions.ts';
import type { Action } from './action.ts';
import { readPolicy } from './policyChanges.ts';
import type { PolicyChange, ScorerChange } from './policyChanges.ts';

export interface DecodedArgument {
  name: string;
  /** Solidity type. */
  type: string;
  value: unknown;
  /** What the value is known as: a contract of this Covey, a permission, or a kind of custodian. */
  label?: string;
}

interface Decoded {
  to: Address;
  /** Wei of the chain's own coin that the call sends along. */
  value: bigint;
  data: Hex;
  /** The contract of this Covey that is called; undefined for any other address. */
  contract?: ContractName;
}

/** A call whose meaning is known: a function of a contract of this Covey, and exactly its arguments. */
export interface DecodedCall extends Decoded {
  kind: 'call';
  contract: ContractName;
  function: string;
  args: DecodedArgument[];
  /** For `policy.set`: each number, from what to what. */
  policyChanges?: PolicyChange[];
  /** For `policy.setScorer`. */
  scorerChange?: ScorerChange;
}

/** Coins sent without calling anything. */
export interface DecodedPayment extends Decoded {
  kind: 'payment';
}

/** A call that cannot be read. It is never left out: whoever votes must see that it is there. */
export interface DecodedRaw extends Decoded {
  kind: 'raw';
  /** The first four bytes, which name the function. */
  selector?: Hex;
}

export type DecodedAction = DecodedCall | DecodedPayment | DecodedRaw;

export interface DecodeActionsOptions {
  /** Read old values as they were at this block; default: now. For decided proposals, the block before execution. */
  blockNumber?: bigint;
}

/** Says in plain data what the DAO would do, with the numbers as they are on chain beside what they would become. */
export async function decodeActions(
  actions: readonly Action[],
  deployment: Deployment,
  read: ReadClient,
  options: DecodeActionsOptions = {},
): Promise<DecodedAction[]> {
  const calls = actions.map((action) => decodeAction(action, deployment));
  const policy = readPolicy(read, deployment, options.blockNumber);
  const described: DecodedAction[] = [];
  for (const call of calls) {
    // One after the other: a number changed twice in one proposal goes from the first new value to the second.
    if (call.kind === 'call' && call.contract === 'policy')
      described.push({ ...call, ...(await policy.changesOf(call)) });
    else described.push(call);
  }
  return described;
}

/** The part that needs no chain. */
export function decodeAction(action: Action, deployment: Deployment): DecodedAction {
  const { value, data } = action;
  const to = getAddress(action.to);
  const contract = contractAt(deployment, to);
  const plain: Decoded = { to, value, data, ...(contract && { contract }) };
  if (data === '0x') return { ...plain, kind: 'payment' };
  const raw: DecodedRaw = { ...plain, kind: 'raw', ...(data.length >= 10 && { selector: data.slice(0, 10) as Hex }) };
  if (!contract) return raw;

  const abi = contractAbis[contract];
  try {
    const { functionName, args = [] } = decodeFunctionData({ abi, data });
    // Bytes after the arguments, or arguments in another than the usual form, may mean something that is not shown.
    if (encodeFunctionData({ abi, functionName, args }) !== data.toLowerCase()) return raw;
    const item = functionOf(abi, data, functionName, args);
    return { ...plain, kind: 'call', contract, function: functionName, args: named(item, args, deployment) };
  } catch {
    return raw;
  }
}

/** The overload that the data calls: names may be shared, selectors are not. */
function functionOf(abi: Abi, data: Hex, functionName: string, args: readonly unknown[]): AbiFunction {
  const item = abi.find(
    (candidate): candidate is AbiFunction =>
      candidate.type === 'function' &&
      candidate.name === functionName &&
      candidate.inputs.length === args.length &&
      encodeFunctionData({ abi: [candidate], functionName, args }) === data.toLowerCase(),
  );
  if (!item) throw new TypeError(`no ${functionName} for ${data.slice(0, 10)}`);
  return item;
}

function named(item: AbiFunction, args: readonly unknown[], deployment: Deployment): DecodedArgument[] {
  return item.inputs.map((input, index) => {
    const value = args[index];
    const label = labelOf(input, value, deployment);
    return { name: input.name ?? '', type: input.type, value, ...(label && { label }) };
  });
}

function labelOf({ type, internalType }: AbiParameter, value: unknown, deployment: Deployment): string | undefined {
  if (type === 'address') return contractAt(deployment, value as Address);
  if (type === 'bytes32') return permissionName(value as Hex);
  if (internalType === 'enum ICoveyToken.CustodianKind') return custodianKinds[value as number];
  return undefined;
}
