// Amounts, times and shares as people read them; the same in every language.
import { formatEther, formatUnits } from 'viem';

/** `12,500.5 COVEY`. */
export const coveyText = (wei: bigint): string => `${decimalText(formatEther(wei))} COVEY`;

/** The same in any token: `12.5 USDX`. */
export const tokenText = (amount: bigint, { decimals, symbol }: { decimals: number; symbol: string }): string =>
  `${decimalText(formatUnits(amount, decimals))} ${symbol}`;

/** `1,234,567`. */
export const countText = (count: number | bigint): string => grouped(String(count));

/** `12.5 %` of a part that is scaled by a power of ten: 18 for those of the policy. */
export const percentText = (part: bigint, decimals: number): string =>
  `${decimalText(formatUnits(part, decimals - 2))} %`;

export function decimalText(text: string): string {
  const [whole = '', part] = text.split('.');
  return `${grouped(whole)}${part === undefined ? '' : `.${part}`}`;
}

const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',');

const spans = [
  ['d', 86_400],
  ['h', 3_600],
  ['min', 60],
  ['s', 1],
] as const;

/** The two largest units, or as many as are asked for: `3 h 20 min`, `45 s`. Rounded up to whole seconds. */
export function durationText(seconds: number | bigint, most = 2): string {
  let rest = Math.max(0, Math.ceil(Number(seconds)));
  const first = spans.findIndex(([, span]) => rest >= span);
  if (first === -1) return '0 s';
  const parts = spans.slice(first, first + most).map(([unit, span]) => {
    const count = Math.floor(rest / span);
    rest -= count * span;
    return { count, unit };
  });
  return parts
    .filter(({ count }) => count > 0)
    .map(({ count, unit }) => `${count} ${unit}`)
    .join(' ');
}

/** Unix seconds as `2026-12-01 03:20:05 UTC`; what no calendar has stays a number. */
export function utcText(time: number | bigint): string {
  const date = new Date(Number(time) * 1000);
  if (Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999) return `second ${time}`;
  return `${date.toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
