import { open as openHandle, rename, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import {
  SEALED_CHUNK_BYTES,
  open,
  openedChunks,
  type SealedManifest,
  type SealingEngine,
} from '@covey/protocol/sealed';
import { requireSpace } from '../state/disk.ts';
import { openOwn } from '../state/open-own.ts';
import { syncFolder } from '../state/write-aside.ts';
import { fileStream } from './file-stream.ts';

export interface OpenFileParameters {
  manifest: Pick<SealedManifest, 'bytes'>;
  key: Uint8Array;
  /** Both checked against the manifest's roots. */
  ciphertext: string;
  leaves: string;
  /** Where the plaintext goes; until it is whole, to `<out>.part`. */
  out: string;
  engine: SealingEngine;
  signal?: AbortSignal | undefined;
  onProgress?: (bytes: number) => void;
}

export interface OpenedFile {
  /** Bytes that an earlier attempt had opened. */
  kept: number;
  /** Chunks whose tag is wrong although every piece is right. */
  wrongTags: number;
}

/** Opens a sealed file into another. What an earlier attempt opened stays, as far as it is what the leaves say. */
export async function openFile(parameters: OpenFileParameters): Promise<OpenedFile> {
  const { manifest, key, ciphertext, leaves, out, engine, signal, onProgress } = parameters;
  const part = `${out}.part`;
  const there = await stat(part).then(
    ({ size }) => size,
    () => 0,
  );
  const found =
    there === 0
      ? 0
      : await openedChunks(fileStream(part, 'plaintext'), fileStream(leaves, 'leaves'), manifest.bytes, engine);
  await requireSpace(dirname(out), manifest.bytes - Math.min(found * SEALED_CHUNK_BYTES, manifest.bytes));
  const own = found === 0 ? null : await openOwn(part);
  if (!own) await rm(part, { force: true });
  const file = own ?? (await openHandle(part, 'wx', 0o600));
  const from = own ? found : 0;
  const kept = Math.min(from * SEALED_CHUNK_BYTES, manifest.bytes);
  let wrongTags = 0;
  try {
    await file.truncate(kept);
    let at = kept;
    if (at < manifest.bytes) {
      const sealed = fileStream(ciphertext, 'ciphertext', from);
      const promised = fileStream(leaves, 'leaves', from);
      for await (const chunk of open(sealed, promised, { key, bytes: manifest.bytes, from, engine })) {
        signal?.throwIfAborted();
        await file.write(chunk.bytes, 0, chunk.bytes.length, at);
        at += chunk.bytes.length;
        if (chunk.wrongTag) wrongTags++;
        onProgress?.(at);
      }
    }
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(part, out);
  await syncFolder(dirname(out));
  return { kept, wrongTags };
}
