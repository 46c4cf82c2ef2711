import { describe, expect, test } from 'vitest';
import { nextMove, type RoundClock } from './phase.ts';

/** Every window has 100 s, the beacon's hard ends 50 s; nothing is drawn yet. */
const opened: RoundClock = {
  phase: 'join',
  attempt: 0,
  trainerSeed: null,
  validatorSeed: null,
  trainerCandidates: 4,
  validatorCandidates: 4,
  validatorSeats: 10,
  submissions: 0,
  attestations: { committed: 0, committedSeats: 0, revealed: 0, revealedSeats: 0, ciphertextMissing: 0 },
  key: null,
  results: {
    committed: 0,
    committedSeats: 0,
    revealed: 0,
    revealedSeats: 0,
    leading: null,
    contested: false,
    shardInvalid: false,
    challenges: 0,
    winner: null,
  },
  deadlines: {
    join: 100,
    trainerDraw: 150,
    commit: 0,
    reveal: 0,
    validatorJoin: 0,
    validatorDraw: 0,
    attest: 0,
    attestReveal: 0,
    key: 0,
    resultCommit: 0,
    resultReveal: 0,
  },
  challengeEnd: 0,
  rulingEnd: 0,
};

const seed = `0x${'5e'.repeat(32)}` as const;

const training: RoundClock = {
  ...opened,
  trainerSeed: seed,
  submissions: 3,
  deadlines: { ...opened.deadlines, commit: 220, reveal: 320, validatorDraw: 370 },
};

const attested: RoundClock = {
  ...training,
  validatorSeed: seed,
  attestations: { committed: 3, committedSeats: 9, revealed: 3, revealedSeats: 5, ciphertextMissing: 4 },
  deadlines: { ...training.deadlines, attest: 430, attestReveal: 530, key: 630, resultCommit: 730, resultReveal: 830 },
};

const scored: RoundClock = {
  ...attested,
  key: seed,
  results: { ...attested.results, committed: 2, committedSeats: 5, revealed: 1, revealedSeats: 2, leading: seed },
};

describe('a round moves on with its clock', () => {
  test.each([
    [opened, 99, { phase: 'join', endsAt: 100, move: null }],
    [opened, 100, { phase: 'trainerDraw', endsAt: 150, move: 'draw-trainers' }],
    [training, 101, { phase: 'commit', endsAt: 220, move: null }],
    [training, 220, { phase: 'reveal', endsAt: 320, move: null }],
    [training, 320, { phase: 'validatorDraw', endsAt: 370, move: 'draw-validators' }],
    [attested, 429, { phase: 'attest', endsAt: 430, move: null }],
    [attested, 430, { phase: 'attestReveal', endsAt: 530, move: null }],
    [attested, 530, { phase: 'key', endsAt: 630, move: null }],
    [scored, 630, { phase: 'resultCommit', endsAt: 730, move: null }],
    [scored, 829, { phase: 'resultReveal', endsAt: 830, move: null }],
    [scored, 830, { phase: 'acceptance', endsAt: null, move: 'accept' }],
  ] as const)('%# at %d s', (round, time, expected) => {
    expect(nextMove(round, time)).toEqual(expected);
  });

  test('the validators of a repeated round join by themselves before they are drawn', () => {
    const repeated: RoundClock = {
      ...training,
      attempt: 1,
      deadlines: { ...training.deadlines, validatorJoin: 700, validatorDraw: 750 },
    };
    expect(nextMove(repeated, 699)).toEqual({ phase: 'validatorJoin', endsAt: 700, move: null });
    expect(nextMove(repeated, 700)).toEqual({ phase: 'validatorDraw', endsAt: 750, move: 'draw-validators' });
  });

  test('a result that stands waits for its challenges, a challenged one for the ruling', () => {
    const accepted: RoundClock = { ...scored, phase: 'challenge', challengeEnd: 1_000 };
    expect(nextMove(accepted, 999)).toEqual({ phase: 'challenge', endsAt: 1_000, move: null });
    expect(nextMove(accepted, 1_000)).toEqual({ phase: 'challenge', endsAt: null, move: 'finalize' });
    const challenged: RoundClock = { ...accepted, phase: 'ruling', rulingEnd: 2_000 };
    expect(nextMove(challenged, 1_999)).toEqual({ phase: 'ruling', endsAt: 2_000, move: null });
    expect(nextMove(challenged, 2_000)).toEqual({ phase: 'ruling', endsAt: null, move: 'finalize' });
  });

  test('claims of a paid round are opened, and nothing comes after a void one', () => {
    expect(nextMove({ ...scored, phase: 'claimable' }, 9_999)).toMatchObject({ move: 'open-claims' });
    expect(nextMove({ ...scored, phase: 'void' }, 9_999)).toEqual({ phase: 'void', endsAt: null, move: null });
  });
});

describe('a round that cannot finish is failed', () => {
  test.each([
    ['nobody joined as training node', { ...opened, trainerCandidates: 0 }, 100],
    ['nobody joined as validator', { ...opened, validatorCandidates: 0 }, 100],
    ['the beacon was not brought for the training nodes', opened, 150],
    ['nobody revealed', { ...training, submissions: 0 }, 320],
    ['the beacon was not brought for the validators', training, 370],
    [
      'too few seats attested',
      { ...attested, attestations: { ...attested.attestations, revealedSeats: 4, ciphertextMissing: 0 } },
      530,
    ],
    [
      'half of the seats lack the shard',
      { ...attested, attestations: { ...attested.attestations, ciphertextMissing: 5 } },
      530,
    ],
    ['the key was withheld', attested, 630],
    ['nobody revealed a result', { ...scored, results: { ...scored.results, revealed: 0 } }, 830],
  ] as const)('%s', (_, round, time) => {
    expect(nextMove(round, time).move).toBe('fail');
  });

  test('but not a second before', () => {
    expect(nextMove(opened, 149).move).toBe('draw-trainers');
    expect(nextMove(attested, 629).move).toBeNull();
    expect(nextMove({ ...scored, results: { ...scored.results, revealed: 0 } }, 829).move).toBeNull();
  });
});
