import { documentCid, fileCid } from '@covey/protocol';
import { z } from 'zod';
import { webError } from '../../errors.ts';

/** What Kubo's RPC answers to either call. */
const storedSchema = z.union([
  z.object({ Hash: z.string() }).transform(({ Hash }) => Hash),
  z.object({ Key: z.string() }).transform(({ Key }) => Key),
]);

/** Every parameter of the profile unixfs-v1-2025 by name, as the defaults of IPFS nodes differ. */
const profile = 'cid-version=1&raw-leaves=true&chunker=size-1048576&max-file-links=1024&pin=true';

type Bytes = Uint8Array<ArrayBuffer>;

/** Stores a file through the Kubo RPC. The CID is computed here too: what goes on chain names our bytes, whatever the node says. */
export async function pinFile(ipfsRpc: string, bytes: Bytes): Promise<string> {
  return await store(`${ipfsRpc}/add?${profile}`, bytes, await fileCid(bytes));
}

/** The same with a DAG-JSON document. */
export async function pinDocument(ipfsRpc: string, bytes: Bytes): Promise<string> {
  return await store(`${ipfsRpc}/block/put?cid-codec=dag-json&mhtype=sha2-256&pin=true`, bytes, documentCid(bytes));
}

async function store(address: string, bytes: Bytes, expected: string): Promise<string> {
  const form = new FormData();
  form.append('file', new Blob([bytes]), 'file');
  let response: Response;
  try {
    response = await fetch(address, { method: 'POST', body: form });
  } catch (cause) {
    throw webError('WEB_NETWORK', 'The text could not be stored on IPFS.', { cause });
  }
  if (!response.ok) {
    throw webError('WEB_HTTP', 'The IPFS node refused to store the text.', { got: String(response.status) });
  }
  const stored = storedSchema.safeParse(await response.json().catch(() => undefined));
  if (stored.data !== expected) {
    throw webError('WEB_SCHEMA', 'The IPFS node stored other bytes than the text.', { expected, got: stored.data });
  }
  return expected;
}
