import { decodeFunctionData, encodeFunctionData, getAddress } from 'viem';
import type { Abi, AbiFunction, AbiParameter, Address, Hex } from 'viem';
import { contractAbis, contractAt } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import { custodianKinds } from '@covey/contracts/abi/enums';
import type { ParamName } from '@covey/contracts/abi/enums';
import type { CoveyChain } from '@covey/client';
import { keyOf } from '../deploy/grants.ts';
import { permissionName } from '../permissions.ts';
import type { Action } from './action.ts';
import { coinChangesOf } from './changes/assets.ts';
import type { Change } from './changes/change.ts';
import { changesOf } from './changes/index.ts';
import { Ledger } from './changes/ledger.ts';
import { permissionChangesOf } from './changes/permissions.ts';
import { flattenActions } from './decoded.ts';
import type { Decoded, DecodedAction, DecodedArgument, DecodedCall, DecodedRaw, PolicyChange } from './decoded.ts';
import { labelsOf } from './labels.ts';
import type { Labels } from './labels.ts';
import { standardAbis, standardNames } from './standards.ts';
import { isForSetup } from './setup-grants.ts';
import { callsInside, permissionsOf } from './unfold.ts';

export interface DecodeActionsOptions {
  /** Read old values as they were at this block; default: now. For decided proposals, the block before execution. */
  blockNumber?: bigint;
  /** Bit i allows action i to fail without undoing the others; TokenVoting keeps it with the proposal. */
  allowFailureMap?: bigint;
  /** What other addresses are known as. */
  labels?: Readonly<Record<Address, string>>;
}

/** Says in plain data what the DAO would do, with every value as it is on chain beside what it would become. */
export async function decodeActions(
  covey: CoveyChain,
  actions: readonly Action[],
  options: DecodeActionsOptions = {},
): Promise<DecodedAction[]> {
  const { deployment } = covey;
  const ledger = new Ledger(covey, labelsOf(deployment, options.labels), options.blockNumber);
  const decoded = actions.map((action) => decode(action, deployment, ledger.labels));
  markFailures(decoded, options.allowFailureMap ?? 0n);
  markTemporary(decoded, deployment);
  return withChanges(decoded, ledger);
}

/** The part that needs no chain. */
export function decodeAction(
  action: Action,
  deployment: Deployment,
  labels?: Readonly<Record<Address, string>>,
): DecodedAction {
  const [decoded] = [decode(action, deployment, labelsOf(deployment, labels))];
  markTemporary([decoded], deployment);
  return decoded;
}

/** Calls inside calls end somewhere; what is deeper than any honest proposal stays as bytes. */
const maxDepth = 8;

function decode(action: Action, deployment: Deployment, labels: Labels, depth = 0): DecodedAction {
  const { value, data } = action;
  const to = getAddress(action.to);
  const contract = contractAt(deployment, to);
  const label = labels(to);
  const plain: Decoded = { to, value, data, ...(contract && { contract }), ...(label && { label }) };
  if (data === '0x') return { ...plain, kind: 'payment' };
  const candidates = contract
    ? [{ name: contract, abi: contractAbis[contract] as Abi }]
    : standardNames.map((name) => ({ name, abi: standardAbis[name] }));
  for (const { name, abi } of candidates) {
    const found = readCall(abi, data);
    if (!found) continue;
    const args = named(found.item, found.args, labels);
    const call: DecodedCall = {
      ...plain,
      kind: 'call',
      contract: name,
      function: found.item.name,
      args,
      permissions: [],
      calls: [],
    };
    const inside = depth < maxDepth ? callsInside(call) : [];
    return {
      ...call,
      permissions: permissionsOf(call),
      calls: inside.map((inner) => decode(inner, deployment, labels, depth + 1)),
    };
  }
  const raw: DecodedRaw = { ...plain, kind: 'raw', ...(data.length >= 10 && { selector: data.slice(0, 10) as Hex }) };
  return raw;
}

