// Amounts, times and sizes as people write and read them.
import { formatEther, parseEther } from 'viem';

export { countText, coveyText, durationText, percentText, tokenText, utcText } from '@covey/client';

/** `12.3 MiB`. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** The chain’s currency, shortened: `9999.9991`, `0.000779`. All digits of a tiny amount that say something, four of others. */
export function etherText(wei: bigint): string {
  const [whole, part = ''] = formatEther(wei).split('.');
  const decimals = part.slice(0, whole === '0' ? part.search(/[1-9]/) + 3 : 4).replace(/0+$/, '');
  return decimals === '' ? whole! : `${whole}.${decimals}`;
}

const secondsOf: Record<string, number> = { d: 86_400, h: 3_600, min: 60, s: 1 };

/** Seconds of `90 s`, `10 min`, `1 h 30 min`, `7 d`; undefined for anything else. */
export function parseDuration(text: string): number | undefined {
  const parts = [...text.matchAll(/(\d{1,9})\s*(d|h|min|s)\s*/gy)];
  if (parts.length === 0 || parts.reduce((sum, [part]) => sum + part.length, 0) !== text.length) return undefined;
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * secondsOf[unit!]!, 0);
}

/** Wei of `12500 COVEY`, `0.5 COVEY` or `10 wei`; undefined for anything else. */
export function parseAmount(text: string): bigint | undefined {
  const wei = /^(\d{1,40}) ?wei$/.exec(text);
  if (wei) return BigInt(wei[1]!);
  const covey = /^(\d[\d,]{0,40}(?:\.\d{1,18})?) ?COVEY$/.exec(text);
  return covey ? parseEther(covey[1]!.replaceAll(',', '')) : undefined;
}
