import type { Round } from '../../api/endpoints.ts';

export interface Ledger {
  pool: bigint;
  fee: bigint;
  paid: bigint;
  /** Gone back to the task so far. */
  back: bigint;
  /** What claims, or the task after them, still get. */
  left: bigint;
  /** `exact`: nothing is left; `open`: claims are; `differs`: the numbers contradict each other. */
  state: 'exact' | 'open' | 'differs';
}

/** Where a round's pool went: fee + paid + back + left = pool. */
export function ledgerOf(pool: string, rewards: NonNullable<Round['rewards']>): Ledger {
  const { units, common, secured, trainersPart, validatorsPart, claims, claimed } = rewards;
  const [fee, paid, back] = [BigInt(rewards.fee), BigInt(rewards.paid), BigInt(rewards.carried)];
  const whole = BigInt(pool);
  const left = whole - fee - paid - back;
  const parts =
    whole === BigInt(units) + BigInt(common) &&
    BigInt(secured) === fee + BigInt(trainersPart) + BigInt(validatorsPart) &&
    paid <= BigInt(trainersPart) + BigInt(validatorsPart);
  const open = left > 0n && claimed < claims;
  const state = parts && left === 0n ? 'exact' : parts && open ? 'open' : 'differs';
  return { pool: whole, fee, paid, back, left, state };
}
