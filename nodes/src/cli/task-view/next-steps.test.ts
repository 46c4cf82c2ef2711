import type { RoundOnChain, TaskOnChain } from '@covey/client';
import type { RoundPhaseName } from '@covey/contracts/abi';
import { describe, expect, it } from 'vitest';
import { momentText } from '../words/moment.ts';
import { nextSteps, stepLines } from './next-steps.ts';
import type { Situation, Standing } from './situation.ts';

const covey = (amount: number) => BigInt(amount) * 10n ** 18n;
const now = 1_000_000;

function situation(
  standing: Standing,
  task: Partial<TaskOnChain> = {},
  phase?: RoundPhaseName,
  round: Partial<RoundOnChain> = {},
): Situation {
  const names = ['join', 'trainerDraw', 'commit', 'reveal', 'validatorJoin', 'validatorDraw', 'attest', 'attestReveal'];
  // The windows before the phase are over, it and those after it are not.
  const order = [...names, 'key', 'resultCommit', 'resultReveal'];
  const ends = order.map((name, i) => [name, now + 600 * (i - order.indexOf(phase ?? 'join') + 1)] as const);
  return {
    task: {
      ...{
        taskId: 3n,
        state: 'approved',
        rounds: 2,
        roundsOpened: phase ? 1 : 0,
        roundsClosed: 0,
        expiresAt: BigInt(now + 7_200),
      },
      ...{ value: covey(500), common: 0n, waiting: 0n, nextPool: covey(250) },
      ...task,
    } as TaskOnChain,
    now,
    policy: { minRoundPool: covey(100) },
    round: phase
      ? ({
          ...{ round: 0, phase, attempt: 0, key: null, trainerSeed: '0x1', validatorSeed: '0x1', validatorSeats: 4 },
          ...{ trainerCandidates: 1, validatorCandidates: 1, submissions: 1, challengeEnd: now + 600, rulingEnd: 0 },
          deadlines: Object.fromEntries(ends),
          attestations: { revealedSeats: 4, ciphertextMissing: 0 },
          results: { revealed: 0 },
          ...round,
        } as unknown as RoundOnChain)
      : null,
    account: '0x00000000000000000000000000000000000000aa',
    standing,
    funding: { units: 0n, waiting: 0n },
  };
}

const commands = (of: Situation) => nextSteps(of).map(({ command }) => command?.split(' --')[0]);

describe('what to do next', () => {
  it.each<[string, Situation, (string | undefined)[]]>([
    ['a proposal, for its creator', situation('creator', { state: 'proposed' }), ['proposal create', 'task expire']],
    [
      'a proposal without funds',
      situation('creator', { state: 'proposed', value: 0n }),
      ['proposal create', 'task expire', 'task fund'],
    ],
    ['a proposal, for anybody', situation('visitor', { state: 'proposed' }), ['proposal create']],
    ['approved, for its creator', situation('creator'), ['creator', 'task open']],
    ['approved without funds', situation('creator', { value: 0n, nextPool: 0n }), ['task fund']],
    ['approved, for who opens', situation('opener'), ['task open']],
    ['approved, for a trainer', situation('trainer'), ['train']],
    ['approved, for a validator', situation('validator'), ['validate']],
    ['approved, for anybody', situation('visitor'), ['stake allocate']],
    ['joining, for its creator', situation('creator', {}, 'join'), ['creator']],
    ['a key that is due', situation('creator', {}, 'key'), ['task publish-key']],
    ['a key that is out', situation('creator', {}, 'resultCommit', { key: '0x1' }), ['keeper']],
    ['training', situation('trainer', {}, 'commit'), ['train']],
    ['scoring, for a trainer', situation('trainer', {}, 'resultCommit', { key: '0x1' }), ['claim']],
    ['scoring, for a validator', situation('validator', {}, 'resultCommit', { key: '0x1' }), ['validate']],
    ['a round that runs, for anybody', situation('visitor', {}, 'attest'), ['stake allocate']],
    ['after the last round', situation('creator', { roundsOpened: 2, roundsClosed: 2 }), ['task complete']],
    ['after the last round, for others', situation('trainer', { roundsOpened: 2, roundsClosed: 2 }), [undefined]],
    ['over', situation('creator', { state: 'completed' }), []],
    [
      'over, with money left',
      { ...situation('visitor', { state: 'stopped' }), funding: { units: 1n, waiting: 1n } },
      ['task refund'],
    ],
  ])('%s', (_, of, expected) => {
    expect(commands(of)).toEqual(expected);
  });

  it('says until when, and how much', () => {
    const lines = (of: Situation) => stepLines(nextSteps(of), (time) => momentText(time, now));
    expect(lines(situation('creator', {}, 'key'))).toEqual([
      '  publish this round’s key now: a key that does not come costs the creation stake (until 1970-01-12 13:56 UTC, in 10 min)',
      '    covey task publish-key --task 3 --round 0 --keys FILE',
    ]);
    expect(lines(situation('creator', { value: covey(50), nextPool: covey(25) }))).toEqual([
      '  fund it: its rounds need 150 COVEY more at least',
      '    covey task fund --task 3 --amount 150',
    ]);
  });
});
