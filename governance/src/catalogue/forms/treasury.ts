import type { Address } from 'viem';
import { transferCoins, transferErc1155, transferErc20, transferNft, transferTokens } from '../treasury.ts';
import { argsOf, defineForm } from './form.ts';

interface Erc20Arguments {
  to: Address;
  value: bigint;
}

export const treasuryForms = [
  defineForm({
    kind: 'treasury.token',
    fields: { to: { type: 'address' }, amount: { type: 'amount' } },
    build: (deployment, payment) => transferTokens(deployment, payment),
    read(calls) {
      const args = argsOf<Erc20Arguments>(calls, 'token', 'transfer');
      return args && { to: args.to, amount: args.value };
    },
  }),
  defineForm({
    kind: 'treasury.coin',
    fields: { to: { type: 'address' }, amount: { type: 'amount' } },
    build: (_, payment) => transferCoins(payment),
    read([call]) {
      return call?.kind === 'payment' ? { to: call.to, amount: call.value } : undefined;
    },
  }),
  defineForm({
    kind: 'treasury.erc20',
    fields: { token: { type: 'address' }, to: { type: 'address' }, amount: { type: 'units' } },
    build: (_, payment) => transferErc20(payment),
    read(calls) {
      const args = argsOf<{ recipient: Address; amount: bigint }>(calls, 'erc20', 'transfer');
      const own = argsOf<Erc20Arguments>(calls, 'token', 'transfer');
      const paid = args ? { to: args.recipient, amount: args.amount } : own && { to: own.to, amount: own.value };
      return paid && calls[0] && { token: calls[0].to, ...paid };
    },
  }),
  defineForm({
    kind: 'treasury.erc721',
    fields: { token: { type: 'address' }, to: { type: 'address' }, tokenId: { type: 'id' } },
    build: (deployment, transfer) => transferNft(deployment, transfer),
    read(calls) {
      const args = argsOf<{ to: Address; tokenId: bigint }>(calls, 'erc721', 'safeTransferFrom');
      return args && calls[0] && { token: calls[0].to, to: args.to, tokenId: args.tokenId };
    },
  }),
  defineForm({
    kind: 'treasury.erc1155',
    fields: {
      token: { type: 'address' },
      to: { type: 'address' },
      tokenId: { type: 'id' },
      amount: { type: 'units' },
    },
    build: (deployment, transfer) => transferErc1155(deployment, transfer),
    read(calls) {
      const args = argsOf<{ to: Address; id: bigint; value: bigint }>(calls, 'erc1155', 'safeTransferFrom');
      return args && calls[0] && { token: calls[0].to, to: args.to, tokenId: args.id, amount: args.value };
    },
  }),
] as const;
