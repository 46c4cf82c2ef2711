import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../process.ts';

interface Package {
  name: string;
  version: string;
  license?: string;
}

/** The licences of what was bundled, as they ask for; from the paths of its modules. */
export function notices(modules: readonly string[]): string {
  const folders = new Set(modules.flatMap((id) => packageFolder(id) ?? []));
  const texts = [...folders].sort().map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Package;
    const files = readdirSync(folder).filter((file) => /^(licen[cs]e|copying|notice)/i.test(file));
    if (files.length === 0 && license === undefined) throw new Error(`${folder} states no licence`);
    const parts = files.sort().map((file) => readFileSync(join(folder, file), 'utf8').trim());
    return [`${name} ${version} (${license ?? 'see below'})`, ...parts].join('\n\n');
  });
  return ['This package contains parts of the following ones.', ...texts].join(`\n\n${'-'.repeat(80)}\n\n`) + '\n';
}

/** The nearest folder with a named manifest; none for modules of our own. */
function packageFolder(id: string): string | undefined {
  if (!id.includes('node_modules')) return undefined;
  for (let folder = dirname(id); folder.length > root.length; folder = dirname(folder)) {
    const file = join(folder, 'package.json');
    if (existsSync(file) && (JSON.parse(readFileSync(file, 'utf8')) as Partial<Package>).version) return folder;
  }
  throw new Error(`${id} belongs to no package`);
}
