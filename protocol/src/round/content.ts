import { codecs, fileCid, parseCid } from '../cid.ts';
import { protocolError } from '../errors.ts';
import { bytesToHex } from '@noble/hashes/utils.js';
import { sha256 } from '@noble/hashes/sha2.js';

/**
 * Gets the bytes of a file by its CID. It may fail in two ways. What is true of the content, and so the same for
 * everybody, must come as an error whose `code` ends in `_TOO_LARGE` (more than `maxBytes`) or `_NOT_A_FILE` (the CID
 * is a directory or no UnixFS at all), and only where blocks that hash to their CIDs say so: never because of what a
 * server states or sends. Anything else means that the content could not be reached.
 */
export type FetchContent = (cid: string, options: { maxBytes: number; signal?: AbortSignal }) => Promise<Uint8Array>;

/** Bytes, or what is wrong with the content itself. */
export type Content = { bytes: Uint8Array } | { problem: 'too-large' | 'not-a-file' };

export async function getContent(
  fetch: FetchContent,
  cid: string,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Content> {
  return parseCid(cid).code === codecs.dagJson
    ? { problem: 'not-a-file' }
    : await getChecked(fetch, cid, maxBytes, signal);
}

/** The same of a document, which is one DAG-JSON block. */
export async function getDocument(
  fetch: FetchContent,
  cid: string,
  maxBytes: number,
  signal?: AbortSignal,
): Promise<Content> {
  return await getChecked(fetch, cid, maxBytes, signal);
}

async function getChecked(fetch: FetchContent, cid: string, maxBytes: number, signal?: AbortSignal): Promise<Content> {
  const parsed = parseCid(cid);
  const isBlock = parsed.code === codecs.raw || parsed.code === codecs.dagJson;
  let bytes: Uint8Array;
  try {
    bytes = await fetch(cid, signal ? { maxBytes, signal } : { maxBytes });
  } catch (cause) {
    signal?.throwIfAborted();
    const code = errorCode(cause);
    if (code.endsWith('_TOO_LARGE')) return { problem: 'too-large' };
    if (code.endsWith('_NOT_A_FILE')) return { problem: 'not-a-file' };
    throw protocolError('PROTOCOL_FETCH_FAILED', `could not fetch ${cid}`, {
      got: cause instanceof Error ? cause.message : String(cause),
      hint: 'try again, or from another source: this says nothing about the content',
      cause,
    });
  }
  // A block is its own proof. A DAG of another layout than ours cannot be checked from the bytes alone: there the
  // store's block by block check is what counts.
  if (isBlock && bytesToHex(sha256(bytes)) !== bytesToHex(parsed.multihash.digest)) {
    throw protocolError('PROTOCOL_CONTENT_MISMATCH', 'the fetched bytes are not the content of their CID', {
      expected: cid,
      got: await fileCid(bytes),
      hint: 'the source altered or mixed up the content; fetch it elsewhere',
    });
  }
  if (bytes.length <= maxBytes) return { bytes };
  if (isBlock || (await fileCid(bytes)) === cid) return { problem: 'too-large' };
  throw protocolError('PROTOCOL_FETCH_FAILED', `more bytes came for ${cid} than were asked for`, {
    expected: `at most ${maxBytes} bytes`,
    got: `${bytes.length} bytes`,
    hint: 'the source does not keep to its limit; fetch it elsewhere',
  });
}

/** Fetches many, a few at a time; the first failure stops the rest. */
export async function mapConcurrently<T, R>(
  values: readonly T[],
  limit: number,
  signal: AbortSignal | undefined,
  action: (value: T, signal: AbortSignal) => Promise<R>,
): Promise<R[]> {
  const stop = new AbortController();
  const combined = signal ? AbortSignal.any([signal, stop.signal]) : stop.signal;
  const results = new Array<R>(values.length);
  let next = 0;
  const work = async () => {
    while (next < values.length) {
      combined.throwIfAborted();
      const i = next++;
      results[i] = await action(values[i] as T, combined);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(limit, values.length) }, work));
  } catch (error) {
    stop.abort(error);
    throw error;
  }
  return results;
}

function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string'
    ? error.code
    : '';
}
