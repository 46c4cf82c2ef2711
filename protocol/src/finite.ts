/** Place of the first value that is not finite; undefined where all are. Read as integers: no NaN passes through a register. */
export function placeOfNotFinite({ buffer, byteOffset, length }: Float32Array): number | undefined {
  // Exponent bits all ones: NaN or infinity.
  const place = new Uint32Array(buffer, byteOffset, length).findIndex((word) => (word & 0x7f800000) === 0x7f800000);
  return place === -1 ? undefined : place;
}
