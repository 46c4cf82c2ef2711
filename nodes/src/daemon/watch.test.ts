import { beforeEach, expect, it } from 'vitest';
import type { NodeEvent } from '../events.ts';
import { sentenceOf } from '../log/sentences.ts';
import { NodeMetrics } from '../metrics/node-metrics.ts';
import { Computations } from './computations.ts';
import { Duties } from './duties.ts';
import { gasFrom } from './gas-of-steps.ts';
import { Troubles } from './troubles.ts';
import { Watch, type WatchParameters } from './watch.ts';

let events: NodeEvent[];
let duties: Duties;
let computations: Computations;
let watch: Watch;
const at = { taskId: 1n, round: 3 };
const onEvent = (event: NodeEvent) => void events.push(event);
/** No chain was looked at yet, so that this machine's clock counts. */
const now = () => Date.now() / 1000;
const lines = () => events.filter(({ event }) => event === 'late').map((event) => sentenceOf(event));

beforeEach(() => {
  events = [];
  duties = new Duties();
  computations = new Computations(onEvent);
  const rest = {
    troubles: new Troubles(onEvent),
    metrics: new NodeMetrics(),
    stateDir: null,
    reachContent: null,
    everyMs: 1,
  };
  watch = new Watch({ covey: {} as WatchParameters['covey'], duties, computations, onEvent, ...rest });
});

it('says once that a step may come too late, and what holds it up', async () => {
  duties.owe(at, 'result-commit', { opens: now() - 2_700, until: now() + 720 });
  watch.lookAtDuties();
  expect(lines()).toEqual([]);
  let release = () => {};
  const scoring = computations.run(
    { ...at, what: 'scoring' },
    1_200,
    () => new Promise<void>((done) => (release = done)),
  );
  watch.lookAtDuties();
  watch.lookAtDuties();
  expect(lines()).toEqual(['task 1 round 3: 12 min left to commit the result, still scoring, about 20 min more']);
  release();
  await scoring;
  expect(events.at(-1)).toMatchObject({ event: 'computed', what: 'scoring', ...at });
  // The next one is expected to take as long as this one did.
  computations
    .run({ ...at, round: 4, what: 'scoring' }, 1_200, () => new Promise(() => undefined))
    .catch(() => undefined);
  expect(computations.all[0]!.left ?? 0).toBeLessThan(1);
});

it('expects of a training what its progress shows', () => {
  duties.owe(at, 'commit', { opens: now() - 100, until: now() + 1_000 });
  computations.run({ ...at, what: 'training' }, null, () => new Promise(() => undefined)).catch(() => undefined);
  expect(computations.all[0]!.left).toBeNull();
  computations.progress(at, 0.5);
  const { taken, left } = computations.all[0]!;
  expect(left).toBeCloseTo(taken, 1);
});

it('warns in the last fifth of a window, and forgets windows that are over', () => {
  duties.owe(at, 'reveal', { opens: now() - 810, until: now() + 190 });
  duties.owe({ taskId: 2n, round: 0 }, 'reveal', { opens: now() - 100, until: now() - 1 });
  watch.lookAtDuties();
  expect(lines()).toEqual(['task 1 round 3: 3 min left to reveal']);
  expect(watch.pending()).toHaveLength(1);
  duties.settle(at);
  expect(watch.pending()).toEqual([]);
});

it('an outage is said when it begins and when it ends, a blip not at all', () => {
  const troubles = new Troubles(onEvent, 50);
  troubles.begin('chain', 'no answer');
  troubles.end('chain');
  expect(events).toEqual([]);
  const once = new Troubles(onEvent, 0);
  for (let n = 0; n < 5; n++) once.begin('content', 'no answer');
  expect(once.blocking).toEqual(['content']);
  once.begin('clock', 'off', { at: 'once' });
  expect(once.blocking).toEqual(['content']);
  once.end('content');
  expect(events.map(({ event }) => event)).toEqual(['trouble', 'trouble', 'recovered']);
  expect(sentenceOf({ event: 'recovered', what: 'content', seconds: 42 })).toBe('recovered after 42 s (content)');
});

it('counts the gas of a round from a step on', () => {
  expect(gasFrom('commit')).toBe(314_000n);
  expect(gasFrom('result-reveal')).toBe(309_000n);
  expect(gasFrom('attest')).toBeGreaterThan(gasFrom('result-commit'));
});
