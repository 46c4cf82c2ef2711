import { open as openHandle } from 'node:fs/promises';
import { fetchFile, type FetchEvent, type FileSource } from '@covey/client';
import { FOREIGN_HEAD_BYTES, countForeignTensors, isProtocolError } from '@covey/protocol';
import { PartialFile } from './partial-file.ts';

export interface PullParameters {
  sources: readonly FileSource[];
  maxBytes: number;
  signal?: AbortSignal | undefined;
  onEvent?: (event: FetchEvent) => void;
}

/** Fetches a file by its CID to where it belongs, still under its name of what is not whole. The caller keeps or drops it. */
export async function fetchPart(cid: string, path: string, parameters: PullParameters) {
  const file = new PartialFile(path, cid);
  const { sources, maxBytes, signal, onEvent } = parameters;
  try {
    const fetched = await fetchFile({
      ...{ sources, cid, target: file, maxBytes },
      ...(signal && { signal }),
      ...(onEvent && { onEvent }),
    });
    await file.close();
    return { file, ...fetched };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** How many tensors a file has, if it is one of safetensors; null otherwise. */
export async function tensorsIn(path: string): Promise<number | null> {
  const file = await openHandle(path, 'r');
  try {
    const { size } = await file.stat();
    const start = new Uint8Array(8);
    const { bytesRead } = await file.read(start, 0, 8, 0);
    if (bytesRead < 8) return null;
    const declared = Number(new DataView(start.buffer).getBigUint64(0, true));
    const head = new Uint8Array(Math.min(size, FOREIGN_HEAD_BYTES, 8 + declared));
    await file.read(head, 0, head.length, 0);
    return countForeignTensors(head, size);
  } catch (error) {
    if (isProtocolError(error, 'PROTOCOL_NOT_SAFETENSORS')) return null;
    throw error;
  } finally {
    await file.close();
  }
}
