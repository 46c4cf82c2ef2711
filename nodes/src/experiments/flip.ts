/** The same bytes with the highest bit of one of them flipped: of the last byte of a weight it is the weight's sign. */
export function flippedAt(bytes: Uint8Array, at: number): Uint8Array {
  const flipped = Uint8Array.from(bytes);
  flipped[at]! ^= 0x80;
  return flipped;
}
