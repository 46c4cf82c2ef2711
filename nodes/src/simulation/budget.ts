import { ONE } from '@covey/protocol';

/** Units that a wei buys in an empty vault, as in `BudgetVault.sol`. */
const OFFSET = 1_000_000n;

/** A task's budget in wei, as `BudgetVault.sol` keeps it: what is spent lowers all units alike, whoever came first. */
export class Budget {
  value = 0n;
  common = 0n;
  readonly units = new Map<string, bigint>();
  #taken: { units: bigint; common: bigint } | undefined;

  /** Between rounds; buys at the present value. */
  fund(funder: string, amount: bigint): void {
    const bought = (amount * (this.#totalUnits() + OFFSET)) / (this.value + 1n);
    this.units.set(funder, (this.units.get(funder) ?? 0n) + bought);
    this.value += amount;
  }

  /** Of no funder. */
  addCommon(amount: bigint): void {
    this.common += amount;
  }

  /** The next round's pool. */
  open(roundsLeft: number): { units: bigint; common: bigint } {
    const all = this.value + this.common;
    const taken = all / BigInt(roundsLeft);
    const units = all === 0n ? 0n : (taken * this.value) / all;
    this.#taken = { units, common: taken - units };
    this.value -= units;
    this.common -= taken - units;
    return this.#taken;
  }

  /** What the open round did not pay goes back as it was taken. */
  close(carried: bigint): void {
    const { units, common } = this.#taken ?? { units: 0n, common: 0n };
    const all = units + common;
    const toUnits = all === 0n ? 0n : (carried * units) / all;
    this.value += toUnits;
    this.common += carried - toUnits;
    this.#taken = undefined;
  }

  /** What a funder's units are worth. */
  worth(funder: string): bigint {
    return ((this.units.get(funder) ?? 0n) * (this.value + 1n)) / (this.#totalUnits() + OFFSET);
  }

  #totalUnits(): bigint {
    return [...this.units.values()].reduce((sum, units) => sum + units, 0n);
  }
}

/** The part of an amount, rounded down. */
export function part(amount: bigint, ratio: bigint): bigint {
  return (amount * ratio) / ONE;
}
