import { describe, expect, it } from 'vitest';
import { readAllocationDraft } from './allocation-draft.ts';

const ONE = 10n ** 18n;
const held = { taskId: 3n, role: 'trainer', ratio: ONE / 4n, bound: ONE / 2n, readers: 1 } as const;
const state = { allocations: [held], free: ONE / 2n };
const draft = { task: '7', role: 'trainer', part: '12.5' } as const;

describe('what is typed to allocate', () => {
  it('is a ratio to the last digit', () => {
    expect(readAllocationDraft(draft, state)).toEqual({ args: [7n, 1, ONE / 8n] });
    expect(readAllocationDraft({ ...draft, part: '0.0000000000000001' }, state)).toEqual({ args: [7n, 1, 1n] });
    expect(readAllocationDraft({ ...draft, part: '0' }, state)).toEqual({ args: [7n, 1, 0n] });
  });

  it('is nothing yet where a field is empty', () => {
    expect(readAllocationDraft({ ...draft, task: ' ' }, state)).toBeUndefined();
    expect(readAllocationDraft({ ...draft, part: '' }, state)).toBeUndefined();
  });

  it('is under task 0 for hosts, and for nobody else', () => {
    expect(readAllocationDraft({ ...draft, role: 'host' }, state)).toEqual({ args: [0n, 3, ONE / 8n] });
    expect(readAllocationDraft({ ...draft, task: '0' }, state)).toEqual({ problem: 'badTask' });
    expect(readAllocationDraft({ ...draft, task: '-1' }, state)).toEqual({ problem: 'badTask' });
  });

  it('is at most what is free, with what the task itself has or holds', () => {
    expect(readAllocationDraft({ ...draft, part: '50' }, state)).toEqual({ args: [7n, 1, ONE / 2n] });
    expect(readAllocationDraft({ ...draft, part: '50.0000000000000001' }, state)).toEqual({ problem: 'tooMuch' });
    expect(readAllocationDraft({ ...draft, task: '3', part: '100' }, state)).toEqual({ args: [3n, 1, ONE] });
  });

  it.each(['-1', '100.1', '1e2', '50%', '1,5'])('is refused as %s', (part) => {
    expect(readAllocationDraft({ ...draft, part }, state)).toEqual({ problem: 'badPart' });
  });
});
