import { endpoints, isStaleBy, liveKeySchema, livePatterns } from '@covey/server/schema';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { followsClock, isStale, keys } from '../keys.ts';
import { createBatch } from './batch.ts';

const digest = `0x${'ab'.repeat(32)}` as const;
const node = `0x${'Cd'.repeat(20)}` as const;
const task = keys.api(endpoints.task, { params: { id: 1n } });
const round = keys.api(endpoints.round, { params: { id: '1', round: 0 } });

describe('live keys', () => {
  it('refresh the thing itself and the lists above it, nothing beside it', () => {
    expect(isStale(round, ['tasks/1/rounds/0'])).toBe(true);
    expect(isStale(task, ['tasks/1/rounds/0'])).toBe(true);
    expect(isStale(keys.api(endpoints.tasks, { query: { limit: 5 } }), ['tasks/1/rounds/0'])).toBe(true);
    expect(isStale(task, ['tasks/12'])).toBe(false);
    expect(isStale(round, ['tasks/1'])).toBe(false);
    expect(isStale(keys.api(endpoints.policy, {}), ['tasks/1', 'stats'])).toBe(false);
    expect(isStale(keys.chain.totalVotes(), ['stats'])).toBe(false);
    expect(isStale(keys.wallet.power(node), [])).toBe(true);
  });

  it('find what hangs on another thing, and an address in any case', () => {
    const delegate = keys.api(endpoints.delegate, { params: { address: node.toLowerCase() } });
    expect(isStale(delegate, [`delegates/${node}`])).toBe(true);
    expect(isStale(delegate, ['delegates/*'])).toBe(true);
    expect(isStale(delegate, ['delegates/0xcd'])).toBe(false);
    expect(isStale(keys.api(endpoints.delegates, {}), ['delegates/*'])).toBe(true);
    expect(isStale(keys.api(endpoints.purchases, { params: { id: 3 } }), ['listings/3'])).toBe(true);
    const envelopes = keys.api(endpoints.snapshotEnvelopes, { params: { digest } });
    expect(isStale(envelopes, [`snapshot/proposals/${digest}`])).toBe(true);
  });

  it('are those of the table: every one makes some answer stale, and no other word is a key', () => {
    const segments = { id: '7', round: '2', address: node, digest };
    for (const pattern of livePatterns) {
      const key = pattern.replace(/:(\w+)/g, (_, name: keyof typeof segments) => segments[name]);
      const parsed = liveKeySchema.parse(key);
      const stale = Object.values(endpoints).filter((endpoint) => isStaleBy(endpoint, segments, parsed));
      expect(stale, pattern).not.toEqual([]);
    }
    for (const other of ['emission', 'tasks/x', 'tasks/1/rounds', 'nodes/1', 'delegates/', 'stats/1']) {
      expect(liveKeySchema.safeParse(other).success, other).toBe(false);
    }
  });
});

it('a block alone moves proposals and rounds on, not the policy', () => {
  const snapshot = keys.api(endpoints.snapshotProposal, { params: { digest } });
  expect([task, round, snapshot, keys.api(endpoints.proposals, {})].map(followsClock)).toEqual(Array(4).fill(true));
  const node = keys.api(endpoints.node, { params: { address: digest } });
  expect([node, keys.api(endpoints.policy, {}), keys.api(endpoints.stats, {})].map(followsClock)).toEqual(
    Array(3).fill(false),
  );
});

describe('batch', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('hands on what came together once', () => {
    const seen: string[][] = [];
    const batch = createBatch((stale) => seen.push([...stale]), 300);
    batch.add(['tasks/1', 'stats']);
    batch.add(['stats']);
    batch.add([]);
    expect(seen).toEqual([]);
    vi.advanceTimersByTime(300);
    batch.add(['policy']);
    vi.advanceTimersByTime(300);
    expect(seen).toEqual([['tasks/1', 'stats'], ['policy']]);
  });
});
