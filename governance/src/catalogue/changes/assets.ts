import { erc20Abi, erc721Abi } from 'viem';
import type { Address } from 'viem';
import { custodianKinds } from '@covey/contracts/abi/enums';
import { argumentsOf } from '../arguments-of.ts';
import type { Decoded, DecodedCall } from '../decoded.ts';
import { erc1155Abi } from '../standards.ts';
import type { Change, ChangeUnit } from './change.ts';
import type { Ledger } from './ledger.ts';

const topic = (ledger: Ledger, name: string, value: Address) => ({ name, value, label: ledger.labels(value) });

/** What the DAO's own account has left of an asset. */
async function spent(
  ledger: Ledger,
  p: { asset: Change['about']; to: Address; amount: bigint; unit: ChangeUnit; read: () => Promise<bigint> },
): Promise<Change[]> {
  const { dao } = ledger.deployment;
  if (p.amount === 0n || p.to.toLowerCase() === dao.toLowerCase()) return [];
  const change = await ledger.change({
    what: 'balance',
    about: [...p.asset, topic(ledger, 'account', dao)] as Change['about'],
    unit: p.unit,
    read: p.read,
    next: (old) => (typeof old === 'bigint' ? old - p.amount : null),
  });
  if (typeof change.newValue !== 'bigint' || change.newValue >= 0n) return [change];
  return [{ ...change, min: 0n, withinBounds: false }];
}

/** Coins that a call or a payment sends along. */
export const coinChangesOf = ({ to, value }: Pick<Decoded, 'to' | 'value'>, ledger: Ledger): Promise<Change[]> =>
  spent(ledger, {
    asset: [{ name: 'asset', value: 'coin' }],
    to,
    amount: value,
    unit: 'wei',
    read: () => ledger.covey.publicClient.getBalance({ address: ledger.deployment.dao, ...ledger.at }),
  });

/** ERC-20, Covey's own token included. */
export async function tokenChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  const { dao } = ledger.deployment;
  const unit = call.contract === 'token' ? 'wei' : 'units';
  const asset = [topic(ledger, 'asset', call.to)] as Change['about'];
  if (call.function === 'transfer') {
    // Names differ between ABIs; positions are the standard.
    const [to, amount] = call.args.map(({ value }) => value) as [Address, bigint];
    const read = () => ledger.read(call.to, erc20Abi, 'balanceOf', [dao]);
    return spent(ledger, { asset, to, amount, unit, read });
  }
  if (call.function === 'approve') {
    const [spender, next] = call.args.map(({ value }) => value) as [Address, bigint];
    const read = () => ledger.read(call.to, erc20Abi, 'allowance', [dao, spender]);
    const about = [...asset, topic(ledger, 'spender', spender)];
    return [await ledger.change({ what: 'allowance', about, unit, read, next })];
  }
  if (call.contract === 'token' && call.function === 'setCustodian') {
    const { custodian, kind } = argumentsOf<{ custodian: Address; kind: number }>(call);
    const read = () => ledger.value('custodian', [custodian]);
    const about = [topic(ledger, 'custodian', custodian)];
    return [await ledger.change({ what: 'custodian', about, read, next: custodianKinds[kind] ?? null })];
  }
  return [];
}

export async function nftChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  const { from, to, tokenId } = argumentsOf<{ from: Address; to: Address; tokenId: bigint }>(call);
  if (from.toLowerCase() === to.toLowerCase()) return [];
  const read = () => ledger.read(call.to, erc721Abi, 'ownerOf', [tokenId]);
  const about = [topic(ledger, 'asset', call.to), { name: 'tokenId', value: String(tokenId) }];
  return [await ledger.change({ what: 'nft.owner', about, read, next: to })];
}

export async function multiTokenChangesOf(call: DecodedCall, ledger: Ledger): Promise<Change[]> {
  const { dao } = ledger.deployment;
  const { from, to, id, value } = argumentsOf<{ from: Address; to: Address; id: bigint; value: bigint }>(call);
  if (from.toLowerCase() !== dao.toLowerCase()) return [];
  const asset = [topic(ledger, 'asset', call.to), { name: 'tokenId', value: String(id) }] as Change['about'];
  const read = () => ledger.read(call.to, erc1155Abi, 'balanceOf', [dao, id]);
  return spent(ledger, { asset, to, amount: value, unit: 'units', read });
}
