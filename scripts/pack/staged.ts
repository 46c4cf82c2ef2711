import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { root } from '../process.ts';

export interface Manifest {
  name: string;
  version: string;
  description?: string;
  license: string;
  sideEffects?: boolean;
  engines?: { node: string };
  exports?: Record<string, string>;
  dependencies?: Record<string, string>;
}

/** A file of ours that a source names beside itself; the first group is its path. */
export const ownUrl = /new URL\('(\.[^']+)',\s*import\.meta\.url\)/g;

export const readManifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;

/** Text, or an object as JSON. */
export function writeStaged(folder: string, path: string, content: string | object): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
}

export function copyStaged(folder: string, from: string, path: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  copyFileSync(join(root, from), join(folder, path));
}

/** Licence and README, whose links into the repository become their words. */
export function stageCommon(folder: string, workspace: string): void {
  copyStaged(folder, 'LICENSE', 'LICENSE');
  const readme = join(root, workspace, 'README.md');
  if (!existsSync(readme)) throw new Error(`${workspace} has no README.md`);
  writeStaged(folder, 'README.md', readFileSync(readme, 'utf8').replace(/\[([^\]]+)\]\((?![a-z]+:)[^)]+\)/g, '$1'));
}
