import { getAddress } from 'viem';
import type { Address } from 'viem';

/**
 * Which letters of the address's EIP-55 form are capitals: bit 39 − i stands for hex digit i. Snapshot signs addresses as
 * text, and the contract would pay for a hash to find their capitals itself. 40 bits, so exact as a number.
 */
export function addressCasing(address: Address): number {
  let mask = 0;
  for (const digit of getAddress(address).slice(2)) mask = mask * 2 + (digit >= 'A' && digit <= 'F' ? 1 : 0);
  return mask;
}
