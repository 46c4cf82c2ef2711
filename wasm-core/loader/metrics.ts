/** log₂ e · 2^64, rounded down. */
const LOG2_E = 0x171547652b82fe177n;

/**
 * A next-token loss as bits per byte, unit 2^-32 bit, rounded down: the same integer everywhere. `bytes` is how many
 * bytes the predicted tokens stand for: one each where tokens are bytes.
 */
export function bitsPerByte({ loss, count }: { loss: bigint; count: number }, bytes = count): bigint {
  return (loss * LOG2_E) / (BigInt(bytes) << 64n);
}
