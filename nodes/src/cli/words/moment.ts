import { durationText } from '@covey/client';
import { say } from './say.ts';

/** A moment of the chain, and how far it is from `now`, unix seconds: `2026-12-01 03:20 UTC, in 3 h 20 min`. */
export function momentText(time: number | bigint, now: number | bigint): string {
  const at = `${new Date(Number(time) * 1000).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const left = Number(time) - Number(now);
  return left >= 0 ? say`${at}, in ${durationText(left)}` : say`${at}, ${durationText(-left)} ago`;
}
