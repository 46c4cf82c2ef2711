import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** Text for the character network: the Solidity sources of @openzeppelin/contracts (MIT), by path. */
export async function trainingText(): Promise<Uint8Array> {
  const folder = dirname(createRequire(import.meta.url).resolve('@openzeppelin/contracts/package.json'));
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.sol')).sort();
  return Buffer.concat(await Promise.all(paths.map((path) => readFile(join(folder, path)))));
}
