import type { Address } from 'viem';
import { setPaymentToken } from '../market.ts';
import { argsOf, defineForm } from './form.ts';

export const marketForms = [
  defineForm({
    kind: 'market.token',
    fields: { token: { type: 'address' }, allowed: { type: 'flag' } },
    build: (deployment, values) => setPaymentToken(deployment, values),
    read(calls) {
      const args = argsOf<{ paymentToken: Address; allowed: boolean }>(calls, 'modelMarket', 'setPaymentToken');
      return args && { token: args.paymentToken, allowed: args.allowed };
    },
  }),
] as const;
