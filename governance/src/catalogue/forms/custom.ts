import { customCall, parseSignature } from '../custom.ts';
import { defineForm } from './form.ts';

export const customForms = [
  defineForm({
    kind: 'call.abi',
    fields: {
      to: { type: 'address' },
      signature: { type: 'signature' },
      arguments: { type: 'arguments' },
      /** Coins sent along. */
      value: { type: 'amount', optional: true, min: 1n },
    },
    check({ to, signature, arguments: args }) {
      try {
        customCall({ to, signature, args });
        return [];
      } catch {
        const types = parseSignature(signature).inputs.map(({ type }) => type);
        return [{ field: 'arguments', code: 'mismatch', expected: `[${types.join(', ')}]` }];
      }
    },
    build: (_, { to, signature, arguments: args, value }) =>
      customCall({ to, signature, args, ...(value !== undefined && { value }) }),
    // The chain keeps four bytes of a signature: what was written cannot be read back.
    read: () => undefined,
  }),
  defineForm({
    kind: 'call.raw',
    fields: { to: { type: 'address' }, data: { type: 'bytes' }, value: { type: 'amount', optional: true, min: 1n } },
    build: (_, { to, data, value }) => ({ to, value: value ?? 0n, data }),
    read([call]) {
      return call && { to: call.to, data: call.data, ...(call.value > 0n && { value: call.value }) };
    },
  }),
] as const;
