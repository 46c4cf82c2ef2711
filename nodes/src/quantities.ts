// Amounts, times and sizes as people write and read them.
import { durationText } from '@covey/client';
import { parseEther } from 'viem';

export { countText, coveyText, durationText, percentText, utcText } from '@covey/client';

/** `12.3 MiB`. */
export function bytesText(bytes: number): string {
  const units = ['bytes', 'KiB', 'MiB', 'GiB'];
  let [value, unit] = [bytes, 0];
  while (value >= 1024 && unit < units.length - 1) [value, unit] = [value / 1024, unit + 1];
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** A moment of the chain, and how far it is from `now`, unix seconds: `2026-12-01 03:20 UTC, in 3 h 20 min`. */
export function momentText(time: number | bigint, now: number | bigint): string {
  const at = new Date(Number(time) * 1000).toISOString().slice(0, 16).replace('T', ' ');
  const left = Number(time) - Number(now);
  return `${at} UTC, ${left >= 0 ? `in ${durationText(left)}` : `${durationText(-left)} ago`}`;
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
