import type { Address, Hex } from 'viem';

/** One call that the DAO makes, as Aragon's `Action`: `value` in wei of the chain's own coin. */
export interface Action {
  to: Address;
  value: bigint;
  data: Hex;
}
