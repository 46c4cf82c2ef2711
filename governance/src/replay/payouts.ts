import type { Payout } from '@covey/protocol';

const parts = ['total', 'node', 'delegators', 'unlocked', 'vesting'] as const;

export const noPayout: Payout = { total: 0n, node: 0n, delegators: 0n, unlocked: 0n, vesting: 0n };

const combine = (a: Payout, b: Payout, how: (x: bigint, y: bigint) => bigint): Payout =>
  Object.fromEntries(parts.map((part) => [part, how(a[part], b[part])])) as unknown as Payout;

export const plus = (a: Payout, b: Payout): Payout => combine(a, b, (x, y) => x + y);
export const minus = (a: Payout, b: Payout): Payout => combine(a, b, (x, y) => x - y);
export const equal = (a: Payout, b: Payout): boolean => parts.every((part) => a[part] === b[part]);
