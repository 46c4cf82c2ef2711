import {
  readSealedManifest,
  readTask,
  readTaskDocument,
  readTokenUnit,
  type ContentReader,
  type CoveyChain,
  type ListingOnChain,
  type TokenUnit,
} from '@covey/client';
import { isCoveyError } from '@covey/errors';
import { getAddress, type Address } from 'viem';

/** A name is waited for no longer: a list shows what it has. */
const patience = { timeoutMs: 5_000 };

/** What a model is called, by its task's document or its manifest: texts of others. null where nobody says it. */
export async function nameOfListing(
  covey: CoveyChain,
  reader: ContentReader,
  listing: ListingOnChain,
): Promise<string | null> {
  try {
    if (listing.sealed) return (await readSealedManifest(reader, listing, patience)).name;
    if (listing.taskId === null) return null;
    const document = await readTaskDocument(reader, await readTask(covey, listing.taskId), patience);
    return document.name;
  } catch (error) {
    if (!isCoveyError(error)) throw error;
    return null;
  }
}

/** What amounts of these tokens are written in, each asked once. */
export async function unitsOf(covey: CoveyChain, tokens: readonly Address[]): Promise<(token: Address) => TokenUnit> {
  const distinct = [...new Set(tokens.map((token) => getAddress(token)))];
  const units = new Map(
    await Promise.all(distinct.map(async (token) => [token, await readTokenUnit(covey, token)] as const)),
  );
  return (token) => units.get(getAddress(token))!;
}
