import { describe, expect, it } from 'vitest';
import { round } from '../../../test/fixtures/rounds.ts';
import type { Round } from '../../api/endpoints.ts';
import { ledgerOf } from './ledger.ts';

const paid = round(0);
const rewards = paid.rewards as NonNullable<Round['rewards']>;
const less = (amount: string, by: bigint) => (BigInt(amount) - by).toString();

describe('the ledger of a paid round', () => {
  it('adds up to the wei', () => {
    const ledger = ledgerOf(paid.pool, rewards);
    expect(ledger.fee + ledger.paid + ledger.back).toBe(BigInt(paid.pool));
    expect(ledger).toMatchObject({ left: 0n, state: 'exact' });
  });

  it('says what can still be claimed', () => {
    const open = { ...rewards, paid: less(rewards.paid, 7n), claimed: rewards.claims - 1 };
    expect(ledgerOf(paid.pool, open)).toMatchObject({ left: 7n, state: 'open' });
  });

  it.each([
    ['a wei is missing though all have claimed', { ...rewards, paid: less(rewards.paid, 1n) }],
    ['more went out than came in', { ...rewards, carried: `${BigInt(rewards.carried) + 1n}` }],
    ['the parts are not what is secured', { ...rewards, secured: less(rewards.secured, 1n) }],
    ['the pool is another one', { ...rewards, units: less(rewards.units, 1n) }],
  ])('differs where %s', (_, wrong) => {
    expect(ledgerOf(paid.pool, wrong).state).toBe('differs');
  });
});
