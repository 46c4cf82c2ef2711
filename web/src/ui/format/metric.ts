/** Losses come as sums over predictions in units of 2^-32 nat (see wasm-core); pages show nats per sample. */
const NAT = 1n << 32n;
const DIGITS = 1_000_000n;

/** Sum in 2^-32 nat over `count` samples -> nats per sample, exact to a millionth before it becomes a float. */
export function natsPerSample(sum: bigint, count: number): number {
  if (!Number.isInteger(count) || count <= 0) return Number.NaN;
  const scaled = (sum * DIGITS) / (NAT * BigInt(count));
  return Number(scaled) / Number(DIGITS);
}

export function formatLoss(sum: bigint, count: number, locale: string): string {
  const nats = natsPerSample(sum, count);
  if (Number.isNaN(nats)) return '–';
  return new Intl.NumberFormat(locale, { minimumFractionDigits: 4, maximumFractionDigits: 4 }).format(nats);
}

/** Never negative: 0 is nothing given. */
export function formatContribution(sum: bigint, count: number, locale: string): string {
  const nats = natsPerSample(sum, count);
  if (Number.isNaN(nats)) return '–';
  return new Intl.NumberFormat(locale, {
    minimumFractionDigits: 5,
    maximumFractionDigits: 5,
  }).format(nats);
}

export function accuracy(correct: number, count: number): number {
  return count > 0 ? correct / count : Number.NaN;
}

export function formatPercent(share: number, locale: string, digits = 2): string {
  if (!Number.isFinite(share)) return '–';
  return new Intl.NumberFormat(locale, { style: 'percent', maximumFractionDigits: digits }).format(share);
}
