import { describe, expect, it } from 'vitest';
import { round } from '../../../test/fixtures/rounds.ts';
import { roundSteps } from './round-steps.ts';

const namesOf = (steps: ReturnType<typeof roundSteps>, state: string) =>
  steps.filter((step) => step.state === state).map(({ name }) => name);

describe('the steps of a round', () => {
  it('are done up to where it stands', () => {
    const steps = roundSteps({ ...round(0), phase: 'attest', attempt: 0, challenges: [] });
    expect(namesOf(steps, 'current')).toEqual(['attest']);
    expect(namesOf(steps, 'done')).toEqual(['join', 'trainerDraw', 'commit', 'reveal', 'validatorDraw']);
    expect(namesOf(steps, 'todo')[0]).toBe('attestReveal');
  });

  it('show a new join of validators and a ruling where the round came to them', () => {
    const plain = roundSteps({ ...round(0), attempt: 0, challenges: [] }).map(({ name }) => name);
    expect(plain).not.toContain('validatorJoin');
    expect(plain).not.toContain('ruling');
    const repeated = roundSteps({ ...round(0), attempt: 1, phase: 'ruling' }).map(({ name }) => name);
    expect(repeated).toContain('validatorJoin');
    expect(repeated).toContain('ruling');
  });

  it('of a void round are done as far as they had ended; the last of them failed', () => {
    const { deadlines } = round(0);
    const at = deadlines.commit as number;
    const { draws, source } = round(0);
    const voided = { reason: 'noSubmissions' as const, at, source };
    const steps = roundSteps({ ...round(0), phase: 'void', draws: { ...draws, validators: null }, voided });
    expect(namesOf(steps, 'done')).toEqual(['join', 'trainerDraw']);
    expect(namesOf(steps, 'failed')).toEqual(['commit']);
    expect(namesOf(steps, 'current')).toEqual([]);
    const stopped = { reason: 'taskStopped' as const, at, source };
    const ended = roundSteps({ ...round(0), phase: 'void', draws: { ...draws, validators: null }, voided: stopped });
    expect(namesOf(ended, 'done')).toEqual(['join', 'trainerDraw', 'commit']);
    expect(namesOf(ended, 'failed')).toEqual([]);
  });
});
