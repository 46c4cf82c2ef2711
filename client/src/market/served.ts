import {
  MAX_MANIFEST_BYTES,
  checkSealed,
  decodeSealedManifest,
  sealedSizes,
  type SealedManifest,
  type SealingEngine,
} from '@covey/protocol/sealed';
import type { ContentReader, GetOptions } from '../content/content-store.ts';
import { streamFile } from '../content/stream-file.ts';
import { clientError } from '../errors.ts';
import { soldModel, type ListingOnChain } from './listing.ts';

/** What is public of a sealed file, as often as it is asked for. */
export type ServedSealed = () => { ciphertext: AsyncIterable<Uint8Array>; leaves: AsyncIterable<Uint8Array> };

/** The manifest of a sealed listing, held to what the chain has. LISTING_MISMATCH where they differ. */
export async function readSealedManifest(
  reader: ContentReader,
  listing: ListingOnChain,
  options: GetOptions = {},
): Promise<SealedManifest> {
  const { listingId, sealed } = listing;
  if (!sealed) throw clientError('LISTING_MISMATCH', `Listing ${listingId} is an open model.`, { got: listing.kind });
  const manifest = decodeSealedManifest(
    await reader.get(soldModel(listing), { ...options, maxBytes: MAX_MANIFEST_BYTES }),
  );
  for (const field of ['bytes', 'keyHash', 'plainRoot', 'cipherRoot'] as const) {
    if (manifest[field] === sealed[field]) continue;
    throw clientError('LISTING_MISMATCH', `The manifest of listing ${listingId} has another ${field} than the chain.`, {
      expected: String(sealed[field]),
      got: String(manifest[field]),
    });
  }
  return manifest;
}

/** Fetches both files anew each time. */
export function servedBy(reader: ContentReader, { bytes, ciphertext, leaves }: SealedManifest): ServedSealed {
  const sizes = sealedSizes(bytes);
  return () => ({
    ciphertext: streamFile(reader, ciphertext, sizes.ciphertextBytes),
    leaves: streamFile(reader, leaves, sizes.leavesBytes),
  });
}

/**
 * What a buyer does before it pays: manifest, ciphertext and leaves are there, and both roots are those that the chain has.
 * Then the key is all that it lacks, and whatever is wrong with what it opens can be proven.
 */
export async function checkServed(
  reader: ContentReader,
  listing: ListingOnChain,
  engine?: Pick<SealingEngine, 'keccak'>,
): Promise<SealedManifest> {
  const manifest = await readSealedManifest(reader, listing);
  await checkSealed(manifest, servedBy(reader, manifest)(), engine);
  return manifest;
}
