import { formatEther, formatGwei } from 'viem';

/** Wei of COVEY as people read it, to four decimals. */
export function coveys(wei: bigint): string {
  const [whole, rest = ''] = formatEther(wei).split('.');
  const decimals = rest.slice(0, 4).replace(/0+$/, '');
  const text = whole!.replace(/\B(?=(\d{3})+$)/g, ',');
  return `${wei > 0n && text === '0' && decimals === '' ? '<0.0001' : text}${decimals && `.${decimals}`} COVEY`;
}

/** A price of gas. */
export const gwei = (wei: bigint): string => `${formatGwei(wei)} gwei`;

/** Part of a whole, 1e18 = all. */
export const percent = (ratio: bigint): string => `${Number((ratio * 10_000n) / 10n ** 18n) / 100} %`;

/** Bytes in binary units. */
export function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} bytes`;
  const [value, unit] = bytes < 2 ** 20 ? [bytes / 1024, 'KiB'] : [bytes / 2 ** 20, 'MiB'];
  return `${value.toFixed(1)} ${unit}`;
}

/** A time that passes: `42 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. */
export function duration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 120) return `${whole} s`;
  if (whole < 7_200) return `${Math.round(whole / 60)} min`;
  if (whole < 172_800) return pair(whole, 3_600, 'h', 60, 'min');
  return pair(whole, 86_400, 'd', 3_600, 'h');
}

function pair(seconds: number, large: number, largeUnit: string, small: number, smallUnit: string): string {
  const rest = Math.floor((seconds % large) / small);
  return `${Math.floor(seconds / large)} ${largeUnit}${rest > 0 ? ` ${rest} ${smallUnit}` : ''}`;
}

/** A moment of the chain's clock: `2026-12-01 14:05 UTC`. */
export function moment(unixSeconds: number): string {
  return `${new Date(unixSeconds * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** An address or hash, as much of it as people compare. */
export const short = (hex: string): string => (hex.length > 14 ? `${hex.slice(0, 8)}…${hex.slice(-4)}` : hex);
