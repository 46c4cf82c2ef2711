import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { run } from './process.ts';

const names = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome'];

/** Path of an installed Chromium, or undefined. `COVEY_CHROMIUM` names another one. */
function findChromium(): string | undefined {
  const named = process.env['COVEY_CHROMIUM'];
  const folders = (process.env['PATH'] ?? '').split(delimiter).concat('/usr/bin');
  return [...(named ? [named] : []), ...names.flatMap((name) => folders.map((folder) => join(folder, name)))].find(
    isExecutable,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Finds Chromium, installing Debian's package (and fonts for Chinese) where there is none. */
export async function ensureChromium(): Promise<string> {
  const found = findChromium();
  if (found) return found;
  process.stderr.write('Covey: installing Chromium from Debian’s packages…\n');
  const asRoot = process.getuid?.() === 0 ? [] : ['sudo'];
  for (const args of [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', 'chromium', 'fonts-noto-cjk'],
  ]) {
    const [command, ...rest] = [...asRoot, ...args] as [string, ...string[]];
    const result = await run(command, rest, { env: { DEBIAN_FRONTEND: 'noninteractive' } });
    if (result.code !== 0) {
      throw new Error(
        `Chromium is needed for the browser tests and \`${args.join(' ')}\` failed: ${result.stderr.trim().slice(-400)}\n` +
          'Install Chromium yourself and put it on PATH, or name it in COVEY_CHROMIUM.',
      );
    }
  }
  const installed = findChromium();
  if (!installed) throw new Error('apt-get installed Chromium, but no chromium is on PATH.');
  return installed;
}
