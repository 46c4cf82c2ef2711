import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from '../process.ts';

/** What is installed, built or generated into folders of its own, or written while running; see .gitignore. */
const skipped = new Set(['node_modules', 'dist', 'out', 'cache', 'coverage', 'broadcast', '.git', '.covey', '.vitest']);

/** Every file of the repository, by its path from the root, sorted. Works in a copy without git, too. */
export function repositoryFiles(folder = root): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(({ name }) => !skipped.has(name))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      return entry.isDirectory() ? repositoryFiles(path) : [relative(root, path)];
    })
    .sort();
}
