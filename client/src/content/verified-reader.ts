import { CID } from 'multiformats/cid';
import { sha256 } from 'viem';
import { clientError, isClientError } from '../errors.ts';
import {
  codecs,
  defaultMaxBytes,
  defaultTimeoutMs,
  maxBlockBytes,
  type ContentReader,
  type GetOptions,
} from './content-store.ts';
import { notABlock } from './read-block.ts';
import { readUnixfsFile, tooLarge } from './unixfs-file.ts';

/** Fetches the bytes that somebody claims are the block `cid`; need not check them. */
export type BlockSource = (cid: CID, signal: AbortSignal) => Promise<Uint8Array>;

/** SHA-256 is the only hash of addresses that Covey puts on chain. */
const sha2256 = 0x12;

/**
 * Reads files and documents out of blocks from any source. Each block is hashed and compared with its CID before it is
 * looked at, so a source can withhold but never falsify. Works in Node and in browsers.
 */
export function verifiedReader(source: BlockSource): ContentReader {
  /** Only bytes that hash to the CID say how large the block is, so the caller's limit is looked at last. */
  async function block(cid: CID, signal: AbortSignal, maxBytes = maxBlockBytes): Promise<Uint8Array> {
    const bytes = await fetched(cid, signal);
    if (bytes.byteLength > maxBlockBytes) throw notABlock(String(cid), `${bytes.byteLength} bytes`);
    const digest = await digestOf(bytes);
    if (!equal(digest, cid.multihash.digest)) {
      throw clientError('CONTENT_HASH_MISMATCH', `Bytes received for ${cid} do not hash to it.`, {
        expected: hex(cid.multihash.digest),
        got: hex(digest),
        hint: 'The content store served altered bytes: ask another one.',
      });
    }
    if (bytes.byteLength > maxBytes) throw tooLarge(cid, maxBytes, `${bytes.byteLength} bytes`);
    return bytes;
  }

  /** Whatever a source fails with, it did not give the block. */
  async function fetched(cid: CID, signal: AbortSignal): Promise<Uint8Array> {
    try {
      return await source(cid, signal);
    } catch (cause) {
      signal.throwIfAborted();
      // Not even a source's own word that the content is too large or no file counts: that is for verified bytes to say.
      if (isClientError(cause) && !isClientError(cause, 'CONTENT_TOO_LARGE', 'CONTENT_NOT_A_FILE')) throw cause;
      throw clientError('CONTENT_BROKEN', `The source failed to give ${cid}.`, { cause });
    }
  }

  return {
    getBlock(text, options = {}) {
      const cid = parseCid(text);
      return limited(cid, options, (signal) => block(cid, signal, options.maxBytes));
    },
    get(text, options = {}) {
      const cid = parseCid(text);
      return limited(cid, options, (signal) =>
        cid.code === codecs.dagPb ? file(cid, signal, options) : block(cid, signal, options.maxBytes),
      );
    },
  };

  function file(root: CID, signal: AbortSignal, options: GetOptions): Promise<Uint8Array> {
    return readUnixfsFile(root, (cid) => block(cid, signal), {
      maxBytes: options.maxBytes ?? defaultMaxBytes,
      link: (cid) => parseCid(cid.toString()),
    });
  }
}

/** Whether these bytes are the block: they hash to its CID. */
export async function blockMatches(cid: CID, bytes: Uint8Array): Promise<boolean> {
  return equal(await digestOf(bytes), cid.multihash.digest);
}

/** Parses an address and refuses all that the protocol does not use. */
export function parseCid(text: string): CID {
  let cid: CID;
  try {
    cid = CID.parse(text);
  } catch (cause) {
    throw clientError('CONTENT_BAD_CID', `${JSON.stringify(text)} is not a CID.`, { expected: 'a CIDv1', cause });
  }
  const known: number[] = [codecs.raw, codecs.dagPb, codecs.dagJson];
  if (cid.version !== 1 || cid.multihash.code !== sha2256 || !known.includes(cid.code)) {
    throw clientError('CONTENT_BAD_CID', `${text} is not an address that Covey reads.`, {
      expected: 'CIDv1, sha2-256, codec raw, dag-pb or dag-json',
      got: `CIDv${cid.version}, hash 0x${cid.multihash.code.toString(16)}, codec 0x${cid.code.toString(16)}`,
    });
  }
  return cid;
}

async function limited<T>(cid: CID, options: GetOptions, read: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  const timeout = new AbortController();
  const timer = setTimeout(() => timeout.abort(new Error('timeout')), timeoutMs);
  const signal = options.signal ? AbortSignal.any([options.signal, timeout.signal]) : timeout.signal;
  // A source that ignores the signal must not hold the caller either.
  const aborted = new Promise<never>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });
  aborted.catch(() => undefined);
  try {
    signal.throwIfAborted();
    return await Promise.race([read(signal), aborted]);
  } catch (error) {
    if (timeout.signal.aborted) {
      throw clientError('CONTENT_TIMEOUT', `${cid} did not arrive in time.`, {
        expected: `within ${timeoutMs} ms`,
        hint: 'Is a node that has it online?',
        cause: error,
      });
    }
    if (options.signal?.aborted) throw options.signal.reason;
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

async function digestOf(bytes: Uint8Array): Promise<Uint8Array> {
  // Native where the host offers it (browsers only do in secure contexts), else viem's.
  const subtle = globalThis.crypto?.subtle;
  if (!subtle) return sha256(bytes, 'bytes');
  return new Uint8Array(await subtle.digest('SHA-256', bytes as Uint8Array<ArrayBuffer>));
}

function equal(a: Uint8Array, b: Uint8Array): boolean {
  return a.byteLength === b.byteLength && a.every((byte, index) => byte === b[index]);
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}
