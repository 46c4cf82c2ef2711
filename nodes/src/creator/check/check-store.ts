import type { ContentStore } from '@covey/client';
import { isCoveyError } from '@covey/errors';
import { fail, ok, type Finding } from './finding.ts';

/** Stores a few bytes and reads them back: what a task needs of an IPFS node. */
export async function checkStore(store: ContentStore, url: string): Promise<Finding> {
  const bound = 'it takes a file and gives it back';
  try {
    const cid = await store.add(new TextEncoder().encode('covey task check'));
    await store.get(cid, { timeoutMs: 10_000 });
    return ok('ipfs', url, bound);
  } catch (error) {
    if (!isCoveyError(error)) throw error;
    return fail('ipfs', `${url}: ${error.shortMessage}`, bound, error.hint);
  }
}
