import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { dependsOnTime, keys, showsLiveKey } from '../keys.ts';
import { createBatch } from './batch.ts';

describe('live keys', () => {
  it('are the paths of the API', () => {
    expect(keys.api('/api/v1/tasks/1/rounds/0')).toEqual(['api', 'tasks/1/rounds/0', '']);
    expect(keys.api('/api/v1/tasks?limit=5')).toEqual(['api', 'tasks', 'limit=5']);
  });

  it('refresh the thing itself and the lists above it, nothing beside it', () => {
    expect(showsLiveKey('tasks/1/rounds/0', 'tasks/1/rounds/0')).toBe(true);
    expect(showsLiveKey('tasks/1', 'tasks/1/rounds/0')).toBe(true);
    expect(showsLiveKey('tasks', 'tasks/1/rounds/0')).toBe(true);
    expect(showsLiveKey('tasks/1', 'tasks/12')).toBe(false);
    expect(showsLiveKey('tasks/1/rounds/0', 'tasks/1')).toBe(false);
    expect(showsLiveKey('policy', 'tasks/1')).toBe(false);
    expect(showsLiveKey('delegates/0xab', 'delegates')).toBe(true);
    expect(showsLiveKey('delegates/0xab', 'delegates/0xcd')).toBe(false);
  });
});

it('a block alone moves proposals and rounds on, not the policy', () => {
  expect(['proposals', 'proposals/3', 'tasks/1/rounds/0', 'snapshot/proposals'].map(dependsOnTime)).toEqual([
    true,
    true,
    true,
    true,
  ]);
  expect(['policy', 'nodes/0x1', 'stats', 'tasksomething'].map(dependsOnTime)).toEqual([false, false, false, false]);
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
