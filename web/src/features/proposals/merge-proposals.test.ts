import { describe, expect, it } from 'vitest';
import type { ProposalSummary, SnapshotSummary } from '../../api/endpoints.ts';
import { mergeProposals, systemOf } from './merge-proposals.ts';

const chain = (id: string, createdAt: number) => ({ id, createdAt }) as ProposalSummary;
const bound = {
  plugin: `0x${'11'.repeat(20)}`,
  submissionEnd: null,
  executableFrom: null,
  executableUntil: null,
} as const;
const hub = (id: string, created: number, state?: 'unregistered' | 'active') =>
  ({ id, created, binding: state ? { ...bound, state } : null }) as unknown as SnapshotSummary;

const keys = (...args: Parameters<typeof mergeProposals>) => mergeProposals(...args).map(({ key }) => key);
const all = <T>(...items: T[]) => ({ items, hasMore: false });
const some = <T>(...items: T[]) => ({ items, hasMore: true });

describe('one list of all proposals', () => {
  it('is newest first, whichever way they are decided', () => {
    expect(keys(all(chain('2', 30), chain('1', 10)), all(hub('b', 40), hub('a', 20)), 'all')).toEqual([
      'b',
      '2',
      'a',
      '1',
    ]);
  });

  it('holds back what is older than the end of a list that goes on', () => {
    expect(keys(some(chain('9', 30)), all(hub('b', 40), hub('a', 20)), 'all')).toEqual(['b', '9']);
    expect(keys(all(chain('9', 30)), some(hub('b', 40), hub('a', 35)), 'all')).toEqual(['b', 'a']);
    expect(keys(some(), all(hub('a', 20)), 'all')).toEqual([]);
  });

  it('filters by how a proposal is decided, and waits only for lists that are shown', () => {
    const both = [some(chain('9', 30)), all(hub('b', 20, 'active'), hub('a', 10))] as const;
    expect(keys(...both, 'binding')).toEqual(['b']);
    expect(keys(...both, 'signal')).toEqual(['a']);
    expect(keys(all(chain('9', 30)), some(hub('b', 40)), 'chain')).toEqual(['9']);
  });
});

it('calls a Snapshot proposal binding only when the chain knows it', () => {
  expect([hub('a', 1), hub('b', 1, 'unregistered'), hub('c', 1, 'active')].map(systemOf)).toEqual([
    'signal',
    'signal',
    'binding',
  ]);
});
