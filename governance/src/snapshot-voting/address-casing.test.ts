import { getAddress } from 'viem';
import type { Address } from 'viem';
import { expect, test } from 'vitest';
import { addressCasing } from './address-casing.ts';

/** The other way round: what the contract does with the mask. */
function spelt(address: Address, mask: number): string {
  const digits = [...address.toLowerCase().slice(2)];
  return `0x${digits.map((digit, i) => ((BigInt(mask) >> BigInt(39 - i)) & 1n ? digit.toUpperCase() : digit)).join('')}`;
}

test.each([
  '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266',
  '0x0000000000000000000000000000000000000000',
  '0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed', // EIP-55's own example
  '0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb',
] as Address[])('the mask of %s gives its capitals back', (address) => {
  expect(spelt(address, addressCasing(address))).toBe(address);
});

test('the first digit is the highest bit, the last one the lowest', () => {
  const first = getAddress('0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb');
  expect(addressCasing(first).toString(2).padStart(40, '0')).toBe(
    [...first.slice(2)].map((digit) => (/[A-F]/.test(digit) ? '1' : '0')).join(''),
  );
});
