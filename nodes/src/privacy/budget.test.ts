import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TaskDocument } from '@covey/protocol';
import { composePrivacy } from '@covey/wasm-core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeEvent } from '../events.ts';
import { tinyDraft } from '../testing/tiny-task.ts';
import type { ReleaseAt } from '../trainer/privacy.ts';
import { ReleaseGate, releasesLeft, spentBy } from './budget.ts';
import { linked, PrivacyLedger } from './ledger.ts';
import { nodeSecret } from './node-secret.ts';

const node = `0x${'Aa'.repeat(20)}` as const;
const other = `0x${'Bb'.repeat(20)}` as const;
const deployment = { chainId: 1, roundManager: `0x${'cc'.repeat(20)}` } as const;
const at = (round: number, changes: Partial<ReleaseAt> = {}): ReleaseAt => ({
  ...{ deployment, node, taskId: 1n, round },
  ...changes,
});
const task = tinyDraft() as unknown as TaskDocument;
const ignore = () => undefined;
const what = { data: 'd1', noise: 4 };
const delta = 1e-5;
const epsilonOf = (steps: number, noise = 4) => composePrivacy({ releases: [{ noise, steps }], delta }).epsilon;

let root: string;
let ledger: PrivacyLedger;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'covey-privacy-'));
  ledger = new PrivacyLedger(root);
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

describe('the ledger', () => {
  it('counts a round once, reserved or released, however often its steps are repeated', async () => {
    expect(await ledger.entries()).toEqual([]);
    for (let again = 0; again < 2; again++) await ledger.reserve(at(0), what);
    expect(await ledger.entries()).toMatchObject([{ round: 0, noise: 4, data: 'd1', cid: null }]);
    // A process that starts over after the release was counted, and before anything else was done.
    for (let again = 0; again < 2; again++) {
      await new PrivacyLedger(root).spend(at(0), what, 'cid');
      await new PrivacyLedger(root).reserve(at(0), what);
    }
    expect(await ledger.entries()).toMatchObject([{ round: 0, cid: 'cid' }]);
  });

  it('counts another update of the same round as well', async () => {
    await ledger.spend(at(0), what, 'one');
    await ledger.spend(at(0), what, 'two');
    await ledger.spend(at(0), { ...what, noise: 2 }, 'two');
    expect(await ledger.entries()).toHaveLength(3);
  });

  it('gives back what was reserved, never what was released', async () => {
    await ledger.reserve(at(0), what);
    await ledger.reserve(at(10), what);
    await ledger.spend(at(1), what, 'cid');
    await ledger.withdraw(at(1));
    await ledger.withdraw(at(0));
    const left = await ledger.entries();
    expect(left.map(({ round, cid }) => [round, cid]).toSorted()).toEqual([
      [1, 'cid'],
      [10, null],
    ]);
  });

  it('is for its owner alone, and a file that cannot be read is not taken for nothing', async () => {
    await ledger.reserve(at(0), what);
    const [name] = await readdir(join(root, 'privacy'));
    const path = join(root, 'privacy', name!);
    expect((await stat(path)).mode & 0o077).toBe(0);
    await writeFile(path, '{}');
    await expect(ledger.entries()).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
  });

  it('takes together what shares a node or data, directly or through others', async () => {
    await ledger.spend(at(0), { data: 'a', noise: 1 }, 'x');
    await ledger.spend(at(0, { node: other }), { data: 'b', noise: 1 }, 'y');
    expect(linked(await ledger.entries())).toHaveLength(2);
    // On another chain, with the other's data.
    await ledger.spend(at(1, { deployment: { ...deployment, chainId: 2 } }), { data: 'b', noise: 1 }, 'z');
    expect(linked(await ledger.entries()).map((group) => group.length)).toEqual([3]);
  });
});

