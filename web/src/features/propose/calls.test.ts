import { formOf, governanceForms, parseForm } from '@covey/governance';
import { getAddress } from 'viem';
import { describe, expect, it } from 'vitest';
import type { Deployment } from '@covey/contracts/abi';
import en from '../../locales/en.json' with { type: 'json' };
import { readCalls } from './calls.ts';
import { startsFromCurrent, textsOf } from './current-values.ts';
import { boundsOf, unitOfField } from './fields.ts';
import { callOfQuery, groupKinds } from './groups.ts';
import { fromLocalTime, toLocalTime } from './local-time.ts';
import { startSeconds, votingSeconds } from './voting-time.ts';

const names = [
  ...['dao', 'tokenVoting', 'pluginSetupProcessor', 'token', 'policy', 'stakeManager', 'taskManager', 'roundManager'],
  ...['rewardDistributor', 'slashCourt', 'modelMarket', 'keyEscrow', 'voteEscrow', 'emission'],
  ...['hostRegistry', 'inferenceChannels', 'answerCases', 'inferenceDesk'],
];
const deployment = {
  chainId: 31_337,
  startBlock: 0,
  ...Object.fromEntries(names.map((name, i) => [name, getAddress(`0x${(i + 1).toString(16).padStart(40, '0')}`)])),
} as unknown as Deployment;
const set = (value: string, key = 0) => ({ key, kind: 'policy.set', values: { param: 'unlockRatio', value } });

describe('reading the forms of a draft', () => {
  it('gives calls once every form is right, and names what is wrong until then', () => {
    const wrong = readCalls([set('7')], deployment);
    expect(wrong.actions).toBeUndefined();
    expect(wrong.calls[0]?.errors['value']?.code).toBe('too-large');
    const right = readCalls([set('0.6'), { key: 1, kind: 'task.approve', values: { taskId: '3' } }], deployment);
    expect(right.actions?.map(({ to }) => to)).toEqual([deployment.policy, deployment.taskManager]);
    expect(right.calls[0]?.values?.['value']).toBe(6n * 10n ** 17n);
  });

  it('has no calls for no forms, and says so when a form is not known', () => {
    expect(readCalls([], deployment).actions).toEqual([]);
    expect(readCalls([{ key: 0, kind: 'gone', values: {} }], deployment).calls[0]?.unknown).toBe(true);
  });

  it('says why complete forms give no calls: what this DAO has not installed cannot be called', () => {
    const veto = { key: 0, kind: 'snapshot.veto', values: { proposalId: `0x${'12'.repeat(32)}` } };
    const read = readCalls([veto], deployment);
    expect(read.actions).toBeUndefined();
    expect(read.problem).toContain('SnapshotVoting');
  });
});

describe('the page knows the catalogue', () => {
  const text = (path: string) =>
    path.split('.').reduce<unknown>((tree, key) => (tree as Record<string, unknown> | undefined)?.[key], en);

  it.each(governanceForms.map(({ kind }) => kind))('%s has words for its name, its help and its fields', (kind) => {
    expect(text(`propose.kind.${kind}.name`)).toBeTypeOf('string');
    expect(text(`propose.kind.${kind}.help`)).toBeTypeOf('string');
    expect(text(`propose.group.${kind.split('.')[0]}`)).toBeTypeOf('string');
    for (const { name } of formOf(kind)?.fields ?? []) expect(text(`propose.field.${name}`), name).toBeTypeOf('string');
  });

  it('groups every kind once, unknown subjects last', () => {
    const groups = groupKinds(['moon.land', 'task.stop', 'policy.set', 'task.approve']);
    expect(groups).toEqual([
      { name: 'policy', kinds: ['policy.set'] },
      { name: 'task', kinds: ['task.stop', 'task.approve'] },
      { name: 'moon', kinds: ['moon.land'] },
    ]);
  });
});

describe('a link can ask for a call', () => {
  it('by a short name', () => {
    expect(callOfQuery({ kind: 'veto', id: '0x12' })).toEqual({
      kind: 'snapshot.veto',
      values: { proposalId: '0x12' },
    });
  });
  it('by the name of its form, or for none', () => {
    expect(callOfQuery({ kind: 'task.approve', taskId: '1', step: 'text' })).toEqual({
      kind: 'task.approve',
      values: { taskId: '1' },
    });
    expect(callOfQuery({ step: 'review' })).toBeUndefined();
  });
});

describe('values as texts', () => {
  it('start from what stands on chain where all of it does', () => {
    const starting = governanceForms.map(({ kind }) => kind).filter(startsFromCurrent);
    expect(starting).toEqual(['voting.settings', 'snapshot.settings']);
  });

  it('of the voting settings are what the form reads', () => {
    const current = {
      mode: 'standard',
      supportThreshold: 500_000n,
      minParticipation: 100_000n,
      minDuration: 3_600n,
      minProposerVotingPower: 10n ** 23n,
    };
    expect(parseForm('voting.settings', textsOf('voting.settings', current))).toEqual({ ok: true, values: current });
  });

  it('bounds are shown where they tell something', () => {
    const field = formOf('task.multiplier')?.fields.find(({ name }) => name === 'multiplier');
    expect(field && boundsOf(field)).toEqual({ min: 0n, max: 10n ** 18n });
    const round = formOf('round.rule')?.fields.find(({ name }) => name === 'round');
    expect(round && boundsOf(round)).toBeUndefined();
    expect(unitOfField({ type: 'policyValue', unit: 'policy' }, { unit: 'wei' })).toBe('wei');
  });
});

describe('times', () => {
  it('of voting are days, at least the shortest, at most a year', () => {
    expect(votingSeconds('', 3_600)).toEqual({ seconds: 3_600 });
    expect(votingSeconds('0,5', 3_600)).toEqual({ seconds: 43_200 });
    expect(votingSeconds('0.01', 3_600)).toEqual({ problem: 'tooShort' });
    expect(votingSeconds('366', 3_600)).toEqual({ problem: 'tooLong' });
    expect(votingSeconds('soon', 3_600)).toEqual({ problem: 'malformed' });
  });
  it('until the start leave room to register', () => {
    expect(startSeconds('1')).toEqual({ seconds: 3_600 });
    expect(startSeconds('0.01')).toEqual({ problem: 'tooShort' });
  });
  it('of the reader’s zone come back the same', () => {
    expect(fromLocalTime(toLocalTime('1800000000'))).toBe('1800000000');
    expect(toLocalTime('tomorrow')).toBe('');
    expect(fromLocalTime('')).toBe('');
  });
});
