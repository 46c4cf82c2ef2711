import { expect, it } from 'vitest';
import { measureHost, measureVouchers } from '../testing/host-load.ts';

it('more clients than the queue holds: each is answered in the end, and none wrongly', async () => {
  const { answered, busy, lost, tries } = await measureHost({ clients: 90, rounds: 1, tokens: 2 });
  expect({ answered, lost }).toEqual({ answered: 90, lost: 0 });
  expect(busy).toBeGreaterThan(0);
  expect(tries).toBe(90 + busy);
});

it('vouchers are verified, whatever the machine’s speed', () => {
  expect(measureVouchers(20)).toBeGreaterThan(0);
});