describe('a budget', () => {
  const gate = (epsilon: number, changes: { data?: string; noise?: number } = {}) =>
    new ReleaseGate({ ledger: new PrivacyLedger(root), allowance: { epsilon, delta }, ...what, ...changes });

  it('lets rounds pass until the next would not fit, and says what is left', async () => {
    const events: NodeEvent[] = [];
    const budget = (epsilonOf(3) + epsilonOf(4)) / 2;
    const onEvent = (event: NodeEvent) => void events.push(event);
    for (let round = 0; round < 3; round++) {
      await gate(budget).reserve(at(round), task, onEvent);
      await gate(budget).spend(at(round), `cid ${round}`, onEvent);
    }
    await expect(gate(budget).reserve(at(3), task, onEvent)).rejects.toMatchObject({ code: 'PRIVACY_SPENT' });
    expect(await ledger.entries()).toHaveLength(3);
    // Whoever restarts it with other tasks, or a file that grew, has spent the same.
    const grown = gate(budget, { data: 'd2' });
    await expect(grown.reserve(at(0, { taskId: 2n }), task, ignore)).rejects.toMatchObject({ code: 'PRIVACY_SPENT' });
    // What was joined already is released still.
    await gate(budget).reserve(at(2), task, ignore);
    const spent = events.filter(({ event }) => event === 'privacy');
    expect(spent).toHaveLength(3);
    expect(spent[2]).toMatchObject({ epsilon: epsilonOf(3), left: budget - epsilonOf(3), delta, noise: 4 });
    // 16 · 12 + 12 and 12 · 4 + 4 parameters.
    expect(events[0]).toMatchObject({ event: 'privacy-reserved', signalToNoise: 1 / (4 * Math.sqrt(256)) });
  });

  it('holds for rounds that are joined at once', async () => {
    const budget = (epsilonOf(2) + epsilonOf(3)) / 2;
    const tried = await Promise.allSettled(
      [0, 1, 2, 3, 4].map((round) => gate(budget).reserve(at(round), task, ignore)),
    );
    expect(tried.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(2);
    const held = await ledger.entries();
    expect(spentBy(held, delta).pld).toBeLessThanOrEqual(budget);
    // What was refused is not held.
    expect(held).toHaveLength(tried.filter(({ status }) => status === 'fulfilled').length);
  });

  it('counts updates without noise as all there is', async () => {
    await new ReleaseGate({ ledger, data: 'd1', noise: 0 }).reserve(at(0), task, ignore);
    await new ReleaseGate({ ledger, data: 'd1', noise: 0 }).spend(at(0), 'cid', ignore);
    const mine = gate(1e6).reserve(at(0, { node: other }), task, ignore);
    await expect(mine).rejects.toMatchObject({ code: 'PRIVACY_SPENT' });
    // Data and node of their own have nothing to do with it.
    await gate(1e6, { data: 'd9' }).reserve(at(0, { node: `0x${'11'.repeat(20)}` }), task, ignore);
  });

  it('is nothing for an arena, which takes no noise', async () => {
    const arena = { ...task, mode: 'arena' } as TaskDocument;
    await expect(gate(1e6).reserve(at(0), arena, ignore)).rejects.toMatchObject({ code: 'PRIVACY_SPENT' });
    expect(await ledger.entries()).toEqual([]);
  });

  it('tells how many more rounds it allows', () => {
    const allowance = { epsilon: (epsilonOf(10) + epsilonOf(11)) / 2, delta };
    expect(releasesLeft([], 4, allowance)).toBe(10);
    expect(
      releasesLeft(
        Array.from({ length: 7 }, () => ({ noise: 4 })),
        4,
        allowance,
      ),
    ).toBe(3);
    expect(
      releasesLeft(
        Array.from({ length: 11 }, () => ({ noise: 4 })),
        4,
        allowance,
      ),
    ).toBe(0);
  });
});

it('a node’s secret is made once, whoever asks first, and not remade when it is broken', async () => {
  const folder = join(root, 'fresh');
  const all = await Promise.all(Array.from({ length: 8 }, () => nodeSecret(folder)));
  expect(new Set(all.map((bytes) => Buffer.from(bytes).toString('hex'))).size).toBe(1);
  expect(await nodeSecret(folder)).toEqual(all[0]);
  expect(await readdir(folder)).toEqual(['noise.secret']);
  expect((await stat(join(folder, 'noise.secret'))).mode & 0o077).toBe(0);
  await writeFile(join(folder, 'noise.secret'), new Uint8Array(31));
  await expect(nodeSecret(folder)).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
});
