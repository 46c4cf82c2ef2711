import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { changedFiles } from './changed-files.ts';

let folder: string;
const git = (...args: string[]) =>
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', ...args], { cwd: folder, stdio: 'pipe' });
const write = (file: string, text = file) => writeFileSync(join(folder, file), text);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'covey-changed-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

it('are those committed since the branch, not committed yet, and new; not those deleted or ignored', async () => {
  git('init', '-q', '-b', 'main');
  for (const file of ['old.ts', 'edited.ts', 'deleted.ts']) write(file);
  write('.gitignore', 'ignored.ts\n');
  git('add', '.');
  git('commit', '-q', '-m', 'first');
  expect(await changedFiles(folder)).toEqual([]);

  git('checkout', '-q', '-b', 'branch');
  write('committed.ts');
  git('add', '.');
  git('commit', '-q', '-m', 'second');
  write('edited.ts', 'other');
  write('a new one.ts');
  write('ignored.ts');
  rmSync(join(folder, 'deleted.ts'));
  expect(await changedFiles(folder)).toEqual(['a new one.ts', 'committed.ts', 'edited.ts']);
});

it('are not known without git', async () => {
  expect(await changedFiles(folder)).toBeUndefined();
});