/** Undefined unless the data is exactly one function of the ABI with its arguments. */
function readCall(abi: Abi, data: Hex): { item: AbiFunction; args: readonly unknown[] } | undefined {
  try {
    const { functionName, args = [] } = decodeFunctionData({ abi, data });
    // Bytes after the arguments, or arguments in another than the usual form, may mean something that is not shown.
    const item = abi.find(
      (candidate): candidate is AbiFunction =>
        candidate.type === 'function' &&
        candidate.name === functionName &&
        candidate.inputs.length === args.length &&
        // Overloads share a name, never a selector.
        sameData(candidate, args, data),
    );
    return item && { item, args };
  } catch {
    return undefined;
  }
}

function sameData(item: AbiFunction, args: readonly unknown[], data: Hex): boolean {
  try {
    return encodeFunctionData({ abi: [item], functionName: item.name, args }) === data.toLowerCase();
  } catch {
    return false;
  }
}

function named(item: AbiFunction, args: readonly unknown[], labels: Labels): DecodedArgument[] {
  return item.inputs.map((input, index) => {
    const value = args[index];
    const label = labelOf(input, value, labels);
    return { name: input.name ?? '', type: input.type, value, ...(label && { label }) };
  });
}

function labelOf({ type, internalType }: AbiParameter, value: unknown, labels: Labels): string | undefined {
  if (type === 'address') return labels(value as Address);
  if (type === 'bytes32') return permissionName(value as Hex);
  if (internalType === 'enum ICoveyToken.CustodianKind') return custodianKinds[value as number];
  return undefined;
}

/** What is granted and taken back in one list holds for that execution only. */
function markTemporary(decoded: readonly DecodedAction[], deployment: Deployment): void {
  const actions = flattenActions(decoded);
  const all = actions.flatMap((action, at) =>
    action.kind === 'call' ? action.permissions.map((permission) => ({ permission, at })) : [],
  );
  all.forEach(({ permission, at }, index) => {
    const later = all.slice(index + 1).find((other) => keyOf(other.permission) === keyOf(permission));
    permission.temporary = permission.operation !== 'revoke' && later?.permission.operation === 'revoke';
    permission.forSetup =
      permission.temporary && isForSetup(permission, actions.slice(at + 1, later?.at ?? at), deployment);
  });
}

/** Which actions of a list may fail; another DAO's that is made to execute says the same of its own. */
function markFailures(decoded: readonly DecodedAction[], allowFailureMap: bigint): void {
  for (const [index, action] of decoded.entries()) {
    if ((allowFailureMap >> BigInt(index)) & 1n) action.mayFail = true;
    if (action.kind !== 'call') continue;
    const own = action.args.find(({ name }) => name === '_allowFailureMap')?.value;
    markFailures(action.calls, typeof own === 'bigint' ? own : 0n);
  }
}

/** One after the other: a value changed twice in one list goes from the first new value to the second. */
async function withChanges(actions: readonly DecodedAction[], ledger: Ledger): Promise<DecodedAction[]> {
  const described: DecodedAction[] = [];
  for (const action of actions) {
    const coins = await coinChangesOf(action, ledger);
    if (action.kind !== 'call') {
      described.push({ ...action, changes: coins });
      continue;
    }
    const own = await changesOf(action, ledger);
    const changes = [...coins, ...own, ...(await permissionChangesOf(action.permissions, ledger))];
    const calls = await withChanges(action.calls, ledger);
    described.push({ ...action, changes, calls, ...policyPart(action, own) });
  }
  return described;
}

function policyPart(
  call: DecodedCall,
  changes: readonly Change[],
): Pick<DecodedCall, 'policyChanges' | 'scorerChange'> {
  const [first] = changes;
  if (call.contract !== 'policy' || !first) return {};
  if (first.what === 'scorer')
    return { scorerChange: { oldScorer: first.oldValue as Hex, newScorer: first.newValue as Hex } };
  return {
    policyChanges: changes.map((change) => {
      const { unit, oldValue, newValue, min, max, withinBounds } = change as Change & Omit<PolicyChange, 'param'>;
      return { param: change.about[0]!.value as ParamName, unit, oldValue, newValue, min, max, withinBounds };
    }),
  };
}
