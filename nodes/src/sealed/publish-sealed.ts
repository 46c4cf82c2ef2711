import { addFile, codecs, type ContentStore } from '@covey/client';
import { blockCid, importFile } from '@covey/protocol';
import { encodeSealedManifest, type SealedManifest } from '@covey/protocol/sealed';
import { zeroHash } from 'viem';
import { fileStream } from './file-stream.ts';

/** What people are told of a sealed file. */
export type AboutSealed = Pick<SealedManifest, 'name' | 'description' | 'maker' | 'card'>;

export interface PublishSealedParameters {
  ciphertext: string;
  leaves: string;
  about: AboutSealed;
  sealed: Pick<SealedManifest, 'bytes' | 'keyHash' | 'plainRoot' | 'cipherRoot'>;
  /** Nothing is uploaded without one: addresses are computed alone. */
  store: ContentStore | undefined;
  onProgress?: (bytes: number) => void;
}

/** Refuses what no manifest could say, before hours are spent on the rest. */
export function requireAbout(about: AboutSealed): void {
  const [ciphertext, leaves] = [0, 1].map((byte) => blockCid(codecs.raw, Uint8Array.of(byte))) as [string, string];
  const root = zeroHash;
  encodeSealedManifest(
    manifestOf(about, { bytes: 1, keyHash: root, plainRoot: root, cipherRoot: root, ciphertext, leaves }),
  );
}

type Addressed = Pick<SealedManifest, 'bytes' | 'keyHash' | 'plainRoot' | 'cipherRoot' | 'ciphertext' | 'leaves'>;

function manifestOf({ name, description, maker, card }: AboutSealed, sealed: Addressed): SealedManifest {
  const { bytes, keyHash, plainRoot, cipherRoot, ciphertext, leaves } = sealed;
  return {
    schema: 'covey.sealed/1',
    ...{ name, description, maker },
    ...{ bytes, keyHash, plainRoot, cipherRoot, ciphertext, leaves },
    ...(card !== undefined && { card }),
  };
}

/** Stores both files and then the manifest that names them. */
export async function publishSealed(parameters: PublishSealedParameters) {
  const { ciphertext, leaves, about, sealed, store, onProgress } = parameters;
  const stored = (path: string, of: 'ciphertext' | 'leaves') =>
    store
      ? addFile(store, fileStream(path, of), { ...(onProgress && { onProgress }) })
      : importFile(fileStream(path, of), () => Promise.resolve());
  const files = { ciphertext: await stored(ciphertext, 'ciphertext'), leaves: await stored(leaves, 'leaves') };
  const manifest = manifestOf(about, { ...sealed, ...files });
  const document = encodeSealedManifest(manifest);
  const cid = store ? await store.putBlock(codecs.dagJson, document) : blockCid(codecs.dagJson, document);
  return { manifest, document, cid };
}
