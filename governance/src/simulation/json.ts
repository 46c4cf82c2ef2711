import type { Json } from './report.ts';

/** Longest text in a report, in characters: an event can hold megabytes, and a page has to show it. */
const maxText = 2_000;
const maxItems = 200;
const maxDepth = 8;

export const cutText = (text: string): string =>
  text.length <= maxText ? text : `${text.slice(0, maxText)}… (${text.length} characters)`;

/** What viem decodes, as plain data of bounded size. */
export function toJson(value: unknown, depth = 0): Json {
  if (typeof value === 'bigint') return value.toString();
  if (typeof value === 'string') return cutText(value);
  if (typeof value === 'number' || typeof value === 'boolean' || value === null) return value;
  if (value === undefined) return null;
  if (depth >= maxDepth) return '…';
  if (Array.isArray(value)) {
    const items = value.slice(0, maxItems).map((item) => toJson(item, depth + 1));
    return value.length > maxItems ? [...items, `… (${value.length} items)`] : items;
  }
  return toJsonRecord(value as Record<string, unknown>, depth);
}

export function toJsonRecord(value: object, depth = 0): { readonly [key: string]: Json } {
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, toJson(item, depth + 1)]));
}
