import { execFileSync } from 'node:child_process';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Deployment } from '@covey/contracts/abi';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { diskError, requireSpace } from './disk.ts';
import { KeptContent } from './kept-content.ts';
import { RoundState } from './round-state.ts';

let root: string;
/** A disk of 256 KiB, where this process may make one. */
let isMounted = false;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'covey-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', root], { stdio: 'ignore' });
    isMounted = true;
  } catch {
    // Only who administers the machine may.
  }
});
afterAll(async () => {
  if (isMounted) execFileSync('umount', [root]);
  await rm(root, { recursive: true, force: true });
});

it('a folder without room for a round is refused, and says how much there is', async () => {
  await requireSpace(join(root, 'new', 'folder'), 1);
  await expect(requireSpace(root, 2 ** 60)).rejects.toMatchObject({
    code: 'DISK_FULL',
    expected: `${2 ** 60} bytes free`,
  });
  const full = Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
  expect(diskError(full, root)).toMatchObject({ code: 'DISK_FULL', retryable: true });
  const other = Object.assign(new Error('read-only'), { code: 'EROFS' });
  expect(diskError(other, root)).toBe(other);
});

it('a disk that fills up takes nothing half, still gives and deletes what it has, and goes on when there is room', async ({
  skip,
}) => {
  if (!isMounted) skip();
  const deployment = {
    chainId: 1,
    roundManager: '0x00000000000000000000000000000000000000Bb',
  } as unknown as Deployment;
  const node = '0x00000000000000000000000000000000000000Aa';
  const state = new RoundState(root, deployment, 'trainer', node, z.strictObject({ salt: z.string() }));
  const [first, second] = [
    { taskId: 1n, round: 0 },
    { taskId: 1n, round: 1 },
  ];
  await state.keep(first, 'cid', new Uint8Array(64 * 1024).fill(7));
  await state.create(first, { salt: 'a' });
  await expect(state.keep(second, 'cid', new Uint8Array(512 * 1024))).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(await new KeptContent(state.folder).keep(1n, 1, 'cid', new Uint8Array(512 * 1024))).toBe(false);
  expect((await readdir(state.folder, { recursive: true })).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  const filler = join(root, 'filler');
  await writeFile(filler, new Uint8Array(1024 * 1024)).catch(() => undefined);
  await expect(state.create(second, { salt: 'b' })).rejects.toMatchObject({ code: 'DISK_FULL' });
  expect(await state.load(first)).toEqual({ salt: 'a' });
  expect((await state.kept(first, 'cid'))!.byteLength).toBe(64 * 1024);
  await state.forget(first);
  await rm(filler);
  expect(await state.create(second, { salt: 'b' })).toEqual({ salt: 'b' });
});
