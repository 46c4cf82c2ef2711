import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cidToChain } from '@covey/protocol';

/** The file in which an IPFS node's folder holds a block: the one whose content hashes to the CID's digest. */
export function storedBlock(folder: string, cid: string): string {
  const digest = cidToChain(cid).digest.slice(2);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if (createHash('sha256').update(readFileSync(path)).digest('hex') === digest) return path;
  }
  throw new Error(`No file under ${folder} holds ${cid}.`);
}

/** Flips one bit of a file; the returned function puts it back. */
export function flipBit(path: string, at: number): () => void {
  const original = readFileSync(path);
  const changed = Buffer.from(original);
  changed[at] = (changed[at] as number) ^ 1;
  writeFileSync(path, changed);
  return () => writeFileSync(path, original);
}
