import { mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment } from '@covey/contracts/abi';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { RoundState } from './round-state.ts';

const node = '0x00000000000000000000000000000000000000Aa';
const deployment = { chainId: 1, roundManager: '0x00000000000000000000000000000000000000Bb' } as unknown as Deployment;
const first = { taskId: 1n, round: 0 };
const second = { taskId: 1n, round: 1 };
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
  const kept = await Promise.all(
    others.map((other, n) => other.create({ taskId: 3n, round: 1 }, { salt: `salt ${n}` })),
  );
  expect(new Set(kept.map(({ salt }) => salt)).size).toBe(1);
  expect(await state.load({ taskId: 3n, round: 1 })).toEqual(kept[0]);
  // No temporary file is left behind, and nobody else may read the salt.
  expect(await readdir(state.folder)).toEqual(['3-1.json']);
  expect((await stat(state.path({ taskId: 3n, round: 1 }))).mode & 0o077).toBe(0);
});

it('separates rounds, roles, accounts and deployments', async () => {
  await state.create(first, { salt: 'a' });
  expect(await state.load({ ...first, round: 1 })).toBeNull();
  expect(await new RoundState(root, deployment, 'validator', node, schema).load(first)).toBeNull();
  expect(await new RoundState(root, deployment, 'trainer', deployment.roundManager, schema).load(first)).toBeNull();
  expect(await new RoundState(root, { ...deployment, chainId: 2 }, 'trainer', node, schema).load(first)).toBeNull();
});

it('keeps content apart from the rounds, and forgets that of one round only', async () => {
  const bytes = new Uint8Array([1, 2, 3]);
  for (const [taskId, round] of [
    [1n, 1],
    [1n, 10],
    [11n, 1],
  ] as const) {
    await state.keep({ taskId, round }, 'cid', bytes);
  }
  // Again, as after a crash before the state was created.
  await state.keep(second, 'cid', bytes);
  await state.create(second, { salt: 'a' });
  expect(new Uint8Array((await state.kept(second, 'cid'))!)).toEqual(bytes);
  expect(await state.kept(second, 'other')).toBeNull();
  expect((await stat(join(state.folder, '1-1.cid.content'))).mode & 0o077).toBe(0);
  await state.forget(second);
  expect((await readdir(state.folder)).toSorted()).toEqual(['1-1.json', '1-10.cid.content', '11-1.cid.content']);
});

it('separates the attempts of a round that repeats', async () => {
  await state.create(second, { salt: 'a' });
  const repeated = { ...second, attempt: 1 };
  expect(await state.load(repeated)).toBeNull();
  expect(await state.create(repeated, { salt: 'b' })).toEqual({ salt: 'b' });
  await state.keep(second, 'cid', new Uint8Array([1]));
  await state.keep(repeated, 'cid', new Uint8Array([2]));
  await state.forget(second);
  expect(await state.kept(second, 'cid')).toBeNull();
  expect(await state.kept(repeated, 'cid')).not.toBeNull();
  expect(await state.load({ ...second, attempt: 0 })).toEqual({ salt: 'a' });
});

it('says when a file cannot be read instead of making a new commitment', async () => {
  await state.create(first, { salt: 'a' });
  const whole = await readFile(state.path(first), 'utf8');
  for (const text of [whole.slice(0, 5), '{}', '{"salt":1}', '']) {
    await writeFile(state.path(first), text);
    await expect(state.load(first)).rejects.toMatchObject({ code: 'STATE_CORRUPT' });
  }
});
