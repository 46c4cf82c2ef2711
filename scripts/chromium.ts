import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { installPackages } from './debian.ts';

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
  await installPackages(['chromium', 'fonts-noto-cjk'], {
    needs: 'Chromium is needed for the browser tests',
    instead: 'Install Chromium yourself and put it on PATH, or name it in COVEY_CHROMIUM.',
  });
  const installed = findChromium();
  if (!installed) throw new Error('apt-get installed Chromium, but no chromium is on PATH.');
  return installed;
}
