import { describe, expect, it } from 'vitest';
import type { Binding } from '../../api/endpoints.ts';
import { bindingSteps, pendingVotes, requirements } from './steps.ts';

const source = { blockNumber: 1, transactionHash: `0x${'ab'.repeat(32)}` as const, logIndex: 0 };
const proposal = { start: 100, end: 200 };

function binding(state: Binding['state'], more: Partial<Binding> = {}): Binding {
  return {
    plugin: `0x${'11'.repeat(20)}`,
    installed: true,
    state,
    submissionEnd: 300,
    executableFrom: 400,
    executableUntil: 500,
    commitment: null,
    registered: { registrant: `0x${'22'.repeat(20)}`, at: 90, source },
    settingsVersion: 1,
    settings: null,
    supportThreshold: 500_000,
    minPower: '100',
    tally: { for: '0', against: '0', abstain: '0', voters: 0 },
    carried: false,
    actionsHash: null,
    actions: [],
    onChain: [],
    rejected: 0,
    rejections: {} as Binding['rejections'],
    extended: null,
    executed: null,
    vetoed: null,
    ...more,
  };
}

const told = (state: Binding['state'], more?: Partial<Binding>) =>
  bindingSteps(binding(state, more), proposal).map(({ text, status }) => `${text} ${status}`);

describe('the life of a bound proposal', () => {
  it.each<[Binding['state'], string[]]>([
    ['pending', ['registered done', 'votingStarts todo', 'submission todo', 'delay todo', 'execution todo']],
    ['active', ['registered done', 'voting current', 'submission todo', 'delay todo', 'execution todo']],
    ['submission', ['registered done', 'voting done', 'submission current', 'delay todo', 'execution todo']],
    ['queued', ['registered done', 'voting done', 'submission done', 'delay current', 'execution todo']],
    ['executable', ['registered done', 'voting done', 'submission done', 'delay done', 'execution current']],
    ['executed', ['registered done', 'voting done', 'submission done', 'delay done', 'executed done']],
    ['expired', ['registered done', 'voting done', 'submission done', 'delay done', 'expired bad']],
    ['vetoed', ['registered done', 'voting done', 'submission done', 'vetoed bad']],
    ['defeated', ['registered done', 'voting done', 'submission done', 'defeated bad']],
  ])('%s', (state, steps) => {
    expect(told(state)).toEqual(steps);
  });

  it('waits for its registration', () => {
    expect(told('unregistered', { registered: null })[0]).toBe('unregistered current');
  });
});

describe('what a result needs', () => {
  const met = (forVotes: string, against: string, abstain = '0') => {
    const tally = { for: forVotes, against, abstain, voters: 1 };
    const { supported, participated } = requirements({ tally, minPower: '100', supportThreshold: 500_000 });
    return { supported, participated };
  };
  it('is more than the threshold of for and against: half is not enough', () => {
    expect(met('50', '50')).toEqual({ supported: false, participated: true });
    expect(met('51', '50')).toEqual({ supported: true, participated: true });
  });
  it('is participation without abstentions', () => {
    expect(met('99', '0', '1000')).toEqual({ supported: true, participated: false });
    expect(met('0', '0')).toEqual({ supported: false, participated: false });
  });
});

it('counts as pending what the chain does not have, or has an older vote of', () => {
  const [a, b, c] = ['aa', 'bb', 'cc'].map((byte) => `0x${byte.repeat(20)}` as const) as [
    `0x${string}`,
    `0x${string}`,
    `0x${string}`,
  ];
  const vote = (voter: `0x${string}`, created: number) => ({
    id: `0x${'00'.repeat(32)}` as const,
    ipfs: 'bafkreitest',
    voter,
    alias: null,
    created,
    choice: 1,
    vp: 1,
    power: '1',
    reason: '',
  });
  const counted = { choice: 1, power: '1', submitter: a, at: 1, source };
  const onChain = [
    { ...counted, voter: a, timestamp: 150 },
    { ...counted, voter: b, timestamp: 150 },
  ];
  expect(pendingVotes({ onChain }, [vote(a, 150), vote(b, 151), vote(c, 120)])).toBe(2);
  expect(pendingVotes({ onChain }, [{ ...vote(c, 120), alias: a }])).toBe(0);
});
