import { hexToBytes, keccak256, type Address, type Hex } from 'viem';
import type { LogTopic } from './log-filter.ts';

/** A block's 2048-bit Bloom filter over the addresses and topics of its logs (Yellow Paper, 4.3.1). */
export type Bloom = Uint8Array;

export function parseBloom(bloom: Hex): Bloom {
  return hexToBytes(bloom, { size: 256 });
}

const bitsOf = new Map<Hex, readonly number[]>();

/** The three bits of a value: the low 11 bits of the first three pairs of bytes of its hash. */
function bits(value: Hex): readonly number[] {
  const known = bitsOf.get(value);
  if (known) return known;
  const hash = keccak256(value, 'bytes');
  const found = [0, 2, 4].map((at) => (((hash[at] ?? 0) << 8) | (hash[at + 1] ?? 0)) & 2047);
  // A handful of addresses and topics are asked for all the time; the bound keeps what anyone can emit out of memory.
  if (bitsOf.size > 10_000) bitsOf.clear();
  bitsOf.set(value, found);
  return found;
}

function contains(bloom: Bloom, value: Hex): boolean {
  return bits(value).every((bit) => ((bloom[255 - (bit >> 3)] ?? 0) >> (bit & 7)) & 1);
}

/** False when the block certainly has no log that the filter matches. */
export function mayMatch(bloom: Bloom, filter: { address: readonly Address[]; topics: readonly LogTopic[] }): boolean {
  return (
    filter.address.some((address) => contains(bloom, address)) &&
    filter.topics.every((wanted) => {
      if (wanted === null) return true;
      return typeof wanted === 'string' ? contains(bloom, wanted) : wanted.some((topic) => contains(bloom, topic));
    })
  );
}

/** False when the block certainly has no such log. */
export function mayHold(bloom: Bloom, log: { address: Address; topics: readonly Hex[] }): boolean {
  return contains(bloom, log.address) && log.topics.every((topic) => contains(bloom, topic));
}

/** How probably a block that has none of a filter's logs announces them all the same, by how full its Bloom filter is. */
export function chanceOf(bloom: Bloom, filter: { address: readonly Address[]; topics: readonly LogTopic[] }): number {
  let set = 0;
  for (const byte of bloom) for (let rest = byte; rest > 0; rest &= rest - 1) set++;
  const one = (set / 2048) ** 3;
  const oneOf = (count: number) => 1 - (1 - one) ** count;
  return filter.topics.reduce(
    (chance, wanted) => chance * (wanted === null ? 1 : oneOf(typeof wanted === 'string' ? 1 : wanted.length)),
    oneOf(filter.address.length),
  );
}
