import { randomBytes } from 'node:crypto';
import { listSealedModel, postBond, type ContentStore, type CoveyWriter } from '@covey/client';
import {
  contentKeyHash,
  encodeSealedManifest,
  rootOfCiphertext,
  rootOfLeaves,
  seal,
  sealedSizes,
  type SealedManifest,
} from '@covey/protocol/sealed';

export interface SealedModel {
  cid: string;
  manifest: SealedManifest;
  key: Uint8Array;
  plaintext: Uint8Array;
}

/** Bytes of a model of noise: two chunks, the last piece shorter than the others. */
const noise = 66_000;

/**
 * Seals a model, noise unless given, and serves it. `spoil` changes the ciphertext before its root is taken: then it commits to
 * garbage.
 */
export async function sealModel(
  store: ContentStore,
  seller: CoveyWriter,
  spoil: (ciphertext: Uint8Array) => void = () => undefined,
  plaintext: Uint8Array = Uint8Array.from(randomBytes(noise)),
): Promise<SealedModel> {
  const size = plaintext.length;
  const key = Uint8Array.from(randomBytes(32));
  const [sealed, plain]: [Uint8Array[], Uint8Array[]] = [[], []];
  for await (const chunk of seal([plaintext], { key, bytes: size })) {
    sealed.push(chunk.sealed);
    plain.push(chunk.plainLeaves);
  }
  const [ciphertext, leaves] = [Uint8Array.from(Buffer.concat(sealed)), Uint8Array.from(Buffer.concat(plain))];
  spoil(ciphertext);
  const sizes = sealedSizes(size);
  const manifest: SealedManifest = {
    schema: 'covey.sealed/1',
    name: 'Quarters, sealed',
    description: '',
    maker: seller.sender.address,
    bytes: size,
    keyHash: contentKeyHash(key),
    plainRoot: (await rootOfLeaves([leaves], sizes)).root,
    cipherRoot: (await rootOfCiphertext([ciphertext], sizes)).root,
    ciphertext: await store.add(ciphertext),
    leaves: await store.add(leaves),
  };
  const cid = await store.putBlock(0x0129, encodeSealedManifest(manifest));
  return { cid, manifest, key, plaintext };
}

/** Lists it with its bond. */
export async function listSealed(seller: CoveyWriter, model: SealedModel, price: bigint): Promise<bigint> {
  const terms = { token: seller.deployment.token, price, period: 0 };
  const { listingId } = await listSealedModel(seller, model, terms);
  await postBond(seller, listingId);
  return listingId;
}
