import { describe, expect, it } from 'vitest';
import { account } from '../../../test/fixtures/make.ts';
import { rightsOf } from './fund-state.ts';
import type { FundState } from './fund-state.ts';

const creator = account('creator');
const opener = account('opener');
const stranger = account('stranger');

const task: FundState['task'] = {
  taskId: 1n,
  creator,
  opener,
  state: 'approved',
  ranking: 'contribution',
  rounds: 3,
  roundsOpened: 1,
  roundsClosed: 1,
  document: 'baguqeera',
  windows: { join: 1, commit: 1, reveal: 1, attest: 1, attestReveal: 1, key: 1, resultCommit: 1, resultReveal: 1 },
  minTrainerStake: 1n,
  minValidatorStake: 1n,
  admissionRoot: null,
  creationStake: 1n,
  multiplier: 0n,
  value: 100n,
  common: 0n,
  waiting: 0n,
  nextPool: 50n,
  lastProgress: 0,
  expiresAt: 0n,
  keyCommitments: [],
};
const state: FundState = {
  ...{ task, lastRound: 'settled', balance: 9n, allowance: 0n },
  ...{ units: 5n, waiting: 0n, minRoundPool: 50n },
};

describe('what an account may do for a task', () => {
  it('is to open the next round for the creator and its opener alone', () => {
    expect(rightsOf(state, creator)).toMatchObject({ opener: true, open: true });
    expect(rightsOf(state, opener)).toMatchObject({ opener: true });
    expect(rightsOf(state, stranger)).toMatchObject({ opener: false });
  });

  it.each([
    ['a round runs', { lastRound: 'running' as const }],
    ['the claims of the last one are not open', { lastRound: 'unsettled' as const }],
    ['the pool is too small', { minRoundPool: 51n }],
    ['there is no pool', { minRoundPool: 0n, task: { ...task, nextPool: 0n } }],
    ['no round is left', { task: { ...task, roundsOpened: 3 } }],
    ['the task is not approved', { task: { ...task, state: 'proposed' as const } }],
  ])('is not to open one where %s', (_, change) => {
    expect(rightsOf({ ...state, ...change }, creator).open).toBe(false);
  });

  it('is to fund as long as a round is left, and to redeem once the task has ended', () => {
    expect(rightsOf(state, stranger)).toMatchObject({ fund: true, raise: true, redeem: false });
    const stopped = { ...state, task: { ...task, state: 'stopped' as const } };
    expect(rightsOf(stopped, stranger)).toMatchObject({ fund: false, raise: false, redeem: true, opener: false });
    expect(rightsOf({ ...stopped, units: 0n }, stranger).redeem).toBe(false);
    expect(rightsOf({ ...stopped, units: 0n, waiting: 1n }, stranger).redeem).toBe(true);
    expect(rightsOf({ ...state, task: { ...task, roundsOpened: 3 } }, stranger)).toMatchObject({ fund: false });
  });
});
