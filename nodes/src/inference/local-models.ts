import { readFile } from 'node:fs/promises';
import type { ContentReader } from '@covey/client';
import { fileCid } from '@covey/protocol';
import { nodeError } from '../errors.ts';

export interface LocalModel {
  path: string;
  bytes: Uint8Array;
  cid: string;
}

export async function readLocalModel(path: string): Promise<LocalModel> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw nodeError('CONFIG_INVALID', `Cannot read ${path}.`, { expected: 'the file of a model', cause });
  });
  return { path, bytes, cid: await fileCid(bytes) };
}

/**
 * A reader that has models in files of this machine, by the CIDs of their bytes: sealed ones, which nobody can fetch opened.
 * They are read when the reader is made and given to whoever asks for their CID, and for nothing else.
 */
export async function withLocalModels(reader: ContentReader, paths: readonly string[] = []): Promise<ContentReader> {
  const models = new Map<string, string>();
  for (const path of paths) models.set((await readLocalModel(path)).cid, path);
  if (models.size === 0) return reader;
  return {
    getBlock: (cid, options) => reader.getBlock(cid, options),
    async get(cid, options) {
      const path = models.get(cid);
      if (path === undefined) return await reader.get(cid, options);
      const { bytes, cid: now } = await readLocalModel(path);
      if (now === cid) return bytes;
      throw nodeError('CONFIG_INVALID', `${path} has changed.`, { expected: cid, got: now });
    },
  };
}
