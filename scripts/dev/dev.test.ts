import type { RoundOnChain, TaskOnChain } from '@covey/client';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { unknownIn } from '../checks/command-lines.ts';
import { root } from '../process.ts';
import { guideSteps, stepOf, stepText, type Progress } from './guide.ts';
import { endToPass, windowToPass } from './window-to-pass.ts';

const commandsOf = (lines: readonly string[]) =>
  lines.flatMap((line) => [...line.trim().matchAll(/^covey (.*)$/gm)].map(([, typed]) => typed!.split('   #')[0]!));

describe('the guided first task', () => {
  const commands = commandsOf(guideSteps.flatMap((step) => step.commands(1n, 0n)));

  it('has commands that there are, with options that they have', () => {
    expect(commands.length).toBeGreaterThan(12);
    for (const typed of commands) expect(unknownIn(typed), typed).toEqual([]);
    expect(unknownIn('task fund --task 1 --much 3')).toEqual(['--much', '3', 'lacks --amount']);
  });

  it('stands in the documents as it is said', () => {
    const told = commandsOf([readFileSync(join(root, 'docs/guides/first-task.md'), 'utf8')]);
    expect(commands.filter((typed) => !told.includes(typed))).toEqual([]);
    for (const typed of told) expect(unknownIn(typed), typed).toEqual([]);
  });

  it('goes on as the chain does', () => {
    const at = (task: Partial<TaskOnChain> | null, proposed = false): Progress => ({
      ...{ task: task as TaskOnChain | null, proposed, proposalId: 0n },
    });
    const open = { state: 'approved', roundsOpened: 0, roundsClosed: 0 } as const;
    const course = [
      at(null),
      at({ ...open, state: 'proposed' }),
      at({ ...open, state: 'proposed' }, true),
      at(open),
      at({ ...open, roundsOpened: 1 }),
      at({ ...open, roundsOpened: 2, roundsClosed: 1 }),
      at({ ...open, state: 'completed', roundsOpened: 2, roundsClosed: 2 }),
    ];
    expect(course.map(stepOf)).toEqual([0, 1, 2, 3, 4, 5, 6]);
    expect(stepText(1, 7n, 0n)[1]).toBe(
      '    covey task fund --task 7 --amount 2000 --key-file .covey/dev/keys/creator.key',
    );
  });
});

describe('a window is passed once nobody is missed', () => {
  const names = ['join', 'trainerDraw', 'commit', 'reveal', 'validatorJoin', 'validatorDraw', 'attest', 'attestReveal'];
  const order = [...names, 'key', 'resultCommit', 'resultReveal'];
  const round = (phase: string, changes: object = {}) =>
    ({
      ...{ round: 0, phase, attempt: 0, trainerSeed: '0x1', validatorSeed: '0x1', validatorSeats: 4, key: null },
      ...{ trainerCandidates: 2, validatorCandidates: 2, committed: 2, submissions: 2, challengeEnd: 1_300 },
      attestations: { committed: 2, revealed: 2, revealedSeats: 4, ciphertextMissing: 0 },
      results: { committed: 2, revealed: 2 },
      deadlines: Object.fromEntries(order.map((name, i) => [name, 1_100 + 100 * (i - order.indexOf(phase))])),
      ...changes,
    }) as unknown as RoundOnChain;

  it.each<[string, object, string]>([
    ['join', { trainerCandidates: 0 }, 'a training node and a validator'],
    ['commit', { committed: 1 }, '1 training nodes'],
    ['reveal', { submissions: 0 }, '2 training nodes'],
    ['attest', { attestations: { committed: 0, revealed: 0 } }, '2 validators'],
    ['attestReveal', { attestations: { committed: 2, revealed: 1 } }, '1 validators'],
    ['key', { key: null }, 'the creator’s key'],
    ['resultCommit', { key: '0x1', results: { committed: 1, revealed: 0 } }, '1 validators'],
    ['resultReveal', { key: '0x1', results: { committed: 2, revealed: 0 } }, '2 validators'],
  ])('%s', (phase, lacks, missing) => {
    expect(windowToPass(round(phase, lacks), 1_000)).toEqual({ name: phase, endsAt: 1_100, complete: false, missing });
    expect(windowToPass(round(phase, { key: '0x1' }), 1_000)).toMatchObject({ complete: true });
  });

  it('but not while a keeper has something to do, or the round waits for somebody', () => {
    expect(windowToPass(round('trainerDraw', { trainerSeed: null }), 1_000)).toBeNull();
    expect(windowToPass(round('acceptance'), 1_000)).toBeNull();
    expect(windowToPass(round('challenge'), 1_000)).toMatchObject({ endsAt: 1_300, complete: true });
  });
});

describe('the end that the clock jumps to', () => {
  const end = (what: string, endsAt: number, complete = true) => ({ what, endsAt, complete });

  it('is the nearest, a few seconds after all is done', () => {
    const ends = [end('late', 1_200), end('early', 1_100)];
    expect(endToPass(ends, 5_999)).toBeNull();
    expect(endToPass(ends, 6_000)).toMatchObject({ what: 'early' });
    expect(endToPass([], 6_000)).toBeNull();
  });

  it('waits three minutes for who is missed', () => {
    const ends = [end('early', 1_100, false), end('late', 1_200)];
    expect(endToPass(ends, 179_999)).toBeNull();
    expect(endToPass(ends, 180_000)).toMatchObject({ what: 'early' });
  });

  it('leaves who is missed elsewhere time for what they have to do', () => {
    const ends = (other: number) => [end('early', 1_100), end('other', other, false)];
    expect(endToPass(ends(1_189), 6_000)).toBeNull();
    expect(endToPass(ends(1_190), 6_000)).toMatchObject({ what: 'early' });
    expect(endToPass(ends(1_189), 180_000)).toMatchObject({ what: 'early' });
  });
});
