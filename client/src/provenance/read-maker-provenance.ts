import { listingKinds, modelMarketAbi } from '@covey/contracts/abi';
import {
  cidToChain,
  decodeEnum,
  parameterRoot,
  sha256Hex,
  type MakerProvenance,
  type ProvenancePlace,
} from '@covey/protocol';
import type { Address } from 'viem';
import type { CoveyChain } from '../chain/chain.ts';
import { chainError } from '../chain/contract-error.ts';
import { requireCount, requireNumbered } from '../logs/check-counts.ts';
import { placeOf } from './place.ts';
import type { ReadProvenanceParameters } from './parameters.ts';

/** A listing of a model that no round made. */
export interface Registration {
  listing: bigint;
  maker: Address;
  model: string;
  sealed: boolean;
  previous: bigint;
  listed: ProvenancePlace;
}

/** The first listing that registered this model; null where none did. All listings are looked at: each of their numbers. */
export async function findRegistration(covey: CoveyChain, model: string, block: bigint): Promise<Registration | null> {
  const contract = { address: covey.deployment.modelMarket, abi: modelMarketAbi } as const;
  const { codec, digest } = cidToChain(model);
  try {
    const [count, listings] = await Promise.all([
      covey.publicClient.readContract({ ...contract, functionName: 'listingCount', blockNumber: block }),
      covey.events({ ...contract, eventName: 'ModelListed', toBlock: block }),
    ]);
    requireNumbered(
      'listings',
      listings.map(({ args }) => args.listingId),
      count,
    );
    for (const { args, ...log } of listings) {
      const kind = decodeEnum(listingKinds, args.kind);
      if (kind !== 'own' && kind !== 'sealed') continue;
      if (args.model.codec !== codec || args.model.digest !== digest) continue;
      const { listingId: listing, seller: maker, terms } = args;
      return { listing, maker, model, sealed: kind === 'sealed', previous: terms.previous, listed: placeOf(log) };
    }
    return null;
  } catch (cause) {
    throw chainError(cause, `looking for who registered the model ${model}`);
  }
}

/** Of a model that its maker registered alone: who and where, and the file, or what a sealed one is held to. */
export async function readMakerProvenance(
  { covey, reader, onProgress = () => undefined, signal }: ReadProvenanceParameters,
  { listing, maker, model: cid, sealed, previous, listed }: Registration,
): Promise<MakerProvenance> {
  onProgress({ step: 'model', done: 0, total: 1 });
  const { chainId, modelMarket } = covey.deployment;
  let model: MakerProvenance['model'];
  if (sealed) {
    const { size, keyHash, plainRoot, cipherRoot } = await readSealed(covey, listing, listed);
    model = { sealed, cid, bytes: Number(size), keyHash, parameterRoot: plainRoot, cipherRoot };
  } else {
    const file = await reader.get(cid, signal ? { signal } : {});
    model = { sealed, cid, bytes: file.byteLength, sha256: sha256Hex(file), parameterRoot: parameterRoot(file) };
  }
  return {
    schema: 'covey.provenance/1',
    by: 'maker',
    deployment: { chainId, modelMarket },
    model,
    origin: { listing: String(listing), maker, listed, previous: previous === 0n ? null : String(previous) },
  };
}

async function readSealed(covey: CoveyChain, listingId: bigint, { block }: ProvenancePlace) {
  try {
    const files = await covey.events({
      address: covey.deployment.modelMarket,
      abi: modelMarketAbi,
      eventName: 'FileSealed',
      args: { listingId },
      fromBlock: BigInt(block),
      toBlock: BigInt(block),
    });
    requireCount(`the sealed file of listing ${listingId}`, 1n, files.length);
    return files[0]!.args.file;
  } catch (cause) {
    throw chainError(cause, `reading the sealed file of listing ${listingId}`);
  }
}
