// Compares docs/dependencies.md with the package.json files: one line for each dependency, no line without one.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './process.ts';

interface Manifest {
  workspaces?: string[];
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
}

const manifest = (folder: string): Manifest =>
  JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8')) as Manifest;

const used = new Map<string, string>();
const problems: string[] = [];
for (const folder of ['.', ...(manifest('.').workspaces ?? [])]) {
  const { dependencies, devDependencies, optionalDependencies } = manifest(folder);
  for (const [name, version] of Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })) {
    if (name.startsWith('@covey/')) continue;
    if (!/^(npm:.+@)?\d+\.\d+\.\d+$/.test(version))
      problems.push(`${folder}: ${name} is not pinned exactly (${version})`);
    const other = used.get(name);
    if (other && other !== version) problems.push(`${name} is used in two versions: ${other} and ${version}`);
    used.set(name, version);
  }
}

const explained = [...readFileSync(join(root, 'docs/dependencies.md'), 'utf8').matchAll(/^- `([^`]+)` — \S/gm)].map(
  ([, name]) => name as string,
);
for (const name of used.keys())
  if (!explained.includes(name)) problems.push(`docs/dependencies.md lacks a line for ${name}`);
for (const name of explained)
  if (!used.has(name)) problems.push(`docs/dependencies.md explains ${name}, which nothing uses`);

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
