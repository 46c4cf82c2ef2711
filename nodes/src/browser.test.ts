import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

/** Every module that a file imports at run time (not types), over our own files. */
async function imports(file: string, seen = new Map<string, string[]>()): Promise<Map<string, string[]>> {
  if (seen.has(file)) return seen;
  const text = await readFile(file, 'utf8');
  const found = [...text.matchAll(/^(?:import|export)\s+(?!type\b)[^;]*?from '([^']+)';/gms)].map(([, name]) => name!);
  seen.set(file, found);
  for (const name of found) {
    if (name.startsWith('.')) await imports(fileURLToPath(new URL(name, `file://${file}`)), seen);
  }
  return seen;
}

it('the browser part needs nothing of Node', async () => {
  const graph = await imports(fileURLToPath(new URL('browser.ts', import.meta.url)));
  expect(graph.size).toBeGreaterThan(10);
  const packages = [...new Set([...graph.values()].flat().filter((name) => !name.startsWith('.')))].toSorted();
  expect(packages).toEqual([
    '@covey/contracts/abi',
    '@covey/governance',
    '@covey/protocol',
    '@ipld/dag-pb',
    'ipfs-unixfs',
    'multiformats/cid',
    'viem',
  ]);
  for (const file of graph.keys()) expect(await readFile(file, 'utf8')).not.toMatch(/\bBuffer\b|\bprocess\./);
});
