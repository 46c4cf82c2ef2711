import { createClient, custom, numberToHex, parseTransaction, type Hex, type TransactionSerializable } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { expect, test } from 'vitest';
import { inNextBlock } from './nonces.ts';

const chainId = 31_337;
const account = privateKeyToAccount(`0x${'11'.repeat(32)}`);
const other = privateKeyToAccount(`0x${'22'.repeat(32)}`);
const common = { chainId, nonce: 7, to: other.address, value: 5n, gas: 21_000n, data: '0x1234' } as const;
const dynamic = { ...common, type: 'eip1559', maxFeePerGas: 9n, maxPriorityFeePerGas: 2n } as const;
const legacy = { ...common, type: 'legacy', gasPrice: 8n } as const;

/** As a node lists a signed transaction, whoever signed it, under the account's name. */
async function listed(transaction: TransactionSerializable, by = account): Promise<Record<string, unknown>> {
  const signed = parseTransaction((await by.signTransaction(transaction as never)) as Hex) as unknown as {
    r: Hex;
    s: Hex;
    v?: bigint;
    yParity: number;
  };
  const hex = (value: bigint | number | undefined) => (value === undefined ? undefined : numberToHex(value));
  const { type, nonce, to, value, gas, data, gasPrice, maxFeePerGas, maxPriorityFeePerGas } = transaction;
  return {
    ...{ hash: `0x${'ab'.repeat(32)}`, from: account.address, to, input: data, chainId: hex(chainId) },
    ...{ type: type === 'legacy' ? '0x0' : '0x2', nonce: hex(nonce), value: hex(value), gas: hex(gas) },
    ...{ gasPrice: hex(gasPrice ?? maxFeePerGas), r: signed.r, s: signed.s },
    v: hex(signed.v ?? signed.yParity),
    ...(type === 'eip1559' && {
      ...{ maxFeePerGas: hex(maxFeePerGas), maxPriorityFeePerGas: hex(maxPriorityFeePerGas) },
      ...{ yParity: hex(signed.yParity), accessList: [] },
    }),
  };
}

const shown = async (transaction: Record<string, unknown>) => {
  const request = () => Promise.resolve({ number: null, transactions: [transaction] });
  return await inNextBlock(createClient({ transport: custom({ request }) }), {
    ...{ address: account.address, nonce: 7, chainId },
  });
};

test.each([
  ['dynamic fee', dynamic],
  ['legacy', legacy],
])('what the account has signed is found: %s', async (_, transaction) => {
  expect(await shown(await listed(transaction))).toMatchObject({ to: other.address, value: 5n });
});

test('what an endpoint makes up is not', async () => {
  const own = await listed(dynamic);
  for (const forged of [
    { ...own, to: account.address },
    { ...own, value: numberToHex(10n ** 18n) },
    { ...own, input: '0xa9059cbb' },
    { ...own, accessList: [{ address: other.address, storageKeys: [] }] },
    { ...own, r: `0x${'00'.repeat(32)}` },
    { ...own, type: '0x4' },
    await listed(dynamic, other),
    await listed({ ...legacy, chainId: 1 }),
  ])
    expect(await shown(forged)).toBeNull();
});
