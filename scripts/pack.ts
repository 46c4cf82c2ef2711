// Tarballs that install where there is only Node and npm. `npm run pack -- --out DIR [PACKAGE …]`.
// Without names: `covey`, which is the command line in one bundle, and the libraries that it is made of.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { stageCovey } from './pack/covey.ts';
import { libraries, stageLibraries } from './pack/libraries.ts';
import { run } from './process.ts';

const known = ['covey', ...libraries];

/** The paths of the tarballs, in the order of `names`. */
export async function pack(out: string, names: readonly string[] = known): Promise<string[]> {
  mkdirSync(out, { recursive: true });
  const staging = mkdtempSync(join(tmpdir(), 'covey-pack-'));
  try {
    if (names.includes('covey')) await stageCovey(join(staging, 'covey'));
    const chosen = names.filter((name) => name !== 'covey');
    if (chosen.length > 0) stageLibraries(staging, chosen);
    const folders = names.map((name) => join(staging, name));
    const packed = await run('npm', ['pack', '--json', '--pack-destination', resolve(out), ...folders]);
    if (packed.code !== 0) throw new Error(`npm pack failed:\n${packed.stderr}`);
    return tarballs(packed.stdout).map((file) => resolve(out, file));
  } finally {
    rmSync(staging, { recursive: true });
  }
}

/** npm prints a list; newer ones print an object by name. */
function tarballs(printed: string): string[] {
  const parsed = JSON.parse(printed) as { filename: string }[] | Record<string, { filename: string }>;
  return Object.values(parsed).map(({ filename }) => filename);
}

if (import.meta.main) {
  const { values, positionals } = parseArgs({ options: { out: { type: 'string' } }, allowPositionals: true });
  const unknown = positionals.filter((name) => !known.includes(name));
  if (values.out === undefined || unknown.length > 0) {
    process.stderr.write(`usage: npm run pack -- --out DIR [${known.join(' | ')} …]\n`);
    process.exit(2);
  }
  const files = await pack(values.out, positionals.length > 0 ? positionals : known);
  for (const file of files) process.stdout.write(`${file}\n`);
}
