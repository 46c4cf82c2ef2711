import { expect, test } from 'vitest';
import { useAmountField } from './amount-field.ts';

function sending() {
  const field = useAmountField();
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const amounts: bigint[] = [];
  field.text.value = '1.5';
  const done = field.spend(async (amount) => {
    amounts.push(amount);
    return await promise;
  });
  return { field, amounts, finish: async (sent: boolean) => (resolve(sent), await done) };
}

test('is empty once its amount is spent', async () => {
  const { field, amounts, finish } = sending();
  await finish(true);
  expect(amounts).toEqual([1_500_000_000_000_000_000n]);
  expect(field.text.value).toBe('');
});

test('keeps what was typed while the transaction was on its way', async () => {
  const { field, finish } = sending();
  field.text.value = '500.5';
  await finish(true);
  expect(field.text.value).toBe('500.5');
});

test('keeps an amount that was not spent', async () => {
  const { field, finish } = sending();
  await finish(false);
  expect(field.text.value).toBe('1.5');
});
