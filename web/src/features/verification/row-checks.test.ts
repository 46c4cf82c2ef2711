import { describe, expect, it } from 'vitest';
import { rowChecks } from './row-checks.ts';

const submissions = [
  { index: 0, reveal: { cid: 'bafkreia' } },
  { index: 1, reveal: { cid: 'bafkreib' } },
  { index: 2, reveal: null },
];
const base = { match: false, acceptedHash: '0x1', computedHash: '0x2', scorer: '0x3', differences: [], problems: [] };

describe('checks of submissions', () => {
  it('say which differ, and in what', () => {
    const rows = [
      { index: 0, match: true, differences: [] },
      { index: 1, match: false, differences: [{ field: 'loss', expected: '10', got: '11' }] },
    ];
    const checks = rowChecks({ ...base, rows }, undefined, submissions);
    expect(checks.get(0)).toEqual({ status: 'match', detail: '' });
    expect(checks.get(1)).toEqual({ status: 'mismatch', detail: 'loss: 10 ≠ 11' });
    expect(checks.has(2)).toBe(false);
  });

  it('point at the submission whose content failed, and claim nothing about the others', () => {
    const failure = { code: 'CONTENT_NOT_FOUND', message: 'The gateway does not have bafkreib.' };
    const checks = rowChecks(undefined, failure, submissions);
    expect([...checks.keys()]).toEqual([1]);
    expect(checks.get(1)?.status).toBe('error');
  });
});
