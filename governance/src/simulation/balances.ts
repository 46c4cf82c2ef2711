import { encodeFunctionData, getAddress } from 'viem';
import type { Address, Hex } from 'viem';
import { contractAt, coveyTokenAbi } from '@covey/contracts/abi';
import type { Deployment } from '@covey/contracts/abi/deployment';
import type { Action } from '../catalogue/action.ts';
import type { ReadLog } from './logs.ts';
import type { BalanceChange } from './report.ts';
import type { View } from './views.ts';

/** Code of the purse: answers with the coins of the address that it is called with. A node's call cannot ask for that. */
export const purseCode: Hex = '0x5f35315f5260205ff3';

interface Holding {
  account: Address;
  asset: BalanceChange['asset'];
  view: View;
}

/** Every balance that the execution may have moved: what the transfers name, and who is sent coins. */
export function holdingsFor(
  logs: readonly ReadLog[],
  actions: readonly Action[],
  deployment: Deployment,
  purse: Address,
): Holding[] {
  const holdings = new Map<string, Holding>();
  const add = (account: Address, asset: BalanceChange['asset']) => {
    if (/^0x0+$/.test(account)) return; // where tokens are minted from and burnt to
    const key = `${account} ${asset}`;
    if (!holdings.has(key)) holdings.set(key, { account, asset, view: balanceView(account, asset, deployment, purse) });
  };
  add(getAddress(deployment.dao), 'coin');
  add(getAddress(deployment.dao), 'COVEY');
  for (const { to, value } of actions) if (value > 0n) add(getAddress(to), 'coin');
  for (const { shown, args } of logs) {
    if (shown.event !== 'Transfer' || !args) continue;
    const asset = shown.kind === 'coins' ? 'coin' : shown.contract === 'token' ? 'COVEY' : shown.address;
    for (const account of [args['from'], args['to']]) {
      if (typeof account === 'string') add(getAddress(account), asset);
    }
  }
  return [...holdings.values()];
}

function balanceView(account: Address, asset: BalanceChange['asset'], deployment: Deployment, purse: Address): View {
  if (asset === 'coin') return { to: purse, data: `0x${account.slice(2).toLowerCase().padStart(64, '0')}` };
  return {
    to: asset === 'COVEY' ? deployment.token : asset,
    data: encodeFunctionData({ abi: coveyTokenAbi, functionName: 'balanceOf', args: [account] }),
  };
}

export function balanceChange(
  { account, asset }: Holding,
  before: Hex | undefined,
  after: Hex | undefined,
  deployment: Deployment,
): BalanceChange[] {
  const [was, is] = [amount(before), amount(after)];
  if (was === undefined || is === undefined || was === is) return [];
  const contract = contractAt(deployment, account);
  return [{ account, ...(contract && { contract }), asset, before: `${was}`, after: `${is}` }];
}

/** One word; whatever else a strange token answers with is no balance. */
const amount = (data: Hex | undefined): bigint | undefined => (data?.length === 66 ? BigInt(data) : undefined);
