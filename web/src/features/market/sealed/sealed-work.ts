import {
  clientError,
  findFault,
  gatewayStore,
  readListing,
  readOrder,
  readSealedManifest,
  receiveKey,
  servedBy,
  type CoveyChain,
  type ListingOnChain,
  type Proof,
  type ServedSealed,
} from '@covey/client';
import {
  checkLeaves,
  checkSealed,
  fastKeccak,
  open,
  portableEngine,
  sealedSizes,
  type SealedManifest,
  type SealingEngine,
} from '@covey/protocol/sealed';
import { openSink } from './file-sink.ts';
import type { OwnKey, SealedStep } from './messages.ts';

type Tell = (step: SealedStep) => void;

const engine = async (): Promise<SealingEngine> => ({ ...portableEngine, keccak: await fastKeccak() });

/**
 * What is served of a listing's file. `reload` asks the gateway, whatever this browser has kept of it; what comes is kept, so that
 * opening need not fetch it again. Blocks are hashed wherever they come from.
 */
async function servedOf(gateway: string, listing: ListingOnChain, tell: Tell, cache: RequestCache = 'default') {
  const reader = gatewayStore(gateway, { fetch: (input, init) => fetch(input, { ...init, cache }) });
  const manifest = await readSealedManifest(reader, listing);
  return { manifest, files: counted(servedBy(reader, manifest), manifest, tell) };
}

function counted(served: ServedSealed, { bytes }: SealedManifest, tell: Tell): ServedSealed {
  const sizes = sealedSizes(bytes);
  // Leaves are read again beside the ciphertext, and are then no step of their own.
  let inCiphertext = false;
  async function* count(step: SealedStep['step'], source: AsyncIterable<Uint8Array>, total: number) {
    let done = 0;
    for await (const part of source) {
      inCiphertext ||= step === 'ciphertext';
      if (step === 'ciphertext' || !inCiphertext) tell({ step, done: (done += part.length), total });
      yield part;
    }
  }
  return () => {
    const { ciphertext, leaves } = served();
    return {
      ciphertext: count('ciphertext', ciphertext, sizes.ciphertextBytes),
      leaves: count('leaves', leaves, sizes.leavesBytes),
    };
  };
}

/** Before anybody pays: both files are there, and both roots are those that the chain has. */
export async function checkFile(covey: CoveyChain, gateway: string, listingId: bigint, tell: Tell) {
  const { manifest, files } = await servedOf(gateway, await readListing(covey, listingId), tell, 'reload');
  await checkSealed(manifest, files(), await engine());
  return { name: manifest.name };
}

interface OfOrder {
  orderId: string;
  own: OwnKey;
}

async function bought(covey: CoveyChain, { orderId, own }: OfOrder) {
  const order = await readOrder(covey, BigInt(orderId));
  const listing = await readListing(covey, order.listingId);
  if (!listing.sealed) throw clientError('LISTING_MISMATCH', `Listing ${order.listingId} is an open model.`);
  return { order, listing, sealed: listing.sealed, keys: { of: () => Promise.resolve(own) } };
}

/** Opens what was bought with the key that was delivered. Every piece is compared with its leaf before it is written. */
export async function openOrder(
  covey: CoveyChain,
  gateway: string,
  request: OfOrder & { into: FileSystemFileHandle | null },
  tell: Tell,
): Promise<{ file: Blob | null; bytes: number }> {
  const { order, listing, keys } = await bought(covey, request);
  const key = await receiveKey(covey, order, keys);
  const { manifest, files } = await servedOf(gateway, listing, tell);
  const { bytes } = manifest;
  const used = await engine();
  await checkLeaves(manifest, files().leaves, used);
  const sink = await openSink(request.into, bytes);
  try {
    const { ciphertext, leaves } = files();
    for await (const chunk of open(ciphertext, leaves, { key, bytes, engine: used })) await sink.write(chunk.bytes);
    return { file: await sink.close(), bytes };
  } catch (error) {
    await sink.abort().catch(() => undefined);
    throw error;
  }
}

/** What can be proven against the seller of an order; null for nothing. */
export async function findFaultOf(
  covey: CoveyChain,
  gateway: string,
  request: OfOrder,
  tell: Tell,
): Promise<Proof | null> {
  const { order, listing, sealed, keys } = await bought(covey, request);
  const served = () => servedOf(gateway, listing, tell);
  return await findFault(covey, { order, sealed, keys, served, engine: await engine() });
}
