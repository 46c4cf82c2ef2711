// What a branch changes, so that a quick check need not look again at what was checked before.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from '../process.ts';

const mainBranches = ['origin/HEAD', 'origin/main', 'main'];

/**
 * Files that differ from where this branch left the main one: committed, not committed yet and new; deleted ones are
 * left out. Undefined where git cannot say.
 */
export async function changedFiles(folder = root): Promise<string[] | undefined> {
  const git = async (...args: string[]) => {
    const { code, stdout } = await run('git', args, { cwd: folder }).catch(() => ({ code: 1, stdout: '' }));
    return code === 0 ? stdout : undefined;
  };
  for (const branch of mainBranches) {
    const base = await git('merge-base', 'HEAD', branch);
    if (base === undefined) continue;
    const lists = await Promise.all([
      git('diff', '--name-only', '-z', '--diff-filter=d', '--no-renames', base.trim()),
      git('ls-files', '--others', '--exclude-standard', '-z'),
    ]);
    if (lists.includes(undefined)) return undefined;
    const files = lists.flatMap((list) => (list ?? '').split('\0')).filter((file) => file !== '');
    return files.filter((file) => existsSync(join(folder, file))).sort();
  }
  return undefined;
}
