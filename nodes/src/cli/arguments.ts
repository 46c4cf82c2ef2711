import { InvalidArgumentError } from 'commander';
import { isAddress, parseEther, parseGwei, type Address, type Hex } from 'viem';

export function integer(text: string): number {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError('Expected a whole number from 0.');
  return Number(text);
}

export function positive(text: string): number {
  const value = integer(text);
  if (value < 1) throw new InvalidArgumentError('Expected a whole number from 1.');
  return value;
}

export function decimal(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('Expected a number.');
  return value;
}

/** Above 0 and below 1. */
export function probability(text: string): number {
  const value = decimal(text);
  if (!(value > 0 && value < 1)) throw new InvalidArgumentError('Expected a number above 0 and below 1.');
  return value;
}

export function taskId(text: string): bigint {
  if (!/^[1-9]\d{0,20}$/.test(text)) throw new InvalidArgumentError('Expected a number from 1.');
  return BigInt(text);
}

/** Task 0 is none: hosts of models allocate under it. */
export function hostsOrTask(text: string): bigint {
  return text === '0' ? 0n : taskId(text);
}

/** TokenVoting counts its proposals from 0. */
export function proposalId(text: string): bigint {
  if (!/^(0|[1-9]\d{0,76})$/.test(text)) throw new InvalidArgumentError('Expected a number from 0.');
  return BigInt(text);
}

export function taskIds(text: string): bigint[] {
  return text.split(',').map(taskId);
}

/** COVEY with up to 18 decimals, or wei with the suffix `wei`. */
export function amount(text: string): bigint {
  const wei = /^(\d+)wei$/.exec(text);
  if (wei) return BigInt(wei[1]!);
  if (!/^\d+(\.\d{1,18})?$/.test(text)) throw new InvalidArgumentError('Expected COVEY such as 250 or 0.5, or 10wei.');
  return parseEther(text);
}

/** A price of gas, in wei. */
export function gwei(text: string): bigint {
  if (!/^\d+(\.\d{1,9})?$/.test(text)) throw new InvalidArgumentError('Expected gwei such as 30 or 0.05.');
  return parseGwei(text);
}

/** A decimal from 0 to 1, scaled by 1e18. */
export function ratio(text: string): bigint {
  if (!/^(0(\.\d{1,18})?|1(\.0{1,18})?)$/.test(text)) throw new InvalidArgumentError('Expected a number from 0 to 1.');
  return parseEther(text);
}

/** The same above 0. */
export function part(text: string): bigint {
  const value = ratio(text);
  if (value === 0n) throw new InvalidArgumentError('Expected a number above 0, up to 1.');
  return value;
}

export function urls(text: string): string[] {
  const all = text.split(',').map((url) => url.trim());
  if (!all.every((url) => URL.canParse(url))) throw new InvalidArgumentError('Expected URLs, comma-separated.');
  return all;
}

export function ethereumAddress(text: string): Address {
  if (!isAddress(text, { strict: false })) throw new InvalidArgumentError('Expected an address: 0x and 40 hex digits.');
  return text;
}

export function digest(text: string): Hex {
  if (!/^0x[0-9a-fA-F]{64}$/.test(text)) throw new InvalidArgumentError('Expected a digest: 0x and 64 hex digits.');
  return text.toLowerCase() as Hex;
}

const secondsOf: Readonly<Record<string, number>> = { d: 86_400, h: 3_600, m: 60, s: 1 };

/** Seconds, from `30d`, `12h` or seconds. */
export function duration(text: string): number {
  const [, count, unit = 's'] = /^(\d{1,9})([dhms]?)$/.exec(text) ?? [];
  const seconds = Number(count) * secondsOf[unit || 's']!;
  if (Number.isSafeInteger(seconds)) return seconds;
  throw new InvalidArgumentError('Expected a time such as 30d, 12h or 600s.');
}

/** A decimal amount of a token whose decimals the chain says, or its smallest units with the suffix `wei`. */
export function tokenAmount(text: string): string {
  if (/^\d{1,40}wei$/.test(text) || /^\d{1,40}(\.\d{1,36})?$/.test(text)) return text;
  throw new InvalidArgumentError('Expected an amount such as 250 or 0.5, or 10wei.');
}
