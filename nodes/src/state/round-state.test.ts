import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment } from '@covey/contracts/abi';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { RoundState } from './round-state.ts';

const node = '0x00000000000000000000000000000000000000Aa';
const deployment = { chainId: 1, roundManager: '0x00000000000000000000000000000000000000Bb' } as unknown as Deployment;
const schema = z.strictObject({ salt: z.string() });

let root: string;
let state: RoundState<{ salt: string }>;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'covey-state-'));
  state = new RoundState(root, deployment, 'trainer', node, schema);
});

afterEach(async () => {
  await rm(root, { recursive: true, force: true });
});

it('keeps the first commitment of a round, whoever else tries', async () => {
  const others = Array.from({ length: 8 }, () => new RoundState(root, deployment, 'trainer', node, schema));
  const kept = await Promise.all(others.map((other, n) => other.create(3n, 1, { salt: `salt ${n}` })));
  expect(new Set(kept.map(({ salt }) => salt)).size).toBe(1);
  expect(await state.load(3n, 1)).toEqual(kept[0]);
  // No temporary file is left behind, and nobody else may read the salt.
  expect(await readdir(state.folder)).toEqual(['3-1.json']);
  expect((await stat(state.path(3n, 1))).mode & 0o077).toBe(0);
});

it('separates rounds, roles, accounts and deployments', async () => {
  await state.create(1n, 0, { salt: 'a' });
  expect(await state.load(1n, 1)).toBeNull();
  expect(await new RoundState(root, deployment, 'validator', node, schema).load(1n, 0)).toBeNull();
  expect(await new RoundState(root, deployment, 'trainer', deployment.roundManager, schema).load(1n, 0)).toBeNull();
  expect(await new RoundState(root, { ...deployment, chainId: 2 }, 'trainer', node, schema).load(1n, 0)).toBeNull();
});

it('keeps content apart from the rounds, and forgets that of one round only', async () => {
  const bytes = new Uint8Array([1, 2, 3]);
  for (const [taskId, round] of [
    [1n, 1],
    [1n, 10],
    [11n, 1],
  ] as const) {
    await state.keep(taskId, round, 'cid', bytes);
  }
  // Again, as after a crash before the state was created.
  await state.keep(1n, 1, 'cid', bytes);
  await state.create(1n, 1, { salt: 'a' });
  expect(new Uint8Array((await state.kept(1n, 1, 'cid'))!)).toEqual(bytes);
  expect(await state.kept(1n, 1, 'other')).toBeNull();
  expect(await state.list()).toEqual([{ taskId: 1n, round: 1 }]);
  expect((await stat(join(state.folder, '1-1.cid.content'))).mode & 0o077).toBe(0);
  await state.forget(1n, 1);
  expect((await readdir(state.folder)).toSorted()).toEqual(['1-1.json', '1-10.cid.content', '11-1.cid.content']);
});

it('says when a file cannot be read instead of making a new commitment', async () => {
  await state.create(1n, 0, { salt: 'a' });
  const whole = await readFile(state.path(1n, 0), 'utf8');
  for (const text of [whole.slice(0, 5), '{}', '{"salt":1}', '']) {
    await writeFile(state.path(1n, 0), text);
    await expect(state.load(1n, 0)).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
  }
});
