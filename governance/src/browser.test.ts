import { readFile } from 'node:fs/promises';
import { createRequire, isBuiltin } from 'node:module';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const isOurs = (name: string) => name.startsWith('.') || name.startsWith('@covey/');

/** Every module that a file imports at run time (not types), over the files of all our packages. */
async function imports(file: string, seen = new Map<string, string[]>()): Promise<Map<string, string[]>> {
  if (seen.has(file)) return seen;
  const text = await readFile(file, 'utf8');
  const found = [...text.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from '([^']+)';/gms)].map(([, name]) => name!);
  seen.set(file, found);
  for (const name of found) if (isOurs(name)) await imports(createRequire(file).resolve(name), seen);
  return seen;
}

it('neither this package nor what it imports needs anything of Node', async () => {
  const graph = await imports(fileURLToPath(new URL('index.ts', import.meta.url)));
  expect(graph.size).toBeGreaterThan(50);
  const foreign = new Set([...graph.values()].flat().filter((name) => !isOurs(name)));
  expect([...foreign].filter(isBuiltin)).toEqual([]);
  expect(foreign).toContain('viem');
  for (const file of graph.keys()) expect(await readFile(file, 'utf8'), file).not.toMatch(/\bBuffer\b|\bprocess\.\w/);
});
