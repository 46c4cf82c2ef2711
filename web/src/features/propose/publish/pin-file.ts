import { fileCid } from '@covey/protocol';
import { z } from 'zod';
import { webError } from '../../../errors.ts';

const addedSchema = z.object({ Hash: z.string() });

/** Every parameter of the profile unixfs-v1-2025 by name, as the defaults of IPFS nodes differ. */
const profile = 'cid-version=1&raw-leaves=true&chunker=size-1048576&max-file-links=1024&pin=true';

/** Stores bytes through the Kubo RPC. The CID is computed here too: what goes on chain names our bytes, whatever the node says. */
export async function pinFile(ipfsRpc: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const expected = await fileCid(bytes);
  const form = new FormData();
  form.append('file', new Blob([bytes]), 'file');
  let response: Response;
  try {
    response = await fetch(`${ipfsRpc}/add?${profile}`, { method: 'POST', body: form });
  } catch (cause) {
    throw webError('WEB_NETWORK', 'The text could not be stored on IPFS.', { cause });
  }
  if (!response.ok) {
    throw webError('WEB_HTTP', 'The IPFS node refused to store the text.', { got: String(response.status) });
  }
  const added = addedSchema.safeParse(await response.json().catch(() => undefined));
  if (added.data?.Hash !== expected) {
    throw webError('WEB_SCHEMA', 'The IPFS node stored other bytes than the text.', {
      expected,
      got: added.data?.Hash,
    });
  }
  return expected;
}
